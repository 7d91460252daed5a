"""What is proper to each other design: a threshold, an interrupted series, one territory, matched units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from maillage.evaluation.aggregate import band
from maillage.evaluation.discontinuity import Jump
from maillage.evaluation.footing import Donors, Points
from maillage.evaluation.interrupted import Interrupted
from maillage.evaluation.matched import Matched
from maillage.evaluation.panel import FloatArray
from maillage.evaluation.series import Series, compared
from maillage.evaluation.single import Single
from maillage.evaluation.special import Special
from maillage.report.document import Block, Chart, Column, Number, Paragraph, Row, Sentence, Table, say
from maillage.report.effect_charts import PATHS, Path, PathMark, paths
from maillage.report.evaluation.choices import known_words
from maillage.report.evaluation.cutoff import cutoff_blocks
from maillage.report.evaluation.effect import event_drawing
from maillage.report.evaluation.figures import Figures, named, quoted, year
from maillage.report.evaluation.units import FEWEST
from maillage.text import Text

LEAST_WEIGHT = 0.005
YEAR = Column(Text("Année", "Year"), side="left")


def detail_blocks(figures: Figures, special: Special) -> tuple[Block, ...]:
    """The drawing and the figures of the design."""
    match special.detail:
        case Jump():
            return tuple(cutoff_blocks(figures, special, special.detail))
        case Interrupted():
            return tuple(_interrupted(figures, special, special.detail))
        case Single():
            return tuple(_single(figures, special, special.detail))
    return tuple(_matched(figures, special.detail))


def _interrupted(figures: Figures, special: Special, found: Interrupted) -> Iterator[Block]:
    series, ground = special.ground, special.footing
    assert isinstance(series, Series)
    assert isinstance(ground, Points)
    if told_of(figures, ground.treated):
        both: dict[Path, FloatArray] = {
            "observed": compared(series),
            "fitted": found.fitted,
            "expected": found.expected,
        }
        yield _paths(figures, np.asarray(series.period).tolist(), both, series.start, Text("", ""))
    else:
        yield Paragraph(WITHHELD, "note")
    yield Paragraph(_change(figures, found))
    yield Paragraph(
        say(
            "Mémoire de la série (corrélation de deux erreurs qui se suivent) : {memory}. {what} (p : {left}).",
            "Memory of the series (correlation of successive errors): {memory}. {what} (p: {left}).",
            memory=Number(figures.estimated(found.memory), decimals=2),
            what=REMEMBERS if found.left_over < 1 - special.study.protocol.inference.level else CLEAN,
            left=figures.probability(found.left_over),
        )
    )
    yield Paragraph(quoted(found.statement), "note")


REMEMBERS = Text(
    "Alerte : ce modèle n’en rend pas compte en entier, l’intervalle est trop court",
    "Alarm: this model does not account for all of it, the interval is too short",
)
CLEAN = Text("Une fois comptée, rien ne montre qu’il en reste", "Once counted, nothing shows that any is left")


def _change(figures: Figures, found: Interrupted) -> Sentence:
    """The level and the slope apart."""
    unit, one = figures.effect_unit
    yearly = Text(f"{unit.fr} par an", f"{unit.en} a year"), Text(f"{one.fr} par an", f"{one.en} a year")
    slope = Number(
        figures.estimated(found.slope.effect), yearly[0], figures.effect_decimals, unit_one=yearly[1], signed=True
    )
    return say(
        "L’effet moyen réunit un changement de niveau, la première année : {level} ({level_ends}), et un changement de"
        " pente : {slope} ({slope_ends}).",
        "The mean effect puts together a change of level, in the first year: {level} ({level_ends}), and a change of"
        " slope: {slope} ({slope_ends}).",
        level=figures.effect(found.level.effect),
        level_ends=figures.interval(found.level.low, found.level.high),
        slope=slope,
        slope_ends=figures.interval(found.slope.low, found.slope.high),
    )


def told_of(figures: Figures, units: int) -> bool:
    """Whether a mean of these units may be shown year by year: not that of a few, taken from records."""
    return figures.study.protocol.outcome.source != "records" or units >= FEWEST


WITHHELD = say(
    "Les valeurs viennent d’enregistrements et portent sur peu d’unités : leur chemin n’est pas montré, seul l’écart"
    " moyen l’est.",
    "Values come from records of a few units: their path is not shown, only the mean gap is.",
)


def _single(figures: Figures, special: Special, found: Single) -> Iterator[Block]:
    panel, ground = special.study.panel, special.footing
    assert panel is not None
    assert isinstance(ground, Donors)
    if told_of(figures, 1):
        both: dict[Path, FloatArray] = {"observed": found.expected + found.gap, "expected": found.expected}
        name = Text(ground.territory, ground.territory)
        yield _paths(figures, panel.periods.tolist(), both, int(panel.cohorts[0]), name)
    else:
        yield Paragraph(WITHHELD, "note")
    yield Paragraph(
        say(
            "Avant la mesure, le territoire et sa comparaison s’écartent de {fit} ; après, de {ratio} fois plus (écarts"
            " quadratiques moyens).",
            "Before the measure, the territory and its comparison differ by {fit}; after, by {ratio} times as much"
            " (root mean squares).",
            fit=figures.effect(found.fit, signed=False),
            ratio=Number(figures.estimated(found.ratio), decimals=1),
        )
    )
    yield Paragraph(_rank(figures, found))
    yield Paragraph(NO_INTERVAL, "note")
    yield _donors(figures, special, found)


def _rank(figures: Figures, found: Single) -> Sentence:
    """How many territories where nothing began depart as much."""
    all_ = len(found.placebo) + 1
    return say(
        "La même estimation a été faite pour chaque territoire de comparaison, où rien n’a commencé. Ont un écart au"
        " moins aussi grand, celui-ci compris : {rank} sur {all} (p : {p}).{failed}",
        "The same estimate was made for each territory of comparison, where nothing began. With a departure at least"
        " as large, this one included: {rank} out of {all} (p: {p}).{failed}",
        rank=Number(figures.estimated(round(found.p_value * all_)), TERRITORIES, unit_one=TERRITORY),
        all=figures.found(all_),
        p=figures.probability(found.p_value),
        failed=say(" Placebos impossibles : {n}.", " Placebos that failed: {n}.", n=figures.found(found.failed))
        if found.failed
        else say("", ""),
    )


TERRITORIES, TERRITORY = Text("territoires", "territories"), Text("territoire", "territory")
NO_INTERVAL = say(
    "Ce plan ne donne pas d’intervalle : un seul territoire ne dit pas de combien l’effet est incertain, le rang dit"
    " seulement s’il sort de l’ordinaire.",
    "This design gives no interval: one territory does not tell how uncertain the effect is, the rank only tells"
    " whether it is out of the ordinary.",
)


def _donors(figures: Figures, special: Special, found: Single) -> Table:
    panel = special.study.panel
    assert panel is not None
    order = np.argsort(-found.weight, kind="stable")
    rows = []
    for k in order[found.weight[order] >= LEAST_WEIGHT].tolist():
        unit = panel.units[k]
        name = special.study.names.get(str(unit), str(unit))
        without = found.without.get(unit)
        share = Number(figures.estimated(float(found.weight[k])), Text("%", "%"), 1, 100.0)
        rows.append(Row((named(Text(name, name)), share, None if without is None else figures.bare_effect(without))))
    return Table(
        id="donors",
        caption=say(
            "De quoi est fait le territoire de comparaison, et l’effet sans chacun, en {unit}",
            "What the territory of comparison is made of, and the effect without each, in {unit}",
            unit=named(figures.effect_unit[0]),
        ),
        columns=(
            Column(Text("Territoire", "Territory"), 2),
            Column(Text("Part", "Share")),
            Column(Text("Effet sans lui", "Effect without it")),
        ),
        rows=tuple(rows),
        gathered=True,
    )


def _paths(figures: Figures, years: Sequence[int], lines: Mapping[Path, FloatArray], start: int, who: Text) -> Chart:
    """Paths over the years, drawn and told."""
    told = {kind: [figures.outcome(float(value)) for value in values] for kind, values in lines.items()}
    marks = [
        PathMark(each, number, kind)
        for kind, numbers in told.items()
        for each, number in zip(years, numbers, strict=True)
    ]
    unit = figures.study.unit
    table = Table(
        id="paths",
        caption=say("L’indicateur, observé et attendu", "The outcome, observed and expected"),
        columns=(YEAR, *(Column(PATHS[kind]) for kind in told)),
        rows=tuple(Row((year(each), *cells)) for each, *cells in zip(years, *told.values(), strict=True)),
        gathered=True,
    )
    alt = say(
        "L’indicateur ({unit}) tel qu’il a été{who}, et tel qu’il était attendu sans la mesure ; début : {start}.",
        "The outcome ({unit}) as it was{who}, and as it was expected without the measure; start: {start}.",
        unit=named(unit),
        who=say(" ({who})", " ({who})", who=named(who)) if who.fr else say("", ""),
        start=year(start),
    )
    label = figures.study.label
    axis = Text(*(f"{a} ({b})" if b else a for a, b in ((label.fr, unit.fr), (label.en, unit.en))))
    return Chart(table=table, alt=alt, spec=paths(marks, start, axis))


def _matched(figures: Figures, found: Matched) -> Iterator[Block]:
    asked = figures.study.protocol.inference
    event = found.effects
    yield from event_drawing(figures, event, band(event, level=asked.level, draws=asked.draws, seed=asked.seed))
    yield Paragraph(FITTED, "note")
    yield Paragraph(
        say(
            "Unités traitées qui ont trouvé des témoins semblables : {matched} sur {asked} ; sans témoin, donc hors de"
            " la réponse : {alone} ; entrées trop près du bord des données pour être suivies : {outside}.",
            "Treated units that found controls alike: {matched} of {asked}; without controls, hence out of the answer:"
            " {alone}; entered too near the edge of the data to be followed: {outside}.",
            matched=figures.count(found.matched),
            asked=figures.count(found.asked),
            alone=figures.count(found.asked - found.matched),
            outside=figures.count(found.outside),
        )
    )
    yield Paragraph(_raw(figures, found))
    yield _balance(figures, found)


FITTED = say(
    "Les années qui ont servi à l’appariement sont proches de zéro par construction : elles ne prouvent rien. Les"
    " années plus anciennes sont de vraies épreuves.",
    "Years that were matched on are near zero by construction: they prove nothing. Earlier years are true tests.",
)


def _raw(figures: Figures, found: Matched) -> Sentence:
    """Raw growth beside the matched effect, and why they differ."""
    raw, att = float(np.mean(found.raw[found.effects.at >= 0])), found.effects.overall
    return say(
        "Comparer les évolutions brutes de ceux qui entrent et de tous les autres donnerait {raw}, au lieu de {att}."
        " L’écart, {gap}, vient de ce que ceux qui entrent n’étaient pas comme les autres et n’évoluaient pas comme"
        " eux avant d’entrer, ou de ceux qui n’ont pas de témoin : il n’est pas à mettre au compte de la mesure.",
        "Comparing the raw changes of those who enter and of all others would give {raw}, instead of {att}. The"
        " difference, {gap}, comes from those who enter not being like the others nor moving like them before they"
        " entered, or from those without controls: it is not to be credited to the measure.",
        raw=figures.effect(raw),
        att=figures.effect(att),
        gap=figures.effect(raw - att),
    )


FEATURES = {
    "outcome": Text("dernière valeur avant l’entrée", "last value before entry"),
    "slope": Text("pente avant l’entrée, par an", "slope before entry, a year"),
}


def _balance(figures: Figures, found: Matched) -> Table:
    rows = tuple(
        Row(
            (
                named(FEATURES.get(each.feature, known_words(each.feature))),
                *(
                    Number(figures.counted(value), decimals=2)
                    for value in (each.treated_before, each.control_before, each.difference_before)
                ),
                *(
                    Number(figures.counted(value), decimals=2)
                    for value in (each.treated_after, each.control_after, each.difference_after)
                ),
            )
        )
        for each in found.balance
    )
    return Table(
        id="matching",
        caption=say(
            "Traités et témoins avant et après appariement ; écarts en écarts types",
            "Treated and controls before and after matching; differences in standard deviations",
        ),
        columns=(
            Column(Text("Trait", "Feature"), 1.6),
            Column(Text("Traités", "Treated")),
            Column(Text("Tous les autres", "All others")),
            Column(Text("Écart", "Difference")),
            Column(Text("Appariés", "Matched")),
            Column(Text("Leurs témoins", "Their controls")),
            Column(Text("Écart", "Difference")),
        ),
        rows=rows,
        gathered=True,
    )
