"""Minutes of road segments, by class of road and by how dense the roads are around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.access.faults import FloatArray, refuse
from maillage.access.near import straight_distance
from maillage.access.points import Points, arc_km

KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class RoadSpeeds:
    """Speeds driven, in km/h, one a class of road; a place is urban from ``urban_junctions_per_km2``."""

    classes: tuple[str, ...]
    rural_kmh: tuple[float, ...]
    urban_kmh: tuple[float, ...]
    urban_junctions_per_km2: float


def segment_minutes(
    points: Points,
    tails: NDArray[Any],
    heads: NDArray[Any],
    road_class: NDArray[Any],
    posted_kmh: FloatArray,
    *,
    speeds: RoadSpeeds,
) -> FloatArray:
    """Minutes of each segment: its great circle at the speed of its class, or the posted one where it is lower.

    ``road_class`` holds positions in ``speeds.classes``, ``posted_kmh`` NaN where nothing is posted. A segment is urban
    when the cell of about 1 km² in which it starts is. Raises ArrayInputError on a class that does not exist.
    """
    known = (road_class >= 0) & (road_class < len(speeds.classes))
    refuse(~known, lambda k: f"class {road_class[k]} of segment {k}", expected="Segments should have a class of road")
    xyz = points.xyz_km
    each = np.arange(tails.size + 1, dtype=np.int32)
    km = arc_km(straight_distance(xyz[tails], xyz, each, heads.astype(np.int32)))
    urban = junctions_per_km2(points, tails, heads)[tails] >= speeds.urban_junctions_per_km2
    kmh = np.where(urban, np.array(speeds.urban_kmh)[road_class], np.array(speeds.rural_kmh)[road_class])
    return np.asarray(60 * km / np.fmin(kmh, posted_kmh))


def junctions_per_km2(points: Points, tails: NDArray[Any], heads: NDArray[Any]) -> FloatArray:
    """For each point, the junctions (three neighbours or more) a km² in its cell of 1 km by latitude and longitude."""
    n = points.longitude.size
    ways = csr_array((np.ones(tails.size, dtype=np.bool_), (tails, heads)), shape=(n, n))
    junction = np.diff((ways + ways.T).indptr) >= 3
    lines = np.floor(points.latitude * KM_PER_DEGREE).astype(np.int64)
    shrink = np.cos(np.radians((lines + 0.5) / KM_PER_DEGREE))
    columns = np.floor(points.longitude * KM_PER_DEGREE * shrink).astype(np.int64)
    cell = np.unique(lines * 100_000 + columns, return_inverse=True)[1]
    return np.asarray(np.bincount(cell, weights=junction.astype(np.float64)), dtype=np.float64)[cell]
