"""Cut places of demand into tiles from their counts alone, and say what a catchment on them will cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.access.car import CarTravelModel
from maillage.access.faults import FloatArray, refuse
from maillage.access.near import pairs_within
from maillage.access.points import Points

TILE_POINTS = 20_000
LEVELS = 14  # a bucket: 360° / 2^14 of longitude, 180° / 2^14 of latitude, 1.2 km north to south
SAMPLED = 64  # buckets of a tile whose pairs are counted
HALO = 1 + 1e-9  # a halo a little wider than the reach costs nothing; one that rounding narrows costs pairs
NS_A_PAIR = 210.0  # both steps, one core; benchmarks/tiles.py measures it
BYTES_A_PAIR, BYTES_A_CELL = 24, 150  # at the peak of a tile: traced for pairs, three copies of six columns for cells


@dataclass(frozen=True, slots=True, eq=False)
class Tiling:
    """Square tiles: the rising ``buckets`` that hold somebody, how many (``counts``), and the tile of each (``tile``).

    Tiles are numbered from 0 along a curve that keeps neighbours near.
    """

    buckets: NDArray[np.int64]
    counts: NDArray[np.int64]
    tile: NDArray[np.int64]

    @property
    def cells(self) -> NDArray[np.int64]:
        """How many places of demand each tile holds."""
        return np.bincount(self.tile, weights=self.counts).astype(np.int64)

    def tiles_of(self, points: Points) -> NDArray[np.int64]:
        """The tile of each point; raises ArrayInputError on a point in a bucket that was not counted."""
        keys = buckets_of(points)
        at = np.minimum(np.searchsorted(self.buckets, keys), max(self.buckets.size - 1, 0))
        unknown = self.buckets[at] != keys if self.buckets.size else np.ones(keys.size, dtype=np.bool_)
        refuse(unknown, lambda k: f"the point {k} elsewhere", expected="Tiles should be cut from the points they hold")
        return self.tile[at]


@dataclass(frozen=True, slots=True, eq=False)
class TilePlan:
    """What a catchment on tiles is expected to cost, one entry a tile.

    ``places``: supply of the tile and of its halo of ``halo_km``; ``pairs``: expected pairs, counted on a sample.
    """

    tiling: Tiling
    places: NDArray[np.int64]
    pairs: FloatArray
    halo_km: float

    def cpu_s(self, ns_a_pair: float = NS_A_PAIR) -> float:
        """Expected CPU time of both steps, in seconds, what an engine adds of its own not included."""
        return float(self.pairs.sum() * ns_a_pair / 1e9)

    @property
    def task_mb(self) -> float:
        """Expected memory of the arrays of the largest task, in MB, what the process takes before not included."""
        return float((self.pairs * BYTES_A_PAIR + self.tiling.cells * BYTES_A_CELL).max(initial=0) / 1e6)


def buckets_of(points: Points) -> NDArray[np.int64]:
    """The bucket of each point: its column and its row on the globe, their bits interleaved (Morton's order)."""
    side, last = 2.0**LEVELS, 2**LEVELS - 1
    column = np.minimum(((points.longitude + 180) / 360 * side).astype(np.int64), last)
    row = np.minimum(((points.latitude + 90) / 180 * side).astype(np.int64), last)
    return _spread(column) | _spread(row) << 1


def cut_tiles(buckets: NDArray[np.int64], counts: NDArray[np.int64], *, tile_points: int = TILE_POINTS) -> Tiling:
    """Cut the globe into squares, each in four again while it holds more than ``tile_points``.

    ``buckets`` (rising, each once) and ``counts`` are all that it needs of the places of demand, however many they are.
    A bucket is never cut: a tile holds more than ``tile_points`` where one bucket does.
    """
    total = np.concatenate(([0], np.cumsum(counts)))
    tile = np.zeros(buckets.size, dtype=np.int64)
    squares, number = [(0, 2 * LEVELS)], 0
    while squares:
        corner, bits = squares.pop()
        first, last = np.searchsorted(buckets, (corner, corner + (1 << bits)))
        if total[last] - total[first] > tile_points and bits:
            quarter = 1 << (bits - 2)
            squares.extend((corner + k * quarter, bits - 2) for k in (3, 2, 1, 0))
        elif last > first:
            tile[first:last], number = number, number + 1
    return Tiling(buckets, np.asarray(counts, dtype=np.int64), tile)


def plan_tiles(tiling: Tiling, supply: Points, *, model: CarTravelModel, max_min: float) -> TilePlan:
    """What the catchment on these tiles will cost, from the counts and the places of supply, before any pair is made.

    Pairs are counted from the middle of a few buckets of each tile, drawn at even steps of their counts; residents are
    taken to live on their points.
    """
    reach_km = model.km(max_min)
    if tiling.buckets.size == 0:
        return TilePlan(tiling, np.empty(0, dtype=np.int64), np.empty(0), reach_km)
    middles, places = _middles(tiling.buckets), supply.xyz_km
    cells, total = tiling.cells, np.cumsum(tiling.counts)
    step = (np.arange(SAMPLED) + 0.5) / SAMPLED
    drawn = np.searchsorted(total, ((np.cumsum(cells) - cells)[:, None] + step * cells[:, None]).ravel(), side="right")
    reached = np.diff(pairs_within(middles[drawn], places, np.full(drawn.size, reach_km))[0])
    starts = np.searchsorted(tiling.tile, np.arange(cells.size))
    low, high = np.minimum.reduceat(middles, starts), np.maximum.reduceat(middles, starts)
    near = [within_box(places, a, b, reach_km=reach_km).size for a, b in zip(low, high, strict=True)]
    return TilePlan(tiling, np.asarray(near), cells * reached.reshape(-1, SAMPLED).mean(axis=1), reach_km)


def within_box(places: FloatArray, low: FloatArray, high: FloatArray, *, reach_km: float) -> NDArray[np.int64]:
    """The places (n × 3, km) within ``reach_km`` of a box, along each axis."""
    halo = reach_km * HALO
    return np.flatnonzero(((places >= low - halo) & (places <= high + halo)).all(axis=1))


def _middles(buckets: NDArray[np.int64]) -> FloatArray:
    side = 2.0**LEVELS
    column, row = _gathered(buckets) + 0.5, _gathered(buckets >> 1) + 0.5
    return Points.at(column / side * 360 - 180, row / side * 180 - 90).xyz_km


def _spread(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bits of numbers, each followed by a nought."""
    spread = np.zeros_like(numbers)
    for k in range(LEVELS):
        spread |= (numbers >> k & 1) << 2 * k
    return spread


def _gathered(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every other bit of numbers: what ``_spread`` spread."""
    gathered = np.zeros_like(numbers)
    for k in range(LEVELS):
        gathered |= (numbers >> 2 * k & 1) << k
    return gathered
