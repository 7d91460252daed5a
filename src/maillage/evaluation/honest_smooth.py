"""Bounds when trends bend by at most M between periods (Rambachan and Roth 2023): fixed-length intervals.

The estimator is the effect in question plus weights on the estimates before treatment, chosen for the shortest interval
that allows for its worst bias (Armstrong and Kolesár 2018), as in R ``HonestDiD`` without further restriction.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import ndtr, ndtri

from maillage.errors import ArrayInputError, BrokenInvariantError
from maillage.evaluation.honest import Bounds, EventStudy
from maillage.evaluation.panel import FloatArray


def smoothness(study: EventStudy, size: float, *, level: float = 0.95) -> Bounds:
    """The interval when the slope of the difference in trends changes by at most ``size`` between periods.

    Periods are one apart and the reference stands just before the first treated one. Raises ArrayInputError on a
    negative size, and BrokenInvariantError when the shortest interval is not found.
    """
    if size < 0:
        raise ArrayInputError(
            f"The size of departures is not negative, found {size}.",
            fr=f"L’ampleur des écarts n’est pas négative : trouvé {size}.",
        )
    before, after = study.before, study.att.size - study.before
    behind, ahead = np.arange(before, 0, -1), np.arange(1, after + 1)
    # An estimate s periods before, of weight v, carries v (s - j)+ of the change of slope j periods before; changes
    # after treatment are carried by the target alone. Straight lines cancel when the first of these is `line`.
    carried = np.maximum(behind[None, :] - np.arange(before)[:, None], 0).astype(np.float64)
    line = float(ahead @ study.target)
    fixed = abs(line) + float(np.abs(np.maximum(ahead[None, :] - ahead[:, None], 0) @ study.target).sum())
    weigh = np.vstack([np.linalg.inv(carried), np.zeros((after, before))])
    start = weigh[:, 0] * line + np.append(np.zeros(before), study.target)
    free = _shortest(study, start, weigh[:, 1:], (fixed, size), level)
    weights = start + weigh[:, 1:] @ free
    reach = half_length(size * (fixed + float(np.abs(free).sum())), _spread(study, weights), level)
    centre = float(weights @ study.att)
    return Bounds(size, centre - reach, centre + reach)


def _shortest(
    study: EventStudy, start: FloatArray, weigh: FloatArray, bias: tuple[float, float], level: float
) -> FloatArray:
    """The weights (before - 1) of earlier changes of slope that make the interval shortest."""
    count = weigh.shape[1]
    gram = weigh.T @ study.covariance
    least: FloatArray = np.zeros(0)
    if count:
        least = np.asarray(np.linalg.solve(gram @ weigh, -gram @ start), dtype=np.float64)
    fixed, size = bias
    if not count or size == 0:
        return least

    def length(parts: FloatArray) -> tuple[float, FloatArray]:
        free = parts[:count] - parts[count:]
        weights = start + weigh @ free
        spread, worst = _spread(study, weights), size * (fixed + float(parts.sum()))
        reach = half_length(worst, spread, level)
        near, far = (np.exp(-0.5 * ((reach + side * worst) / spread) ** 2) for side in (-1, 1))
        by_bias = (near - far) / (near + far)
        by_spread = (near * (reach - worst) + far * (reach + worst)) / (spread * (near + far))
        slope = by_spread * (gram @ weights) / spread
        gradient = np.concatenate([slope, -slope]) + by_bias * size
        return reach / study.se, gradient / study.se

    found = [
        minimize(length, start_at, jac=True, method="SLSQP", bounds=[(0, None)] * (2 * count), options={"ftol": 1e-12})
        for start_at in (np.concatenate([np.maximum(least, 0), np.maximum(-least, 0)]), np.zeros(2 * count))
    ]
    best = min(found, key=lambda each: float(each.fun))
    if not np.isfinite(best.fun):
        raise BrokenInvariantError(f"No shortest interval was found when trends bend by at most {size}.")
    return np.asarray(best.x[:count] - best.x[count:], dtype=np.float64)


def _spread(study: EventStudy, weights: FloatArray) -> float:
    return float(np.sqrt(weights @ study.covariance @ weights))


def half_length(bias: float, spread: float, level: float) -> float:
    """The half-length h with P(|N(bias, spread²)| ≤ h) = ``level``."""
    shift = bias / spread

    def excess(h: float) -> float:
        return float(ndtr(h - shift) - ndtr(-h - shift)) - level

    return spread * float(brentq(excess, shift, shift + float(ndtri((1 + level) / 2)) + 1e-9, xtol=1e-13))
