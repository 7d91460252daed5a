"""The two steps of a floating catchment area, and the invariant that they keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.access.audit import Contributions, in_words
from maillage.access.decay import DecayFunction
from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError, BrokenInvariantError
from maillage.text import Text

CONSERVATION_TOLERANCE = 1e-9
Accounts = Literal["unit", "total", "lossy", "unshared"]


@dataclass(frozen=True, slots=True, eq=False)
class PairWeights:
    """What a method asks of each pair, in the order of the travel matrix.

    ``to_place`` (u): the weight of a demand at a place, in R_j = S_j / Σ_i u_ij D_i. ``to_demand`` (v): the weight of a
    place at a demand, in A_i = Σ_j v_ij R_j. ``accounts`` says what the scores add up to: ``unit``, Σ_i D_i A_i is
    the supply reached; ``total``, Σ_i A_i is (the scores already hold D_i); ``lossy``, neither; ``unshared``, nothing
    is shared out and R_j = S_j. ``follows_supply``: the weights themselves were made from the supply.
    """

    method: str
    to_place: FloatArray
    to_demand: FloatArray
    accounts: Accounts = "unit"
    follows_supply: bool = False


@dataclass(frozen=True, eq=False)  # no slots: the pairs by place are found once, when first asked for
class CatchmentResult:
    """Scores and what there is to know about them.

    ``scores`` (n_demand): supply accessible to one unit of demand. ``ratios`` (n_supply): supply of a place over the
    weighted demand of its catchment (``weighted_demand``). ``unreached``: places of demand that no supply reaches,
    whose score is 0, and ``unreached_demand`` their total. ``empty_places``: places with supply whose catchment has no
    demand, whose ratio is 0, and ``empty_supply`` their total. ``conservation_error``: |Σ demand × score − Σ supply| /
    Σ supply over the places that have a catchment; nil for a method that conserves, the share lost or counted
    twice for another, NaN where the method shares no supply out (gravity). ``travel``, ``demand``, ``supply`` and
    ``weights`` are what the scores were made from.
    """

    scores: FloatArray
    ratios: FloatArray
    unreached: NDArray[np.int64]
    unreached_demand: float
    empty_places: NDArray[np.int64]
    empty_supply: float
    conservation_error: float
    weighted_demand: FloatArray
    travel: TravelMatrix
    demand: FloatArray
    supply: FloatArray
    weights: PairWeights

    @cached_property
    def by_place(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The places of demand of each place of supply: row limits (n_supply + 1), and the places in their order."""
        turned = sparse(self.travel, self.weights.to_demand).tocsc()
        return turned.indptr, turned.indices

    def contributions(self, i: int) -> Contributions:
        """The places that feed the score of place of demand ``i``, greatest contribution first.

        Their contributions add up to the score. Raises ArrayInputError on a place that does not exist.
        """
        if not 0 <= i < self.travel.n_demand:
            raise ArrayInputError(f"Places of demand go from 0 to {self.travel.n_demand - 1}, found {i}.")
        row = slice(self.travel.indptr[i], self.travel.indptr[i + 1])
        places, weight = self.travel.indices[row], self.weights.to_demand[row]
        given = weight * self.ratios[places]
        order = np.lexsort((places, -given))
        order = order[given[order] > 0]
        places = places[order]
        return Contributions(
            score=float(self.scores[i]),
            places=places,
            minutes=self.travel.minutes[row][order].astype(np.float64),
            weight=weight[order],
            ratio=self.ratios[places],
            contribution=given[order],
            supply=self.supply[places],
            weighted_demand=self.weighted_demand[places],
        )

    def explain(self, i: int, names: Sequence[str] | None = None) -> Text:
        """The score of place of demand ``i`` in words, ``names`` being those of the places of supply."""
        return in_words(self.contributions(i), names)


def catchment(travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction) -> CatchmentResult:
    """Enhanced two-step floating catchment area scores.

    Step 1, at each place of supply: R_j = S_j / Σ_i w(t_ij) D_i. Step 2, at each place of demand: A_i = Σ_j w(t_ij) R_j
    (Luo and Qi 2009, doi:10.1016/j.healthplace.2009.06.002; used for the APL by Barlet et al. 2012). With a binary
    decay this is the first 2SFCA (Luo and Wang 2003, doi:10.1068/b29120); with a kernel, the kernel-density 2SFCA (Dai
    and Wang 2011, doi:10.1068/b36149). ``demand`` has n_demand entries, ``supply`` n_supply; sums are made in float64.

    Raises ArrayInputError on arrays that do not fit or hold NaN, infinite or negative values, BrokenInvariantError
    when the accessible supply does not add up to the supply reached.
    """
    weights = decay(travel.minutes)
    return floating(travel, demand, supply, PairWeights("e2sfca", weights, weights))


