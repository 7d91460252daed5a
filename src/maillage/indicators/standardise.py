"""Rates compared as if the territories had the same ages: direct and indirect standardisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maillage.errors import ArrayInputError
from maillage.indicators.conventions import Array, convention, counts, pairs
from maillage.indicators.intervals import poisson


@dataclass(frozen=True, slots=True)
class Direct:
    """Directly standardised rates, one a territory, in events a person (multiply for 100 000).

    ``events`` are those observed; value and limits are NaN where they are too few, or a band that counts is empty.
    """

    value: Array
    low: Array
    high: Array
    events: Array


@dataclass(frozen=True, slots=True)
class Indirect:
    """Observed over expected events, one a territory, and the same as rates in events a person.

    NaN where nothing is expected.
    """

    observed: Array
    expected: Array
    ratio: Array
    ratio_low: Array
    ratio_high: Array
    reference_rate: float

    @property
    def rate(self) -> tuple[Array, Array, Array]:
        """Indirectly standardised rate and its limits: the ratio times the crude rate of the reference."""
        by = self.reference_rate
        return self.ratio * by, self.ratio_low * by, self.ratio_high * by


def direct(
    events: npt.ArrayLike, people: npt.ArrayLike, standard: npt.ArrayLike, *, confidence: float = 0.95
) -> Direct:
    """Directly standardised rates with Dobson's limits.

    ``events`` and ``people`` are tables of territories × age bands (one row for one territory), ``standard`` the
    standard population of each band. The rate is the mean of the bands' rates, weighted by the standard; not given
    under ``standardised_events_min`` events, nor where a band of the standard has nobody to have a rate.
    Source: Dobson, Kuulasmaa, Eberle and Scherer, Statistics in Medicine 10 (1991).
    Raises ArrayInputError where shapes differ, a figure is missing or negative, events happen to nobody, or the
    standard is empty.
    """
    happened, lived = pairs(("A count of events", np.atleast_2d(events)), ("A population", np.atleast_2d(people)))
    weight = _weights(standard, happened.shape[1])
    _refuse_events_without_people(happened, lived)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates, variances = happened / lived, happened / lived**2
    rates, variances = (np.where((lived == 0) & (weight == 0), 0.0, each) for each in (rates, variances))
    total = happened.sum(axis=1)
    enough = total >= convention("standardised_events_min")
    value = np.where(enough, (rates * weight).sum(axis=1), np.nan)
    low, high = dobson(value, (variances * weight**2).sum(axis=1), total, confidence=confidence)
    return Direct(value=value, low=low, high=high, events=total)


def dobson(
    value: npt.ArrayLike, variance: npt.ArrayLike, events: npt.ArrayLike, *, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Dobson's limits of a weighted sum of counts, from its value, its variance and the events observed.

    The limits of the total count are carried over by the ratio of the standard errors. NaN without an event.
    """
    held, spread = np.atleast_1d(np.asarray(value, float)), np.atleast_1d(np.asarray(variance, float))
    total = counts("A count of events", events)
    low, high = poisson(total, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.sqrt(spread / total)
    return held + factor * (low - total), held + factor * (high - total)


def indirect(
    observed: npt.ArrayLike,
    people: npt.ArrayLike,
    reference_events: npt.ArrayLike,
    reference_people: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Indirect:
    """Observed over expected events (SIR, SMR), expected at the reference's rate in each age band.

    ``observed`` has one total a territory, ``people`` one row a territory and one column a band, the reference one
    figure a band. Limits: exact under ten events, then Byar's. Source: Breslow and Day, IARC 82 (1987).
    Raises ArrayInputError where shapes differ, a figure is missing or negative, or a band of the reference is empty.
    """
    happened, lived = pairs(("A reference count", reference_events), ("A reference population", reference_people))
    table = np.atleast_2d(counts("A population", people))
    if happened.ndim != 1 or table.shape[1] != happened.size:
        raise ArrayInputError(f"The reference has {happened.size} bands, found {table.shape[1]} in the population.")
    if (lived == 0).any():
        empty = int(np.flatnonzero(lived == 0)[0])
        raise ArrayInputError(f"A band of the reference has people, found {(lived == 0).sum()} without, first {empty}.")
    expected = (table * (happened / lived)).sum(axis=1)
    ratio, low, high = ratio_limits(observed, expected, confidence=confidence)
    total, beside = pairs(("A count of events", observed), ("An expected count", expected))
    return Indirect(total, beside, ratio, low, high, float(happened.sum() / lived.sum()))


def ratio_limits(
    observed: npt.ArrayLike, expected: npt.ArrayLike, *, confidence: float = 0.95
) -> tuple[Array, Array, Array]:
    """Observed over expected and its limits, taking the expected count as known; NaN where nothing is expected."""
    happened, awaited = pairs(("A count of events", observed), ("An expected count", expected))
    low, high = poisson(happened, confidence=confidence)
    known = np.where(awaited > 0, awaited, np.nan)
    return happened / known, low / known, high / known


def _weights(standard: npt.ArrayLike, bands: int) -> Array:
    weight = counts("A standard population", standard)
    if weight.shape != (bands,):
        raise ArrayInputError(f"The standard population has one figure a band, {bands}, found {weight.size}.")
    if not weight.sum():
        raise ArrayInputError("The standard population is empty: one band at least must count.")
    share: Array = weight / weight.sum()
    return share


def _refuse_events_without_people(happened: Array, lived: Array) -> None:
    astray = np.argwhere((happened > 0) & (lived == 0))
    if len(astray):
        row, band = (int(i) for i in astray[0])
        raise ArrayInputError(
            f"Events happen to people, found {len(astray)} cells with events and nobody, the first at entry "
            f"({row}, {band})."
        )
