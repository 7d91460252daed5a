"""Which part of the country the CPTS cover: every answer beside its definition."""

from __future__ import annotations

from maillage.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Day,
    Name,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    say,
)
from maillage.report.national.book import Book, origin_words, points
from maillage.text import Text

NOT_SAID = Text("non précisée", "not stated")
# The published answers: what each counts, and on which perimeters, as far as its source says.
ANSWERS: tuple[tuple[str, Text, Text], ...] = (
    (
        "cpts_coverage_senate",
        Text(
            "population couverte, chiffre attribué à un rapport du Sénat",
            "population covered, attributed to a report of the Senate",
        ),
        NOT_SAID,
    ),
    (
        "cpts_coverage_2024_02",
        Text(
            "population couverte par au moins une CPTS, à tous les stades",
            "population covered by one CPTS or more, at any stage",
        ),
        Text("périmètres déclarés à la fédération des CPTS", "perimeters declared to the federation of CPTS"),
    ),
    (
        "cpts_coverage_dgos",
        Text("population couverte, chiffre attribué à la DGOS", "population covered, attributed to the DGOS"),
        NOT_SAID,
    ),
    (
        "cpts_uncovered_2025_05",
        Text("habitants en zone blanche, sans CPTS", "inhabitants in a blank zone, without a CPTS"),
        NOT_SAID,
    ),
    (
        "structures_population_share",
        Text(
            "pour comparaison : population couverte par les maisons et centres de santé",
            "for comparison: population covered by maisons and centres de santé",
        ),
        NOT_SAID,
    ),
)


def coverage(book: Book, measured: tuple[Block, ...] = ()) -> Section:
    """The section on coverage; ``measured`` is what the register of a store gives."""
    blocks: list[Block] = [
        Paragraph(
            say(
                "« Quelle part de la population une CPTS couvre-t-elle ? » a plusieurs réponses vraies. Tout dépend"
                " de l’étape comptée (un contrat signé, ou déjà une simple lettre d’intention), du périmètre retenu"
                " et de sa date.",
                "“Which part of the population does a CPTS cover?” has several true answers. All depends on the"
                " stage that counts (a signed contract, or a mere letter of intent), on the perimeter taken and on"
                " its date.",
            )
        )
    ]
    rows = [_row(book, name, words, scope) for name, words, scope in ANSWERS if book.has(name)]
    blocks.append(_table(tuple(rows)) if rows else _nothing())
    if book.has("cpts_coverage_senate", "cpts_coverage_dgos"):
        gap = book.fact("cpts_coverage_dgos") - book.fact("cpts_coverage_senate")
        blocks.append(
            Paragraph(
                say(
                    "Les deux chiffres du débat public, {low} et {high}, s’écartent de {gap}. Aucun des deux n’est"
                    " publié avec sa définition, sa date ni son périmètre : on ne peut ni les départager, ni les"
                    " vérifier.",
                    "The two figures of the public debate, {low} and {high}, are {gap} apart. Neither is published"
                    " with its definition, its date or its perimeter: they can neither be reconciled nor checked.",
                    low=book.number("cpts_coverage_senate"),
                    high=book.number("cpts_coverage_dgos"),
                    gap=points(gap),
                )
            )
        )
    blocks.append(Bullets(_limits(book)))
    return Section(
        id="coverage",
        title=Text("Couverture du territoire par les CPTS", "Coverage by CPTS"),
        blocks=(*blocks, *measured),
    )


def _row(book: Book, name: str, words: Text, scope: Text) -> Row:
    entry = book.known[name]
    day: Cell = (
        Text("non daté", "not dated")
        if name.startswith("cpts_coverage_") and scope is NOT_SAID
        else Day(entry.on, "month")
    )
    return Row((words, book.number(name), day, scope, origin_words(book, name)))


def _table(rows: tuple[Row, ...]) -> Table:
    return Table(
        id="coverage",
        caption=say(
            "Une question, plusieurs réponses : les chiffres publiés",
            "One question, several answers: the published figures",
        ),
        columns=(
            Column(Text("Définition, telle que la source la donne", "Definition, as the source gives it"), 2.2),
            Column(Text("Chiffre", "Figure")),
            Column(Text("Date", "Date"), side="left"),
            Column(Text("Périmètre", "Perimeter"), 1.1),
            Column(Text("Origine", "Origin"), 0.9),
        ),
        rows=rows,
    )


def _nothing() -> Paragraph:
    return Paragraph(
        say(
            "Aucun chiffre de couverture n’était connu de ce document à cette date.",
            "This document knew of no figure of coverage on that day.",
        ),
        "warning",
    )


def _limits(book: Book) -> tuple[Sentence, ...]:
    """What coverage does not say."""
    items = [
        say(
            "Être couvert ne veut pas dire être soigné : une CPTS coordonne des professionnels, elle ne reçoit pas de"
            " patients. La couverture dit où une organisation existe.",
            "To be covered is not to be cared for: a CPTS coordinates professionals, it sees no patients. Coverage"
            " tells where an organisation exists.",
        )
    ]
    if book.has("cpts_population_min", "cpts_population_max"):
        items.append(
            say(
                "Une CPTS peut compter de {low} à {high} : une part du territoire pèse très différemment d’une CPTS"
                " à l’autre.",
                "A CPTS may have from {low} to {high}: a share of the territory weighs very differently from one to"
                " the next.",
                low=book.number("cpts_population_min"),
                high=book.number("cpts_population_max"),
            )
        )
    items.append(
        say(
            "Aucun fichier national n’est publié des communes de chaque CPTS ; une région seulement, {paca}, publie"
            " le sien parmi les données réunies ici. C’est ce fichier qu’il faut pour calculer la couverture plutôt"
            " que la citer.",
            "No national file of the communes of each CPTS is published; among the data gathered here one region"
            " alone, {paca}, publishes its own. That file is what it takes to compute coverage instead of quoting"
            " it.",
            paca=Name(Text("Provence-Alpes-Côte d’Azur", "Provence-Alpes-Côte d’Azur")),
        )
    )
    return tuple(items)
