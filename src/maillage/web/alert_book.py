"""The journal of alerts, laid out for screens and feeds."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from maillage.alerts.life import current
from maillage.catalog.journal import Journal
from maillage.catalog.tables import ALERT_EVENT


@dataclass(frozen=True, slots=True)
class Life:
    """Where an alert is in its life, and what was last said of it."""

    state: str
    raised_on: date
    event_date: date
    author: str
    note: str


@dataclass(frozen=True, slots=True)
class AlertBook:
    """Every event of the journal, oldest first, and the life of each alert by rule, level and code."""

    events: pl.DataFrame
    lives: Mapping[tuple[str, str, str], Life]


@dataclass(slots=True)
class AlertBooks:
    """Keeps the book of a store, and reads it again when the journal has grown."""

    store: Path
    _book: AlertBook | None = None
    _parts: int = -1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> AlertBook:
        """The book as the journal stands; raises StoreError when a part of it is damaged."""
        journal = Journal(self.store, ALERT_EVENT)
        with self._lock:
            parts = journal.parts
            if self._book is None or parts != self._parts:
                self._book, self._parts = _book(journal.read()), parts
            return self._book


def _book(events: pl.DataFrame) -> AlertBook:
    columns = ("rule", "level", "code", "state", "raised_on", "event_date", "author", "note")
    states = current(events).select(columns)
    return AlertBook(events, {(row[0], row[1], row[2]): Life(*row[3:]) for row in states.iter_rows()})
