"""Pieces that every kind of simulated record uses."""

from __future__ import annotations

import numpy as np
import polars as pl

from maillage.demo.places import Floats, Ints, Places

# First and last age (included) of the three bands of the census file.
_BANDS = np.array([[0, 19], [20, 64], [65, 99]])


def inhabitants_by_age(places: Places) -> Floats:
    """Inhabitants of each place (row) and age band (column)."""
    return np.asarray(places.population, dtype=np.float64)


def block_places(weight: Floats, rows: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Place and age band of each of ``rows`` records, drawn by ``weight``, in the order of the places."""
    count = rng.multinomial(rows, (weight / weight.sum()).ravel())
    cell = np.repeat(np.arange(weight.size), count)
    return cell // weight.shape[1], cell % weight.shape[1]


def ages(band: Ints, rng: np.random.Generator) -> pl.Series:
    """An age in completed years within each band; fewer and fewer people past 65."""
    low, high = _BANDS[band].T
    share = np.where(band == 2, rng.random(len(band)) ** 1.7, rng.random(len(band)))
    return pl.Series((low + share * (high - low + 1)).astype(np.int32))


def sexes(rows: int, rng: np.random.Generator) -> pl.Series:
    """F or M."""
    return pl.Series(np.array(["F", "M"])[(rng.random(rows) < 0.48).astype(np.int64)])


def identifiers(prefix: str, year: int, first: int, rows: int) -> pl.Series:
    """Identifiers that no other record bears."""
    rank = pl.int_range(first, first + rows, eager=True, dtype=pl.Int64)
    return f"{prefix}{year}" + rank.cast(pl.String).str.zfill(9)


def days_of(year: int, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Days of a year, each as likely."""
    start = np.datetime64(f"{year}-01-01", "D")
    length = int((np.datetime64(f"{year + 1}-01-01", "D") - start).astype(int))
    return start + rng.integers(length, size=rows)


def yes_no(mask: np.ndarray) -> pl.Series:
    """``oui`` or ``non``."""
    return pl.Series(np.where(mask, "oui", "non"))
