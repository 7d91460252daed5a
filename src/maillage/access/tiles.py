"""The two steps of a catchment tile by tile, for more places than a matrix should hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.access.car import CarTravelModel
from maillage.access.catchment import supply_ratios
from maillage.access.faults import FloatArray, quantities
from maillage.access.points import Points, travel_from_points
from maillage.access.tile_plan import TILE_POINTS, buckets_of, cut_tiles, within_box
from maillage.errors import BrokenInvariantError

CONSERVATION_TOLERANCE = 1e-9


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


@dataclass(frozen=True, slots=True)
class CarReach:
    """Who reaches whom: a travel model, the time it stops at, and the weight of each time."""

    model: CarTravelModel
    max_min: float
    decay: Callable[[NDArray[Any]], FloatArray]

    def halo(self, homes: Points, places: Points) -> NDArray[np.int64]:
        """The positions of the places within reach of the box that holds the homes."""
        at = homes.xyz_km
        reach_km = self.model.km(self.max_min)
        return within_box(places.xyz_km, at.min(axis=0), at.max(axis=0), reach_km=reach_km)

    def weights(self, homes: Points, places: Points) -> csr_array:
        """The weight of each pair, homes × places."""
        near = travel_from_points(homes, places, model=self.model, max_min=self.max_min)
        return csr_array((self.decay(near.minutes), near.indices, near.indptr), shape=near.shape)


@dataclass(frozen=True, slots=True, eq=False)
class TileDemand:
    """What a tile gives to the first step: weighted demand at each of its ``places``, and what it counted."""

    places: NDArray[np.int64]
    weighted_demand: FloatArray
    pairs: int
    unreached_demand: float


def tile_demand(homes: Points, need: FloatArray, places: Points, offer: FloatArray, reach: CarReach) -> TileDemand:
    """The first step on the homes of one tile, ``places`` being those of all tiles, of which it takes its halo."""
    near = reach.halo(homes, places)
    weights = reach.weights(homes, taken(places, near))
    unreached = ~_reached(weights, offer[near])
    return TileDemand(near, np.asarray(weights.T @ need), weights.nnz, float(need[unreached].sum()))


def tile_scores(
    homes: Points, places: Points, offer: FloatArray, ratios: FloatArray, reach: CarReach
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The second step on the homes of one tile: their scores, and whether any supply reaches them."""
    near = reach.halo(homes, places)
    weights = reach.weights(homes, taken(places, near))
    return np.asarray(weights @ ratios[near]), _reached(weights, offer[near])


def cut_demand(demand: Points, tile_points: int = TILE_POINTS) -> list[NDArray[np.int64]]:
    """The rising positions of the demand of each tile, in the order of tiles (see ``cut_tiles``)."""
    tiling = cut_tiles(*np.unique(buckets_of(demand), return_counts=True), tile_points=tile_points)
    order = np.argsort(tiling.tiles_of(demand), kind="stable")
    return np.split(order, np.cumsum(tiling.cells)[:-1]) if order.size else []


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
    reach, cut = CarReach(model, max_min, decay), cut_demand(homes, tile_points)
    parts = (tile_demand(taken(homes, at), need[at], places, offer, reach) for at in cut)
    weighted_demand, pairs, unreached_demand = merged(parts, offer.size)
    ratios = supply_ratios(offer, weighted_demand, "unit")
    scores, reached = np.zeros(need.size), np.zeros(need.size, dtype=np.bool_)
    for at in cut:
        scores[at], reached[at] = tile_scores(taken(homes, at), places, offer, ratios, reach)
    empty = (offer > 0) & ~(weighted_demand > 0)
    return TiledScores(
        scores,
        ratios,
        np.flatnonzero(~reached),
        unreached_demand,
        np.flatnonzero(empty),
        float(offer[empty].sum()),
        conserved(float(need @ scores), float(offer[~empty].sum())),
        pairs,
    )


def merged(parts: Iterable[TileDemand], n_supply: int) -> tuple[FloatArray, int, float]:
    """Weighted demand (n_supply), pairs and unreached demand of all tiles, added in the order they are given."""
    weighted_demand, pairs, unreached_demand = np.zeros(n_supply), 0, 0.0
    for part in parts:
        weighted_demand[part.places] += part.weighted_demand
        pairs += part.pairs
        unreached_demand += part.unreached_demand
    return weighted_demand, pairs, unreached_demand


def taken(points: Points, chosen: NDArray[np.int64]) -> Points:
    """Some of the points, in the order of ``chosen``."""
    return Points(points.longitude[chosen], points.latitude[chosen], points.inner_km[chosen])


def conserved(accessible: float, supplied: float) -> float:
    """The relative gap between what the scores add up to and the supply reached.

    Raises BrokenInvariantError where it is not nil to ``CONSERVATION_TOLERANCE``.
    """
    error = abs(accessible - supplied) / supplied if supplied > 0 else abs(accessible)
    if not error <= CONSERVATION_TOLERANCE:
        raise BrokenInvariantError(
            f"The accessible supply should add up to the supply reached within {CONSERVATION_TOLERANCE:g},"
            f" found a relative gap of {error:.2g}."
        )
    return error


def _reached(weights: csr_array, offer: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(weights @ (offer > 0).astype(np.float64)) > 0
