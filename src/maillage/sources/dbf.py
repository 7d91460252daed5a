"""dBase tables (dbf) to cells."""

from __future__ import annotations

import struct
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import ASIDE, BROKEN, LINE
from maillage.errors import UnreadableFileError
from maillage.sources.head import dbf_names

_DELETED = 0x2A


def read_dbf(path: Path) -> pl.DataFrame:
    """Read a dBase table: one column of texts a field, ``line`` (the record's number), ``aside`` where deleted.

    Raises UnreadableFileError when the file is shorter than its header says.
    """
    data = path.read_bytes()
    names = dbf_names(data)
    count, start, width = struct.unpack("<IHH", data[4:12])
    lengths = [data[32 + 32 * i + 16] for i in range(len(names))]
    if not names or sum(lengths) + 1 != width or len(data) < start + count * width:
        held = max(len(data) - start, 0) // width if width else 0
        raise UnreadableFileError(
            f"{path.name}: a dBase table of {count} records of {width} bytes was expected, found {held} whole records.",
            hint="Download the file again.",
        )
    records = [data[start + i * width : start + (i + 1) * width] for i in range(count)]
    columns: dict[str, list[str]] = {}
    at = 1
    for name, length in zip(names, lengths, strict=True):
        columns[name] = [record[at : at + length].decode("cp1252", errors="replace").strip() for record in records]
        at += length
    deleted = [reasons.DELETED.en if record[0] == _DELETED else None for record in records]
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return frame.with_columns(
        pl.Series(ASIDE, deleted, pl.String), pl.lit(None, pl.String).alias(BROKEN)
    ).with_row_index(LINE, offset=1)
