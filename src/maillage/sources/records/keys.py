"""Rows of one key among millions, spread over many Parquet parts, with eight bytes of memory a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.catalog.table import Table

# Rows of repeated keys that are compared at a time.
BUCKET_ROWS = 1_000_000
PART, RANK = "_part", "_rank"


def same_key(parts: Sequence[Path], table: Table) -> Iterator[pl.DataFrame]:
    """The rows whose key is met more than once in the parts, some keys at a time; all rows of a key come together.

    Columns of the parts, ``_part`` (rank of the part) and ``_rank`` (of the row in it).
    """
    hashes = [key_hashes(path, table) for path in parts]
    repeated = _repeated(hashes)
    if not repeated.size:
        return
    count = sum(int(np.isin(h, repeated).sum()) for h in hashes)
    buckets = 1 + count // BUCKET_ROWS
    for bucket in range(buckets):
        chosen = repeated[repeated % np.uint64(buckets) == bucket]
        found = [_rows(path, n, np.isin(hashes[n], chosen)) for n, path in enumerate(parts)]
        together = pl.concat(found)
        # Two keys may share a hash: what counts is the key itself.
        yield together.filter(pl.struct(table.key).is_duplicated()).sort(PART, RANK)


def key_hashes(path: Path, table: Table) -> NDArray[np.uint64]:
    """A hash of the key of each row of a part."""
    return pl.read_parquet(path, columns=list(table.key)).select(table.key).hash_rows(seed=0).to_numpy()


def _repeated(hashes: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    if not hashes:
        return np.empty(0, np.uint64)
    whole = np.concatenate(hashes)
    whole.sort()
    return np.unique(whole[1:][whole[1:] == whole[:-1]])


def _rows(path: Path, part: int, chosen: NDArray[np.bool_]) -> pl.DataFrame:
    ranks = np.flatnonzero(chosen)
    frame = pl.read_parquet(path) if ranks.size else pl.read_parquet(path, n_rows=0)
    picked = frame.select(pl.all().gather(ranks)) if ranks.size else frame
    return picked.with_columns(pl.lit(part, pl.Int64).alias(PART), pl.Series(RANK, ranks, pl.Int64))
