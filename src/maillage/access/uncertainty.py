"""How sure a score is: seeded draws over what supply, travel and demand are not known exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.access.catchment import two_steps
from maillage.access.decay import DecayFunction
from maillage.access.faults import FloatArray, quantities
from maillage.access.methods import pair_weights
from maillage.access.streams import quantiles_by_place
from maillage.access.travel import TravelMatrix
from maillage.access.variants import check_reach
from maillage.errors import ArrayInputError


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """Coefficients of variation: ``supply`` and ``demand`` of each place by itself, ``travel`` of all times at once.

    Amounts are multiplied by log-normal factors of mean 1, independent between places; times by one such factor a draw,
    kept within ``travel_within``, since an error of speed is shared by all trips. ``supply`` and ``demand`` are one
    value for all places or one a place: where each of n doctors varies by c, a place varies by c / √n. Each value
    is an assumption of whoever declares it. Raises ArrayInputError on a negative coefficient or limits that do not
    enclose 1.
    """

    supply: Any = 0.0
    travel: float = 0.0
    demand: Any = 0.0
    travel_within: tuple[float, float] = (0.7, 1.4)

    def __post_init__(self) -> None:
        for name in ("supply", "travel", "demand"):
            quantities(np.ravel(getattr(self, name)), name=f"coefficient of variation of {name}")
        if not 0 < self.travel_within[0] <= 1 <= self.travel_within[1] < np.inf:
            raise ArrayInputError(f"Factors on travel times should lie around 1, found {self.travel_within}.")


@dataclass(frozen=True, slots=True)
class Draws:
    """``n`` draws from ``seed``; ``level`` of the intervals; ``thresholds``: under each of them lies a zone.

    ``memory_mb``: for the scores that are kept at one time; where n × places × 4 bytes do not fit, the same draws are
    made again for the next places. ``complete_min``: the time up to which the travel matrix holds every pair, or None
    where that is not known.
    """

    n: int
    seed: int
    thresholds: tuple[float, ...]
    level: float = 0.95
    memory_mb: float = 512.0
    complete_min: float | None = None

    def __post_init__(self) -> None:
        if self.n < 2 or not 0 < self.level < 1:
            raise ArrayInputError(
                f"Two draws and a level within 0 and 1 are needed, found {self.n} and {self.level:g}."
            )
        quantities(self.thresholds, name="thresholds of draws")


@dataclass(frozen=True, slots=True, eq=False)
class UncertainResult:
    """What the draws say of each place of demand and of each zone, in the order of ``thresholds``.

    By place: ``median``, ``low`` and ``high``, the interval of the score at ``level``. By threshold and place:
    ``zone_share``, the probability of a score under the threshold (share of the ``n`` draws, itself known to
    1.96 √(p (1 − p) / n)). By threshold: ``zone_size``, the interval (low, median, high) of the demand in the zone, as
    declared and without its own draws. ``unreached``: places of demand that score 0 in every draw, and their total as
    declared. ``conservation_error``: the greatest of the draws, as in ``catchment``.
    """

    thresholds: tuple[float, ...]
    level: float
    median: FloatArray
    low: FloatArray
    high: FloatArray
    zone_share: FloatArray
    zone_size: FloatArray
    unreached: NDArray[np.int64]
    unreached_demand: float
    conservation_error: float

    def membership(self, k: int = 0) -> NDArray[np.int8]:
        """What the interval of each place says of zone ``k``: 1 in it, −1 out of it, 0 where it holds the threshold."""
        within, without = self.high < self.thresholds[k], self.low >= self.thresholds[k]
        return within.astype(np.int8) - without.astype(np.int8)


def uncertain_scores(
    travel: TravelMatrix,
    amounts: tuple[Any, Any],
    decay: DecayFunction,
    unsure: Uncertainty,
    draws: Draws,
    method: str = "e2sfca",
) -> UncertainResult:
    """Scores under seeded draws; ``amounts`` are the demand and the supply, ``method`` one of those of ``variants``.

    The same seed gives the same draws, whatever memory is given, and the draws of supply do not depend on whether
    travel or demand vary too. Raises ArrayInputError on arrays that do not fit, another method, and where faster
    draws need pairs beyond ``draws.complete_min``, BrokenInvariantError as ``catchment`` does.
    """
    need = quantities(amounts[0], name="demand", length=travel.n_demand)
    offer = quantities(amounts[1], name="supply", length=travel.n_supply)
    fastest = unsure.travel_within[0] if unsure.travel > 0 else 1.0
    check_reach((fastest,), (decay,), draws.complete_min)
    tally = _Tally.empty(need, draws)
    tails = ((1 - draws.level) / 2, 0.5, (1 + draws.level) / 2)
    low, median, high = quantiles_by_place(
        lambda: _stream(travel, (need, offer), (decay, method), unsure, draws),
        (draws.n, need.size),
        tails,
        memory_mb=draws.memory_mb,
        seen=tally.add,
    )
    return UncertainResult(
        draws.thresholds,
        draws.level,
        median,
        low,
        high,
        zone_share=tally.times_under / draws.n,
        zone_size=np.quantile(tally.sizes, tails, axis=0).T,
        unreached=np.flatnonzero(~tally.served),
        unreached_demand=float(need[~tally.served].sum()),
        conservation_error=float(tally.errors.max()),
    )


@dataclass(slots=True, eq=False)
class _Tally:
    """What is counted as draws go by."""

    need: FloatArray
    limits: FloatArray
    times_under: NDArray[np.int64]
    sizes: FloatArray
    served: NDArray[np.bool_]
    errors: FloatArray

    @classmethod
    def empty(cls, need: FloatArray, draws: Draws) -> _Tally:
        """Nothing counted yet."""
        limits = np.array(draws.thresholds, dtype=np.float64)
        times_under = np.zeros((limits.size, need.size), dtype=np.int64)
        sizes, served = np.zeros((draws.n, limits.size)), np.zeros(need.size, dtype=np.bool_)
        return cls(need, limits, times_under, sizes, served, np.zeros(draws.n))

    def add(self, k: int, scores: FloatArray, error: float) -> None:
        """Count one draw."""
        under = scores < self.limits[:, None]
        self.times_under += under
        self.sizes[k] = np.where(under, self.need, 0.0).sum(axis=1)
        self.served |= scores > 0
        self.errors[k] = error


def _stream(
    travel: TravelMatrix,
    amounts: tuple[FloatArray, FloatArray],
    convention: tuple[DecayFunction, str],
    unsure: Uncertainty,
    draws: Draws,
) -> Iterator[tuple[FloatArray, float]]:
    """The scores and the conservation error of each draw, in order."""
    (need, offer), (decay, method) = amounts, convention
    of_supply, of_travel, of_demand = (np.random.default_rng(s) for s in np.random.SeedSequence(draws.seed).spawn(3))
    weights = pair_weights(method, travel, decay(travel.minutes))
    for _ in range(draws.n):
        if unsure.travel > 0:
            factor = np.clip(_factors(of_travel, unsure.travel, 1, "travel")[0], *unsure.travel_within)
            weights = pair_weights(method, travel, decay(travel.minutes.astype(np.float64) * factor))
        asked = need * _factors(of_demand, unsure.demand, need.size, "demand")
        given = offer * _factors(of_supply, unsure.supply, offer.size, "supply")
        scores, _, _, error = two_steps(travel, weights, asked, given)
        yield scores, error


def _factors(numbers: np.random.Generator, variation: Any, size: int, name: str) -> FloatArray:
    """Log-normal factors of mean 1 and of that coefficient of variation, one for all or one each."""
    each = np.asarray(variation, dtype=np.float64)
    if each.ndim:
        quantities(each, name=f"coefficient of variation of {name}", length=size)
    if not each.any():
        return np.ones(size)
    spread = np.sqrt(np.log1p(each**2))
    return numbers.lognormal(-(spread**2) / 2, spread, size)
