"""The same question under many conventions: what holds whatever is assumed, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from maillage.access.catchment import sparse
from maillage.access.decay import DecayFunction
from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError


@dataclass(frozen=True, slots=True)
class Convention:
    """One convention, by the names of what it takes: decay, factor on travel times, demand and supply."""

    decay: str
    travel_factor: float
    demand: str
    supply: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """``threshold``: a score under it is on the low side. ``memory_mb``: for the scores that are kept at one time.

    ``complete_min``: the time up to which the travel matrix holds every pair, or None where that is not known.
    """

    threshold: float
    memory_mb: float = 512.0
    complete_min: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class VariantsResult:
    """What each place of demand keeps under all the conventions, and what each convention changes.

    By place of demand: ``median`` (kept as float32), ``low`` and ``high`` score, ``share_under`` (of the conventions,
    the score being under the threshold), ``rank_low`` and ``rank_high`` (national rank from 0, least score, to 1). By
    convention, the first being the reference: ``n_under``, ``rank_correlation`` with the reference (Spearman),
    ``n_changes`` of side, and ``sides``, which ``under`` and ``changes`` read.
    """

    conventions: tuple[Convention, ...]
    threshold: float
    median: FloatArray
    low: FloatArray
    high: FloatArray
    share_under: FloatArray
    rank_low: FloatArray
    rank_high: FloatArray
    n_under: NDArray[np.int64]
    n_changes: NDArray[np.int64]
    rank_correlation: FloatArray
    sides: NDArray[np.uint8]

    def under(self, k: int) -> NDArray[np.bool_]:
        """Whether each place of demand is under the threshold by convention ``k``."""
        return np.unpackbits(self.sides[k], count=self.median.size).astype(bool)

    def changes(self, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places of demand that convention ``k`` brings under the threshold, and those that it takes out."""
        reference, other = self.under(0), self.under(k)
        return np.flatnonzero(other & ~reference), np.flatnonzero(reference & ~other)


def variants(
    travel: TravelMatrix,
    demands: Mapping[str, Any],
    supplies: Mapping[str, Any],
    decays: Sequence[DecayFunction],
    bounds: Bounds,
    travel_factors: Sequence[float] = (1.0,),
) -> VariantsResult:
    """E2SFCA scores under every decay × factor on travel times × demand × supply, in this order.

    For each decay and factor the pairs are weighed once, and one sparse product serves all demands, another all demands
    and supplies. Scores are streamed: what is kept for the medians never passes ``bounds.memory_mb``, the places of
    demand being taken in several passes where they must.

    Raises ArrayInputError on arrays that do not fit, a factor that is not positive, nothing to combine, or a decay that
    looks farther than ``bounds.complete_min`` under a factor.
    """
    need, offer = _columns(demands, travel.n_demand, "demand"), _columns(supplies, travel.n_supply, "supply")
    check_reach(travel_factors, decays, bounds.complete_min)
    named = tuple(
        Convention(w.name, f, d, s) for w in decays for f in travel_factors for d in demands for s in supplies
    )
    if not named or travel.n_demand == 0:
        raise ArrayInputError("Variants need a decay, a factor, a demand and a supply at least, and a place of demand.")
    tally = _Tally.empty(travel.n_demand, len(named), bounds.threshold)
    median = np.empty(travel.n_demand)
    rows_at_once = max(1, int(bounds.memory_mb * 2**20 / (4 * len(named))))
    for first in range(0, travel.n_demand, rows_at_once):
        rows = slice(first, min(first + rows_at_once, travel.n_demand))
        kept = np.empty((len(named), rows.stop - first), dtype=np.float32)
        for k, scores in _stream(travel, need, offer, decays, travel_factors):
            kept[k] = scores[rows]
            if first == 0:
                tally.add(k, scores)
        median[rows] = _median(kept)
    return tally.result(named, median)


def check_reach(factors: Sequence[float], decays: Sequence[DecayFunction], complete_min: float | None) -> None:
    """Raise ArrayInputError on a factor that is not positive, or that brings in pairs which the matrix lacks."""
    if not all(np.isfinite(f) and f > 0 for f in factors):
        raise ArrayInputError(f"Factors on travel times should be positive and finite, found {tuple(factors)}.")
    if complete_min is None or not decays or not len(factors):
        return
    asked = max(w.max_min for w in decays) / min(factors)
    if asked > complete_min * (1 + 1e-9):
        raise ArrayInputError(
            f"These conventions look {asked:g} minutes far, and the travel matrix is complete up to {complete_min:g}:"
            " build it farther."
        )


