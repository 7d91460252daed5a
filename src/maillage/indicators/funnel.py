"""Funnels: how far from the average a territory of its size may lie by chance alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gdtrib

from maillage.errors import ArrayInputError
from maillage.indicators.conventions import Array, convention, counts, pairs, z_score
from maillage.indicators.intervals import exact_poisson, proportion, wilson

Limits = tuple[Array, Array]
SURELY_LOW, LOW, INSIDE, HIGH, SURELY_HIGH = -2, -1, 0, 1, 2


@dataclass(frozen=True, slots=True)
class Funnel:
    """The average, the inner (95 %) and outer (99.8 %) limits at the size of each territory, and where each one lies.

    ``position`` is 0 inside, ±1 beyond the inner limits, ±2 beyond the outer ones; 0 also where the size is 0, whose
    limits are NaN.
    """

    average: float
    inner: Limits
    outer: Limits
    position: npt.NDArray[np.int8]


def proportion_funnel(cases: npt.ArrayLike, people: npt.ArrayLike, *, average: float | None = None) -> Funnel:
    """A funnel of proportions (0 to 1) around their pooled average, or the one given.

    The limits are those of the score test, so a territory lies outside exactly where its Wilson interval misses the
    average. Source: Spiegelhalter, Statistics in Medicine 24 (2005).
    Raises ArrayInputError where counts make no proportions, or the average is not one.
    """
    happened, lived = proportion("A numerator", cases, people)
    centre = _average(happened, lived, average)
    if centre > 1:
        raise ArrayInputError(f"An average proportion lies between 0 and 1, found {centre:g}.")
    levels = _levels()
    inner, outer = (proportion_limits(lived, centre, confidence=level) for level in levels)
    position = _position(centre, *(wilson(happened, lived, confidence=level) for level in levels))
    return Funnel(centre, inner, outer, position)


def rate_funnel(events: npt.ArrayLike, people: npt.ArrayLike, *, average: float | None = None) -> Funnel:
    """A funnel of rates (events a person) around their pooled average, or the one given.

    A territory lies outside exactly where its exact Poisson interval misses the average. For a directly standardised
    rate, ``people`` is the effective population: events over rate.
    Raises ArrayInputError where a figure is missing or negative.
    """
    happened, lived = pairs(("A count of events", events), ("A population", people))
    centre = _average(happened, lived, average)
    known = np.where(lived > 0, lived, np.nan)
    inner, outer = (
        (low / known, high / known) for low, high in (count_limits(centre * lived, confidence=c) for c in _levels())
    )
    around = [tuple(limit / known for limit in exact_poisson(happened, confidence=c)) for c in _levels()]
    return Funnel(centre, inner, outer, _position(centre, *around))


def ratio_funnel(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Funnel:
    """A funnel of observed over expected events around 1, by the number expected; raises as ``rate_funnel``."""
    return rate_funnel(observed, expected, average=1.0)


def proportion_limits(people: npt.ArrayLike, average: float, *, confidence: float) -> Limits:
    """Score limits of a proportion whose true value is ``average``, within 0 and 1; NaN for nobody."""
    lived = counts("A population", people)
    with np.errstate(divide="ignore"):
        half = z_score(confidence) * np.sqrt(average * (1 - average) / np.where(lived > 0, lived, np.nan))
    return np.clip(average - half, 0.0, 1.0), np.clip(average + half, 0.0, 1.0)


def count_limits(expected: npt.ArrayLike, *, confidence: float) -> Limits:
    """The counts whose exact Poisson interval just reaches ``expected``, as continuous numbers; NaN for none expected.

    The lower one is 0 where even no event would not surprise. Source: the inversion of Garwood's limits.
    """
    awaited = counts("An expected count", expected)
    z_score(confidence)
    tail = (1 - confidence) / 2
    known = np.where(awaited > 0, awaited, np.nan)
    # A count is the shape of a gamma whose quantile is the limit: gdtrib finds it.
    return np.maximum(gdtrib(1.0, 1 - tail, known) - 1, 0.0), gdtrib(1.0, tail, known)


def _levels() -> tuple[float, float]:
    return convention("funnel_warning"), convention("funnel_alarm")


def _average(happened: Array, lived: Array, average: float | None) -> float:
    if average is not None:
        return float(counts("An average", average)[0])
    if not lived.sum():
        raise ArrayInputError("A funnel needs an average, found no people to make one of.")
    return float(happened.sum() / lived.sum())


def _position(centre: float, inner: tuple[Array, ...], outer: tuple[Array, ...]) -> npt.NDArray[np.int8]:
    """How many of the two intervals lie wholly above the average, less how many lie wholly below."""
    above = sum((low > centre).astype(np.int8) for low, _ in (inner, outer))
    below = sum((high < centre).astype(np.int8) for _, high in (inner, outer))
    return np.asarray(above - below, dtype=np.int8)
