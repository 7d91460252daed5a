"""The same question under many conventions: what holds whatever is assumed, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.access.catchment import conservation_error, sparse, supply_ratios
from maillage.access.decay import DecayFunction
from maillage.access.faults import FloatArray, quantities
from maillage.access.methods import pair_weights
from maillage.access.streams import quantiles_by_place
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError


@dataclass(frozen=True, slots=True)
class Convention:
    """One convention, by the names of what it takes: decay, factor on travel times, demand, supply and method."""

    decay: str
    travel_factor: float
    demand: str
    supply: str
    method: str = "e2sfca"


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
    ``n_changes`` of side, ``conservation_error`` as in ``catchment``; ``under`` and ``changes`` read ``sides``.
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
    conservation_error: FloatArray

    @property
    def unreached(self) -> NDArray[np.int64]:
        """The places of demand that score 0 by every convention."""
        return np.flatnonzero(self.high == 0)

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
    methods: Sequence[str] = ("e2sfca",),
) -> VariantsResult:
    """Scores under every decay × factor on travel times × method × demand × supply, in this order.

    ``methods`` are among ``e2sfca`` (2SFCA with a binary decay, kernel density with a kernel), ``3sfca``, ``m2sfca``,
    ``bfca`` and ``gravity``: those whose pair weights follow from the decay alone. Huff's follow the supply and
    spatial availability's the demand, so that they are not batched here. For each decay, factor and method the
    pairs are weighed once; one sparse product serves all demands, another all demands and supplies. Scores are
    streamed: what is kept for the medians never passes ``bounds.memory_mb``, the places of demand being taken
    in several passes where they must.

    Raises ArrayInputError on arrays that do not fit, a factor that is not positive, nothing to combine, a method that
    is not one of these, gravity among methods that share supply out (its scores have another unit), or a decay that
    looks farther than ``bounds.complete_min`` under a factor; BrokenInvariantError as ``catchment`` does.
    """
    need, offer = _columns(demands, travel.n_demand, "demand"), _columns(supplies, travel.n_supply, "supply")
    check_reach(travel_factors, decays, bounds.complete_min)
    if "gravity" in methods and set(methods) != {"gravity"}:
        raise ArrayInputError("Gravity adds up supply where the other methods share it out: ask for it by itself.")
    asked = [(w, f, m) for w in decays for f in travel_factors for m in methods]
    named = tuple(Convention(w.name, f, d, s, m) for w, f, m in asked for d in demands for s in supplies)
    if not named or travel.n_demand == 0:
        raise ArrayInputError(
            "Variants need a decay, a factor, a method, a demand and a supply at least, and a place of demand."
        )
    tally = _Tally.empty(travel.n_demand, len(named), bounds.threshold)
    median = quantiles_by_place(
        lambda: _stream(travel, need, offer, asked),
        (len(named), travel.n_demand),
        (0.5,),
        memory_mb=bounds.memory_mb,
        seen=tally.add,
    )
    return tally.result(named, median[0])


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


def variant_scores(
    travel: TravelMatrix,
    demands: Mapping[str, Any],
    supplies: Mapping[str, Any],
    decays: Sequence[DecayFunction],
    travel_factors: Sequence[float] = (1.0,),
) -> Iterator[FloatArray]:
    """The E2SFCA scores under every decay × factor × demand × supply, one convention after the other.

    For what ``variants`` does not keep: scores of larger territories, for instance. Raises ArrayInputError as it does.
    """
    need, offer = _columns(demands, travel.n_demand, "demand"), _columns(supplies, travel.n_supply, "supply")
    asked = [(decay, factor, "e2sfca") for decay in decays for factor in travel_factors]
    return (scores for scores, _ in _stream(travel, need, offer, asked))


def _stream(
    travel: TravelMatrix, need: FloatArray, offer: FloatArray, asked: Sequence[tuple[DecayFunction, float, str]]
) -> Iterator[tuple[FloatArray, float]]:
    """The scores and the conservation error of each convention, in order."""
    for decay, factor, method in asked:
        weights = pair_weights(method, travel, decay(travel.minutes.astype(np.float64) * factor))
        weighted, outward = sparse(travel, weights.to_place).T @ need, sparse(travel, weights.to_demand)
        for people, below in zip(need.T, np.asarray(weighted).T, strict=True):
            ratios = supply_ratios(offer, below[:, None], weights.accounts)
            served = offer[below > 0].sum(axis=0)
            for scores, supplied in zip(np.ascontiguousarray(np.asarray(outward @ ratios).T), served, strict=True):
                yield scores, conservation_error(scores, people, float(supplied), weights.accounts)


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
    errors: FloatArray

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
            errors=np.zeros(k),
        )

    def add(self, k: int, scores: FloatArray, error: float) -> None:
        """Count one convention; the first is the reference."""
        self.errors[k] = error
        np.minimum(self.low, scores, out=self.low)
        np.maximum(self.high, scores, out=self.high)
        under = scores < self.threshold
        self.times_under += under
        self.n_under[k], self.sides[k] = under.sum(), np.packbits(under)
        ranks = _ranks(scores)
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
            conservation_error=self.errors,
        )


def _ranks(scores: FloatArray) -> FloatArray:
    """Ranks from 0 to 1, equal scores having their mean rank."""
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(starts, scores.size))
    ranks = np.empty(scores.size)
    ranks[order] = np.repeat(starts + (sizes - 1) / 2, sizes) / max(scores.size - 1, 1)
    return ranks


def _correlation(x: FloatArray, y: FloatArray) -> float:
    """Pearson's, NaN where one does not vary."""
    x, y = x - x.mean(), y - y.mean()
    spread = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / spread if spread > 0 else float("nan")
