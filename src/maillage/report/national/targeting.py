"""Whether the measures went where access is worst."""

from __future__ import annotations

from maillage.measures.targeting_national import COUNTS, PEOPLE, PEOPLE_ZIP, NationalTargeting, national_targeting
from maillage.report.document import Block, Column, Day, Number, Paragraph, Row, Section, Table, say
from maillage.report.facts import Fact, computed
from maillage.report.national.book import Book, bare, percent, points
from maillage.text import Text

TITLE = Text("Les moyens vont-ils là où l’accès est le plus difficile ?", "Do the means go where access is hardest?")
WILSON = Text("intervalle de Wilson", "Wilson’s interval")
BOTH = Text("prioritaires et complémentaires", "priority and complementary")
PRIORITY = Text("prioritaires seules", "priority alone")
COLUMNS = (
    Column(Text("Zones", "Zones"), 1.5),
    Column(Text("Année", "Year"), side="left"),
    Column(Text("Part des habitants", "Share of people")),
    Column(Text("Indice de concentration", "Concentration index")),
    Column(Text("Intervalle", "Interval"), 1.5),
    Column(Text("Lecture", "Reading"), 1.2),
)
READINGS = {
    -1: Text("moins que leur part", "less than their share"),
    0: Text("autant, à l’incertitude près", "as much, within uncertainty"),
    1: Text("plus que leur part", "more than their share"),
}


def known_pairs(book: Book) -> list[tuple[str, str]]:
    """The counts of contracts in under-dense zones that were known, each with the count of all."""
    return [pair for pair in COUNTS if book.has(*pair)]


def people_of(book: Book) -> str | None:
    """The share of people in both kinds of under-dense zones, the preferred one that was known."""
    return next((name for name in PEOPLE if book.has(name)), None)


def targeting(book: Book, more: tuple[Block, ...] = ()) -> Section:
    """The section on targeting; ``more`` is what a store gives."""
    known, people = known_pairs(book), people_of(book)
    if not known or people is None or not book.has(PEOPLE_ZIP):
        nothing = say(
            "Rien de publié ne permettait de dire, à cette date, où vont les aides.",
            "Nothing published allowed one to say, on that day, where the aid goes.",
        )
        return Section(id="targeting", title=TITLE, blocks=(Paragraph(nothing, "warning"), *more))
    blocks = (
        _lead(book, known[-1], people),
        _table(book, known),
        *_evolution(book, known),
        _index(book, known[-1]),
        _caution(),
    )
    return Section(id="targeting", title=TITLE, blocks=(*blocks, *more))


def _share(book: Book, pair: tuple[str, str]) -> Fact:
    return book.fact(pair[0]) / book.fact(pair[1])


def _lead(book: Book, pair: tuple[str, str], people: str) -> Paragraph:
    part, whole = pair
    return Paragraph(
        say(
            "Au {day}, {part} d’assistants médicaux sur {whole}, soit {share}, étaient signés en zone sous-dense."
            " Les textes ne disent pas quelles zones ils appellent ainsi, et tout en dépend. Si ce sont les zones"
            " d’intervention prioritaire et d’action complémentaire réunies, où vivent {people} des habitants, les"
            " assistants y sont moins fréquents qu’ailleurs. Si c’est la seule zone d’intervention prioritaire"
            " ({alone} des habitants), ils y sont plus fréquents.",
            "On {day}, {part} for medical assistants out of {whole}, that is {share}, were signed in under-dense"
            " zones. The texts do not say which zones they so call, and all depends on it. If these are the priority"
            " intervention and the complementary action zones together, where {people} of people live, assistants"
            " are less frequent there than elsewhere. If it is the priority intervention zone alone ({alone} of"
            " people), they are more frequent there.",
            day=Day(book.known[part].on),
            part=book.number(part),
            whole=book.number(whole),
            share=percent(_share(book, pair), 1),
            people=book.number(people),
            alone=book.number(PEOPLE_ZIP),
        )
    )


def _table(book: Book, known: list[tuple[str, str]]) -> Table:
    rows = [
        Row(
            (
                Day(book.known[w].on, "month"),
                bare(book.number(w)),
                bare(book.number(p)),
                percent(_share(book, (p, w)), 1),
            )
        )
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
    first, last = (_share(book, pair) for pair in (known[0], known[-1]))
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


def _against(book: Book, pair: tuple[str, str]) -> tuple[Row, ...]:
    found = _found(book, pair)
    counts = tuple(book.fact(name) for name in pair)
    rows = []
    for against in (a for a in found.against if a.entry in book.facts):
        people = book.fact(against.entry)
        low, high = (computed(limit, WILSON, *counts, people) for limit in (against.low, against.high))
        interval = say("{low} à {high}", "{low} to {high}", low=_index_of(low), high=_index_of(high))
        zones = PRIORITY if against.entry == PEOPLE_ZIP else BOTH
        index = _index_of(people / 100 - _share(book, pair))
        rows.append(
            Row(
                (
                    zones,
                    Day(book.known[against.entry].on, "year"),
                    book.number(against.entry),
                    index,
                    interval,
                    READINGS[against.side],
                )
            )
        )
    return tuple(rows)


def _index(book: Book, pair: tuple[str, str]) -> Table:
    """The concentration index against each published share of people, with its interval."""
    return Table(
        id="index",
        caption=say(
            "Ce que les zones reçoivent, selon ce qu’on appelle sous-dense",
            "What the zones get, depending on what is called under-dense",
        ),
        columns=COLUMNS,
        rows=_against(book, pair),
        notes=(
            say(
                "L’indice est nul quand chacun reçoit autant, positif quand les autres zones sont favorisées,"
                " négatif quand ce sont les zones sous-denses. L’intervalle est celui de la part des contrats ; la"
                " part des habitants est tenue pour sûre.",
                "The index is nil where everybody gets as much, positive where the other zones are favoured,"
                " negative where the under-dense ones are. The interval is that of the share of contracts; the share"
                " of people is taken as known.",
            ),
        ),
    )


def _found(book: Book, pair: tuple[str, str]) -> NationalTargeting:
    return next(n for n in national_targeting(book.reference) if n.entries[:2] == pair)


def _index_of(fact: Fact) -> Number:
    return Number(fact, decimals=2, signed=True)


def _caution() -> Paragraph:
    return Paragraph(
        say(
            "Trois réserves. Le zonage d’un contrat est celui du jour de sa signature. Une zone sous-dense est large"
            " : elle mêle des territoires en grande difficulté et d’autres qui n’en ont guère. Enfin, on compte ici"
            " des contrats, non des euros : aucun montant n’est publié par zone.",
            "Three reservations. The zone of a contract is that of the day of signature. An under-dense zone is"
            " wide: it mixes territories in great difficulty with others that have little. Last, these are"
            " contracts, not euros: no amount is published by zone.",
        ),
        "note",
    )
