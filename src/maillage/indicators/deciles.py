"""Population deciles: territories sorted by an indicator and cut into tenths of the population."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from maillage.errors import ArrayInputError

Array = npt.NDArray[np.float64]


def population_quantile(value: npt.ArrayLike, population: npt.ArrayLike, *, parts: int = 10) -> npt.NDArray[np.int64]:
    """The part (1 for the lowest values, up to ``parts``) of the population in which each territory lies.

    Territories are taken by increasing value, in the order given where values are equal; a territory lies in the
    part where its last inhabitant falls. One entry a territory. Raises ArrayInputError on missing or negative entries.
    """
    values, people = _checked(value, population)
    order = np.argsort(values, kind="stable")
    share = np.cumsum(people[order]) / people.sum()
    found = np.empty(values.size, dtype=np.int64)
    found[order] = np.clip(np.ceil(parts * share - 1e-9), 1, parts).astype(np.int64)
    return found


def quantile_means(value: npt.ArrayLike, population: npt.ArrayLike, *, parts: int = 10) -> Array:
    """Mean of the indicator within each part of the population, weighted by population; NaN for an empty part.

    DREES compares the first and last tenths of the population so.
    """
    values, people = _checked(value, population)
    part = population_quantile(values, people, parts=parts) - 1
    weight = np.bincount(part, weights=people, minlength=parts)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(part, weights=values * people, minlength=parts) / weight)


def quantile_limit(value: npt.ArrayLike, population: npt.ArrayLike, share: float) -> float:
    """The lowest value outside the given first share of the population: those under it are that share."""
    values, people = _checked(value, population)
    order = np.argsort(values, kind="stable")
    outside = np.cumsum(people[order]) / people.sum() > share
    return float(values[order][outside].min())


def _checked(value: npt.ArrayLike, population: npt.ArrayLike) -> tuple[Array, Array]:
    values, people = np.asarray(value, dtype=np.float64), np.asarray(population, dtype=np.float64)
    if values.shape != people.shape or not values.size:
        raise ArrayInputError(f"Values and population go by pairs, found {values.size} and {people.size} entries.")
    bad = np.flatnonzero(np.isnan(values) | ~(people >= 0))
    if bad.size or people.sum() <= 0:
        raise ArrayInputError(f"Values and a positive population were expected, not so at entry {bad[:1].tolist()}.")
    return values, people
