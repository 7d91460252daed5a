"""Territories that are not nested: holes, overlaps, and a perimeter that somebody drew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from maillage.catalog.tables import MEMBERSHIP
from maillage.errors import UsageError
from maillage.territory.levels import BASE_LEVEL, find_level
from maillage.territory.people import totals
from maillage.territory.perimeters import slug

# Shares come from divisions of populations: less than this is rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a level covers the communes.

    ``holes`` and ``overlaps`` (``code, share, population``) list the communes of which less, or more, than the whole
    belongs to the level, with the people of the part left out or counted again. ``population`` and
    ``population_covered`` are inhabitants, each counted once.
    """

    holes: pl.DataFrame
    overlaps: pl.DataFrame
    population: float
    population_covered: float


def coverage(membership: pl.DataFrame, level: str, population: pl.DataFrame) -> Coverage:
    """Measure the holes and overlaps of ``level`` over all communes, from rows of the core tables.

    Raises UsageError for an unknown level.
    """
    find_level(level)
    mine = membership.filter(pl.col("child_level") == BASE_LEVEL)
    taken = mine.filter(pl.col("parent_level") == level).group_by(code="child_code").agg(pl.col("share").sum())
    people = totals(population).filter(pl.col("level") == BASE_LEVEL).select("code", people="population")
    communes = mine.select(code="child_code").unique().sort("code")
    rows = communes.join(taken, on="code", how="left").join(people, on="code", how="left").fill_null(0.0)
    left, again = (1 - pl.col("share")).clip(0), (pl.col("share") - 1).clip(0)
    holes = rows.filter(left > _ROUNDING).select("code", "share", population=pl.col("people") * left)
    overlaps = rows.filter(again > _ROUNDING).select("code", "share", population=pl.col("people") * again)
    total = float(rows.get_column("people").sum())
    return Coverage(
        holes.sort("code"), overlaps.sort("code"), total, total - float(holes.get_column("population").sum())
    )


def free_territory(
    name: str, shares: Mapping[str, float], communes: pl.Series, *, millesime: int, level: str = "cpts"
) -> pl.DataFrame:
    """Rows of the table ``membership`` for a territory made of communes, whole (1) or in part (share below 1).

    Its code is ``libre-`` and the name in plain letters, so that no published territory is mistaken for it.
    Raises UsageError for a commune that is not one of ``communes``, or a share that is not above 0 and at most 1.
    """
    find_level(level)
    known = set(communes.to_list())
    for code, share in sorted(shares.items()):
        if code not in known:
            raise UsageError(f"A free territory is made of communes of {millesime}, found {code!r}.")
        if not 0 < share <= 1:
            raise UsageError(f"The share of commune {code} should be above 0 and at most 1, found {share}.")
    codes = sorted(shares)
    rows = {
        "child_code": codes,
        "child_level": [BASE_LEVEL] * len(codes),
        "parent_code": [f"libre-{slug(name)}"] * len(codes),
        "parent_level": [level] * len(codes),
        "millesime": [millesime] * len(codes),
        "share": [float(shares[code]) for code in codes],
        "simulated": [False] * len(codes),
    }
    return pl.DataFrame(rows, schema=MEMBERSHIP.schema)
