"""Bring the observations of a base grain up to every larger territory."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from maillage.errors import BrokenInvariantError
from maillage.indicators.base import KEY
from maillage.indicators.definition import Grain
from maillage.territory.aggregate import aggregate
from maillage.territory.levels import COUNTRY, UPPER_LEVELS

GROUP = ("indicator", "period", "slice")
SUMS = ("numerator", "denominator")


def codes_of(grain: Grain, membership: pl.DataFrame) -> pl.Series:
    """The codes of the territories of a grain, sorted."""
    child = grain in ("iris", "commune")
    level, code = ("child_level", "child_code") if child else ("parent_level", "parent_code")
    return membership.filter(pl.col(level) == grain).get_column(code).unique().sort().alias("code")


def complete_grid(rows: pl.DataFrame, codes: pl.Series, grain: Grain) -> pl.DataFrame:
    """Give every indicator, period and slice a row for each code; the added rows have no value.

    Raises BrokenInvariantError when a row has a code that is not a territory of the grain.
    """
    astray = rows.filter(~pl.col("code").is_in(codes.implode()))
    if astray.height:
        first = astray.row(0, named=True)
        raise BrokenInvariantError(
            f"The indicator {first['indicator']!r} has a value for {first['code']!r}, which is no {grain} of the run's "
            f"geography ({astray.height} rows); bring its table to that geography."
        )
    groups = rows.select(GROUP).unique().sort(GROUP)
    grid = groups.join(codes.to_frame(), how="cross")
    full = grid.join(rows, on=[*GROUP, "code"], how="left", maintain_order="left")
    return full.with_columns(pl.col("status").fill_null("missing"))


def climb(rows: pl.DataFrame, grain: Grain, membership: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Sums of every larger territory, with ``code, level, indicator, period, slice, low, high, covered``.

    ``rows`` are a complete grid; ``low`` and ``high`` come back as sums to be divided like the numerator. ``covered``
    is the share of the population (``weights``: ``code, population``) whose row has a numerator. A denominator
    without a numerator counts in the denominator. A territory without any row below it has no sum and ``covered`` 0.
    """
    levels, nest, base_level = _ladder(grain, membership)
    measured = rows.join(weights, on="code", how="left", maintain_order="left").select(
        "code", *GROUP, *SUMS, "low", "high", weight=pl.col("population").fill_null(0.0)
    )
    sums = aggregate(measured.drop("low", "high"), nest, levels, base_level=base_level)
    sums = _with_lone_denominators(sums, measured, nest, levels, base_level)
    for bound in ("low", "high"):
        known = measured.filter(pl.col(bound).is_not_null()).with_columns(
            numerator=pl.col(bound) * pl.col("denominator")
        )
        bounds = aggregate(known.select("code", *GROUP, *SUMS), nest, levels, base_level=base_level)
        named = bounds.select("level", "code", *GROUP, pl.col("numerator").cast(pl.Float64).alias(bound))
        sums = sums.join(named, on=["level", "code", *GROUP], how="left", maintain_order="left")
    grid = _territories(levels, membership).join(rows.select(GROUP).unique().sort(GROUP), how="cross")
    every = grid.join(sums, on=["level", "code", *GROUP], how="left", maintain_order="left")
    return every.with_columns(pl.col("covered").fill_null(0.0))


def strata_above(strata: pl.DataFrame, membership: pl.DataFrame) -> pl.DataFrame:
    """Sums by stratum of every territory above the communes: ``level``, and the columns of ``strata``."""
    sums = aggregate(strata, membership, UPPER_LEVELS)
    return sums.drop("covered").sort("level", "code", *GROUP, "stratum")


def _territories(levels: Sequence[str], membership: pl.DataFrame) -> pl.DataFrame:
    """``level, code`` of every territory of ``levels``, those under which nothing was counted included."""
    communes = membership.filter(pl.col("child_level") == "commune")
    own = communes.select(level="child_level", code="child_code")
    known = pl.concat([own, communes.select(level="parent_level", code="parent_code")])
    return known.filter(pl.col("level").is_in(levels)).unique().sort("level", "code")


def _ladder(grain: Grain, membership: pl.DataFrame) -> tuple[Sequence[str], pl.DataFrame, str]:
    """The levels above a grain, and the membership that leads there."""
    if grain == "iris":
        return ("commune", *UPPER_LEVELS), membership, "iris"
    if grain == "commune":
        return UPPER_LEVELS, membership, "commune"
    # Départements and bassins de vie have no rows of their own as children: they become the base of a small ladder.
    return ("region", "france") if grain == "departement" else ("france",), _parents_of(grain, membership), "commune"


def _parents_of(grain: Grain, membership: pl.DataFrame) -> pl.DataFrame:
    communes = membership.filter(pl.col("child_level") == "commune")
    mine = communes.filter(pl.col("parent_level") == grain).select("child_code", territory="parent_code")
    upper = communes.filter(pl.col("parent_level") == "region").select("child_code", parent_code="parent_code")
    regions = mine.join(upper, on="child_code").select("territory", "parent_code", parent_level=pl.lit("region"))
    country = mine.select("territory", parent_code=pl.lit(COUNTRY), parent_level=pl.lit("france"))
    return (
        pl.concat([regions, country])
        .unique()
        .sort("parent_level", "territory", "parent_code")
        .select(
            pl.col("territory").alias("child_code"),
            pl.lit("commune").alias("child_level"),
            "parent_code",
            "parent_level",
            pl.lit(1.0).alias("share"),
        )
    )


def _with_lone_denominators(
    sums: pl.DataFrame, measured: pl.DataFrame, nest: pl.DataFrame, levels: Sequence[str], base_level: str
) -> pl.DataFrame:
    lone = pl.col("numerator").is_null() & pl.col("denominator").is_not_null()
    groups = measured.filter(lone).select(GROUP).unique()
    if groups.is_empty():
        return sums
    filled = measured.join(groups, on=list(GROUP), how="semi", maintain_order="left").with_columns(
        numerator=pl.when(lone).then(0.0).otherwise("numerator")
    )
    again = aggregate(filled.select("code", *GROUP, *SUMS), nest, levels, base_level=base_level)
    named = again.select("level", "code", *GROUP, all_numerator="numerator", all_denominator="denominator")
    joined = sums.join(named, on=["level", "code", *GROUP], how="left", maintain_order="left")
    return joined.with_columns(
        numerator=pl.coalesce("all_numerator", "numerator"),
        denominator=pl.coalesce("all_denominator", "denominator"),
    ).drop("all_numerator", "all_denominator")


__all__ = ["GROUP", "KEY", "climb", "codes_of", "complete_grid"]
