"""Travel times between points, by the distance as the crow flies and a calibrated model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maillage.access.car import CarTravelModel
from maillage.access.faults import FloatArray, quantities, refuse
from maillage.access.near import pairs_within, straight_distance
from maillage.access.travel import TravelMatrix

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
BLOCK_PAIRS = 1 << 17  # times are computed by blocks that stay in cache


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Places by longitude and latitude (WGS 84, degrees), and how far their residents live from the point.

    ``inner_km`` is the root mean square distance from the residents of a place to its own point (0 by default).
    Raises ArrayInputError on a coordinate that is NaN or off the globe, or on another length.
    """

    longitude: FloatArray
    latitude: FloatArray
    inner_km: FloatArray

    def __post_init__(self) -> None:
        lon, lat = np.asarray(self.longitude, dtype=np.float64), np.asarray(self.latitude, dtype=np.float64)
        off = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
        refuse(off, lambda k: f"({lon[k]:g}, {lat[k]:g}) at position {k}", expected="Points should lie on the globe")
        object.__setattr__(self, "inner_km", quantities(self.inner_km, name="inner distances", length=lon.size))

    @classmethod
    def at(cls, longitude: Any, latitude: Any, inner_km: Any = None) -> Points:
        """Points from two sequences, with inner distances where they are known."""
        lon = np.asarray(longitude, dtype=np.float64)
        inner = np.zeros_like(lon) if inner_km is None else np.asarray(inner_km, dtype=np.float64)
        return cls(lon, np.asarray(latitude, dtype=np.float64), inner)

    @property
    def xyz_km(self) -> FloatArray:
        """Positions on the sphere, n × 3, in km from the centre of the Earth."""
        lon, lat = np.radians(self.longitude), np.radians(self.latitude)
        unit = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
        return np.asarray(EARTH_RADIUS_KM * unit)


def disc_inner_km(area_km2: FloatArray, *, max_km: float) -> FloatArray:
    """Root mean square distance to the centre, residents being spread evenly on a disc of that area: √(area / 2π).

    ``max_km`` bounds it: in vast communes the inhabitants live together, not evenly spread.
    """
    return np.minimum(np.sqrt(np.asarray(area_km2, dtype=np.float64) / (2 * np.pi)), max_km)


def travel_from_points(demand: Points, supply: Points, *, model: CarTravelModel, max_min: float) -> TravelMatrix:
    """Minutes by car, in float32, for the pairs driven in at most ``max_min``.

    The distance of a pair is the root mean square, over the residents, of their distance to the place of supply:
    √(great circle² + inner²), exact for residents spread evenly around their point. One rule therefore serves a doctor
    of the same commune and of the next one, and no time is nil where residents do not all live on the point.

    Raises ArrayInputError past 2 147 483 647 pairs.
    """
    homes, places = demand.xyz_km, supply.xyz_km
    indptr, indices = pairs_within(homes, places, _reach_km(demand.inner_km, model.km(max_min)))
    minutes = np.empty(indices.size, dtype=np.float32)
    for first, last in _blocks(indptr):
        limits = indptr[first : last + 1]
        crow_km = arc_km(straight_distance(homes[first:last], places, limits, indices))
        inner_km = np.repeat(demand.inner_km[first:last], np.diff(limits))
        km = np.sqrt(crow_km * crow_km + inner_km * inner_km)
        minutes[limits[0] : limits[-1]] = np.minimum(model.minutes(km), max_min)
    return TravelMatrix(indptr, indices, minutes, supply.longitude.size)


def nearest_minutes(demand: Points, supply: Points, *, model: CarTravelModel) -> FloatArray:
    """Minutes by car from each place of demand to the nearest place of supply, however far; NaN without any."""
    if supply.longitude.size == 0:
        return np.full(demand.longitude.size, np.nan)
    chord: NDArray[np.float64] = cKDTree(supply.xyz_km).query(demand.xyz_km)[0]
    return model.minutes(np.hypot(arc_km(chord), demand.inner_km))


def arc_km(chord_km: FloatArray) -> FloatArray:
    """The great circle under a chord, both in km."""
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord_km / (2 * EARTH_RADIUS_KM), 1.0)))


def _reach_km(inner_km: FloatArray, limit_km: float) -> FloatArray:
    """The chord at which √(arc² + inner²) is ``limit_km``; negative where the residents already live past it."""
    arc = np.sqrt(np.maximum(limit_km**2 - inner_km**2, 0.0))
    chord = 2 * EARTH_RADIUS_KM * np.sin(np.minimum(arc / (2 * EARTH_RADIUS_KM), np.pi / 2))
    return np.where(inner_km <= limit_km, chord, -1.0)


def _blocks(indptr: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Ranges of rows of about ``BLOCK_PAIRS`` pairs, at least one row each."""
    first, rows = 0, indptr.size - 1
    while first < rows:
        last = int(np.searchsorted(indptr, indptr[first] + BLOCK_PAIRS, side="right")) - 1
        last = min(max(last, first + 1), rows)
        yield first, last
        first = last
