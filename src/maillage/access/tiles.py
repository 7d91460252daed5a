"""The two steps of a catchment tile by tile, for more places than a matrix should hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.access.car import CarTravelModel
from maillage.access.faults import FloatArray, quantities
from maillage.access.points import Points, travel_from_points
from maillage.errors import BrokenInvariantError

TILE_POINTS = 20_000
CONSERVATION_TOLERANCE = 1e-9
HALO = 1 + 1e-9  # a halo a little wider than the reach costs nothing; one that rounding narrows costs pairs


@dataclass(frozen=True, slots=True, eq=False)
class TiledScores:
    """``scores`` (n_demand), ``ratios`` (n_supply), and what ``catchment`` reports of both sides; ``pairs`` in all."""

    scores: FloatArray
    ratios: FloatArray
    unreached: NDArray[np.int64]
    unreached_demand: float
    empty_places: NDArray[np.int64]
    empty_supply: float
    conservation_error: float
    pairs: int


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """Positions of the demand of a tile, and of the supply within reach of any of it (the halo included)."""

    demand: NDArray[np.int64]
    supply: NDArray[np.int64]


def tiles(demand: Points, supply: Points, *, reach_km: float, tile_points: int = TILE_POINTS) -> Iterator[Tile]:
    """Cut the demand into square tiles of about ``tile_points``, each with the supply within ``reach_km`` of its box.

    Every place of demand is in one tile; a place of supply is in as many as it can serve.
    """
    homes, places = demand.xyz_km, supply.xyz_km
    order = _by_squares(demand, tile_points)
    for chosen in np.array_split(order, max(1, -(-order.size // tile_points))):
        if chosen.size:
            low, high = homes[chosen].min(axis=0) - reach_km * HALO, homes[chosen].max(axis=0) + reach_km * HALO
            near = np.flatnonzero(((places >= low) & (places <= high)).all(axis=1))
            yield Tile(np.sort(chosen), near)


def catchment_by_tiles(
    demand: tuple[Points, Any],
    supply: tuple[Points, Any],
    *,
    model: CarTravelModel,
    max_min: float,
    decay: Callable[[NDArray[Any]], FloatArray],
    tile_points: int = TILE_POINTS,
) -> TiledScores:
    """The scores of ``catchment`` on ``travel_from_points`` without the matrix: pairs are found twice, tile by tile.

    ``demand`` and ``supply`` are points and their quantities. Scores differ from those of the whole matrix by the
    rounding of sums taken in another order (1e-14 or so), and not at all from one run to the next. Memory: one tile's.

    Raises ArrayInputError on quantities that do not fit, BrokenInvariantError when supply is not conserved.
    """
    (homes, need), (places, offer) = demand, supply
    need = quantities(need, name="demand", length=homes.longitude.size)
    offer = quantities(offer, name="supply", length=places.longitude.size)

    def weighted() -> Iterator[tuple[Tile, csr_array]]:
        for tile in tiles(homes, places, reach_km=model.km(max_min), tile_points=tile_points):
            near = travel_from_points(
                taken(homes, tile.demand), taken(places, tile.supply), model=model, max_min=max_min
            )
            yield tile, csr_array((decay(near.minutes), near.indices, near.indptr), shape=near.shape)

    weighted_demand, pairs = np.zeros(offer.size), 0
    for tile, weights in weighted():
        weighted_demand[tile.supply] += weights.T @ need[tile.demand]
        pairs += weights.nnz
    served = weighted_demand > 0
    ratios = np.divide(offer, weighted_demand, out=np.zeros(offer.size), where=served)
    scores, reached = np.zeros(need.size), np.zeros(need.size, dtype=np.bool_)
    for tile, weights in weighted():
        scores[tile.demand] = weights @ ratios[tile.supply]
        reached[tile.demand] = weights @ (offer[tile.supply] > 0).astype(np.float64) > 0
    return TiledScores(
        scores,
        ratios,
        np.flatnonzero(~reached),
        float(need[~reached].sum()),
        np.flatnonzero((offer > 0) & ~served),
        float(offer[~served].sum()),
        _checked(float(need @ scores), float(offer[served].sum())),
        pairs,
    )


def taken(points: Points, chosen: NDArray[np.int64]) -> Points:
    """Some of the points, in the order of ``chosen``."""
    return Points(points.longitude[chosen], points.latitude[chosen], points.inner_km[chosen])


def _by_squares(points: Points, tile_points: int) -> NDArray[np.int64]:
    """An order in which neighbours are near: strips of latitude, each by longitude, as many as squares would make."""
    n = points.longitude.size
    strips = max(1, int(np.sqrt(n / tile_points)))
    by_latitude = np.argsort(points.latitude, kind="stable")
    strip = np.empty(n, dtype=np.int64)
    strip[by_latitude] = np.arange(n) * strips // max(n, 1)
    return np.lexsort((points.longitude, strip))


def _checked(accessible: float, supplied: float) -> float:
    error = abs(accessible - supplied) / supplied if supplied > 0 else abs(accessible)
    if not error <= CONSERVATION_TOLERANCE:
        raise BrokenInvariantError(
            f"The accessible supply should add up to the supply reached within {CONSERVATION_TOLERANCE:g},"
            f" found a relative gap of {error:.2g}."
        )
    return error
