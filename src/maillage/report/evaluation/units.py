"""Who is compared: units asked for and kept, values missing or withheld, cohorts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maillage.evaluation.panel import Panel
from maillage.report.document import Block, Cell, Column, Heading, Number, Paragraph, Row, Section, Sentence, Table, say
from maillage.report.evaluation.dossier import Dossier, named, quoted, year
from maillage.text import Text

TITLE = Text("Qui est comparé", "Who is compared")
YEAR = Column(Text("Année", "Year"), side="left")
NEVER = Text("jamais traitées", "never treated")
WHOLE = Text("ensemble", "all")


def units_section(dossier: Dossier) -> Section:
    """Units, values and cohorts, as far as the study went."""
    blocks = tuple(_blocks(dossier))
    nothing = say(
        "Aucun panel n’a pu être construit : les raisons sont plus haut.",
        "No panel could be built: the reasons are above.",
    )
    return Section(id="units", title=TITLE, blocks=blocks or (Paragraph(nothing),))


def _blocks(dossier: Dossier) -> Iterator[Block]:
    study = dossier.study
    if study.units:
        yield Paragraph(_kept(dossier))
    if study.coverage:
        yield _coverage(dossier)
    if study.flow is not None and (study.flow.entered[1:].any() or study.flow.left.any()):
        yield _flow(dossier)
    if study.panel is not None:
        yield _cohorts(dossier, study.panel)
    if study.breaks:
        yield Heading(Text("Ruptures de série connues", "Known breaks of the series"))
        yield from (Paragraph(quoted(words)) for words in study.breaks)
    for note in study.notes:
        yield Paragraph(quoted(note), "note")


def _kept(dossier: Dossier) -> Sentence:
    study = dossier.study
    if not study.left_out:
        return say(
            "Le protocole demande {n} ; toutes celles qui forment le panel ont une série complète.",
            "The protocol asks for {n}; all those in the panel have a full series.",
            n=dossier.units(study.units),
        )
    return say(
        "Le protocole demande {n}. {out} n’ont pas de série complète ({share}) et sont écartés : la réponse ne vaut"
        " pas pour eux.",
        "The protocol asks for {n}. {out} have no full series ({share}) and are left out: the answer does not hold for"
        " them.",
        n=dossier.units(study.units),
        out=dossier.units(study.left_out),
        share=dossier.share(study.left_out / study.units, 1),
    )


def _coverage(dossier: Dossier) -> Table:
    rows = tuple(
        Row((year(c.period), *(dossier.count(n) for n in (c.units, c.present, c.missing, c.suppressed))))
        for c in dossier.study.coverage
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


def _flow(dossier: Dossier) -> Table:
    flow = dossier.study.flow
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
        rows=tuple(Row((year(int(period)), *(dossier.count(float(n)) for n in others))) for period, *others in lines),
        notes=(
            say(
                "Vues toutes les années : {n} sur {total}.",
                "Seen in every year: {n} of {total}.",
                n=dossier.count(flow.complete),
                total=dossier.units(flow.total),
            ),
        ),
        gathered=True,
    )


def _cohorts(dossier: Dossier, panel: Panel) -> Table:
    sizes = [(int(c), panel.cohort == c) for c in [*panel.cohorts, *([0] if (panel.cohort == 0).any() else [])]]
    first = int(panel.periods[0])
    rows = [_cohort(dossier, panel, cohort, chosen, first) for cohort, chosen in sizes]
    everyone = np.ones(panel.units.size, dtype=bool)
    rows.append(Row(_cells(dossier, panel, WHOLE, everyone, 0), "total"))
    return Table(
        id="cohorts",
        caption=say("Cohortes : unités par première année traitée", "Cohorts: units by their first treated year"),
        columns=(
            Column(Text("Première année traitée", "First treated year"), 1.2),
            Column(Text("Unités", "Units")),
            Column(_weight_words(dossier)),
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
                label=named(dossier.study.label),
                unit=named(dossier.study.unit),
                first=year(first),
            ),
        ),
        gathered=True,
    )


def _weight_words(dossier: Dossier) -> Text:
    people = dossier.study.protocol.population.level != "gp"
    return Text("Habitants", "Residents") if people else Text("Poids", "Weight")


def _cohort(dossier: Dossier, panel: Panel, cohort: int, chosen: np.ndarray, first: int) -> Row:
    label: Cell = NEVER if cohort == 0 else year(cohort)
    return Row(_cells(dossier, panel, label, chosen, cohort - first if cohort else 0))


def _cells(dossier: Dossier, panel: Panel, label: Cell, chosen: np.ndarray, before: int) -> tuple[Cell, ...]:
    weight = panel.weight[chosen, 0]
    mean = float(np.average(panel.outcome[chosen, 0], weights=weight))
    known = bool((panel.weight != 1).any())
    after = panel.periods.size - before
    return (
        label,
        dossier.count(int(chosen.sum())),
        dossier.count(float(weight.sum())) if known else None,
        dossier.count(int(np.unique(panel.cluster[chosen]).size)),
        dossier.count(before) if before else None,
        dossier.count(after) if before else None,
        Number(dossier.counted(mean), decimals=dossier.study.decimals),
    )
