"""What reaches a unit from its treated neighbours: exposure mapping (Aronow and Samii 2017).

Neighbours touch (contiguity), lie within a travel time, or give care to the unit's patients. A unit's own treatment is
never part of its exposure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from maillage.access.decay import DecayFunction
from maillage.errors import ArrayInputError
from maillage.evaluation.panel import FloatArray, IntArray

Reach = Literal["share", "sum", "max", "any"]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs (p) of units, by position: ``left`` is exposed to ``right`` by ``weight``; symmetric only if both stand.

    Raises ArrayInputError on lengths that differ, a position below 0, a unit paired with itself, a pair given twice,
    and a weight that is missing or negative.
    """

    left: IntArray
    right: IntArray
    weight: FloatArray

    def __post_init__(self) -> None:
        left, right, weight = np.asarray(self.left), np.asarray(self.right), np.asarray(self.weight)
        if not left.shape == right.shape == weight.shape or left.ndim != 1:
            raise ArrayInputError(
                f"Neighbours are three columns of one length, found {left.shape}, {right.shape} and {weight.shape}.",
                fr="Les voisinages sont trois colonnes de même longueur : "
                f"{left.shape}, {right.shape} et {weight.shape} ont été trouvées.",
            )
        _refuse((left < 0) | (right < 0), left, right, "have a position below 0", "ont une position négative")
        _refuse(left == right, left, right, "join a unit to itself", "joignent une unité à elle-même")
        _refuse(~np.isfinite(weight), left, right, "have no weight", "n’ont pas de poids")
        _refuse(weight < 0, left, right, "have a negative weight", "ont un poids négatif")
        order = np.lexsort((right, left))
        again = np.zeros(left.size, dtype=bool)
        again[order[1:]] = (np.diff(left[order]) == 0) & (np.diff(right[order]) == 0)
        _refuse(again, left, right, "are given twice", "sont donnés deux fois")

    @classmethod
    def touching(cls, left: NDArray[Any], right: NDArray[Any]) -> Self:
        """Units that touch, each pair given once or in both orders: weight 1, both ways."""
        pairs = np.unique(np.stack([np.append(left, right), np.append(right, left)]).astype(np.int64), axis=1)
        return cls(pairs[0], pairs[1], np.ones(pairs.shape[1]))

    @classmethod
    def within(cls, left: NDArray[Any], right: NDArray[Any], travel_min: FloatArray, decay: DecayFunction) -> Self:
        """Units reached in ``travel_min`` minutes, weighed by ``decay`` (`binary(20)`: 1 up to 20 minutes, else none).

        Pairs of weight 0 and units paired with themselves are left out.
        """
        left, right = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        weight = np.asarray(decay(np.asarray(travel_min, dtype=np.float64)), dtype=np.float64)
        kept = (left != right) & (weight != 0)
        return cls(left[kept], right[kept], weight[kept])

    @classmethod
    def by_flow(cls, origin: NDArray[Any], place: NDArray[Any], share: FloatArray) -> Self:
        """Units whose places of care (``place``, the unit they lie in) serve ``share`` of the patients of ``origin``.

        Shares of several places of one unit add up. Care at home is left out and stays in the whole: take
        ``reach`` = "sum", the share of patients cared for in treated units elsewhere.
        """
        origin, place = np.asarray(origin, dtype=np.int64), np.asarray(place, dtype=np.int64)
        away = origin != place
        pairs, at = np.unique(np.stack([origin[away], place[away]]), axis=1, return_inverse=True)
        served = np.bincount(at.ravel(), np.asarray(share, dtype=np.float64)[away], minlength=pairs.shape[1])
        return cls(pairs[0], pairs[1], served.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Exposure:
    """The exposure ``value`` (n, T) of each unit in each of ``periods``, units having ``cohort`` (n, 0 for never).

    ``onset`` (n): the first period in which the unit, not yet treated itself, is exposed above ``threshold``; 0 when
    there is none.
    """

    value: FloatArray
    periods: IntArray
    cohort: IntArray
    threshold: float
    onset: IntArray

    @classmethod
    def of(cls, value: FloatArray, cohort: IntArray, periods: IntArray, *, threshold: float = 0.0) -> Self:
        """The exposure that ``value`` holds; raises ArrayInputError where it is not (n, T), or missing."""
        if value.shape != (cohort.size, periods.size) or not np.isfinite(value).all():
            raise ArrayInputError(
                f"Exposure is known for {cohort.size} units and {periods.size} periods, found {value.shape} with "
                f"{int((~np.isfinite(value)).sum())} missing.",
                fr=f"L’exposition est connue pour {cohort.size} unités et {periods.size} périodes : trouvé "
                f"{value.shape}, dont {int((~np.isfinite(value)).sum())} valeurs manquantes.",
            )
        own = (cohort[:, None] > 0) & (cohort[:, None] <= periods)
        reached = (value > threshold) & ~own
        onset = np.where(reached.any(axis=1), periods[reached.argmax(axis=1)], 0)
        return cls(value, periods, cohort, threshold, onset.astype(np.int64))

    @property
    def exposed(self) -> NDArray[np.bool_]:
        """Units (n) never treated, and exposed."""
        return np.asarray((self.cohort == 0) & (self.onset > 0), dtype=np.bool_)

    @property
    def clean(self) -> NDArray[np.bool_]:
        """Units (n) neither treated nor exposed, ever."""
        return np.asarray((self.cohort == 0) & (self.onset == 0), dtype=np.bool_)

    @property
    def early(self) -> NDArray[np.bool_]:
        """Units (n) exposed before their own treatment."""
        return np.asarray((self.cohort > 0) & (self.onset > 0), dtype=np.bool_)

    def select(self, keep: NDArray[np.bool_]) -> Exposure:
        """The exposure of the units that are true in ``keep`` (n), treated neighbours outside them included."""
        return Exposure(self.value[keep], self.periods, self.cohort[keep], self.threshold, self.onset[keep])


def exposure(
    neighbours: Neighbours, cohort: IntArray, periods: IntArray, *, reach: Reach = "share", threshold: float = 0.0
) -> Exposure:
    """The exposure of each unit to its treated neighbours.

    ``cohort`` (n): the first treated period of a unit, 0 for never. ``reach``: the share of the weight of its
    neighbourhood that is treated, the sum of these weights, the largest of them, or 1 where any is above 0. A unit
    without neighbours is never exposed. Raises ArrayInputError on a position beyond the units.
    """
    cohort, periods = np.asarray(cohort, dtype=np.int64), np.asarray(periods, dtype=np.int64)
    order = np.lexsort((neighbours.right, neighbours.left))
    left, right, weight = neighbours.left[order], neighbours.right[order], neighbours.weight[order]
    _refuse(
        (left >= cohort.size) | (right >= cohort.size),
        left,
        right,
        f"go beyond the {cohort.size} units",
        f"sortent des {cohort.size} unités",
    )
    treats = cohort[right] > 0
    at = np.searchsorted(periods, cohort[right])
    begins = treats & (at < periods.size)
    found = np.zeros((cohort.size, periods.size))
    where = (left[begins], at[begins])
    if reach in ("max", "any"):
        np.maximum.at(found, where, weight[begins] if reach == "max" else np.sign(weight[begins]))
        value = np.maximum.accumulate(found, axis=1)
    else:
        np.add.at(found, where, weight[begins])
        value = np.cumsum(found, axis=1)
        if reach == "share":
            whole = np.bincount(left, weight, minlength=cohort.size)
            value = np.minimum(value / np.where(whole > 0, whole, 1.0)[:, None], 1.0)
    return Exposure.of(value, cohort, periods, threshold=threshold)


def _refuse(bad: NDArray[np.bool_], left: IntArray, right: IntArray, what: str, what_fr: str) -> None:
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise ArrayInputError(
            f"{int(bad.sum())} pairs of neighbours {what}, first {int(left[first])} and {int(right[first])}.",
            fr=f"{int(bad.sum())} couples de voisins {what_fr}, le premier : {int(left[first])} et "
            f"{int(right[first])}.",
        )
