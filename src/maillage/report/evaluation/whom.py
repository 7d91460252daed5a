"""For whom the effect is larger or smaller, and what neighbours feel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from maillage.evaluation.heterogeneity import Heterogeneity
from maillage.evaluation.sensitivity import Line
from maillage.evaluation.staggered import Estimates
from maillage.indicators.registry import load_indicators
from maillage.report.document import Block, Column, Heading, Paragraph, Row, Section, Sentence, Table, say
from maillage.report.evaluation.figures import Figures, named
from maillage.report.evaluation.robust import LINE_COLUMNS, line_cells
from maillage.text import Text

TITLE = Text("Pour qui, et chez les voisins", "For whom, and among neighbours")
GROUPS: Mapping[str, Text] = {
    "access": Text("Selon l’accès aux soins", "By access to care"),
    "deprivation": Text("Selon la défaveur sociale", "By deprivation"),
    "rural": Text("Selon la densité", "By density"),
}
LABELS: Mapping[tuple[str, str], Text] = {
    ("access", "low"): Text("accès faible", "low access"),
    ("access", "middle"): Text("accès moyen", "middling access"),
    ("access", "high"): Text("accès bon", "good access"),
    ("deprivation", "low"): Text("peu défavorisés", "least deprived"),
    ("deprivation", "middle"): Text("moyennement défavorisés", "middling"),
    ("deprivation", "high"): Text("les plus défavorisés", "most deprived"),
    ("rural", "rural"): Text("peu denses", "sparsely populated"),
    ("rural", "urban"): Text("denses", "densely populated"),
}


def whom_section(figures: Figures, groups: Mapping[str, Heterogeneity], estimates: Estimates) -> Section:
    """Effects by type of territory, then spillovers, each said where it was not studied."""
    blocks: list[Block] = []
    for name, found in groups.items():
        blocks += [Heading(GROUPS.get(name, Text(name, name))), _table(figures, name, found)]
        blocks.append(Paragraph(_differ(figures, found)))
    if not groups:
        none = say(
            "L’effet n’a pas été comparé entre types de territoires.",
            "The effect was not compared between types of territories.",
        )
        blocks.append(Paragraph(none))
    return Section(id="whom", title=TITLE, blocks=(*blocks, *_spillovers(figures, estimates)))


def _table(figures: Figures, name: str, found: Heterogeneity) -> Table:
    return Table(
        id=f"by-{name}",
        caption=say(
            "Effet dans chaque groupe, en {unit}",
            "Effect in each group, in {unit}",
            unit=named(figures.effect_unit[0]),
        ),
        columns=(
            Column(Text("Groupe", "Group"), 1.4),
            *LINE_COLUMNS,
        ),
        rows=tuple(_row(figures, name, line) for line in _ordered(name, found)),
        gathered=True,
    )


def _ordered(name: str, found: Heterogeneity) -> list[Line]:
    """From low to high, as the labels stand."""
    known = [key for group, key in LABELS if group == name]
    return sorted(found.lines, key=lambda line: known.index(line.key) if line.key in known else len(known))


def _row(figures: Figures, name: str, line: Line) -> Row:
    return line_cells(figures, line, LABELS.get((name, line.key), Text(line.key, line.key)))


def _differ(figures: Figures, found: Heterogeneity) -> Sentence:
    if not np.isfinite(found.p_value):
        return say(
            "Les groupes n’ont pas pu être comparés entre eux.", "The groups could not be compared with one another."
        )
    told = found.p_value < 1 - figures.study.protocol.inference.level
    return say(
        "{told} (test que tous les effets sont égaux : p {p}).",
        "{told} (test that all effects are equal: p {p}).",
        told=DIFFER if told else SAME,
        p=figures.probability(found.p_value),
    )


DIFFER = Text("L’effet n’est pas le même dans tous les groupes", "The effect is not the same in all groups")
SAME = Text(
    "Rien n’établit que l’effet diffère d’un groupe à l’autre",
    "Nothing establishes that the effect differs between groups",
)


def _spillovers(figures: Figures, estimates: Estimates) -> Iterator[Block]:
    yield Heading(Text("Chez les voisins", "Among neighbours"))
    if estimates.exposure is None:
        if figures.study.protocol.spillover.by != "none":
            unknown = say(
                "Le protocole demande de les étudier, mais les voisins des unités ne sont pas connus.",
                "The protocol asks to study them, but the neighbours of units are not known.",
            )
            yield Paragraph(unknown, "warning")
        yield Paragraph(
            say(
                "Les effets sur les voisins ne sont pas étudiés. S’il y en a, la comparaison est faussée : des voisins"
                " qui gagnent font paraître l’effet plus petit, des voisins qui perdent, plus grand.",
                "Effects on neighbours are not studied. If there are any, the comparison is biased: neighbours who gain"
                " make the effect look smaller, neighbours who lose, larger.",
            ),
            "note",
        )
        return
    if estimates.dropped is not None and estimates.spillover is None:
        yield Paragraph(
            say(
                "Écartés de la comparaison parce que leurs voisins sont traités : {n}. Exposés avant leur propre"
                " entrée : {early}.",
                "Left out of the comparison because their neighbours are treated: {n}. Exposed before their own"
                " entry: {early}.",
                n=figures.units(estimates.dropped.exposed),
                early=figures.units(estimates.dropped.early),
            )
        )
    if estimates.spillover is not None:
        yield Paragraph(_spilled(figures, estimates))


def _spilled(figures: Figures, estimates: Estimates) -> Sentence:
    found = estimates.spillover
    assert found is not None
    return say(
        "Sur les traités : {direct} ({direct_ends}). Sur les voisins non traités : {spilled} ({spilled_ends}), pour"
        " {n}. Comparés à {clean} hors de portée ; niveau : {level}.",
        "On the treated: {direct} ({direct_ends}). On untreated neighbours: {spilled} ({spilled_ends}), for {n}."
        " Compared with {clean} out of reach; level: {level}.",
        direct=figures.effect(found.direct.att),
        direct_ends=figures.interval(found.direct.low, found.direct.high),
        spilled=figures.effect(found.spilled.att),
        spilled_ends=figures.interval(found.spilled.low, found.spilled.high),
        n=figures.units(found.spilled.units),
        clean=figures.units(found.clean),
        level=figures.level,
    )


def family_blocks(figures: Figures, family: Mapping[str, Line]) -> tuple[Block, ...]:
    """The other outcomes of the protocol, asked alike, each in its own unit."""
    if not family:
        return ()
    rows = tuple(line_cells(figures, line, line_name(name)) for name, line in family.items())
    table = Table(
        id="family",
        caption=say("Les autres indicateurs du protocole", "The other outcomes of the protocol"),
        columns=(
            Column(Text("Indicateur", "Outcome"), 2),
            *LINE_COLUMNS,
        ),
        rows=rows,
        gathered=True,
    )
    return (Heading(Text("Les autres indicateurs", "The other outcomes")), table)


def line_name(name: str) -> Text:
    """An outcome by its label and unit."""
    found = load_indicators().get(name)
    if found is None:
        return Text(name, name)
    return Text(f"{found.label.fr} ({found.unit.fr})", f"{found.label.en} ({found.unit.en})")
