"""Figures that do not add up, from sums that do: a standardised rate, a median, a gap, each from its strata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from maillage.errors import DefinitionError
from maillage.indicators.conventions import convention
from maillage.indicators.difference import Estimate, difference
from maillage.indicators.intervals import wilson
from maillage.indicators.standardise import dobson

Array = npt.NDArray[np.float64]
RESULT = ("numerator", "denominator", "value", "low", "high")


@dataclass(frozen=True, slots=True)
class Strata:
    """Sums by territory and stratum: ``group`` numbers the territory of each row, groups rising, of ``groups``."""

    group: npt.NDArray[np.int64]
    groups: int
    stratum: Sequence[str]
    numerator: Array
    denominator: Array

    def total(self, values: Array) -> Array:
        """The sum of ``values`` in each group, taken in the order of the rows."""
        return np.asarray(np.bincount(self.group, weights=values, minlength=self.groups), dtype=np.float64)

    def of(self, stratum: str) -> tuple[Array, Array]:
        """Numerator and denominator of one stratum in each group; 0 where the group does not have it."""
        mine = np.asarray([s == stratum for s in self.stratum], dtype=np.float64)
        return self.total(mine * self.numerator), self.total(mine * self.denominator)


@dataclass(frozen=True, slots=True)
class Standardised:
    """A directly standardised rate: strata are age bands, ``weights`` the standard population of each.

    A band where nobody lives is left out and the others share its weight; no rate is given under the parameter
    ``standardised_events_min``. Numerator and denominator are those of the crude rate. Interval: Dobson and others,
    Statistics in Medicine 10 (1991).
    """

    weights: Mapping[str, float]
    interval: ClassVar = "dobson"

    def combine(self, strata: Strata, confidence: float) -> tuple[Array, ...]:
        """Crude sums, rate and limits of each group; raises DefinitionError for a band without a weight."""
        astray = sorted(set(strata.stratum) - set(self.weights))
        if astray:
            raise DefinitionError(f"A standard population lacks the bands {', '.join(astray)}.")
        weight = np.asarray([self.weights[s] for s in strata.stratum], dtype=np.float64)
        weight = np.where(strata.denominator > 0, weight, 0.0)
        people = np.where(strata.denominator > 0, strata.denominator, 1.0)
        whole = strata.total(weight)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = strata.total(weight * strata.numerator / people) / whole
            variance = strata.total(weight**2 * strata.numerator / people**2) / whole**2
        events = strata.total(strata.numerator)
        rate = np.where(events >= convention("standardised_events_min"), rate, np.nan)
        low, high = dobson(rate, variance, events, confidence=confidence)
        return events, strata.total(strata.denominator), rate, low, high


@dataclass(frozen=True, slots=True)
class Median:
    """The median of whole numbers (days): each stratum is one of them, its numerator how many were counted.

    Half way between the two middle ones where their number is even. There is no numerator; the denominator is how many
    were counted. Interval: two order statistics, from the binomial law, at least at the confidence asked (Conover,
    Practical Nonparametric Statistics, 3.2); none where there are too few.
    """

    interval: ClassVar = "order"

    def combine(self, strata: Strata, confidence: float) -> tuple[Array, ...]:
        """Sums, median and limits of each group."""
        from scipy.stats import binom  # 60 MiB that only a median needs

        number = np.asarray([float(s) for s in strata.stratum], dtype=np.float64)
        order = np.lexsort((number, strata.group))
        group, number, counted = strata.group[order], number[order], strata.numerator[order]
        whole = strata.total(strata.numerator)
        before = np.concatenate([[0.0], np.cumsum(whole)])[:-1]
        reached = np.cumsum(counted) - before[group]
        first = np.searchsorted(group, np.arange(strata.groups), side="left")
        last = np.searchsorted(group, np.arange(strata.groups), side="right") - 1

        def ranked(rank: Array) -> Array:
            """The number of a rank (1 the smallest) in each group."""
            short = np.bincount(group, weights=reached < rank[group] - 1e-9, minlength=strata.groups)
            return number[np.minimum(first + short.astype(np.int64), last)]

        middle = (ranked(np.floor((whole + 1) / 2)) + ranked(np.ceil((whole + 1) / 2))) / 2
        tail = (1 - confidence) / 2
        # The law of how many of the values lie under the median.
        rank = binom.ppf(tail, np.floor(whole), 0.5)
        rank = rank + (binom.cdf(rank, np.floor(whole), 0.5) <= tail)
        low, high = ranked(rank), ranked(np.floor(whole) + 1 - rank)
        none = np.full(strata.groups, np.nan)
        enough = rank >= 1
        return none, whole, np.where(whole > 0, middle, none), np.where(enough, low, none), np.where(enough, high, none)


@dataclass(frozen=True, slots=True)
class Gap:
    """The proportion of the stratum ``first`` minus that of ``second``, both of people who are different.

    Numerator and denominator are those of ``first``. Interval: Newcombe's hybrid score (his method 10), Statistics in
    Medicine 17 (1998) 873.
    """

    first: str
    second: str
    interval: ClassVar = "difference"

    def combine(self, strata: Strata, confidence: float) -> tuple[Array, ...]:
        """Sums of the first, difference and limits of each group; NaN where either has nobody."""
        ours, theirs = strata.of(self.first), strata.of(self.second)
        both = (ours[1] > 0) & (theirs[1] > 0)
        limits = np.full((3, strata.groups), np.nan)
        if both.any():
            found = difference(*(_proportion(n[both], d[both], confidence) for n, d in (ours, theirs)))
            limits[:, both] = found.value, found.low, found.high
        return *ours, *limits


Combination = Standardised | Median | Gap


def _proportion(cases: Array, people: Array, confidence: float) -> Estimate:
    low, high = wilson(cases, people, confidence=confidence)
    return Estimate(cases / people, low, high)


def combine(rows: pl.DataFrame, how: Combination, *, scale: float, confidence: float) -> pl.DataFrame:
    """One row a territory from its strata: the other columns of ``rows``, and RESULT, value and limits times ``scale``.

    ``rows`` have ``stratum, numerator, denominator``; a row without a numerator or a denominator is left out. Rows come
    back by key; sums are taken in the order of the strata, so that the same rows give the same bits.
    """
    keys = [c for c in rows.columns if c not in ("stratum", "numerator", "denominator")]
    known = rows.drop_nulls(["numerator", "denominator"]).sort([*keys, "stratum"])
    groups = known.select(keys).unique(maintain_order=True)
    numbered = known.join(groups.with_row_index("_group"), on=keys, how="left", maintain_order="left", nulls_equal=True)
    strata = Strata(
        group=numbered.get_column("_group").to_numpy().astype(np.int64),
        groups=groups.height,
        stratum=numbered.get_column("stratum").to_list(),
        numerator=numbered.get_column("numerator").cast(pl.Float64).to_numpy(),
        denominator=numbered.get_column("denominator").cast(pl.Float64).to_numpy(),
    )
    found = how.combine(strata, confidence) if groups.height else tuple(np.empty(0) for _ in RESULT)
    named = {n: pl.Series(n, v, dtype=pl.Float64).fill_nan(None) for n, v in zip(RESULT, found, strict=True)}
    scaled = {n: s if n in ("numerator", "denominator") else scale * s for n, s in named.items()}
    return groups.with_columns(**scaled)
