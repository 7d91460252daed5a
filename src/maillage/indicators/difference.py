"""Whether two figures differ: two territories, or one territory at two dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maillage.errors import ArrayInputError
from maillage.indicators.conventions import Array, convention, entry, finite
from maillage.indicators.intervals import poisson, wilson


@dataclass(frozen=True, slots=True)
class Estimate:
    """Figures and the limits of their intervals, all at the same confidence."""

    value: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True)
class Difference:
    """First minus second, its limits, and the verdict: 1 (first is higher), -1 (lower), 0 (no difference established).

    The verdict is that of the interval: it holds 0 or it does not.
    """

    value: Array
    low: Array
    high: Array
    verdict: npt.NDArray[np.int8]


def difference(first: Estimate, second: Estimate) -> Difference:
    """The difference of two figures, from their own intervals.

    The distances from each figure to its limits are squared and added: on Wilson's intervals this is Newcombe's hybrid
    score interval (his method 10), on Poisson and Dobson intervals that of Zou and Donner. The two figures are taken as
    independent; where the second holds the first (a commune and its région) the interval is too wide, never too narrow.
    Sources: Newcombe, Statistics in Medicine 17 (1998) 873; Zou and Donner, Statistics in Medicine 27 (2008).
    Raises ArrayInputError where a figure is missing or lies outside its interval.
    """
    a, b = _checked("The first", first), _checked("The second", second)
    apart = a.value - b.value
    low = apart - np.hypot(a.value - a.low, b.high - b.value)
    high = apart + np.hypot(a.high - a.value, b.value - b.low)
    verdict = (low > 0).astype(np.int8) - (high < 0).astype(np.int8)
    return Difference(apart, low, high, verdict.astype(np.int8))


def proportion_estimate(cases: npt.ArrayLike, people: npt.ArrayLike, *, confidence: float | None = None) -> Estimate:
    """Proportions with Wilson's intervals, at ``change_confidence`` unless told; raises where nobody is counted."""
    low, high = wilson(cases, people, confidence=confidence or convention("change_confidence"))
    return _estimate(cases, people, low, high)


def rate_estimate(events: npt.ArrayLike, people: npt.ArrayLike, *, confidence: float | None = None) -> Estimate:
    """Rates (events a person) with Poisson intervals, at ``change_confidence`` unless told; raises for nobody."""
    low, high = poisson(events, confidence=confidence or convention("change_confidence"))
    lived = np.atleast_1d(np.asarray(people, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        return _estimate(events, people, low / lived, high / lived)


def _estimate(events: npt.ArrayLike, people: npt.ArrayLike, low: Array, high: Array) -> Estimate:
    lived = finite("A population", people)
    empty = np.argwhere(lived <= 0)
    if len(empty):
        raise ArrayInputError(
            f"A difference needs people on both sides, found {len(empty)} without, the first at {entry(empty[0])}."
        )
    return Estimate(np.atleast_1d(np.asarray(events, dtype=np.float64)) / lived, low, high)


def _checked(name: str, given: Estimate) -> Estimate:
    value, low, high = (finite(f"{name} figure", x) for x in (given.value, given.low, given.high))
    slack = 1e-9 * (1 + np.abs(value))
    astray = np.argwhere((low > value + slack) | (high < value - slack))
    if len(astray):
        raise ArrayInputError(
            f"A figure lies within its interval, found {len(astray)} outside, {name.lower()} one at {entry(astray[0])}."
        )
    return Estimate(value, np.minimum(low, value), np.maximum(high, value))
