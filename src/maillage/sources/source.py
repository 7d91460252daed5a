"""What a source is, and what reading one of its files gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from maillage.catalog.layout import FileLayout
from maillage.catalog.table import Table
from maillage.sources.head import FileHead
from maillage.text import Text


@dataclass(frozen=True, slots=True)
class Source:
    """A published file family: who makes it, under which licence, what it looks like, what it feeds.

    ``recognise`` looks at the content of a file, never at its name. ``parse`` reads a path into a frame of the
    columns of ``table`` plus ``line`` (the line in the file), cells still as the producer wrote them; it may add
    ``aside``, ``broken`` and ``cell`` (see ``catalog.check``).
    ``geography`` is the vintage of its commune codes (0 where it has none, or where each record is of its own date).
    ``option`` is the option of the run that brings the file, where it is never looked for in a folder. ``records`` is
    the documented layout of a source of event records, which a run reads part by part.
    """

    id: str
    producer: Text
    title: Text
    licence: Text
    address: str
    layout: str
    feeds: tuple[str, ...]
    table: Table
    vintage: str
    geography: int
    recognise: Callable[[FileHead], bool]
    parse: Callable[[Path], pl.DataFrame]
    carried: bool = False
    option: str = ""
    records: FileLayout | None = None


@dataclass(frozen=True, slots=True)
class AppliedCorrection:
    """A declared correction, and how many rows of the file it changed or put aside (0: it matched nothing)."""

    id: str
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRead:
    """One file, read: its typed rows, the rows put aside, and where it came from.

    ``lines`` gives the line of each row of ``rows``; ``quarantine`` has ``line, field, found, reason``.
    ``known_on`` is the day on which its folder says that it was made known.
    """

    source: Source
    file: str
    sha256: str
    size_bytes: int
    simulated: bool
    rows: pl.DataFrame
    quarantine: pl.DataFrame
    rows_in: int
    lines: pl.Series
    corrections: tuple[AppliedCorrection, ...] = ()
    note: str = ""
    known_on: date | None = None

    @property
    def rows_quarantined(self) -> int:
        """Rows put aside, each counted once whatever its number of faults."""
        return self.rows_in - self.rows.height
