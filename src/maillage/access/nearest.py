"""Minutes to the nearest places that have supply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError


@dataclass(frozen=True, slots=True, eq=False)
class NearestResult:
    """``minutes`` (n_demand × k): to the nearest place with supply, the second …, NaN where there are not so many.

    ``unreached``: places of demand without any, and ``unreached_demand`` their total.
    """

    minutes: FloatArray
    unreached: NDArray[np.int64]
    unreached_demand: float


def nearest_k(travel: TravelMatrix, demand: Any, supply: Any, *, k: int = 1) -> NearestResult:
    """Minutes to the ``k`` nearest places that have supply, among the pairs of the matrix.

    Raises ArrayInputError when ``k`` is not positive or the arrays do not fit.
    """
    if k < 1:
        raise ArrayInputError(f"The number of nearest places should be at least 1, found {k}.")
    need = quantities(demand, name="demand", length=travel.n_demand)
    offer = quantities(supply, name="supply", length=travel.n_supply)
    usable = offer[travel.indices] > 0
    rows, minutes = travel.rows[usable], travel.minutes[usable]
    order = np.lexsort((minutes, rows))
    rows, minutes = rows[order], minutes[order]
    before = np.searchsorted(rows, np.arange(travel.n_demand))
    rank = np.arange(rows.size) - before[rows]
    found = np.full((travel.n_demand, k), np.nan)
    kept = rank < k
    found[rows[kept], rank[kept]] = minutes[kept]
    alone = np.isnan(found[:, 0])
    return NearestResult(found, np.flatnonzero(alone), float(need[alone].sum()))
