"""What the reference ledger is made of: documents, entries, identities and printed tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from maillage.text import Text

Reliability = Literal["observed", "estimated", "assumed"]
Qualifier = Literal["", "about", "over"]
Relation = Literal["sum", "difference", "ratio", "product", "growth", "same", "none"]
Flag = Literal["", "scope", "misprint", "corrected"]


@dataclass(frozen=True, slots=True)
class Document:
    """A text that figures are quoted from; ``outside``: read in a stored copy of a public page, to be checked."""

    id: str
    title: Text
    published: date
    outside: bool


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What adds up several measures when no single one carries a figure."""

    id: str
    label: Text
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A printed number on the whole of France: what, how much, where it is printed and since when it is known.

    ``value`` is in ``unit``; ``step`` is the last digit printed, in the same unit. ``qualifier`` says that the text
    gives it as approximate. ``on`` is the day it is about. ``replaces`` names the entry that it corrects or moves.
    """

    id: str
    measure: str
    quantity: str
    value: float
    unit: str
    step: float
    on: date
    document: Document
    place: str
    known: date
    reliability: Reliability
    qualifier: Qualifier
    replaces: str
    label: Text
    note: Text

    @property
    def citation(self) -> Text:
        """The document and the place in it, in words."""
        return Text(f"{self.document.title.fr}, {self.place}", f"{self.document.title.en}, {self.place}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Entry):
    """A published figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Entry):
    """A stated target, due on ``on``; ``counts`` are the quantities that may answer it, its own first.

    ``set_on_stated`` is False where the text does not date it: ``set_on`` is then the day of the document.
    """

    set_by: str
    set_on: date
    set_on_stated: bool
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Entry):
    """A line of money in euros of ``year``; ``payment_id`` is shared by an amount and its later correction.

    ``parts`` are the payments that this one contains; ``complete`` says that they claim to exhaust it.
    """

    payment_id: str
    payer: str
    payment_kind: str
    profession: str
    year: int
    parts: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """A printed entry and what it should add up to, with what is to be said of it."""

    id: str
    printed: str
    relation: Relation
    parts: tuple[str, ...]
    scale: float
    step: float | None
    flag: Flag
    reading: tuple[str, ...]
    words: Text


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table or a list of the report, by its entries in the order of its rows."""

    id: str
    title: Text
    document: Document
    place: str
    rows: tuple[str, ...]
