"""One version of the store in memory, laid out for screens: levels, series, alerts, origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.errors import NotFoundError

MAP_LEVELS = ("commune", "epci", "bassin_vie", "cpts", "departement", "region")
PAGE_LEVELS = ("commune", "ville", "epci", "bassin_vie", "cpts", "departement", "region", "france")
STATUSES = ("published", "suppressed_primary", "suppressed_secondary", "missing", "not_applicable")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """The territories of a level, in order of code: the position is the feature number of the tiles."""

    id: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    departements: tuple[str | None, ...]
    regions: tuple[str | None, ...]
    longitudes: Floats
    latitudes: Floats
    population: Floats
    simulated: NDArray[np.bool_]
    position: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Series:
    """An indicator at a level for a period: arrays of one entry a territory, NaN where there is no value.

    ``status`` indexes STATUSES (255: no observation at all), ``origin`` indexes the atlas' origins (-1: none).
    """

    indicator: str
    level: str
    period: str
    value: Floats
    low: Floats
    high: Floats
    numerator: Floats
    denominator: Floats
    status: NDArray[np.uint8]
    origin: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure comes from, in both languages."""

    id: str
    source: str
    label: Mapping[str, str]
    warning: Mapping[str, str]
    simulated: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert raised on a territory."""

    rule: str
    indicator: str
    level: str
    code: str
    period: str
    degree: int
    since: str
    trend: str
    stability: float | None
    value: float | None
    reference: float | None
    reason: Mapping[str, str]
    simulated: bool


@dataclass(frozen=True, slots=True)
class Priority:
    """A territory in alert: its highest degree, its regime (``medium`` or ``deep``), and all its alerts."""

    level: str
    code: str
    degree: int
    regime: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Territory:
    """One territory and its position in its level."""

    level: str
    code: str
    name: str
    position: int
    departement: str | None
    region: str | None
    longitude: float
    latitude: float
    population: float
    simulated: bool


@dataclass(frozen=True, slots=True)
class Atlas:
    """Everything the screens read; immutable, shared by all requests."""

    id: str
    manifest: Mapping[str, Any]
    tiles: Path
    levels: Mapping[str, Level]
    series: Mapping[tuple[str, str], Mapping[str, Series]]
    parents: Mapping[tuple[str, str], tuple[tuple[str, str, float], ...]]
    communes: Mapping[tuple[str, str], tuple[str, ...]]
    alerts: tuple[Alert, ...]
    alerts_of: Mapping[tuple[str, str], tuple[Alert, ...]]
    priorities: Mapping[str, tuple[Priority, ...]]
    origins: tuple[Origin, ...]
    postcodes: Mapping[str, tuple[str, ...]]
    source_files: pl.DataFrame
    quarantine: pl.DataFrame
    shapes: Mapping[str, pl.DataFrame]

    @property
    def simulated(self) -> bool:
        """Whether any figure shown was drawn by the demonstration model."""
        return any(origin.simulated for origin in self.origins) or any(a.simulated for a in self.alerts)

    def territory(self, level: str, code: str) -> Territory:
        """The territory of a level and code; raises NotFoundError."""
        table = self.levels.get(level)
        position = table.position.get(code) if table else None
        if table is None or position is None:
            raise NotFoundError(f"No territory of level {level!r} has the code {code!r}.")
        return Territory(
            level=level,
            code=code,
            name=table.names[position],
            position=position,
            departement=table.departements[position],
            region=table.regions[position],
            longitude=float(table.longitudes[position]),
            latitude=float(table.latitudes[position]),
            population=float(table.population[position]),
            simulated=bool(table.simulated[position]),
        )

    def periods(self, indicator: str, level: str) -> tuple[str, ...]:
        """Periods of an indicator at a level, oldest first; empty when it has none there."""
        return tuple(sorted(self.series.get((indicator, level), {})))

    def get_series(self, indicator: str, level: str, period: str | None = None) -> Series:
        """A series, the latest period when none is asked for; raises NotFoundError."""
        known = self.periods(indicator, level)
        wanted = period or (known[-1] if known else "")
        found = self.series.get((indicator, level), {}).get(wanted)
        if found is None:
            raise NotFoundError(
                f"There is no indicator {indicator!r} at level {level!r} for the period {wanted or 'asked for'!r}.",
                hint=f"Known periods: {', '.join(known)}." if known else "",
            )
        return found
