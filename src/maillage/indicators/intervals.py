"""Intervals of proportions and of counts, vectorised."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, ndtri

from maillage.errors import ArrayInputError

Array = npt.NDArray[np.float64]
EXACT_BELOW = 10  # events; the Byar approximation is used from there on, as in PHEindicatormethods


def wilson(numerator: npt.ArrayLike, denominator: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Wilson score limits of a proportion (between 0 and 1), for arrays of cases and of people.

    NaN where the denominator is 0 or a count is missing. Source: Wilson, JASA 22 (1927), without continuity correction.
    Raises ArrayInputError where a numerator is negative or above its denominator, or the confidence is not in (0, 1).
    """
    cases, people = _paired(numerator, denominator)
    astray = np.flatnonzero((cases < 0) | (cases > people))
    if astray.size:
        i = int(astray[0])
        raise ArrayInputError(
            f"A proportion lies between 0 and 1, found {cases[i]:g} out of {people[i]:g} at entry {i}."
        )
    z = _z(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(people > 0, cases / people, np.nan)
        middle = share + z**2 / (2 * people)
        half = z * np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2))
        low, high = (middle - half) / (1 + z**2 / people), (middle + half) / (1 + z**2 / people)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def poisson(count: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Limits of a count of events: exact under 10 events, Byar's approximation from 10.

    Sources: Garwood, Biometrika 28 (1936) for the exact limits; Breslow and Day, IARC 82 (1987), for Byar's.
    Raises ArrayInputError where a count is negative or the confidence is not in (0, 1).
    """
    events = np.atleast_1d(np.asarray(count, dtype=np.float64))
    astray = np.flatnonzero(events < 0)
    if astray.size:
        raise ArrayInputError(f"A count cannot be negative, found {events[astray[0]]:g} at entry {int(astray[0])}.")
    few = events < EXACT_BELOW
    exact, approximate = _exact(events, confidence), _byar(np.maximum(events, 1.0), confidence)
    low, high = (np.where(few, e, a) for e, a in zip(exact, approximate, strict=True))
    unknown = np.isnan(events)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _exact(events: Array, confidence: float) -> tuple[Array, Array]:
    tail = (1 - confidence) / 2
    _z(confidence)
    held = np.nan_to_num(events)
    low = np.where(held > 0, chdtri(2 * np.maximum(held, 1e-9), 1 - tail) / 2, 0.0)
    return low, chdtri(2 * held + 2, tail) / 2


def _byar(events: Array, confidence: float) -> tuple[Array, Array]:
    z, above = _z(confidence), events + 1
    low = events * (1 - 1 / (9 * events) - z / (3 * np.sqrt(events))) ** 3
    high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return low, high


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ArrayInputError(f"A confidence lies between 0 and 1, such as 0.95, found {confidence!r}.")
    return float(ndtri(0.5 + confidence / 2))


def _paired(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[Array, Array]:
    first = np.atleast_1d(np.asarray(numerator, dtype=np.float64))
    second = np.atleast_1d(np.asarray(denominator, dtype=np.float64))
    if first.shape != second.shape:
        raise ArrayInputError(
            f"Numerators and denominators go by pairs, found {first.shape[0]} and {second.shape[0]} entries."
        )
    return first, second
