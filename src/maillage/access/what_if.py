"""The scores under another supply of a few places, by an update of what these places reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from maillage.access.catchment import (
    CatchmentResult,
    conservation_error,
    sparse_rows,
    supply_ratios,
    unreached_among,
)
from maillage.access.faults import FloatArray, refuse
from maillage.errors import ArrayInputError


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """What a change of supply does: ``touched`` (places of demand, rising), their scores ``before`` and ``after``.

    ``result`` is the whole result under the new supply, equal to a new computation.
    """

    touched: NDArray[np.int64]
    before: FloatArray
    after: FloatArray
    result: CatchmentResult

    @property
    def difference(self) -> FloatArray:
        """After minus before, for the places touched; every other score stands."""
        return self.after - self.before


def what_if(result: CatchmentResult, changes: Mapping[int, float]) -> WhatIf:
    """The result when each place of supply in ``changes`` has the supply given there instead of its own.

    Only the rows of the places of demand that these places reach are summed again, in the order of a full computation:
    the scores are those that ``catchment`` would give, to the last bit. Demand and travel are unchanged.
    Raises ArrayInputError on an unknown place, a supply that is negative, NaN or infinite, and on a method whose
    weights follow the supply (Huff without a declared attraction), BrokenInvariantError as ``catchment`` does.
    """
    if result.weights.follows_supply:
        raise ArrayInputError(
            f"The weights of {result.weights.method} follow the supply that changes: declare its attraction first."
        )
    places = np.array(sorted(changes), dtype=np.int64)
    amounts = np.array([changes[int(j)] for j in places], dtype=np.float64)
    _check(places, amounts, result.travel.n_supply)
    offer = result.supply.copy()
    offer[places] = amounts
    ratios = supply_ratios(offer, result.weighted_demand, result.weights.accounts)
    touched = _reaching(result, places)
    scores, weights = result.scores.copy(), result.weights
    after = np.asarray(sparse_rows(result.travel, touched, weights.to_demand) @ ratios)
    scores[touched] = after
    empty = result.weighted_demand <= 0
    silent = unreached_among(touched[after == 0], result.travel, weights.to_place, offer)
    unreached = np.union1d(np.setdiff1d(result.unreached, touched), silent)
    updated = replace(
        result,
        scores=scores,
        ratios=ratios,
        supply=offer,
        unreached=unreached,
        unreached_demand=float(result.demand[unreached].sum()),
        empty_places=np.flatnonzero((offer > 0) & empty),
        empty_supply=float(offer[empty].sum()),
        conservation_error=conservation_error(scores, result.demand, float(offer[~empty].sum()), weights.accounts),
    )
    return WhatIf(touched, result.scores[touched], after, updated)


def _check(places: NDArray[np.int64], amounts: FloatArray, n_supply: int) -> None:
    unknown = (places < 0) | (places >= n_supply)
    refuse(unknown, lambda k: f"place {places[k]}", expected=f"Places of supply go from 0 to {n_supply - 1}")
    faulty = ~(np.isfinite(amounts) & (amounts >= 0))
    expected = "A new supply should be finite and not negative"
    refuse(faulty, lambda k: f"{amounts[k]:g} at place {places[k]}", expected=expected)


def _reaching(result: CatchmentResult, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of demand that have a pair with one of ``places``."""
    limits, rows = result.by_place
    reaching = [rows[limits[j] : limits[j + 1]] for j in places]
    return np.unique(np.concatenate(reaching)).astype(np.int64) if reaching else np.empty(0, dtype=np.int64)
