"""Whether the measures went where access is worst."""

from __future__ import annotations

from datetime import date

from maillage.report.document import Block, Column, Day, Number, Paragraph, Row, Section, Table, say
from maillage.report.national.book import PERCENT, Book, percent, points
from maillage.text import Text

TITLE = Text("Les moyens vont-ils là où l’accès est le plus difficile ?", "Do the means go where access is hardest?")
# Counts of assistants in under-dense zones, beside the count that they are a part of.
PAIRS = (
    ("am_contracts_under_dense_2022_10", "am_contracts_2022_10"),
    ("am_contracts_under_dense_2024_02", "am_contracts_2024_02"),
)
ZONES = ("zip_population_share", "zac_population_share")
ZONING = date(2021, 10, 1)


def targeting(book: Book, more: tuple[Block, ...] = ()) -> Section:
    """The section on targeting; ``more`` is the concentration index and what a store gives."""
    known = [pair for pair in PAIRS if book.has(*pair)]
    if not known or not book.has(*ZONES):
        nothing = say(
            "Rien de publié ne permettait de dire, à cette date, où vont les aides.",
            "Nothing published allowed one to say, on that day, where the aid goes.",
        )
        return Section(id="targeting", title=TITLE, blocks=(Paragraph(nothing, "warning"), *more))
    part, whole = known[-1]
    share = book.fact(part) / book.fact(whole)
    people = book.fact(ZONES[0]) + book.fact(ZONES[1])
    lead = say(
        "Au {day}, {part} d’assistants médicaux sur {whole}, soit {share}, étaient signés en zone sous-dense. Or ces"
        " zones réunissent {people} de la population ({zip} en zone d’intervention prioritaire, {zac} en zone"
        " d’action complémentaire). Les contrats n’y sont donc pas plus fréquents qu’ailleurs, au contraire.",
        "On {day}, {part} for medical assistants out of {whole}, that is {share}, were signed in under-dense zones."
        " But these zones hold {people} of the population ({zip} in priority intervention zones, {zac} in"
        " complementary action zones). Contracts are therefore no more frequent there than elsewhere; rather less.",
        day=Day(book.known[part].on),
        part=book.number(part),
        whole=book.number(whole),
        share=percent(share, 1),
        people=Number(people, PERCENT),
        zip=book.number(ZONES[0]),
        zac=book.number(ZONES[1]),
    )
    blocks: list[Block] = [Paragraph(lead), _table(book, known), *_evolution(book, known), _caution()]
    return Section(id="targeting", title=TITLE, blocks=(*blocks, *more))


def _table(book: Book, known: list[tuple[str, str]]) -> Table:
    rows = [
        Row((Day(book.known[w].on, "month"), book.number(w), book.number(p), percent(book.fact(p) / book.fact(w), 1)))
        for p, w in known
    ]
    return Table(
        id="zones",
        caption=say(
            "Contrats d’assistants médicaux signés en zone sous-dense",
            "Contracts of medical assistants signed in under-dense zones",
        ),
        columns=(
            Column(Text("Date", "Date"), 1),
            Column(Text("Tous les contrats", "All contracts")),
            Column(Text("En zone sous-dense", "In under-dense zones")),
            Column(Text("Part", "Share")),
        ),
        rows=tuple(rows),
    )


def _evolution(book: Book, known: list[tuple[str, str]]) -> list[Block]:
    if len(known) < 2:
        return []
    first, last = (book.fact(p) / book.fact(w) for p, w in (known[0], known[-1]))
    (p0, w0), (p1, w1) = known[0], known[-1]
    recent = (book.fact(p1) - book.fact(p0)) / (book.fact(w1) - book.fact(w0))
    return [
        Paragraph(
            say(
                "La part des zones sous-denses a monté de {gain} entre {d0} et {d1} : parmi les contrats signés dans"
                " l’intervalle, {recent} l’ont été dans ces zones.",
                "The share of under-dense zones rose by {gain} between {d0} and {d1}: among the contracts signed in"
                " between, {recent} were in these zones.",
                gain=points((last - first) * 100, 1),
                d0=Day(book.known[w0].on, "month"),
                d1=Day(book.known[w1].on, "month"),
                recent=percent(recent, 1),
            )
        )
    ]


def _caution() -> Paragraph:
    return Paragraph(
        say(
            "Trois réserves. Le zonage d’un contrat est celui du jour de sa signature, celui de la population est de"
            " {year}. Une zone sous-dense est large : elle mêle des territoires en grande difficulté et d’autres qui"
            " n’en ont guère. Enfin, on compte ici des contrats, non des euros : aucun montant n’est publié par"
            " zone.",
            "Three reservations. The zone of a contract is that of the day of signature, that of the population is"
            " of {year}. An under-dense zone is wide: it mixes territories in great difficulty with others that have"
            " little. Last, these are contracts, not euros: no amount is published by zone.",
            year=Day(ZONING, "year"),
        ),
        "note",
    )
