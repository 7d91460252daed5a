"""Who is compared: units asked for and kept, values missing or withheld, cohorts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from maillage.evaluation.cohorts import CohortTable, cohort_table
from maillage.evaluation.panel import Panel
from maillage.report.document import Block, Cell, Column, Heading, Number, Paragraph, Row, Section, Sentence, Table, say
from maillage.report.evaluation.figures import Figures, named, quoted, year
from maillage.text import Text

TITLE = Text("Qui est comparé", "Who is compared")
YEAR = Column(Text("Année", "Year"), side="left")
NEVER = Text("jamais traitées", "never treated")
WHOLE = Text("ensemble", "all")
FEWEST = 11


def units_section(figures: Figures) -> Section:
    """Units, values and cohorts, as far as the study went."""
    blocks = tuple(_blocks(figures))
    nothing = say(
        "Aucun panel n’a pu être construit : les raisons sont plus haut.",
        "No panel could be built: the reasons are above.",
    )
    return Section(id="units", title=TITLE, blocks=blocks or (Paragraph(nothing),))


def _blocks(figures: Figures) -> Iterator[Block]:
    study = figures.study
    if study.units:
        yield Paragraph(_kept(figures))
    if study.coverage:
        yield _coverage(figures)
    if study.flow is not None and (study.flow.entered[1:].any() or study.flow.left.any()):
        yield _flow(figures)
    if study.panel is not None and study.panel.cohorts.size:
        yield _cohorts(figures, study.panel)
    if study.breaks:
        yield Heading(Text("Ruptures de série connues", "Known breaks of the series"))
        yield from (Paragraph(quoted(words)) for words in study.breaks)
    for note in study.notes:
        yield Paragraph(quoted(note), "note")


def _kept(figures: Figures) -> Sentence:
    study = figures.study
    if not study.left_out:
        return say(
            "Unités demandées par le protocole : {n}. Toutes celles du panel ont une série complète.",
            "Units that the protocol asks for: {n}. All those in the panel have a full series.",
            n=figures.units(study.units),
        )
    return say(
        "Unités demandées par le protocole : {n}. Sans série complète, donc hors de la réponse : {out} ({share}).",
        "Units that the protocol asks for: {n}. Without a full series, hence out of the answer: {out} ({share}).",
        n=figures.units(study.units),
        out=figures.units(study.left_out),
        share=figures.share(study.left_out / study.units, 1),
    )


def _coverage(figures: Figures) -> Table:
    rows = tuple(
        Row((year(c.period), *(figures.count(n) for n in (c.units, c.present, c.missing, c.suppressed))))
        for c in figures.study.coverage
    )
    return Table(
        id="coverage",
        caption=say("Valeurs de l’indicateur, année par année", "Values of the outcome, year by year"),
        columns=(
            YEAR,
            Column(Text("Unités demandées", "Units asked for")),
            Column(Text("Avec valeur", "With a value")),
            Column(Text("Manquante", "Missing")),
            Column(Text("Secret statistique", "Withheld")),
        ),
        rows=rows,
        gathered=True,
    )


def _flow(figures: Figures) -> Table:
    flow = figures.study.flow
    assert flow is not None
    lines = zip(flow.periods, flow.present, flow.entered, flow.left, strict=True)
    return Table(
        id="flow",
        caption=say("Entrées et sorties d’unités", "Units that come and go"),
        columns=(
            YEAR,
            Column(Text("Présentes", "Present")),
            Column(Text("Apparues", "Entered")),
            Column(Text("Disparues", "Left")),
        ),
        rows=tuple(Row((year(int(period)), *(figures.count(float(n)) for n in others))) for period, *others in lines),
        notes=(
            say(
                "Vues toutes les années : {n} sur {total}.",
                "Seen in every year: {n} of {total}.",
                n=figures.count(flow.complete),
                total=figures.units(flow.total),
            ),
        ),
        gathered=True,
    )


def _cohorts(figures: Figures, panel: Panel) -> Table:
    found = cohort_table(panel, figures.study.protocol.estimator.anticipation)
    order = [*np.flatnonzero(found.date > 0), *np.flatnonzero(found.date == 0)]
    rows = [_cohort(figures, panel, found, int(k)) for k in order]
    total = (found.units.sum(), found.people.sum() if _known(panel) else None, np.unique(panel.cluster).size)
    everyone = np.ones(panel.units.size, dtype=bool)
    rows.append(Row((WHOLE, *_counts(figures, *total), None, None, _start(figures, panel, everyone)), "total"))
    return Table(
        id="cohorts",
        caption=say("Cohortes : unités par première année traitée", "Cohorts: units by their first treated year"),
        columns=(
            Column(Text("Première année traitée", "First treated year"), 1.2),
            Column(Text("Unités", "Units")),
            Column(_weight_words(figures)),
            Column(Text("Grappes", "Clusters")),
            Column(Text("Années avant", "Years before")),
            Column(Text("Années traitées", "Treated years")),
            Column(Text("Indicateur, première année", "Outcome, first year")),
        ),
        rows=tuple(rows),
        notes=(
            say(
                "Indicateur : {label} ({unit}), moyenne de la première année du panel, {first}.",
                "Outcome: {label} ({unit}), mean of the first year of the panel, {first}.",
                label=named(figures.study.label),
                unit=named(figures.study.unit),
                first=year(int(panel.periods[0])),
            ),
        ),
        gathered=True,
    )


def _weight_words(figures: Figures) -> Text:
    people = figures.study.protocol.population.level != "gp"
    return Text("Habitants", "Residents") if people else Text("Poids", "Weight")


def _known(panel: Panel) -> bool:
    """Whether units have weights of their own."""
    return bool((panel.weight != 1).any())


def _cohort(figures: Figures, panel: Panel, found: CohortTable, k: int) -> Row:
    date = int(found.date[k])
    counts = _counts(figures, found.units[k], found.people[k] if _known(panel) else None, found.clusters[k])
    around = (figures.count(int(found.before[k])), figures.count(int(found.after[k]))) if date else (None, None)
    return Row((year(date) if date else NEVER, *counts, *around, _start(figures, panel, panel.cohort == date)))


def _counts(figures: Figures, units: float, people: float | None, clusters: float) -> tuple[Cell, ...]:
    weight = None if people is None else figures.count(float(people))
    return figures.count(float(units)), weight, figures.count(float(clusters))


def _start(figures: Figures, panel: Panel, chosen: NDArray[np.bool_]) -> Number | None:
    """The mean outcome of the first year; not told of a few units whose values come from records."""
    if figures.study.protocol.outcome.source == "records" and chosen.sum() < FEWEST:
        return None
    mean = float(np.average(panel.outcome[chosen, 0], weights=panel.weight[chosen, 0]))
    return Number(figures.counted(mean), decimals=figures.study.decimals)
