"""Records that two batches hold: of one key the later is kept. Batches compared before are not read again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.catalog.kept import Kept
from maillage.catalog.table import Table
from maillage.sources.records.batch import RecordBatch
from maillage.sources.records.keys import PART, RANK, key_hashes, same_key

Keys = NDArray[np.uint64]
PAIRS = {"earlier": pl.Int64, "later": pl.Int64}
# Where a row is in its batch, how its key reads, whether the later batch repeats it as it is, and which batch that is.
GONE = {PART: pl.Int64, RANK: pl.Int64, "line": pl.Int64, "found": pl.String, "same": pl.Boolean, "later": pl.Int64}


def replaced_rows(batches: Sequence[RecordBatch], ids: Sequence[str], table: Table, kept: Kept) -> list[pl.DataFrame]:
    """By batch, the rows (GONE) whose key a later batch holds too; ``later`` is the rank of the last that holds it.

    ``ids`` tell the content of the batches. A batch is read only when it, or a later one with which it shares keys,
    was not there before.
    """
    if not batches:
        return []
    pairs = _overlaps(batches, ids, table, kept)
    found = []
    for rank, batch in enumerate(batches):
        others = [later for earlier, later in pairs.iter_rows() if earlier == rank]
        if not others:
            found.append(pl.DataFrame(schema=GONE))
            continue
        mine = [batch, *(batches[n] for n in others)]
        key = ("replaced", table.name, *(ids[n] for n in (rank, *others)))
        gone = kept.frame(key, lambda mine=mine: _replaced(mine, table))  # type: ignore[misc]
        ranks = pl.Series([rank, *others], dtype=pl.Int64)
        found.append(gone.with_columns(ranks.gather(gone.get_column("later")).alias("later")))
    return found


def _replaced(batches: Sequence[RecordBatch], table: Table) -> pl.DataFrame:
    """The rows of the first batch whose key another holds."""
    parts = [part for batch in batches for part in batch.parts]
    owner = pl.Series([n for n, batch in enumerate(batches) for _ in batch.parts], dtype=pl.Int64)
    found = [pl.DataFrame(schema=GONE)]
    for rows in same_key(parts, table):
        owned = rows.with_columns(owner.gather(rows.get_column(PART)).alias("owner"))
        told = owned.with_columns(
            (pl.struct(table.columns).n_unique().over(table.key) == 1).alias("same"),
            pl.col("owner").max().over(table.key).alias("later"),
            pl.concat_str([pl.col(k).cast(pl.String) for k in table.key], separator=" / ").alias("found"),
        )
        gone = told.filter((pl.col("owner") == 0) & (pl.col("later") > 0))
        found.append(gone.select(pl.col(c).cast(t) for c, t in GONE.items()))
    return pl.concat(found).sort(PART, RANK)


def _overlaps(batches: Sequence[RecordBatch], ids: Sequence[str], table: Table, kept: Kept) -> pl.DataFrame:
    """The pairs of batches that share a key (PAIRS): those of the first batches are known where they were compared."""

    def key(count: int) -> tuple[str, ...]:
        return ("overlaps", table.name, *ids[:count])

    def compared() -> pl.DataFrame:
        keys = [_keys(batch, name, table, kept) for batch, name in zip(batches, ids, strict=True)]
        before = kept.frame(key(known), pl.DataFrame) if known else pl.DataFrame(schema=PAIRS)
        return pl.concat([before, _shared(keys, known)]).sort("earlier", "later")

    known = next((n for n in range(len(ids), 0, -1) if kept.holds(key(n))), 0)
    for batch, name in zip(batches, ids, strict=True):
        _keys(batch, name, table, kept)
    return kept.frame(key(len(ids)), compared)


def _keys(batch: RecordBatch, name: str, table: Table, kept: Kept) -> Keys:
    """The hashes of a batch's keys, rising, read from the disk as far as they are looked at."""

    def write(path: Path) -> None:
        hashes = [key_hashes(part, table) for part in batch.parts]
        with path.open("wb") as stream:
            np.save(stream, np.unique(np.concatenate([np.empty(0, np.uint64), *hashes])))

    keys: Keys = np.load(kept.path(("keys", table.name, name), write), mmap_mode="r")
    return keys


def _shared(keys: Sequence[Keys], known: int) -> pl.DataFrame:
    """The pairs of which at least one batch comes after the first ``known``."""
    whole = np.concatenate([np.empty(0, np.uint64), *keys[known:]])
    whole.sort()
    repeated = np.unique(whole[1:][whole[1:] == whole[:-1]])
    new = {n: repeated[_within(repeated, keys[n])] for n in range(known, len(keys))}
    found = [
        (n, later)
        for later in new
        for n in range(later)
        if (_meet(new[n], new[later]) if n >= known else _meet(keys[n], keys[later]))
    ]
    return pl.DataFrame(found, schema=PAIRS, orient="row")


def _meet(one: Keys, other: Keys) -> bool:
    small, large = (one, other) if one.size < other.size else (other, one)
    return bool(_within(small, large).any())


def _within(values: Keys, rising: Keys) -> NDArray[np.bool_]:
    """Which of the values are among rising ones."""
    if not rising.size:
        return np.zeros(values.size, dtype=np.bool_)
    at = np.minimum(np.searchsorted(rising, values), rising.size - 1)
    return np.asarray(rising[at] == values, dtype=np.bool_)
