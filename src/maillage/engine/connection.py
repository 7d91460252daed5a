"""Open an engine on a folder of Parquet tables, or on tables in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import polars as pl

from maillage.errors import StoreError


@dataclass(frozen=True, slots=True)
class Engine:
    """An Ibis backend and the folder whose Parquet files are its tables."""

    backend: Any
    folder: Path | None
    tables: Mapping[str, Any]

    def table(self, name: str) -> Any:
        """The Ibis table called ``name``; raises StoreError when the folder has no such table."""
        if name in self.tables:
            return self.tables[name]
        path = (self.folder / f"{name}.parquet") if self.folder else None
        if path is None or not path.exists():
            raise StoreError(f"The table {name!r} is not in the store ({self.folder or 'memory'}).")
        return self.backend.read_parquet(str(path), table_name=name)

    def frame(self, expression: Any) -> pl.DataFrame:
        """The rows of an expression as a Polars frame."""
        return pl.DataFrame(expression.to_polars())


def open_engine(folder: Path | None = None, frames: Mapping[str, pl.DataFrame] | None = None) -> Engine:
    """Open the embedded engine (DuckDB) on a folder of Parquet tables, on frames in memory, or on both.

    No DuckDB extension is fetched: only what the wheel carries is used.
    """
    backend = ibis.duckdb.connect(autoinstall_known_extensions=False, autoload_known_extensions=False)
    for name, frame in (frames or {}).items():
        backend.con.register(name, frame.to_arrow())
    tables = {name: backend.table(name) for name in (frames or {})}
    return Engine(backend=backend, folder=folder, tables=tables)