def floating(travel: TravelMatrix, demand: Any, supply: Any, weights: PairWeights) -> CatchmentResult:
    """The two steps under the pair weights of any method; raises as ``catchment`` does."""
    need = quantities(demand, name="demand", length=travel.n_demand)
    offer = quantities(supply, name="supply", length=travel.n_supply)
    scores, ratios, weighted_demand, error = two_steps(travel, weights, need, offer)
    unreached = unreached_among(np.flatnonzero(scores == 0), travel, weights.to_place, offer)
    return CatchmentResult(
        scores=scores,
        ratios=ratios,
        unreached=unreached,
        unreached_demand=float(need[unreached].sum()),
        empty_places=np.flatnonzero((offer > 0) & (weighted_demand <= 0)),
        empty_supply=float(offer[weighted_demand <= 0].sum()),
        conservation_error=error,
        weighted_demand=weighted_demand,
        travel=travel,
        demand=need,
        supply=offer,
        weights=weights,
    )


def two_steps(
    travel: TravelMatrix, weights: PairWeights, need: FloatArray, offer: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Scores, ratios, weighted demand and conservation error of checked quantities."""
    weighted_demand = np.asarray(sparse(travel, weights.to_place).T @ need)
    ratios = supply_ratios(offer, weighted_demand, weights.accounts)
    scores = np.asarray(sparse(travel, weights.to_demand) @ ratios)
    error = conservation_error(scores, need, float(offer[weighted_demand > 0].sum()), weights.accounts)
    return scores, ratios, weighted_demand, error


def sparse(travel: TravelMatrix, values: FloatArray) -> csr_array:
    """One value a pair as a sparse matrix, demand × supply."""
    return csr_array((values, travel.indices, travel.indptr), shape=travel.shape)


def sparse_rows(travel: TravelMatrix, rows: NDArray[np.int64], values: FloatArray) -> csr_array:
    """Some rows of ``sparse``, without walking the others."""
    first, sizes = travel.indptr[rows], travel.indptr[rows + 1] - travel.indptr[rows]
    limits = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    pairs = np.repeat(first - limits[:-1], sizes) + np.arange(limits[-1])
    return csr_array((values[pairs], travel.indices[pairs], limits), shape=(rows.size, travel.n_supply))


def unreached_among(
    rows: NDArray[np.int64], travel: TravelMatrix, weights: FloatArray, offer: FloatArray
) -> NDArray[np.int64]:
    """Those of ``rows``, which should score 0, that have no place with supply among their pairs of positive weight."""
    pairs = sparse_rows(travel, rows, weights)
    pairs.data = (pairs.data > 0).astype(np.float64)
    return np.asarray(rows[np.asarray(pairs @ (offer > 0).astype(np.float64)) == 0])


def supply_ratios(offer: FloatArray, weighted_demand: FloatArray, accounts: Accounts) -> FloatArray:
    """Supply over weighted demand, 0 where there is no demand; the supply itself where nothing is shared out.

    Several supplies may stand as columns, the weighted demand then being one column.
    """
    if accounts == "unshared":
        return offer
    # A place of tiny weighted demand may divide to infinity: the check of the result refuses it.
    with np.errstate(over="ignore"):
        return np.divide(offer, weighted_demand, out=np.zeros(offer.shape), where=weighted_demand > 0)


def conservation_error(scores: FloatArray, need: FloatArray, supplied: float, accounts: Accounts) -> float:
    """The relative gap between what scores add up to and the supply reached.

    Raises BrokenInvariantError on a score that is not finite, and on a gap where the method must leave none.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        # Not `need @ scores`: BLAS shares it out between threads, whose number would show in the last digits.
        accessible = float((scores if accounts == "total" else need * scores).sum())
    error = abs(accessible - supplied) / supplied if supplied > 0 else abs(accessible)
    if not np.isfinite(scores).all() or (accounts in ("unit", "total") and not error <= CONSERVATION_TOLERANCE):
        raise BrokenInvariantError(
            f"The accessible supply should add up to the supply reached within {CONSERVATION_TOLERANCE:g},"
            f" found a relative gap of {error:.2g}."
        )
    return float("nan") if accounts == "unshared" else error
