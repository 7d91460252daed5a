"""Sums of records kept by part: a day of new records updates a year without reading the year again.

The parts of a table of records (one a batch, ``catalog.store.Draft.adopt``) hold each record once, so that whole
numbers counted part by part add up to what all of them give. The sums of a part follow from its bytes and the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import polars as pl

from maillage.catalog.kept import Kept
from maillage.engine import Engine
from maillage.errors import DefinitionError
from maillage.indicators.definition import Counted, Indicator, Tally
from maillage.indicators.records import last_record

KEY = ("code", "period", "slice", "stratum")
SUMS = ("numerator", "denominator")
_SCHEMA = {**dict.fromkeys(KEY, pl.String), **dict.fromkeys(SUMS, pl.Int64)}
# Parts added up at a time: a year of days would otherwise be held at once.
_AT_ONCE = 16


def count_batch(indicator: Indicator, engine: Engine) -> pl.DataFrame:
    """The sums of the records of ``engine``: KEY, ``numerator``, ``denominator`` (empty for a rate), by key.

    Raises DefinitionError for an indicator whose sums do not add up over records.
    """
    if not isinstance(indicator.compute, Tally):
        raise DefinitionError(f"The indicator {indicator.id!r} is no Tally: its records cannot be counted by batch.")
    found = engine.frame(indicator.compute.count(engine))
    return found.select(pl.col(c).cast(t) for c, t in _SCHEMA.items()).sort(KEY)


def count_parts(
    indicators: Iterable[Indicator], engine: Engine, parts: Mapping[str, Sequence[tuple[Path, str]]], kept: Kept
) -> dict[str, Counted]:
    """The sums of every Tally over the parts of its tables, as ``compute_observations`` takes them, by indicator.

    ``parts`` gives by table its files, each with its SHA-256. A part whose sums ``kept`` has is not read. An indicator
    that is no Tally, or whose tables have no part, is left to be counted whole.
    """
    counted = {}
    for indicator in indicators:
        if indicator.records is None or not isinstance(indicator.compute, Tally):
            continue
        mine = [(name, path, digest) for name in indicator.records.tables for path, digest in parts.get(name, ())]
        if mine:
            counted[indicator.id] = Counted(_sums(indicator, engine, mine, kept), last_record(indicator, engine))
    return counted


def _sums(indicator: Indicator, engine: Engine, parts: Sequence[tuple[str, Path, str]], kept: Kept) -> pl.DataFrame:
    """The sums of the parts: those of the first ones are known together where a run added them up before."""
    whose = (indicator.id, engine.backend.name)
    paths = []
    for name, path, digest in parts:

        def make(aside: Path, name: str = name, path: Path = path) -> None:
            count_batch(indicator, engine.only(name, path)).write_parquet(aside, compression="zstd")

        paths.append(kept.path(("sums", *whose, name, digest), make))

    def key(count: int) -> tuple[str, ...]:
        return ("total", *whose, *(f"{name} {digest}" for name, _, digest in parts[:count]))

    def total() -> pl.DataFrame:
        known = next((n for n in range(len(parts) - 1, 0, -1) if kept.holds(key(n))), 0)
        before = [kept.frame(key(known), pl.DataFrame)] if known else []
        return added(chain(before, map(pl.read_parquet, paths[known:])))

    return kept.frame(key(len(parts)), total)


def added(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Sums by key over sums by key; a denominator that none gives stays empty."""
    total, waiting = pl.DataFrame(schema=_SCHEMA), list[pl.DataFrame]()
    for part in parts:
        waiting.append(part)
        if len(waiting) == _AT_ONCE:
            total, waiting = _together([total, *waiting]), []
    return _together([total, *waiting])


def _together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat(parts)
    given = whole.get_column("denominator").is_not_null().any()
    bottom = pl.col("denominator").sum() if given else pl.lit(None, pl.Int64).alias("denominator")
    return whole.group_by(KEY).agg(pl.col("numerator").sum(), bottom).select(list(_SCHEMA)).sort(KEY)
