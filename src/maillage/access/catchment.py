"""The two steps of a floating catchment area, and the invariant that they keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.access.decay import DecayFunction
from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.errors import BrokenInvariantError

CONSERVATION_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CatchmentResult:
    """Scores and what there is to know about them.

    ``scores`` (n_demand): supply accessible to one unit of demand. ``ratios`` (n_supply): supply of a place over the
    weighted demand of its catchment. ``unreached``: places of demand that no supply reaches, whose score is 0, and
    ``unreached_demand`` their total. ``empty_places``: places with supply whose catchment has no demand, whose ratio
    is 0, and ``empty_supply`` their total. ``conservation_error``: |Σ demand × score − Σ supply| / Σ supply over the
    places that have a catchment.
    """

    scores: FloatArray
    ratios: FloatArray
    unreached: NDArray[np.int64]
    unreached_demand: float
    empty_places: NDArray[np.int64]
    empty_supply: float
    conservation_error: float


def catchment(travel: TravelMatrix, demand: Any, supply: Any, decay: DecayFunction) -> CatchmentResult:
    """Enhanced two-step floating catchment area scores.

    Step 1, at each place of supply: R_j = S_j / Σ_i w(t_ij) D_i. Step 2, at each place of demand: A_i = Σ_j w(t_ij) R_j
    (Luo and Qi 2009, doi:10.1016/j.healthplace.2009.06.002; used for the APL by Barlet et al. 2012). ``demand`` has
    n_demand entries, ``supply`` n_supply; sums are made in float64.

    Raises ArrayInputError on arrays that do not fit or hold NaN, infinite or negative values, BrokenInvariantError
    when the accessible supply does not add up to the supply reached.
    """
    need = quantities(demand, name="demand", length=travel.n_demand)
    offer = quantities(supply, name="supply", length=travel.n_supply)
    weights = csr_array((decay(travel.minutes), travel.indices, travel.indptr), shape=travel.shape)
    weighted_demand = np.asarray(weights.T @ need)
    served = weighted_demand > 0
    ratios = np.divide(offer, weighted_demand, out=np.zeros(travel.n_supply), where=served)
    scores = np.asarray(weights @ ratios)
    # A place of tiny weighted demand may divide to infinity: the invariant below refuses it.
    reached = np.asarray(weights @ (offer > 0).astype(np.float64)) > 0
    error = _conservation_error(float(need @ scores), float(offer[served].sum()))
    if not error <= CONSERVATION_TOLERANCE:
        raise BrokenInvariantError(
            f"The accessible supply should add up to the supply reached within {CONSERVATION_TOLERANCE:g},"
            f" found a relative gap of {error:.2g}."
        )
    return CatchmentResult(
        scores=scores,
        ratios=ratios,
        unreached=np.flatnonzero(~reached),
        unreached_demand=float(need[~reached].sum()),
        empty_places=np.flatnonzero((offer > 0) & ~served),
        empty_supply=float(offer[~served].sum()),
        conservation_error=error,
    )


def _conservation_error(accessible: float, supplied: float) -> float:
    return abs(accessible - supplied) / supplied if supplied > 0 else abs(accessible)
