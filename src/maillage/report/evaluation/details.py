"""What is proper to each other design: a threshold, an interrupted series, one territory, matched units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from maillage.evaluation.aggregate import band
from maillage.evaluation.discontinuity import Jump
from maillage.evaluation.discontinuity_checks import Density
from maillage.evaluation.interrupted import Interrupted
from maillage.evaluation.matched import Matched
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.single import Single
from maillage.evaluation.special import Special
from maillage.report.document import Block, Chart, Column, Number, Paragraph, Row, Sentence, Table, say
from maillage.report.effect_charts import PATHS, PathMark, paths
from maillage.report.evaluation.choices import known_words
from maillage.report.evaluation.effect import event_drawing
from maillage.report.evaluation.figures import Figures, named, quoted, year
from maillage.text import Text

LEAST_WEIGHT = 0.005
YEAR = Column(Text("Année", "Year"), side="left")


def detail_blocks(figures: Figures, special: Special) -> tuple[Block, ...]:
    """The drawing and the figures of the design."""
    match special.detail:
        case Jump():
            return tuple(_jump(figures, special.detail, special.density))
        case Interrupted():
            return tuple(_interrupted(figures, special, special.detail))
        case Single():
            return tuple(_single(figures, special, special.detail))
    return tuple(_matched(figures, special.detail))


def _jump(figures: Figures, found: Jump, density: Density | None) -> Iterator[Block]:
    yield Paragraph(
        say(
            "Saut au seuil, mesuré dans une fenêtre de {width} de part et d’autre du score ; unités sous le seuil :"
            " {below} ; au-dessus : {above}. Sans correction de courbure : {plain}.",
            "Jump at the cutoff, measured in a window of {width} on either side of the score; units below: {below};"
            " above: {above}. Without the correction of curvature: {plain}.",
            width=Number(figures.estimated(found.bandwidth), decimals=2),
            below=figures.count(found.below),
            above=figures.count(found.above),
            plain=figures.effect(found.effect),
        )
    )
    if found.stage != 1:
        yield Paragraph(
            say(
                "Le seuil n’impose pas la mesure : il change la part des unités qui y entrent de {stage}, dont l’effet"
                " est divisé.",
                "The cutoff does not impose the measure: it changes the share of units that enter it by {stage}, by"
                " which the effect is divided.",
                stage=figures.share(found.stage, 1),
            )
        )
    yield Paragraph(_density(figures, density))


def _density(figures: Figures, found: Density | None) -> Sentence:
    if found is None:
        return say(
            "Trop peu d’unités près du seuil pour voir si le score a été ajusté.",
            "Too few units near the cutoff to see whether the score was tuned.",
        )
    told = found.p_value < 1 - figures.study.protocol.inference.level
    return say(
        "{what} (densités des deux côtés : p {p} ; unités comptées : {units}).",
        "{what} (densities on both sides: p {p}; units counted: {units}).",
        what=SORTED if told else NOT_SORTED,
        p=figures.probability(found.p_value),
        units=figures.count(found.units),
    )


SORTED = Text(
    "Alerte : les unités ne sont pas réparties également des deux côtés du seuil, le score a pu être ajusté",
    "Alarm: units are not spread alike on both sides of the cutoff, the score may have been tuned",
)
NOT_SORTED = Text(
    "Rien ne montre que le score ait été ajusté autour du seuil", "Nothing shows that the score was tuned at the cutoff"
)


def _interrupted(figures: Figures, special: Special, found: Interrupted) -> Iterator[Block]:
    panel = special.study.panel
    assert panel is not None
    start = int(panel.cohorts[0])
    yield from _paths(figures, panel.periods.tolist(), _observed(figures, panel), found.expected, start)
    if (panel.cohort == 0).any():
        yield Paragraph(
            say(
                "Le chemin est celui de la différence entre les unités traitées et celles qui ne le sont jamais.",
                "The path is that of the difference between treated units and those never treated.",
            ),
            "note",
        )
    yield Paragraph(
        say(
            "Mémoire de la série (corrélation de deux erreurs qui se suivent) : {memory}. Corrélation qui resterait"
            " ensuite : p {left}.",
            "Memory of the series (correlation of successive errors): {memory}. Correlation left after that: p {left}.",
            memory=Number(figures.estimated(found.memory), decimals=2),
            left=figures.probability(found.left_over),
        )
    )
    yield Paragraph(quoted(found.statement), "note")


def _observed(figures: Figures, panel: Panel) -> FloatArray:
    """The mean outcome of treated units, less that of the never treated where there are any."""
    weight = panel.weight if figures.study.protocol.estimand.weights == "people" else np.ones_like(panel.weight)
    treated = panel.cohort > 0
    sides = [treated] if treated.all() else [treated, ~treated]
    first, *rest = (np.average(panel.outcome[side], axis=0, weights=weight[side]) for side in sides)
    return np.asarray(first - sum(rest, np.zeros(panel.periods.size)), dtype=np.float64)


def _single(figures: Figures, special: Special, found: Single) -> Iterator[Block]:
    panel = special.study.panel
    assert panel is not None
    start = int(panel.cohorts[0])
    yield from _paths(figures, panel.periods.tolist(), found.expected + found.gap, found.expected, start)
    yield Paragraph(
        say(
            "Avant l’entrée, les deux chemins s’écartent de {fit} en moyenne ; après, {ratio} fois plus. Territoires où"
            " la même estimation a été faite sans que rien n’y commence : {placebos} ; valeur p, par ce rang : {p}.",
            "Before entry the two paths differ by {fit} on average; after, {ratio} times as much. Territories where the"
            " same estimate was made though nothing began there: {placebos}; p-value, from this rank: {p}.",
            fit=figures.effect(found.fit, signed=False),
            ratio=Number(figures.estimated(found.ratio), decimals=1),
            placebos=figures.found(len(found.placebo)),
            p=figures.probability(found.p_value),
        )
    )
    yield _donors(figures, special, found)


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


def _paths(
    figures: Figures, years: Sequence[int], observed: FloatArray, expected: FloatArray, start: int
) -> Iterator[Block]:
    """The two paths, drawn and told."""
    both = [
        (each, figures.outcome(float(here)), figures.outcome(float(there)))
        for each, here, there in zip(years, observed, expected, strict=True)
    ]
    marks = [PathMark(each, here, "observed") for each, here, _ in both]
    marks += [PathMark(each, there, "expected") for each, _, there in both]
    unit = figures.study.unit
    table = Table(
        id="paths",
        caption=say("L’indicateur, observé et attendu", "The outcome, observed and expected"),
        columns=(YEAR, *(Column(PATHS[kind]) for kind in PATHS)),
        rows=tuple(Row((year(each), here, there)) for each, here, there in both),
        gathered=True,
    )
    alt = say(
        "L’indicateur ({unit}) tel qu’il a été, et tel qu’il était attendu sans la mesure ; début : {start}.",
        "The outcome ({unit}) as it was, and as it was expected without the measure; start: {start}.",
        unit=named(unit),
        start=year(start),
    )
    yield Chart(table=table, alt=alt, spec=paths(marks, start, unit))


def _matched(figures: Figures, found: Matched) -> Iterator[Block]:
    asked = figures.study.protocol.inference
    event = found.effects
    yield from event_drawing(figures, event, band(event, level=asked.level, draws=asked.draws, seed=asked.seed))
    after = float(np.mean(found.raw[event.at >= 0]))
    yield Paragraph(
        say(
            "Unités traitées qui ont trouvé des témoins : {matched} sur {asked} ; hors de la fenêtre des données :"
            " {outside}. Comparer les évolutions brutes, sans chercher de témoins semblables, donnerait {raw}.",
            "Treated units that found controls: {matched} of {asked}; outside the window of the data: {outside}."
            " Comparing raw changes, without looking for controls alike, would give {raw}.",
            matched=figures.count(found.matched),
            asked=figures.count(found.asked),
            outside=figures.count(found.outside),
            raw=figures.effect(after),
        )
    )
    yield _balance(figures, found)


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
