"""The list of what a document rests on: every entry that it cites and every computation that it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from maillage.report.document import Document, Number
from maillage.report.facts import Entry, Fact


@dataclass(frozen=True, slots=True)
class Annex:
    """Entries and computations numbered in the order in which a document first needs them.

    ``entries`` and ``computed`` are numbered from 1; a reference is ``12`` for an entry, ``c3`` for a computation.
    """

    entries: tuple[Entry, ...]
    computed: tuple[Fact, ...]
    _numbers: dict[str, int] = field(repr=False)
    _computed: dict[tuple[str, float, str], int] = field(repr=False)

    def reference(self, fact: Fact) -> str:
        """Where a fact stands in the annex."""
        if fact.entry is not None:
            return str(self._numbers[fact.entry.id])
        return f"c{self._computed[_key(fact)]}"

    def number(self, entry: Entry) -> int:
        """The number of an entry."""
        return self._numbers[entry.id]

    def references(self, numbers: Sequence[Number]) -> tuple[str, ...]:
        """Where the facts of several numbers stand, each once."""
        return tuple(dict.fromkeys(self.reference(n.fact) for n in numbers))


def annex_of(document: Document) -> Annex:
    """The annex of a document, from the figures that it prints."""
    entries: dict[str, Entry] = {}
    computed: dict[tuple[str, float, str], Fact] = {}
    for number in document.numbers():
        for entry in number.fact.entries:
            entries.setdefault(entry.id, entry)
        if number.fact.entry is None:
            computed.setdefault(_key(number.fact), number.fact)
    return Annex(
        entries=tuple(entries.values()),
        computed=tuple(computed.values()),
        _numbers={name: rank for rank, name in enumerate(entries, 1)},
        _computed={key: rank for rank, key in enumerate(computed, 1)},
    )


def _key(fact: Fact) -> tuple[str, float, str]:
    return (fact.formula, fact.value, fact.method.en if fact.method else "")
