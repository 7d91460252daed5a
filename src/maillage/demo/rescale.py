"""Bring simulated scores to published means without changing who is better served than whom."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from maillage.demo.places import Floats
from maillage.errors import BrokenInvariantError

POWERS = (0.1, 8.0)


@dataclass(frozen=True, slots=True)
class PublishedMeans:
    """The mean of all places, and those within each of the ten population deciles."""

    mean: float
    deciles: tuple[float, ...]


def decile_weights(score: Floats, people: Floats, decile: int) -> Floats:
    """The part of all people that each place gives to this decile (1 to 10), scores ascending.

    The place that straddles two deciles is shared between them.
    """
    upper, lower = _ranks(score, people)
    inside = np.minimum(upper, decile / 10) - np.maximum(lower, (decile - 1) / 10)
    return np.asarray(np.maximum(inside, 0.0), dtype=np.float64)


def weighted_mean(score: Floats, weight: Floats) -> float:
    """Mean of ``score`` weighted by ``weight``."""
    return float((score * weight).sum() / weight.sum())


def to_published(score: Floats, weight: Floats, people: Floats, published: PublishedMeans) -> Floats:
    """An increasing image of ``score`` with the published mean and means of the first and last deciles, exactly.

    ``weight`` is that of the mean of all places, ``people`` that of the deciles and of the means within them. Between
    the first and the last decile the image follows the published deciles by rank; within these two it keeps the shape
    of the draw, zero staying zero. Two bounds and a slope answer the three conditions.

    Raises BrokenInvariantError when no increasing image exists, which a very uneven draw could cause.
    """
    tails = decile_weights(score, people, 1), decile_weights(score, people, 10)
    low, high = score[tails[0] > 0].max(), score[tails[1] > 0].min()
    if not 0 < low < high < score.max():
        raise _too_uneven(published)
    basis = _basis(score, people, tails[0], (low, high), published.deciles)
    shares = np.vstack([weight / weight.sum(), *(tail / tail.sum() for tail in tails)])
    wanted = np.array([published.mean, published.deciles[0], published.deciles[-1]])
    # Sums rather than matrix products: a product's last digit depends on the number of threads.
    conditions = np.array([[(share * part).sum() for part in basis.T] for share in shares])
    bounds = np.linalg.solve(conditions, wanted)
    if not (0 < bounds[0] < bounds[1] and bounds[2] > 0):
        raise _too_uneven(published)
    return np.asarray((basis * bounds).sum(axis=1), dtype=np.float64)


def gain_to_mean(base: Floats, extra: Floats, weight: Floats, mean: float) -> float:
    """The factor k such that ``base + k × extra`` has this weighted mean."""
    return (mean - weighted_mean(base, weight)) / weighted_mean(extra, weight)


def _basis(
    score: Floats, people: Floats, tail: Floats, bounds: tuple[float, float], deciles: tuple[float, ...]
) -> Floats:
    """What multiplies the value at the lower bound, the value at the upper bound, and the slope above it."""
    low, high = bounds
    upper, lower = _ranks(score, people)
    at = np.array([(a + b) / 2 for a, b in pairwise(deciles)])
    risen = np.interp((upper + lower) / 2, np.arange(1, 10) / 10, (at - at[0]) / (at[-1] - at[0]))
    below, above = score <= low, score >= high
    fallen = np.clip(score / low, 0.0, 1.0)
    fallen = fallen ** _power(fallen, tail, deciles[0] / float(at[0]))
    risen = np.where(below, 0.0, np.where(above, 1.0, risen))
    first = np.where(below, fallen, 1.0 - risen)
    return np.column_stack([first, risen, np.maximum(score - high, 0.0)])


def _too_uneven(published: PublishedMeans) -> BrokenInvariantError:
    first, last = published.deciles[0], published.deciles[-1]
    return BrokenInvariantError(
        f"The simulated scores cannot be brought to a mean of {published.mean:g} with {first:g} and {last:g} in the"
        " first and last deciles by an increasing change of scale: the draw is too uneven.",
        hint="Draw for more départements, or with another seed.",
    )


def _power(share: Floats, weight: Floats, mean: float) -> float:
    """The exponent that brings the weighted mean of values within 0 and 1 to ``mean``, by bisection."""
    low, high = POWERS
    for _ in range(40):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if weighted_mean(share**middle, weight) > mean else (low, middle)
    return float((low * high) ** 0.5)


def _ranks(score: Floats, people: Floats) -> tuple[Floats, Floats]:
    """The share of people up to each place, itself included and itself left out, scores ascending."""
    order = np.argsort(score, kind="stable")
    upper = np.zeros(len(score))
    upper[order] = np.cumsum(people[order]) / people.sum()
    return upper, upper - people / people.sum()
