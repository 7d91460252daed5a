"""Intervals of proportions and of counts, vectorised."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

from maillage.errors import ArrayInputError
from maillage.indicators.conventions import Array, convention, counts, entry, pairs, z_score


def wilson(numerator: npt.ArrayLike, denominator: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Wilson score limits of a proportion (between 0 and 1), for arrays of cases and of people.

    NaN where the denominator is 0. No case has a lower limit of exactly 0, all of them an upper limit of exactly 1.
    Source: Wilson, JASA 22 (1927), without continuity correction.
    Raises ArrayInputError where a count is missing or negative, a numerator is above its denominator, or the
    confidence is not in (0, 1).
    """
    cases, people = proportion("A numerator", numerator, denominator)
    z = z_score(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(people > 0, cases / people, np.nan)
        middle = share + z**2 / (2 * people)
        half = z * np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2))
        low, high = (middle - half) / (1 + z**2 / people), (middle + half) / (1 + z**2 / people)
    low = np.where((cases == 0) & (people > 0), 0.0, low)
    high = np.where((cases == people) & (people > 0), 1.0, high)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def poisson(count: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Limits of a count of events: exact under 10 events, Byar's approximation from 10 (``byar_from_events``).

    Sources: Garwood, Biometrika 28 (1936) for the exact limits; Breslow and Day, IARC 82 (1987), for Byar's.
    Raises ArrayInputError where a count is missing or negative, or the confidence is not in (0, 1).
    """
    events = counts("A count", count)
    few = events < convention("byar_from_events")
    exact, approximate = exact_poisson(events, confidence=confidence), _byar(np.maximum(events, 1.0), confidence)
    low, high = (np.where(few, e, a) for e, a in zip(exact, approximate, strict=True))
    return low, high


def exact_poisson(count: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Exact limits of a count of events, whatever their number; no event has a lower limit of 0.

    Source: Garwood, Biometrika 28 (1936). Raises ArrayInputError as ``poisson`` does.
    """
    events = counts("A count", count)
    z_score(confidence)
    tail = (1 - confidence) / 2
    low = np.where(events > 0, chdtri(2 * np.maximum(events, 1e-9), 1 - tail) / 2, 0.0)
    return low, chdtri(2 * events + 2, tail) / 2


def proportion(name: str, numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[Array, Array]:
    """Cases and people by pairs; raises ArrayInputError where they make no proportion, naming the first."""
    cases, people = pairs((name, numerator), ("A denominator", denominator))
    astray = np.argwhere(cases > people)
    if len(astray):
        first = tuple(astray[0])
        raise ArrayInputError(
            f"A proportion lies between 0 and 1, found {len(astray)} out of {cases.size} above 1, the first, "
            f"{cases[first]:g} out of {people[first]:g}, at {entry(first)}."
        )
    return cases, people


def _byar(events: Array, confidence: float) -> tuple[Array, Array]:
    z, above = z_score(confidence), events + 1
    low = events * np.maximum(1 - 1 / (9 * events) - z / (3 * np.sqrt(events)), 0.0) ** 3
    high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return low, high
