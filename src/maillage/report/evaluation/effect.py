"""The effect: the main figure with its interval, by cohort, and year by year around the entry."""

from __future__ import annotations

from collections.abc import Iterator

from maillage.evaluation.aggregate import Band, Effects, Pretest
from maillage.evaluation.staggered import Headline
from maillage.report.document import (
    Block,
    Cell,
    Chart,
    Column,
    Heading,
    Number,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    say,
)
from maillage.report.effect_charts import EventMark, event_study
from maillage.report.evaluation.figures import Figures, event_time, named, year
from maillage.text import Text

TITLE = Text("L’effet", "The effect")
EVENT_TITLE = Text("Année par année", "Year by year")
COHORT_TITLE = Text("Cohorte par cohorte", "Cohort by cohort")


def main_effect(figures: Figures, headline: Headline) -> Sentence:
    """The effect with its interval, on whom, and from which level."""
    return say(
        "Effet moyen sur les unités traitées : {effect} (intervalle à {level} : {interval} ; p : {p}). Unités"
        " traitées : {units}, en {clusters} ; niveau de l’indicateur juste avant l’entrée : {before}.",
        "Mean effect on treated units: {effect} ({level} interval: {interval}; p: {p}). Treated units: {units}, in"
        " {clusters}; level of the outcome just before entry: {before}.",
        effect=figures.effect(headline.att),
        level=figures.level,
        interval=figures.interval(headline.low, headline.high),
        p=figures.probability(headline.p_value),
        units=figures.units(headline.units),
        clusters=Number(figures.counted(headline.clusters), CLUSTERS, unit_one=CLUSTER),
        before=Number(figures.counted(headline.before), figures.study.unit, figures.study.decimals),
    )


CLUSTERS, CLUSTER = Text("grappes", "clusters"), Text("grappe", "cluster")


def effect_section(figures: Figures, headline: Headline, parts: tuple[Block, ...] = ()) -> Section:
    """The main effect, then ``parts``."""
    return Section(id="effect", title=TITLE, blocks=(Paragraph(main_effect(figures, headline), "lead"), *parts))


def by_cohort(figures: Figures, effects: Effects, band: Band) -> tuple[Block, ...]:
    """The effect on each cohort, with its own interval and that of all at once."""
    rows = tuple(
        Row((year(int(cohort)), *_estimate(figures, effects, band, rank))) for rank, cohort in enumerate(effects.at)
    )
    table = Table(
        id="effects-cohort",
        caption=say(
            "Effet moyen de chaque cohorte, en {unit}",
            "Mean effect on each cohort, in {unit}",
            unit=named(figures.effect_unit[0]),
        ),
        columns=(Column(Text("Première année traitée", "First treated year"), side="left"), *_columns()),
        rows=rows,
        notes=(_note(figures, band),),
        gathered=True,
    )
    return (Heading(COHORT_TITLE), table)


def event_blocks(
    figures: Figures, event: Effects, band: Band, pretest: Pretest | None, untested: Text | None = None
) -> tuple[Block, ...]:
    """The event study: drawing, figures, and what the test before entry says."""
    return (
        Heading(EVENT_TITLE),
        *event_drawing(figures, event, band),
        *_pretest(figures, pretest, untested),
    )


def event_drawing(figures: Figures, event: Effects, band: Band) -> tuple[Block, ...]:
    """The drawing of an event study, then its figures."""
    return (_chart(figures, event, band), _event_table(figures, event, band))


def _chart(figures: Figures, event: Effects, band: Band) -> Chart:
    marks = [
        EventMark(
            at=int(at),
            number=figures.bare_effect(float(event.att[k])),
            low=float(band.lower[k]),
            high=float(band.upper[k]),
            all_low=float(band.all_lower[k]),
            all_high=float(band.all_upper[k]),
        )
        for k, at in enumerate(event.at)
    ]
    unit = figures.effect_unit[0]
    table = Table(
        id="event-drawn",
        caption=say("Effet selon l’année depuis l’entrée", "Effect by year since entry"),
        columns=(Column(Text("Moment", "Time"), 1), Column(_with_unit(Text("Effet", "Effect"), unit))),
        rows=tuple(Row((event_time(m.at), m.number)) for m in marks),
        gathered=True,
    )
    alt = say(
        "Effet par année autour de l’entrée. Trait épais : intervalle de l’année prise seule ; trait fin : bande qui"
        " tient toutes les années ensemble, à {level}. Avant l’entrée, l’effet devrait être nul.",
        "Effect by year around entry. Thick line: interval of the year alone; thin line: band that holds all years"
        " together, at {level}. Before entry, the effect should be zero.",
        level=figures.level,
    )
    axis = _with_unit(Text("Effet", "Effect"), unit)
    return Chart(table=table, alt=alt, spec=event_study(marks, axis))


