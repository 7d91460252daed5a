"""Where the sources' own figures do not add up: printed, worked out again, and the gap."""

from __future__ import annotations

from functools import reduce

from maillage.measures.reference_entry import Entry, Identity
from maillage.measures.reference_identity import VERDICTS, Check, check_identity
from maillage.report.document import Block, Column, Heading, Paragraph, Row, Table, say
from maillage.report.facts import Fact, total
from maillage.report.national.book import Book, bare, is_large, plain, points, printed_like
from maillage.text import Text

# Verdicts of what holds, which the table leaves out.
HOLDS = frozenset({"exact", "rounded"})
TITLE = Text("Là où les comptes ne tombent pas juste", "Where the sums do not add up")


def identity_of(book: Book, name: str) -> Identity:
    """The identity called ``name``, which the reference has."""
    return next(i for i in book.reference.identities if i.id == name)


def combined(book: Book, identity: Identity) -> Fact | None:
    """What the parts of a printed figure make, as a fact that holds their formula; None where nothing derives it."""
    if identity.relation == "none" or not book.has(*identity.parts):
        return None
    first, *others = (book.fact(name) for name in identity.parts)
    match identity.relation:
        case "sum" | "same":
            made = total((first, *others))
        case "difference":
            made = reduce(lambda a, b: a - b, others, first)
        case "product":
            made = reduce(lambda a, b: a * b, others, first)
        case "ratio":
            made = first / others[0]
        case "growth":
            made = (others[0] / first - 1) * 100
    return made if identity.scale == 1 else made * identity.scale


def faults(book: Book) -> list[Block]:
    """Every printed figure that its own parts do not give, in one table."""
    rows = []
    for identity in book.reference.identities:
        made, check = combined(book, identity), check_identity(book.reference, identity.id)
        if made is not None and identity.printed in book.facts and check.verdict not in HOLDS:
            rows.append(_row(book, book.known[identity.printed], made, check))
    if not rows:
        return []
    lead = say(
        "Le tableau suivant refait les calculs du rapport et des autres sources à partir de leurs propres chiffres ;"
        " il ne garde que ceux qui ne tombent pas juste.",
        "The next table works out again the computations of the report and of the other sources from their own"
        " figures; it keeps only those that do not add up.",
    )
    table = Table(
        id="faults",
        caption=say("Ce qui ne s’additionne pas dans les sources", "What does not add up in the sources"),
        columns=(
            Column(Text("Chiffre", "Figure"), 2),
            Column(Text("Imprimé", "Printed")),
            Column(Text("Recalculé", "Worked out")),
            Column(Text("Écart", "Gap")),
            Column(Text("Constat", "Finding"), 1.2),
        ),
        rows=tuple(rows),
    )
    return [Heading(TITLE), Paragraph(lead), table]


def _row(book: Book, entry: Entry, made: Fact, check: Check) -> Row:
    decimals = _decimals(made.value, entry)
    gap = book.fact(entry.id) - made
    told = points(gap, decimals) if entry.unit == "percent" else printed_like(entry, gap, decimals)
    cells = (
        plain(entry.label),
        bare(book.number(entry.id)),
        bare(printed_like(entry, made, decimals)),
        bare(told),
        VERDICTS[check.verdict],
    )
    return Row(cells)


def _decimals(value: float, entry: Entry) -> int:
    """Decimals that tell what is worked out from what is printed: none for a count or euros, two at most."""
    if entry.unit not in ("percent", "ratio") and not is_large(entry):
        return 0
    shown = value * 1e-6 if is_large(entry) else value
    return next((d for d in range(2) if abs(round(shown, d) - shown) < 1e-9), 2 if is_large(entry) else 1)
