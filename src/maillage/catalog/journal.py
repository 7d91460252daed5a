"""A journal: a table that is only ever added to, in parts beside the versions of the store.

    store/journals/<table>/000001.parquet, 000002.parquet, …

A part is written aside, synced, and takes the next number in one step: a reader sees whole parts only, and of two
writers who come together the second reads again and takes the number after.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from maillage.catalog.store import sync, writing_to
from maillage.catalog.table import Table
from maillage.errors import StoreError

ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of a table whose key is ``entry``."""

    store: Path
    table: Table

    @property
    def folder(self) -> Path:
        """Where the parts are."""
        return self.store / "journals" / self.table.name

    @property
    def parts(self) -> int:
        """How many parts there are: it grows with every writing."""
        return len(self._parts())

    def read(self) -> pl.DataFrame:
        """Every entry, oldest first; raises StoreError when a part is damaged."""
        return self._rows(self._parts())

    def append(self, entries: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """Add the rows that ``entries`` makes from those already there (without ``entry``, in order); returns them.

        ``entries`` is called again when another writer was faster. Nothing is written for no row.
        Raises StoreError when the part cannot be written, and whatever ``entries`` raises.
        """
        with writing_to(self.store):
            while True:
                parts = self._parts()
                known = self._rows(parts)
                first = int(known.get_column(ENTRY).max() or 0) + 1  # type: ignore[arg-type]
                made = entries(known).with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ENTRY))
                rows = made.select(pl.col(c).cast(t) for c, t in self.table.schema.items())
                if rows.is_empty() or self._take(len(parts) + 1, rows):
                    return rows

    def _parts(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.parquet"))

    def _rows(self, parts: list[Path]) -> pl.DataFrame:
        try:
            return pl.concat([self.table.empty(), *(pl.read_parquet(part) for part in parts)])
        except (pl.exceptions.PolarsError, OSError) as problem:
            raise StoreError(
                f"The journal {self.folder} has a part that cannot be read: {problem}.",
                hint="Restore the folder from a copy: what people wrote of alerts is kept nowhere else.",
            ) from problem

    def _take(self, number: int, rows: pl.DataFrame) -> bool:
        """Whether the part took its number; False when another writer has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f".{os.getpid()}.parquet"
        rows.write_parquet(aside)
        sync(aside)
        try:
            os.link(aside, self.folder / f"{number:06}.parquet")
        except FileExistsError:
            return False
        finally:
            aside.unlink()
        sync(self.folder)
        return True
