"""The family of catchment methods, each as the two weights that it gives to a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from maillage.access.catchment import CatchmentResult, PairWeights, floating, sparse
from maillage.access.decay import Closed, DecayFunction, binary
from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError


def two_step(
    travel: TravelMatrix, demand: Any, supply: Any, *, max_min: float, closed: Closed = "right"
) -> CatchmentResult:
    """2SFCA with one limit in minutes (Luo and Wang 2003, doi:10.1068/b29120); raises as ``catchment``."""
    weights = binary(max_min, closed=closed)(travel.minutes)
    return floating(travel, demand, supply, PairWeights("2sfca", weights, weights))


def three_step(
    travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction, *, choice: DecayFunction | None = None
) -> CatchmentResult:
    """3SFCA: each demand first shares itself among the places, G_ij = g(t_ij) / Σ_k g(t_ik).

    R_j = S_j / Σ_i G_ij w_ij D_i, A_i = Σ_j G_ij w_ij R_j (Wan, Zou and Sternberg 2012,
    doi:10.1080/13658816.2011.624987). ``choice`` is g, the decay w itself unless given; PySAL lets places beyond the
    limit of the catchment take their share, which is a ``choice`` without that limit. Raises as ``catchment`` does.
    """
    weights = decay(travel.minutes)
    chosen = weights if choice is None else choice(travel.minutes)
    return floating(travel, demand, supply, _three_step(travel, weights, chosen))


def huff_three_step(
    travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction, *, attraction: Any = None
) -> CatchmentResult:
    """Modified Huff 3SFCA: places attract by their size and nearness, and demand counts once wherever it goes.

    H_ij = a_j w_ij / Σ_k a_k w_ik, R_j = S_j / Σ_i H_ij D_i, A_i = Σ_j H_ij w_ij R_j (Jörg, Lenz, Wetz and Widmer
    2019, Obsan report 01/2019). ``attraction`` (a, n_supply) is the supply unless given. Supply is not
    conserved: a distant place serves less than it holds. Raises as ``catchment`` does.
    """
    weights = decay(travel.minutes)
    huff = _huff(travel, weights, supply if attraction is None else attraction)
    return floating(travel, demand, supply, PairWeights("mh3sfca", huff, huff * weights, "lossy", attraction is None))


def huff_shared(
    travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction, *, attraction: Any = None
) -> CatchmentResult:
    """Three steps with Huff probabilities alone: R_j = S_j / Σ_i H_ij D_i, A_i = Σ_j H_ij R_j.

    H_ij as in ``huff_three_step``; each unit of demand is counted once in all (Luo 2014,
    doi:10.1111/tgis.12096, without its outer decay; this is the form of the package aceso).
    """
    huff = _huff(travel, decay(travel.minutes), supply if attraction is None else attraction)
    return floating(travel, demand, supply, PairWeights("huff 3sfca", huff, huff, "unit", attraction is None))


def modified(travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction) -> CatchmentResult:
    """M2SFCA: distance counts once more in the second step, A_i = Σ_j w_ij² S_j / Σ_k w_kj D_k.

    Delamater (2013), doi:10.1016/j.healthplace.2013.07.012. Supply is lost where the population lies apart from it:
    ``conservation_error`` is the share lost. Raises as ``catchment`` does.
    """
    return floating(travel, demand, supply, pair_weights("m2sfca", travel, decay(travel.minutes)))


def balanced(travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction) -> CatchmentResult:
    """BFCA: weights are normalised so that neither demand nor the level of service is counted twice.

    R_j = S_j / Σ_i D_i w_ij / Σ_k w_ik, A_i = Σ_j R_j w_ij / Σ_k w_kj (Paez, Higgins and Vivona 2019,
    doi:10.1371/journal.pone.0218773). What is kept is Σ_i A_i = Σ_j R_j, and the demand shared out equals the demand
    that reaches a place; Σ_i D_i A_i is not the supply. Raises as ``catchment`` does.
    """
    return floating(travel, demand, supply, pair_weights("bfca", travel, decay(travel.minutes)))


def spatial_availability(travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction) -> CatchmentResult:
    """The supply that each place of demand obtains, V_i = Σ_j S_j D_i w_ij / Σ_k D_k w_kj, as a total of the place.

    Soukhov, Paez, Higgins and Mohamed (2023), doi:10.1371/journal.pone.0278468: the product of their two balancing
    factors. Σ_i V_i = Σ_j S_j over the places that have a catchment; V_i / D_i is the score of ``catchment``.
    """
    need = quantities(demand, name="demand", length=travel.n_demand)
    weights = decay(travel.minutes)
    mine = weights * need[travel.rows]
    return floating(travel, need, supply, PairWeights("spatial availability", weights, mine, "total"))


def gravity(travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction) -> CatchmentResult:
    """The supply within reach, weighted, without competition: A_i = Σ_j w(t_ij) S_j (Hansen 1959).

    Doi:10.1080/01944365908978307. ``demand`` only serves to tell how much of it is unreached; nothing is shared out, so
    there is no conservation to check. Raises as ``catchment`` does.
    """
    return floating(travel, demand, supply, pair_weights("gravity", travel, decay(travel.minutes)))


def cumulative_opportunities(
    travel: TravelMatrix, demand: Any, supply: Any, *, max_min: float, closed: Closed = "right"
) -> CatchmentResult:
    """The supply within ``max_min``, which counts unless ``closed`` is ``left``; otherwise as ``gravity``."""
    weights = binary(max_min, closed=closed)(travel.minutes)
    return floating(travel, demand, supply, PairWeights("cumulative opportunities", weights, weights, "unshared"))


def pair_weights(method: str, travel: TravelMatrix, weights: FloatArray) -> PairWeights:
    """The pair weights of a method that needs the decay weights of the pairs alone, one of ``FROM_DECAY``.

    Any two-step method is there, 2SFCA and kernel density being ``e2sfca`` with their decay; not Huff's, whose weights
    follow the supply, nor spatial availability, whose follow the demand. Raises ArrayInputError on another name.
    """
    if method not in FROM_DECAY:
        raise ArrayInputError(
            f"A method whose weights follow from the decay alone was expected, among {', '.join(FROM_DECAY)}:"
            f" found {method!r}."
        )
    return FROM_DECAY[method](travel, weights)


FROM_DECAY: Mapping[str, Callable[[TravelMatrix, FloatArray], PairWeights]] = {
    "e2sfca": lambda _, w: PairWeights("e2sfca", w, w),
    "3sfca": lambda travel, w: _three_step(travel, w, w),
    "m2sfca": lambda _, w: PairWeights("m2sfca", w, w**2, "lossy"),
    "bfca": lambda travel, w: PairWeights("bfca", _row_shares(travel, w), _column_shares(travel, w), "lossy"),
    "gravity": lambda _, w: PairWeights("gravity", w, w, "unshared"),
}


def _three_step(travel: TravelMatrix, weights: FloatArray, choice: FloatArray) -> PairWeights:
    shares = _row_shares(travel, choice) * weights
    return PairWeights("3sfca", shares, shares)


def _huff(travel: TravelMatrix, weights: FloatArray, attraction: Any) -> FloatArray:
    pull = quantities(attraction, name="attraction", length=travel.n_supply)
    return _row_shares(travel, weights * pull[travel.indices])


def _row_shares(travel: TravelMatrix, weights: FloatArray) -> FloatArray:
    """Each pair's part of the total of its place of demand, 0 where that is nil."""
    total = np.asarray(sparse(travel, weights) @ np.ones(travel.n_supply))[travel.rows]
    return _parts(weights, total)


def _column_shares(travel: TravelMatrix, weights: FloatArray) -> FloatArray:
    """Each pair's part of the total of its place of supply, 0 where that is nil."""
    total = np.asarray(sparse(travel, weights).T @ np.ones(travel.n_demand))[travel.indices]
    return _parts(weights, total)


def _parts(weights: FloatArray, total: FloatArray) -> FloatArray:
    parts: FloatArray = np.divide(weights, total, out=np.zeros(weights.size), where=total > 0)
    return parts
