"""What the documents print against what their own figures add up to, and their tables row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from maillage.errors import NotFoundError
from maillage.measures.reference import Reference
from maillage.measures.reference_entry import Entry, Flag, Identity, PrintedTable, Relation
from maillage.text import Text

Verdict = Literal["exact", "rounded", "differs", "underived", "scope", "misprint", "corrected"]
AGREES: frozenset[str] = frozenset({"exact", "rounded"})

VERDICTS: dict[Verdict, Text] = {
    "exact": Text("le compte y est", "adds up"),
    "rounded": Text("le compte y est, à l’arrondi près", "adds up but for rounding"),
    "differs": Text("le compte n’y est pas", "does not add up"),
    "underived": Text("sans calcul à l’appui", "has no derivation"),
    "scope": Text("deux dates ou deux champs", "two dates or two scopes"),
    "misprint": Text("coquille", "misprint"),
    "corrected": Text("corrigé depuis", "corrected since"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """A printed figure against what its parts make, in its own unit; ``computed`` is None where nothing derives it.

    ``difference`` is printed less computed. ``reading`` is what entries that the report does not name would make.
    ``entries`` names the printed entry first, then its parts and those of the reading.
    """

    id: str
    printed: float
    unit: str
    computed: float | None
    difference: float | None
    reading: float | None
    verdict: Verdict
    entries: tuple[str, ...]
    words: Text

    @property
    def agrees(self) -> bool:
        """Whether the printed figure is what its parts make, but for rounding."""
        return self.verdict in AGREES


def check_identities(reference: Reference) -> tuple[Check, ...]:
    """Every identity of the reference, in the order of its files."""
    return tuple(_check(reference, identity) for identity in reference.identities)


def check_identity(reference: Reference, name: str) -> Check:
    """The identity called ``name``; raises NotFoundError when there is none."""
    found = next((i for i in reference.identities if i.id == name), None)
    if found is None:
        raise NotFoundError(f"No identity of the reference ledger is called {name!r}.")
    return _check(reference, found)


def printed_rows(reference: Reference, table: str) -> tuple[PrintedTable, tuple[Entry, ...]]:
    """A table of the documents and the entries of its rows, in order; raises NotFoundError when there is none."""
    found = next((t for t in reference.tables if t.id == table), None)
    if found is None:
        raise NotFoundError(f"No printed table is called {table!r}: there are {[t.id for t in reference.tables]}.")
    return found, tuple(reference.entry(name) for name in found.rows)


def _check(reference: Reference, identity: Identity) -> Check:
    printed = reference.entry(identity.printed)
    parts = [reference.entry(name).value for name in identity.parts]
    computed = _combine(identity.relation, parts)
    computed = None if computed is None else computed * identity.scale
    difference = None if computed is None else _clean(printed.value - computed)
    step = printed.step if identity.step is None else identity.step
    return Check(
        id=identity.id,
        printed=printed.value,
        unit=printed.unit,
        computed=computed,
        difference=difference,
        reading=sum(reference.entry(name).value for name in identity.reading) if identity.reading else None,
        verdict=_verdict(identity.flag, difference, step),
        entries=(identity.printed, *identity.parts, *identity.reading),
        words=identity.words,
    )


def _combine(relation: Relation, parts: list[float]) -> float | None:
    if relation == "none":
        return None
    if relation in ("sum", "same"):
        return math.fsum(parts)
    if relation == "difference":
        return math.fsum([parts[0], *(-p for p in parts[1:])])
    if relation == "product":
        return math.prod(parts)
    return parts[0] / parts[1] if relation == "ratio" else 100 * (parts[1] / parts[0] - 1)


def _clean(value: float) -> float:
    """Without the dust of binary fractions: what is left of exact sums of printed decimals."""
    return round(value, 6) + 0.0


def _verdict(flag: Flag, difference: float | None, step: float) -> Verdict:
    if flag:
        return flag
    if difference is None:
        return "underived"
    if difference == 0:
        return "exact"
    return "rounded" if abs(difference) <= step / 2 * (1 + 1e-9) else "differs"
