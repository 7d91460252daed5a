"""Open an engine on a folder of Parquet tables, or on tables in memory."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import ibis
import polars as pl
import pyarrow.parquet as pq

from maillage.errors import StoreError, UsageError

Kind = Literal["duckdb", "spark"]
KINDS: tuple[Kind, ...] = ("duckdb", "spark")


@dataclass(frozen=True, slots=True)
class Engine:
    """An Ibis backend and the folder whose Parquet files are its tables.

    A table is the file ``NAME.parquet``, or the folder of that name where there are several files.
    """

    backend: Any
    folder: Path | None
    tables: Mapping[str, Any]

    def has(self, name: str) -> bool:
        """Whether the engine has a table called ``name``."""
        return name in self.tables or self._path(name) is not None

    def table(self, name: str) -> Any:
        """The Ibis table called ``name``; raises StoreError when the folder has no such table."""
        if name in self.tables:
            return self.tables[name]
        path = self._path(name)
        if path is None:
            raise StoreError(f"The table {name!r} is not in the store ({self.folder or 'memory'}).")
        return self.backend.read_parquet(str(path / "*.parquet" if path.is_dir() else path), table_name=name)

    def largest(self, name: str, column: str) -> Any:
        """The largest value of a column, from the statistics of the files where they have some; None without rows."""
        path = None if name in self.tables else self._path(name)
        if path is not None:
            found = [_largest(p, column) for p in (sorted(path.glob("*.parquet")) if path.is_dir() else [path])]
            if None not in found:
                return max(found, default=None)
        return self.frame(self.table(name)[column].max().name("largest").as_table()).item()

    def given(self, frame: pl.DataFrame) -> Any:
        """A small frame as an Ibis table that expressions may join."""
        return ibis.memtable(frame)

    def only(self, name: str, path: Path) -> Engine:
        """The same backend where the one table is ``name``, the rows of one Parquet file."""
        held = self.backend.read_parquet(str(path), table_name=f"{name}_{path.stem}")
        return replace(self, folder=None, tables={name: held})

    def frame(self, expression: Any) -> pl.DataFrame:
        """The rows of an expression as a Polars frame."""
        table = expression.as_table()
        # Ibis' own `to_polars` loads pandas, 50 MiB that nothing else of a run needs.
        rows = self.backend._to_duckdb_relation(table).to_arrow_table()
        return pl.DataFrame(rows.cast(table.schema().to_pyarrow()))

    def _path(self, name: str) -> Path | None:
        path = self.folder / f"{name}.parquet" if self.folder else None
        return path if path is not None and path.exists() else None


@dataclass(frozen=True, slots=True)
class SparkEngine(Engine):
    """The same on Spark: what goes in and out of memory goes through Parquet files, which keep empty cells."""

    scratch: Path

    def given(self, frame: pl.DataFrame) -> Any:
        """A small frame as an Ibis table that expressions may join."""
        name = f"given_{len(list(self.scratch.iterdir()))}"
        frame.write_parquet(self.scratch / f"{name}.parquet")
        return self.backend.read_parquet(str(self.scratch / f"{name}.parquet"), table_name=name)

    def frame(self, expression: Any) -> pl.DataFrame:
        """The rows of an expression as a Polars frame."""
        out = self.scratch / f"out_{len(list(self.scratch.iterdir()))}"
        self.backend.to_parquet_dir(expression.as_table(), str(out))
        try:
            return pl.concat([pl.read_parquet(part) for part in sorted(out.glob("*.parquet"))])
        finally:
            shutil.rmtree(out)


def _largest(path: Path, column: str) -> Any:
    """The largest value of a column of a Parquet file by its statistics; None where a part of it has none."""
    metadata = pq.read_metadata(path)
    at = metadata.schema.to_arrow_schema().get_field_index(column)
    parts = [metadata.row_group(i).column(at).statistics for i in range(metadata.num_row_groups)]
    known = [part.max for part in parts if part is not None and part.has_min_max]
    return max(known) if known and len(known) == len(parts) else None


def open_engine(
    folder: Path | None = None, frames: Mapping[str, pl.DataFrame] | None = None, *, kind: Kind = "duckdb"
) -> Engine:
    """Open an engine on a folder of Parquet tables, on frames in memory, or on both.

    ``duckdb`` is embedded, and no extension of it is fetched: only what the wheel carries is used. ``spark`` needs the
    extra of that name and Java; it takes the same expressions. Raises UsageError for another kind, or where Spark
    cannot be opened.
    """
    if kind == "spark":
        return _open_on_spark(folder, frames or {})
    if kind != "duckdb":
        raise UsageError(f"An engine is one of {', '.join(KINDS)}, found {kind!r}.")
    backend = ibis.duckdb.connect(autoinstall_known_extensions=False, autoload_known_extensions=False)
    for name, frame in (frames or {}).items():
        backend.con.register(name, frame.to_arrow())
    tables = {name: backend.table(name) for name in (frames or {})}
    return Engine(backend=backend, folder=folder, tables=tables)


def _open_on_spark(folder: Path | None, frames: Mapping[str, pl.DataFrame]) -> Engine:
    from maillage.engine.spark import open_spark

    backend = ibis.pyspark.connect(open_spark())
    scratch = Path(tempfile.mkdtemp(prefix="maillage-frames-"))
    tables = _Written(backend, scratch, frames)
    weakref.finalize(tables, shutil.rmtree, scratch, ignore_errors=True)
    return SparkEngine(backend=backend, folder=folder, tables=tables, scratch=scratch)


class _Written(Mapping[str, Any]):
    """Frames that Spark reads, when asked for, from files of their own."""

    def __init__(self, backend: Any, folder: Path, frames: Mapping[str, pl.DataFrame]) -> None:
        self._backend, self._folder, self._frames = backend, folder, frames

    def __getitem__(self, name: str) -> Any:
        path = self._folder / f"{name}.parquet"
        if not path.exists():
            self._frames[name].write_parquet(path)
        return self._backend.read_parquet(str(path), table_name=name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)