def _with_unit(label: Text, unit: Text) -> Text:
    return Text(f"{label.fr} ({unit.fr})", f"{label.en} ({unit.en})")


def _event_table(figures: Figures, event: Effects, band: Band) -> Table:
    return Table(
        id="event",
        caption=say(
            "Effet par année depuis l’entrée, en {unit}",
            "Effect by year since entry, in {unit}",
            unit=named(figures.effect_unit[0]),
        ),
        columns=(Column(Text("Moment", "Time"), side="left"), *_columns()),
        rows=tuple(
            Row((event_time(int(at)), *_estimate(figures, event, band, rank))) for rank, at in enumerate(event.at)
        ),
        notes=(_note(figures, band),),
        gathered=True,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(Text("Effet", "Effect")),
        Column(Text("Erreur type", "Standard error")),
        Column(Text("Intervalle, de", "Interval, from")),
        Column(Text("à", "to")),
        Column(Text("Bande, de", "Band, from")),
        Column(Text("à", "to")),
    )


def _estimate(figures: Figures, effects: Effects, band: Band, rank: int) -> tuple[Cell, ...]:
    se = float(effects.se[rank])
    if not se > 0:
        return figures.bare_effect(float(effects.att[rank])), REFERENCE, None, None, None, None
    return (
        figures.bare_effect(float(effects.att[rank])),
        figures.bare_effect(se, signed=False),
        *figures.ends(float(band.lower[rank]), float(band.upper[rank])),
        *figures.ends(float(band.all_lower[rank]), float(band.all_upper[rank])),
    )


REFERENCE = Text("référence", "reference")


def _note(figures: Figures, band: Band) -> Sentence:
    return say(
        "Niveau : {level}. L’intervalle vaut pour une ligne prise seule, la bande pour toutes à la fois : {times}"
        " erreurs types, sur {draws} tirages (graine {seed}).",
        "Level: {level}. The interval holds for a line alone, the band for all at once: {times} standard errors, from"
        " {draws} draws (seed {seed}).",
        level=figures.level,
        times=Number(figures.estimated(band.critical), decimals=2),
        draws=Number(figures.chosen(band.draws)),
        seed=Number(figures.chosen(band.seed)),
    )


def _pretest(figures: Figures, pretest: Pretest | None, untested: Text | None) -> Iterator[Block]:
    if pretest is None:
        reason = Text(untested.fr.rstrip("."), untested.en.rstrip(".")) if untested else None
        yield Paragraph(
            say(
                "Les tendances d’avant l’entrée n’ont pas pu être comparées{why}.",
                "Trends before entry could not be compared{why}.",
                why=say(" : {why}", ": {why}", why=named(reason)) if reason else say("", ""),
            ),
            "warning",
        )
        return
    rejected = pretest.p_value < 1 - figures.study.protocol.inference.level
    words = say(
        "Test joint avant l’entrée : statistique de Wald {statistic} pour {degrees}, p : {p}. {what}",
        "Joint test before entry: Wald statistic {statistic} on {degrees}, p: {p}. {what}",
        statistic=Number(figures.estimated(pretest.statistic), decimals=1),
        degrees=Number(figures.estimated(pretest.degrees), DEGREES, unit_one=DEGREE),
        p=figures.probability(pretest.p_value),
        what=TOLD_APART if rejected else NOT_TOLD,
    )
    yield Paragraph(words, "warning" if rejected else "plain")


DEGREES = Text("degrés de liberté", "degrees of freedom")
DEGREE = Text("degré de liberté", "degree of freedom")
TOLD_APART = say(
    "Les traités s’écartaient déjà des autres avant d’entrer : l’effet mêle ce qui venait d’avant.",
    "The treated already departed from the others before they entered: the effect mixes in what came before.",
)
NOT_TOLD = say(
    "Aucun écart n’est établi avant l’entrée ; ce n’est pas une preuve que les tendances étaient parallèles, le test"
    " ne voyant que les écarts assez grands.",
    "No departure before entry is established; this does not prove that trends were parallel, as the test only sees"
    " departures that are large enough.",
)
