"""How sure a score is: seeded draws over what supply, travel and demand are not known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maillage.access.catchment import sparse
from maillage.access.decay import DecayFunction
from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.access.variants import check_reach
from maillage.errors import ArrayInputError


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Coefficients of variation: ``supply`` and ``demand`` of each place by itself, ``travel`` of all times at once.

    Amounts are multiplied by log-normal factors of mean 1, independent between places; times by one such factor a draw,
    kept within ``travel_within``, since an error of speed is shared by all trips. Each value is an assumption of
    whoever declares it. Raises ArrayInputError on a negative coefficient or limits that do not enclose 1.
    """

    supply: float = 0.0
    travel: float = 0.0
    demand: float = 0.0
    travel_within: tuple[float, float] = (0.7, 1.4)

    def __post_init__(self) -> None:
        given = (self.supply, self.travel, self.demand)
        if not all(np.isfinite(v) and v >= 0 for v in given):
            raise ArrayInputError(f"Coefficients of variation should be finite and not negative, found {given}.")
        if not 0 < self.travel_within[0] <= 1 <= self.travel_within[1] < np.inf:
            raise ArrayInputError(f"Factors on travel times should lie around 1, found {self.travel_within}.")


@dataclass(frozen=True, slots=True)
class Draws:
    """``n`` draws from ``seed``; ``level`` of the intervals; ``threshold`` under which a place is in the zone.

    ``complete_min``: the time up to which the travel matrix holds every pair, or None where that is not known.
    """

    n: int
    seed: int
    threshold: float
    level: float = 0.95
    complete_min: float | None = None

    def __post_init__(self) -> None:
        if self.n < 2 or not 0 < self.level < 1:
            raise ArrayInputError(
                f"Two draws and a level within 0 and 1 are needed, found {self.n} and {self.level:g}."
            )


@dataclass(frozen=True, slots=True, eq=False)
class UncertainResult:
    """By place of demand: ``median``, ``low`` and ``high`` (the interval), ``zone_share`` (of draws in the zone).

    ``zone_size`` is the interval (low, median, high) of the demand in the zone, as declared and without its own draws.
    """

    median: FloatArray
    low: FloatArray
    high: FloatArray
    zone_share: FloatArray
    zone_size: tuple[float, float, float]


def uncertain_scores(
    travel: TravelMatrix, amounts: tuple[Any, Any], decay: DecayFunction, unsure: Uncertainty, draws: Draws
) -> UncertainResult:
    """E2SFCA scores under seeded draws; ``amounts`` are the demand and the supply.

    The same seed gives the same draws, and the draws of supply do not depend on whether travel or demand vary too.
    Memory: 4 bytes a place of demand and a draw. Raises ArrayInputError on arrays that do not fit, and where slower
    or faster draws need pairs beyond ``draws.complete_min``.
    """
    need = quantities(amounts[0], name="demand", length=travel.n_demand)
    offer = quantities(amounts[1], name="supply", length=travel.n_supply)
    fastest = unsure.travel_within[0] if unsure.travel > 0 else 1.0
    check_reach((fastest,), (decay,), draws.complete_min)
    of_supply, of_travel, of_demand = (np.random.default_rng(s) for s in np.random.SeedSequence(draws.seed).spawn(3))
    minutes = travel.minutes.astype(np.float64)
    pairs = sparse(travel, decay(minutes))
    kept, sizes = np.empty((draws.n, travel.n_demand), dtype=np.float32), np.empty(draws.n)
    for k in range(draws.n):
        if unsure.travel > 0:
            factor = np.clip(_factors(of_travel, unsure.travel, 1)[0], *unsure.travel_within)
            pairs = sparse(travel, decay(minutes * factor))
        asked = need * _factors(of_demand, unsure.demand, need.size)
        given = offer * _factors(of_supply, unsure.supply, offer.size)
        below = np.asarray(pairs.T @ asked)
        ratios = np.divide(given, below, out=np.zeros(offer.size), where=below > 0)
        scores = np.asarray(pairs @ ratios)
        kept[k], sizes[k] = scores, need[scores < draws.threshold].sum()
    tails = ((1 - draws.level) / 2, 0.5, (1 + draws.level) / 2)
    low, median, high = _quantiles(kept, tails)
    size = np.quantile(sizes, tails)
    zone_share = (kept < draws.threshold).mean(axis=0)
    return UncertainResult(median, low, high, zone_share, (float(size[0]), float(size[1]), float(size[2])))


def _factors(numbers: np.random.Generator, variation: float, size: int) -> FloatArray:
    """Log-normal factors of mean 1 and of that coefficient of variation."""
    if variation == 0:
        return np.ones(size)
    spread = np.sqrt(np.log1p(variation**2))
    return numbers.lognormal(-(spread**2) / 2, spread, size)


def _quantiles(kept: Any, levels: tuple[float, float, float]) -> FloatArray:
    """Quantiles over the first axis, a few places at a time so that no copy of the whole is made."""
    found = np.empty((3, kept.shape[1]))
    for first in range(0, kept.shape[1], 2048):
        block = kept[:, first : first + 2048].astype(np.float64)
        found[:, first : first + 2048] = np.quantile(block, levels, axis=0)
    return found
