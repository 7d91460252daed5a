"""A file of records of any kind, as batches of cells: text, Parquet or workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from maillage.catalog.check import BROKEN, LINE
from maillage.errors import UnreadableFileError
from maillage.sources.head import FileHead
from maillage.sources.records.cells import cut
from maillage.sources.records.lines import BLOCK_BYTES, blocks
from maillage.sources.text_cells import column_names, sniff_separator
from maillage.sources.workbook import read_sheet

KINDS = ("text", "parquet", "xlsx")
PARQUET_ROWS = 1 << 18
_PARIS = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Cells of some rows, with ``line`` and ``broken``; how many lines were in Windows-1252, and in accented UTF-8."""

    cells: pl.DataFrame
    cp1252: int = 0
    accented: int = 0


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of records: its path, its kind, the names of its columns, and the separator of a text."""

    path: Path
    kind: str
    names: tuple[str, ...]
    separator: str = ","

    def batches(self, *, block_bytes: int = BLOCK_BYTES) -> Iterator[RawBatch]:
        """The rows, batch after batch, in the order of the file.

        Raises UnreadableFileError when the file is damaged.
        """
        if self.kind == "parquet":
            return _parquet_batches(self.path)
        if self.kind == "xlsx":
            return _sheet_batches(self.path, self.names)
        return self._text_batches(block_bytes)

    def _text_batches(self, block_bytes: int) -> Iterator[RawBatch]:
        for block in blocks(self.path, block_bytes=block_bytes):
            cells = cut(block, self.names, self.separator, skip=1 if block.first == 1 else 0)
            yield RawBatch(cells, block.cp1252, block.accented)


def open_records(head: FileHead) -> RecordFile:
    """The file whose beginning is ``head``; its header is its first line.

    Raises UnreadableFileError when it is not a text, a Parquet file or a workbook, or names a column twice.
    """
    if head.kind not in KINDS:
        raise UnreadableFileError(
            f"{head.path.name}: a CSV text, a Parquet file or an xlsx workbook was expected, found {head.kind}.",
            fr=f"{head.path.name} n’est ni un texte CSV, ni un fichier Parquet, ni un classeur xlsx.",
        )
    if head.kind != "text":
        names = tuple(column_names(head.columns, file=head.path.name))
        return RecordFile(head.path, head.kind, names)
    first = next(blocks(head.path, block_bytes=1 << 16), None)
    lines = first.lines if first else []
    separator = sniff_separator(lines[:30])
    header = next(csv.reader(lines[:1], delimiter=separator), [])
    return RecordFile(head.path, "text", tuple(column_names(header, file=head.path.name)), separator)


def _parquet_batches(path: Path) -> Iterator[RawBatch]:
    line = 1
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=PARQUET_ROWS):
                frame = pl.DataFrame(pa.Table.from_batches([batch]))
                yield RawBatch(_numbered(_local(frame), line))
                line += frame.height
    except (pa.ArrowException, OSError) as problem:
        raise UnreadableFileError(
            f"{path.name}: a Parquet file was expected, found a truncated or damaged one.",
            hint="Copy the file again.",
            fr=f"{path.name} est un fichier Parquet tronqué ou abîmé : le copier de nouveau.",
        ) from problem


def _local(frame: pl.DataFrame) -> pl.DataFrame:
    """Times with a zone as local time in Paris."""
    zoned = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime) and kind.time_zone]
    return frame.with_columns(pl.col(n).dt.convert_time_zone(_PARIS).dt.replace_time_zone(None) for n in zoned)


def _numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    return frame.with_columns(
        pl.int_range(first, first + frame.height, dtype=pl.Int64).alias(LINE), pl.lit(None, pl.String).alias(BROKEN)
    )


def _sheet_batches(path: Path, names: tuple[str, ...]) -> Iterator[RawBatch]:
    yield RawBatch(read_sheet(path, is_header=lambda row: set(names) <= {cell.strip() for cell in row}))
