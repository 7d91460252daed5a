"""The list of what a document rests on: every entry that it cites and every computation that it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from maillage.report.document import Document, Number
from maillage.report.facts import Entry, Fact
from maillage.text import Text


@dataclass(frozen=True, slots=True)
class Source:
    """A document that entries are printed in, and the day on which it was made public, where it is one day."""

    title: Text
    known: date | None


@dataclass(frozen=True, slots=True)
class Annex:
    """Documents, entries and computations in the order in which a document first needs them.

    Documents bear letters, ``entries`` and ``computed`` are numbered from 1: a reference is ``12`` for an entry,
    ``c3`` for a computation.
    """

    documents: tuple[Source, ...]
    entries: tuple[Entry, ...]
    computed: tuple[Fact, ...]
    _numbers: dict[str, int] = field(repr=False)
    _computed: dict[tuple[str, float, str], int] = field(repr=False)

    def reference(self, fact: Fact) -> str:
        """Where a fact stands in the annex."""
        if fact.entry is not None:
            return str(self._numbers[fact.entry.id])
        return f"c{self._computed[_key(fact)]}"

    def letter(self, entry: Entry) -> str:
        """The letter of the document that prints an entry."""
        return letters([d.title for d in self.documents].index(entry.document))

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
        documents=_documents(tuple(entries.values())),
        entries=tuple(entries.values()),
        computed=tuple(computed.values()),
        _numbers={name: rank for rank, name in enumerate(entries, 1)},
        _computed={key: rank for rank, key in enumerate(computed, 1)},
    )


def _documents(entries: tuple[Entry, ...]) -> tuple[Source, ...]:
    days: dict[Text, set[date]] = {}
    for entry in entries:
        days.setdefault(entry.document, set()).add(entry.known)
    return tuple(Source(title, *(known if len(known) == 1 else (None,))) for title, known in days.items())


def letters(rank: int) -> str:
    """A, B … Z, AA, AB … for 0, 1 …"""
    return f"{letters(rank // 26 - 1) if rank >= 26 else ''}{chr(65 + rank % 26)}"


def _key(fact: Fact) -> tuple[str, float, str]:
    return (fact.formula, fact.value, fact.method.en if fact.method else "")
