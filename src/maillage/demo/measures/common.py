"""The dated parameters of the simulated measures, and days drawn from published levels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.demo.events.effects import Adoption
from maillage.demo.events.parameters import QUARTERS, years
from maillage.demo.places import Floats, Ints, Texts

Days = npt.NDArray[np.datetime64]

UNDER_DENSE = ("ZIP", "ZAC")
_ZONES = {"1_ZIP": "ZIP", "2_ZAC": "ZAC", "3_HZ": "HZ", "4_ZAR": "ZAR"}


def measured(name: str) -> Any:
    """A parameter of ``demo_measures.toml``."""
    return load_parameters("demo_measures")[name].value


def path(name: str) -> tuple[Floats, Floats]:
    """A published series as days (since 1970) and levels."""
    series: Mapping[str, float] = measured(name)
    days = np.array([date.fromisoformat(day).toordinal() for day in series]) - date(1970, 1, 1).toordinal()
    return days.astype(np.float64), np.array(list(series.values()), dtype=np.float64)


def along(name: str, rank: Floats) -> Days:
    """The day on which a published series reaches each rank; the series is drawn straight between its points."""
    days, levels = path(name)
    return as_days(np.interp(rank, levels, days))


def as_days(numbers: Floats | Ints) -> Days:
    """Days from numbers of days since 1970."""
    return np.floor(numbers).astype(np.int64).astype("datetime64[D]")


def within_quarter(start: Ints, rng: np.random.Generator) -> Days:
    """A day drawn inside each quarter; ``start`` is its rank from the first quarter of the event records."""
    months = (years()[0] - 1970) * 12 + start * (12 // QUARTERS)
    first, after = (part.astype("datetime64[M]").astype("datetime64[D]") for part in (months, months + 3))
    length = (after - first).astype(np.int64)
    return np.asarray(first + np.floor(rng.random(len(start)) * length).astype(np.int64).astype("timedelta64[D]"))


def adoption_of(adoptions: tuple[Adoption, ...], measure: str) -> Adoption:
    """The adoption of a simulated measure, by its identifier."""
    return next(adoption for adoption in adoptions if adoption.measure.id == measure)


def zone_names(zones: Texts) -> Texts:
    """The zones of the zoning as registers write them; empty where there is none."""
    return np.array([_ZONES.get(str(zone), "") for zone in zones], dtype=object)


def texts(values: npt.NDArray[Any] | list[Any]) -> pl.Series:
    """A column of texts; an empty text is an empty cell."""
    return pl.Series([str(value) or None for value in values], dtype=pl.String)


def day_column(days: Days) -> pl.Series:
    """A column of dates; NaT is an empty cell."""
    return pl.Series(days.astype("datetime64[D]"), dtype=pl.Date)


def codes(prefix: str, count: int) -> pl.Series:
    """Invented identifiers that say so: ``AM-SIM-000001``."""
    return pl.Series([f"{prefix}-SIM-{rank:06d}" for rank in range(1, count + 1)], dtype=pl.String)
