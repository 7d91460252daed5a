"""LZMA-compressed comma-separated tables to cells, with a limit on what they inflate to."""

from __future__ import annotations

import io
import lzma
from pathlib import Path

import polars as pl

from maillage.catalog.check import LINE
from maillage.errors import UnreadableFileError

INFLATED_BYTES_MAX = 1 << 30
_NULL = "\\N"


def read_lzma(path: Path) -> pl.DataFrame:
    """Read a compressed table: one column of texts for each cell of the header, and ``line``.

    Raises UnreadableFileError when the file is damaged or inflates beyond the limit.
    """
    decompressor = lzma.LZMADecompressor()
    try:
        data = decompressor.decompress(path.read_bytes(), max_length=INFLATED_BYTES_MAX)
        if not decompressor.eof:
            found = "a larger one" if len(data) >= INFLATED_BYTES_MAX else "a truncated one"
            raise UnreadableFileError(f"{path.name}: a whole LZMA file of at most 1 GiB was expected, found {found}.")
        raw = pl.read_csv(io.BytesIO(data), infer_schema=False, null_values=[_NULL])
    except (lzma.LZMAError, pl.exceptions.PolarsError) as problem:
        raise UnreadableFileError(
            f"{path.name}: an LZMA-compressed comma-separated table was expected, found a damaged one."
        ) from problem
    return raw.with_row_index(LINE, offset=2)