def _columns(named: Mapping[str, Any], length: int, what: str) -> FloatArray:
    checked = [quantities(values, name=f"{what} {name!r}", length=length) for name, values in named.items()]
    return np.column_stack(checked) if checked else np.empty((length, 0))


def _stream(
    travel: TravelMatrix,
    need: FloatArray,
    offer: FloatArray,
    decays: Sequence[DecayFunction],
    factors: Sequence[float],
) -> Iterator[tuple[int, FloatArray]]:
    """Each convention's position and scores, in order."""
    k = 0
    for decay in decays:
        for factor in factors:
            pairs = sparse(travel, decay(travel.minutes.astype(np.float64) * factor))
            weighted = np.asarray(pairs.T @ need)
            for d in range(need.shape[1]):
                below = weighted[:, d : d + 1]
                ratios = np.divide(offer, below, out=np.zeros(offer.shape), where=below > 0)
                scores = np.asarray(pairs @ ratios)
                for s in range(offer.shape[1]):
                    yield k, np.ascontiguousarray(scores[:, s])
                    k += 1


def _median(kept: NDArray[np.float32]) -> FloatArray:
    """Medians over the first axis, a few places at a time so that no copy of the whole is made."""
    found = np.empty(kept.shape[1])
    for first in range(0, kept.shape[1], 2048):
        found[first : first + 2048] = np.median(kept[:, first : first + 2048].astype(np.float64), axis=0)
    return found


@dataclass(slots=True, eq=False)
class _Tally:
    """What is counted as conventions go by."""

    threshold: float
    low: FloatArray
    high: FloatArray
    times_under: NDArray[np.int64]
    rank_low: FloatArray
    rank_high: FloatArray
    n_under: NDArray[np.int64]
    n_changes: NDArray[np.int64]
    correlation: FloatArray
    sides: NDArray[np.uint8]
    reference: FloatArray

    @classmethod
    def empty(cls, n: int, k: int, threshold: float) -> _Tally:
        """Nothing counted yet, for ``n`` places and ``k`` conventions."""
        return cls(
            threshold=threshold,
            low=np.full(n, np.inf),
            high=np.full(n, -np.inf),
            times_under=np.zeros(n, dtype=np.int64),
            rank_low=np.full(n, np.inf),
            rank_high=np.full(n, -np.inf),
            n_under=np.zeros(k, dtype=np.int64),
            n_changes=np.zeros(k, dtype=np.int64),
            correlation=np.ones(k),
            sides=np.zeros((k, (n + 7) // 8), dtype=np.uint8),
            reference=np.empty(0),
        )

    def add(self, k: int, scores: FloatArray) -> None:
        """Count one convention; the first is the reference."""
        np.minimum(self.low, scores, out=self.low)
        np.maximum(self.high, scores, out=self.high)
        under = scores < self.threshold
        self.times_under += under
        self.n_under[k], self.sides[k] = under.sum(), np.packbits(under)
        ranks = np.asarray(rankdata(scores) - 1) / max(scores.size - 1, 1)
        np.minimum(self.rank_low, ranks, out=self.rank_low)
        np.maximum(self.rank_high, ranks, out=self.rank_high)
        if k == 0:
            self.reference = ranks
            return
        self.n_changes[k] = np.bitwise_count(self.sides[k] ^ self.sides[0]).sum()
        self.correlation[k] = _correlation(ranks, self.reference)

    def result(self, named: tuple[Convention, ...], median: FloatArray) -> VariantsResult:
        """What was counted, with the medians."""
        share = self.times_under / len(named)
        return VariantsResult(
            conventions=named,
            threshold=self.threshold,
            median=median,
            low=self.low,
            high=self.high,
            share_under=share,
            rank_low=self.rank_low,
            rank_high=self.rank_high,
            n_under=self.n_under,
            n_changes=self.n_changes,
            rank_correlation=self.correlation,
            sides=self.sides,
        )


def _correlation(x: FloatArray, y: FloatArray) -> float:
    """Pearson's, NaN where one does not vary."""
    x, y = x - x.mean(), y - y.mean()
    spread = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / spread if spread > 0 else float("nan")
