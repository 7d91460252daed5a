"""What changed since last year: what was learnt, and how the counts moved."""

from __future__ import annotations

from datetime import date

from maillage.measures.reference_entry import Entry
from maillage.report.document import (
    Block,
    Column,
    Day,
    Name,
    Number,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    listed,
    say,
)
from maillage.report.national.book import Book, measure_words, plain, printed_like
from maillage.text import Text

# Counts whose meaning does not move from one source to the next; shares of the population covered are not.
COMPARABLE = frozenset({"contracts", "contracts_gp", "contracts_under_dense", "aci_signed", "msp"})
TITLE = Text("Ce qui a changé depuis un an", "What changed in a year")


def changes(book: Book, more: tuple[Block, ...] = ()) -> Section:
    """The section on changes; ``more`` is what the journal of a store gives."""
    since = _year_before(book.day)
    fresh = [e for e in book.known.values() if e.known > since]
    blocks = _learnt(book, fresh, since) if fresh else [_nothing(book, since)]
    return Section(id="changes", title=TITLE, blocks=(*blocks, *more))


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if leap else day.day)


def _nothing(book: Book, since: date) -> Paragraph:
    last = max((e.known for e in book.known.values()), default=since)
    return Paragraph(
        say(
            "Aucun chiffre national nouveau n’est entré dans ce document depuis le {since} ; le dernier a été publié"
            " le {last}.",
            "No new national figure has entered this document since {since}; the last was published on {last}.",
            since=Day(since),
            last=Day(last),
        )
    )


def _learnt(book: Book, fresh: list[Entry], since: date) -> list[Block]:
    documents = {e.document.id: e.document for e in sorted(fresh, key=lambda e: (e.known, e.document.id))}
    titles = [Name(d.title) for d in documents.values()]
    said = Paragraph(
        say(
            "Depuis le {since}, ce document a appris des chiffres nouveaux de : {documents}.",
            "Since {since}, this document has learnt new figures from: {documents}.",
            since=Day(since),
            documents=listed(titles, " ; ", "; "),
        )
    )
    rows = [row for e in sorted(fresh, key=lambda e: (e.measure, e.quantity, e.on)) if (row := _moved(book, e, since))]
    if not rows:
        return [said]
    table = Table(
        id="changes",
        caption=say("Les décomptes qui ont bougé", "The counts that moved"),
        columns=(
            Column(Text("Mesure", "Measure"), 1),
            Column(Text("Ce qui est compté", "What is counted"), 1.8),
            Column(Text("Auparavant", "Before"), 1.2),
            Column(Text("Désormais", "Now"), 1.2),
            Column(Text("Écart", "Change")),
        ),
        rows=tuple(rows),
        notes=(
            say(
                "L’écart est la différence des deux chiffres ; il n’est un progrès que si les deux comptent la même"
                " chose.",
                "The change is the difference of the two figures; it is progress only if both count the same thing.",
            ),
        ),
    )
    return [said, table]


def _moved(book: Book, entry: Entry, since: date) -> Row | None:
    """The line of a count that had another value before; None where it does not compare."""
    if entry.quantity not in COMPARABLE or entry.id != book.latest(entry.measure, entry.quantity):
        return None
    series = book.series(entry.measure, entry.quantity)
    before = [n for n in series if book.known[n].known <= since and book.known[n].on < entry.on]
    if not before:
        return None
    gap = book.fact(entry.id) - book.fact(before[-1])
    told = printed_like(entry, gap, book.number(entry.id).decimals)
    signed = Number(told.fact, told.unit, told.decimals, told.scale, told.unit_one, signed=True)
    return Row(
        (measure_words(entry.measure), plain(entry.label), _dated(book, before[-1]), _dated(book, entry.id), signed)
    )


def _dated(book: Book, name: str) -> Sentence:
    return say("{n} ({day})", "{n} ({day})", n=book.number(name), day=Day(book.known[name].on, "month"))
