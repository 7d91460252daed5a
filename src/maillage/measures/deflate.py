"""Constant euros: amounts of a year in the prices of another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.errors import UsageError

PRICES = "measures/prices"
_PREFIX = "ipc_"


@cache
def price_index() -> Mapping[int, float]:
    """Consumer prices by year, 2015 = 100, from ``definitions/parameters/measures/prices.toml``."""
    found = load_parameters(PRICES)
    return {int(name.removeprefix(_PREFIX)): float(p.value) for name, p in sorted(found.items())}


def assumed_years() -> frozenset[int]:
    """The years whose index is an assumption: rebuilt from published growth rates, to be checked."""
    found = load_parameters(PRICES)
    return frozenset(int(name.removeprefix(_PREFIX)) for name, p in found.items() if p.assumption)


def deflator(year: int, base: int) -> float:
    """What multiplies euros of ``year`` to make euros of ``base``; raises UsageError for a year without an index."""
    index = price_index()
    for asked in (year, base):
        if asked not in index:
            raise UsageError(f"Consumer prices are known from {min(index)} to {max(index)}, not in {asked}.")
    return index[base] / index[year]


def in_constant_euros(lines: pl.DataFrame, base: int) -> pl.DataFrame:
    """The lines (``year``, ``amount_eur``) with ``constant_eur``, their amounts in euros of ``base``.

    Raises UsageError for a year without an index.
    """
    rates = {year: deflator(year, base) for year in lines["year"].unique().sort().to_list()}
    rate = pl.col("year").replace_strict(rates, return_dtype=pl.Float64)
    return lines.with_columns((pl.col("amount_eur") * rate).alias("constant_eur"))
