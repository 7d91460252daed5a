"""Compare a territory with its département, its région, France, and the territories of its level."""

from __future__ import annotations

import polars as pl

from maillage.errors import NotFoundError
from maillage.territory.levels import COUNTRY

REFERENCES = ("departement", "region", "france")
_GROUP = ["indicator", "period", "slice"]


def compare(observation: pl.DataFrame, territory: pl.DataFrame, level: str, code: str) -> pl.DataFrame:
    """Every published figure of a territory beside those of the larger territories that hold it.

    ``observation`` and ``territory`` have the core tables' columns. Returns ``indicator, period, slice, value,
    reference_level, reference_code, reference_value, difference, ratio``: ``difference`` is the value minus the
    reference, in the indicator's unit (points for a percentage); ``ratio`` is empty over a reference of 0.
    A level is left out where it is the territory's own or lies under it.

    Raises NotFoundError when the territory is not in the table.
    """
    found = territory.filter(pl.col("level") == level, pl.col("code") == code)
    if found.is_empty():
        raise NotFoundError(f"There is no {level} of code {code!r}.")
    row = found.row(0, named=True)
    holders = {"departement": row["code_departement"], "region": row["code_region"], "france": COUNTRY}
    above = REFERENCES[REFERENCES.index(level) + 1 :] if level in REFERENCES else REFERENCES
    known = observation.filter(pl.col("value").is_not_null())
    mine = known.filter(pl.col("level") == level, pl.col("code") == code).select(*_GROUP, "value")
    parts = [_beside(mine, known, reference, holders[reference]) for reference in above if holders[reference]]
    empty = _beside(mine.clear(), known.clear(), "france", COUNTRY)
    return pl.concat([empty, *parts]).sort([*_GROUP, "reference_level"])


def _beside(mine: pl.DataFrame, known: pl.DataFrame, level: str, code: str) -> pl.DataFrame:
    theirs = known.filter(pl.col("level") == level, pl.col("code") == code)
    return mine.join(theirs.select(*_GROUP, reference_value="value"), on=_GROUP).select(
        *_GROUP,
        "value",
        pl.lit(level).alias("reference_level"),
        pl.lit(code).alias("reference_code"),
        "reference_value",
        (pl.col("value") - pl.col("reference_value")).alias("difference"),
        pl.when(pl.col("reference_value") != 0).then(pl.col("value") / pl.col("reference_value")).alias("ratio"),
    )


def standing(observation: pl.DataFrame, indicator: str, level: str, period: str, slice_: str = "") -> pl.DataFrame:
    """Where each territory of a level stands among those that have a figure.

    Returns ``code, value, rank, of, quantile``, by code: ``rank`` 1 is the lowest value (equal values share the
    smallest rank), ``of`` counts the territories compared, ``quantile`` is the share of them (0 to 1) with a lower
    value, half of the equal ones included.
    """
    known = observation.filter(
        pl.col("indicator") == indicator,
        pl.col("level") == level,
        pl.col("period") == period,
        pl.col("slice") == slice_,
        pl.col("value").is_not_null(),
    )
    low, middle = pl.col("value").rank("min"), pl.col("value").rank("average")
    return known.select(
        "code",
        "value",
        low.cast(pl.Int64).alias("rank"),
        pl.len().cast(pl.Int64).alias("of"),
        ((middle - 0.5) / pl.len()).alias("quantile"),
    ).sort("code")
