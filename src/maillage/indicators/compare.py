"""Compare a territory with its département, its région, France, and the territories of its level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from maillage.errors import NotFoundError
from maillage.indicators.definition import Direction
from maillage.indicators.difference import Estimate, difference
from maillage.indicators.registry import load_indicators
from maillage.territory.levels import COUNTRY

REFERENCES = ("departement", "region", "france")
# Intervals that are a sampling error; a range over conventions tells nothing of chance.
SAMPLING = ("byar", "wilson")
_GROUP = ["indicator", "period", "slice"]
_FIGURE = ["value", "low", "high"]


def references(level: str, departement: str | None, region: str | None) -> tuple[tuple[str, str], ...]:
    """``(level, code)`` of the larger territories that one is compared with, smallest first.

    ``departement`` and ``region`` are those it lies in; a level is left out where it is the territory's own or lies
    under it, and where the territory lies in none.
    """
    holders = {"departement": departement, "region": region, "france": COUNTRY}
    above = REFERENCES[REFERENCES.index(level) + 1 :] if level in REFERENCES else REFERENCES
    return tuple((reference, code) for reference in above if (code := holders[reference]))


def has_sampling_error(indicator: str) -> bool:
    """Whether the interval of a defined indicator is one that a difference can be tested by."""
    known = load_indicators().get(indicator)
    return known is not None and known.interval in SAMPLING


def verdict(mine: tuple[float, float, float], theirs: tuple[float, float, float]) -> int | None:
    """1 where a figure (value, low, high) is higher than another, -1 lower, 0 no difference established.

    None where an interval is unknown or does not hold its figure.
    """
    if not all(low <= value <= high for value, low, high in (mine, theirs)):
        return None
    first, second = (Estimate(*(np.array([x]) for x in figure)) for figure in (mine, theirs))
    return int(difference(first, second).verdict[0])


def compare(observation: pl.DataFrame, territory: pl.DataFrame, level: str, code: str) -> pl.DataFrame:
    """Every published figure of a territory beside those of the larger territories that hold it.

    ``observation`` and ``territory`` have the core tables' columns. Returns ``indicator, period, slice, value,
    reference_level, reference_code, reference_value, difference, ratio, verdict``: ``difference`` is the value minus
    the reference, in the indicator's unit (points for a percentage); ``ratio`` is empty over a reference of 0;
    ``verdict`` is 1 (higher), -1 (lower) or 0 (no difference established), empty where the indicator's interval is no
    sampling error.

    Raises NotFoundError when the territory is not in the table.
    """
    found = territory.filter(pl.col("level") == level, pl.col("code") == code)
    if found.is_empty():
        raise NotFoundError(f"There is no {level} of code {code!r}.")
    row = found.row(0, named=True)
    known = observation.filter(pl.col("value").is_not_null())
    mine = known.filter(pl.col("level") == level, pl.col("code") == code).select(*_GROUP, *_FIGURE)
    above = references(level, row["code_departement"], row["code_region"])
    parts = [_beside(mine, known, *reference) for reference in above]
    empty = _beside(mine.clear(), known.clear(), "france", COUNTRY)
    return _tested(pl.concat([empty, *parts]).sort([*_GROUP, "reference_level"]))


def _beside(mine: pl.DataFrame, known: pl.DataFrame, level: str, code: str) -> pl.DataFrame:
    theirs = known.filter(pl.col("level") == level, pl.col("code") == code)
    return mine.join(theirs.select(*_GROUP, *(pl.col(c).alias(f"reference_{c}") for c in _FIGURE)), on=_GROUP).select(
        *_GROUP,
        *_FIGURE,
        pl.lit(level).alias("reference_level"),
        pl.lit(code).alias("reference_code"),
        *(f"reference_{c}" for c in _FIGURE),
        (pl.col("value") - pl.col("reference_value")).alias("difference"),
        pl.when(pl.col("reference_value") != 0).then(pl.col("value") / pl.col("reference_value")).alias("ratio"),
    )


def _tested(rows: pl.DataFrame) -> pl.DataFrame:
    bounds = ("low", "high", "reference_low", "reference_high")
    sampled = [name for name in rows.get_column("indicator").unique().sort() if has_sampling_error(name)]
    held = (pl.col(f"{p}value").is_between(f"{p}low", f"{p}high") for p in ("", "reference_"))
    known = pl.all_horizontal(pl.col("indicator").is_in(sampled), *held)
    rows = rows.with_row_index("row")
    tested = rows.filter(known)
    first, second = (Estimate(*(tested[f"{p}{c}"].to_numpy() for c in _FIGURE)) for p in ("", "reference_"))
    verdicts = tested.select("row").with_columns(verdict=pl.Series(difference(first, second).verdict, dtype=pl.Int8))
    return rows.join(verdicts, on="row", how="left", maintain_order="left").drop("row", *bounds)


def ranks(values: npt.NDArray[np.float64], worst: Direction) -> npt.NDArray[np.int32]:
    """Rank of each territory of a level, 1 being the most difficult (the highest when no side is bad).

    Equal values share the smallest rank; a missing value (NaN) has rank 0 and counts for no one.
    """
    keyed = values if worst == "low" else -values
    known = ~np.isnan(keyed)
    rank = np.searchsorted(np.sort(keyed[known]), keyed, side="left") + 1
    return np.where(known, rank, 0).astype(np.int32)


def rank_at(values: npt.NDArray[np.float64], worst: Direction, position: int) -> int:
    """The rank that ``ranks`` gives one territory, without sorting the others."""
    value = values[position]
    before = values < value if worst == "low" else values > value
    return 0 if np.isnan(value) else int(before.sum()) + 1
