"""Travel times on a road network: places brought to their road, then shortest paths that stop at the limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from maillage.access.contraction import contracted
from maillage.access.faults import FloatArray, quantities, refuse
from maillage.access.points import Points, arc_km
from maillage.access.shortest import shortest_within
from maillage.access.travel import TravelMatrix


@dataclass(frozen=True, slots=True, eq=False)
class RoadNetwork:
    """Points of the road (WGS 84) and the minutes of each directed segment, in compressed rows by its start.

    ``component`` numbers the sets of points from each of which every other can be reached and come back from, the
    largest being 0.
    """

    points: Points
    indptr: NDArray[np.int64]
    heads: NDArray[np.int32]
    minutes: FloatArray
    component: NDArray[np.int32]

    @classmethod
    def from_segments(cls, points: Points, tails: Any, heads: Any, minutes: Any) -> RoadNetwork:
        """From directed segments in any order; of two between the same points the quicker one is taken.

        Raises ArrayInputError on a time that is NaN, infinite or negative and on a point that does not exist.
        """
        n, start, end = points.longitude.size, np.asarray(tails), np.asarray(heads)
        times = quantities(minutes, name="minutes of segments", length=start.size)
        outside = (start < 0) | (start >= n) | (end < 0) | (end >= n)
        refuse(outside, lambda k: f"the segment ({start[k]}, {end[k]})", expected=f"Segments should join {n} points")
        start, end, times = _quickest(start, end, times)
        indptr = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(start, minlength=n), out=indptr[1:])
        ways = csr_array((np.ones(start.size, dtype=np.int8), end, indptr), shape=(n, n))
        found = connected_components(ways, connection="strong")[1]
        largest = np.argsort(-np.bincount(found), kind="stable") if n else found
        rank = np.empty(largest.size, dtype=np.int32)
        rank[largest] = np.arange(largest.size)
        return cls(points, indptr, end.astype(np.int32), times, rank[found])


def _quickest(start: NDArray[Any], end: NDArray[Any], times: FloatArray) -> tuple[NDArray[Any], ...]:
    """Segments by start then end, the quickest between two points, none from a point to itself."""
    apart = start != end
    start, end, times = start[apart], end[apart], times[apart]
    order = np.lexsort((end, start))
    start, end, times = start[order], end[order], times[order]
    first = np.flatnonzero(np.diff(start, prepend=-1) | np.diff(end, prepend=-1))
    return start[first], end[first], np.minimum.reduceat(times, first) if first.size else times


@dataclass(frozen=True, slots=True)
class RoadAccess:
    """How a place gets to its road: within ``snap_max_km``, at ``access_kmh``, on a component large enough."""

    snap_max_km: float
    access_kmh: float
    least_component: int


@dataclass(frozen=True, slots=True, eq=False)
class RoadTravel:
    """The matrix, and the places (positions) that the roads do not treat as the others.

    ``demand_without_road``, ``supply_without_road``: no road near enough, no pair. ``demand_on_island``,
    ``supply_on_island``: on roads from which the main network cannot be reached and come back from; ``islands``: how
    many of them hold a place of demand. ``one_way_pairs``: pairs in reach whose way back is not, where both sides are
    the same places (None otherwise).
    """

    travel: TravelMatrix
    demand_without_road: NDArray[np.int64]
    supply_without_road: NDArray[np.int64]
    demand_on_island: NDArray[np.int64]
    supply_on_island: NDArray[np.int64]
    islands: int
    one_way_pairs: int | None


def travel_on_roads(
    network: RoadNetwork, demand: Points, supply: Points, *, access: RoadAccess, max_min: float
) -> RoadTravel:
    """Minutes by road, in float32, for the pairs driven in at most ``max_min``, from demand to supply.

    A place joins the nearest point of the road whose component has ``least_component`` points, so that a car park cut
    from the rest takes nobody. Residents drive √(distance to the road² + inner²) to it, so that no time within a
    commune is nil. One-way streets make the way there and the way back two different times.
    """
    homes, home_km = join_roads(network, demand, access)
    places, place_km = join_roads(network, supply, access)
    to_road = 60 * np.hypot(home_km, demand.inner_km) / access.access_kmh
    from_road = 60 * place_km / access.access_kmh
    joined = np.isin(np.arange(network.component.size), np.concatenate((homes, places)))
    roads, number = contracted((network.indptr, network.heads, network.minutes), joined)
    number = np.append(number, -1)  # of a place without a road, which stands at -1
    row, column, minutes = shortest_within(
        roads, (number[homes], to_road), (number[places], from_road), max_min=max_min
    )
    travel = TravelMatrix.from_pairs(row, column, minutes, shape=(homes.size, places.size))
    return RoadTravel(
        travel,
        np.flatnonzero(homes < 0),
        np.flatnonzero(places < 0),
        _on_island(network, homes),
        _on_island(network, places),
        int(np.count_nonzero(np.unique(network.component[homes[homes >= 0]]))),
        _one_way(travel) if demand is supply else None,
    )


def join_roads(network: RoadNetwork, places: Points, access: RoadAccess) -> tuple[NDArray[np.int64], FloatArray]:
    """The road point that each place joins, -1 without one, and the km to it."""
    eligible = np.flatnonzero(np.bincount(network.component)[network.component] >= access.least_component)
    if eligible.size == 0 or places.longitude.size == 0:
        return np.full(places.longitude.size, -1, dtype=np.int64), np.zeros(places.longitude.size)
    chord, near = cKDTree(network.points.xyz_km[eligible]).query(places.xyz_km)
    km = arc_km(chord)
    joined = km <= access.snap_max_km
    return np.where(joined, eligible[near], -1), np.where(joined, km, 0.0)


def _on_island(network: RoadNetwork, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    joined = np.flatnonzero(nodes >= 0)
    return joined[network.component[nodes[joined]] > 0]


def _one_way(travel: TravelMatrix) -> int:
    there = travel.rows.astype(np.int64) * travel.n_supply + travel.indices
    back = travel.indices.astype(np.int64) * travel.n_supply + travel.rows
    return int((~np.isin(back, there)).sum())
