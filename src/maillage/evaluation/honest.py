"""Bounds when trends are not parallel, by relative magnitudes (Rambachan and Roth 2023), as in R ``HonestDiD``.

The set is the conditional least-favourable hybrid of Andrews, Roth and Pakes (2023), the default of R. diff-diff's own
is too narrow (tests pin it). Here the test of each value is made on all vertices of its dual at once, which is exact:
no linear programme is solved. Only the least-favourable threshold is drawn, from a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import FloatArray, IntArray

GRID = 1000  # values tried, to 20 standard errors beyond what departures allow at the estimates, as in R
REACH = 20.0
HYBRID = 0.1  # share of the error spent on the least-favourable threshold
DRAWS = 20_000
MOST_BASES = 200_000
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Estimates before (``before``) and after (k - before) treatment, times rising, the reference period left out.

    ``att`` (k), ``covariance`` (k, k). ``target``: the weights (k - before) of the effect in question, the first
    period after treatment unless given.
    """

    att: FloatArray
    covariance: FloatArray
    before: int
    target: FloatArray

    @classmethod
    def of(cls, att: FloatArray, covariance: FloatArray, before: int, target: FloatArray | None = None) -> EventStudy:
        """The study of these estimates.

        Raises ArrayInputError on shapes that differ, a covariance that cannot be one, or no period before or after.
        """
        att, covariance = np.asarray(att, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
        after = att.size - before
        if covariance.shape != (att.size, att.size) or not np.isfinite(covariance).all() or not np.isfinite(att).all():
            raise ArrayInputError(
                f"A covariance of {att.size} estimates is square, found {covariance.shape}.",
                fr=f"La covariance de {att.size} estimations est carrée : trouvé {covariance.shape}.",
            )
        if before < 1 or after < 1:
            raise ArrayInputError(
                f"Bounds need a period before and after, found {before} before and {after} after.",
                fr=f"Les bornes demandent une période avant et une après : il y en a {before} avant et {after} après.",
            )
        if np.linalg.eigvalsh(covariance)[0] <= 0:
            raise ArrayInputError(
                "The covariance of the estimates is not positive definite.",
                hint="Use more clusters or fewer periods.",
                fr="La covariance des estimations n’est pas définie positive : prendre plus de grappes ou moins de "
                "périodes.",
            )
        weights = np.eye(after)[0] if target is None else np.asarray(target, dtype=np.float64)
        if weights.shape != (after,) or not weights.any():
            raise ArrayInputError(
                f"The target weighs {after} periods after treatment, found {weights.tolist()}.",
                fr=f"L’effet visé pondère {after} périodes après le traitement : trouvé {weights.tolist()}.",
            )
        return cls(att, covariance, before, weights)

    @property
    def estimate(self) -> float:
        """The effect in question if trends were parallel."""
        return float(self.target @ self.att[self.before :])

    @property
    def se(self) -> float:
        """Its standard error."""
        return float(np.sqrt(self.target @ self.covariance[self.before :, self.before :] @ self.target))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The robust interval at ``size``: how many times (or by how much) trends may depart from parallel ones."""

    size: float
    lower: float
    upper: float


def relative_magnitudes(study: EventStudy, size: float, *, level: float = 0.95, seed: int = 1) -> Bounds:
    """The interval when a trend bends after treatment by at most ``size`` times its largest bend before.

    Bends are differences between consecutive periods. Ends lie on R's grid of 1 000 values; both are missing when no
    value passes. Raises ArrayInputError on a negative size, or more than about ten periods after treatment.
    """
    if size < 0:
        raise ArrayInputError(
            f"The size of departures is not negative, found {size}.",
            fr=f"L’ampleur des écarts n’est pas négative : trouvé {size}.",
        )
    largest = np.abs(np.diff(np.append(study.att[: study.before], 0.0))).max()
    reach = size * largest * np.abs(np.cumsum(study.target[::-1])).sum() + REACH * study.se
    grid = np.linspace(study.estimate - reach, study.estimate + reach, GRID)
    accepted = np.zeros(GRID, dtype=bool)
    for worst in range(study.before):
        for sign in (1.0, -1.0):
            accepted |= _accepted(study, _restrictions(study, size, worst, sign), grid, 1 - level, seed)
    if not accepted.any():
        return Bounds(size, np.nan, np.nan)
    kept = grid[accepted]
    return Bounds(size, float(kept[0]), float(kept[-1]))


def breakdown(bounds: Callable[[float], Bounds], most: float, *, precision: float = 0.01) -> float:
    """The largest departure, within ``precision``, at which the interval still leaves 0 out.

    ``bounds`` gives the interval at a size. 0 when the effect is not told from 0 even then; infinite when it is told
    at ``most``.
    """

    def told(size: float) -> bool:
        found = bounds(size)
        return found.lower > 0 or found.upper < 0

    if not told(0.0):
        return 0.0
    if told(most):
        return float("inf")
    low, high = 0.0, most
    while high - low > precision:
        middle = (low + high) / 2
        low, high = (middle, high) if told(middle) else (low, middle)
    return low


def _restrictions(study: EventStudy, size: float, worst: int, sign: float) -> FloatArray:
    """Rows a with a·δ ≤ 0 when the largest bend before treatment is the ``worst``-th one, of this sign.

    Rows on periods before treatment alone are left out, as R does: they say nothing of the effect.
    """
    k = study.att.size
    bends = np.diff(np.eye(k + 1), axis=0)  # columns: periods before, reference, periods after
    limit = sign * np.where(np.arange(k) < study.before, 1.0, size)[:, None] * bends[worst]
    rows = np.delete(np.concatenate([bends - limit, -bends - limit]), study.before, axis=1)
    return np.asarray(rows[np.abs(rows[:, study.before :]).sum(axis=1) > TINY], dtype=np.float64)


def _accepted(study: EventStudy, rows: FloatArray, grid: FloatArray, alpha: float, seed: int) -> NDArray[np.bool_]:
    """Whether each value of the effect passes the conditional least-favourable test of ``rows``·δ ≤ 0."""
    basis = _basis(study.target)
    moved = rows[:, study.before :] @ np.linalg.inv(basis)
    sigma = rows @ study.covariance @ rows.T
    scale = np.sqrt(np.diag(sigma))
    dual = dual_vertices(moved[:, 1:], scale)
    y = (rows @ study.att)[:, None] - moved[:, :1] * grid[None, :]
    threshold = _least_favourable(dual, sigma, HYBRID * alpha, seed)
    return ~_rejected(dual, y, sigma, threshold, (alpha - HYBRID * alpha) / (1 - HYBRID * alpha))


def _basis(target: FloatArray) -> FloatArray:
    """An invertible matrix whose first row is the target."""
    pivot = int(np.argmax(np.abs(target)))
    others = np.delete(np.eye(target.size), pivot, axis=0)
    return np.vstack([target, others])


def dual_vertices(nuisance: FloatArray, scale: FloatArray) -> FloatArray:
    """The vertices (v, m) of {λ ≥ 0, λ·nuisance = 0, λ·scale = 1}, where min over δ of max (y - nuisance δ) / scale
    is the largest λ·y.
    """
    free = np.abs(nuisance).sum(axis=1) < TINY
    found = [row / scale[at] for at, row in zip(np.flatnonzero(free), np.eye(scale.size)[free], strict=True)]
    bound = np.flatnonzero(~free)
    if bound.size:
        system = np.column_stack([nuisance[bound], scale[bound]]).T
        # Rows of the system that say the same as others are set aside.
        kept = np.linalg.svd(system, full_matrices=False)
        rank = int((kept[1] > TINY * kept[1][0]).sum())
        left = kept[0][:, :rank].T
        system, right = left @ system, left[:, -1]
        if comb(bound.size, rank) > MOST_BASES:
            raise ArrayInputError(
                f"Bounds are computed for about ten periods after treatment, found {nuisance.shape[1] + 1}.",
                hint="Keep fewer periods, or average them into one effect.",
                fr="Les bornes se calculent pour une dizaine de périodes après le traitement : il y en a "
                f"{nuisance.shape[1] + 1}. En garder moins, ou les réunir en un seul effet.",
            )
        found.extend(_basic(system, right, bound, scale.size))
    return np.unique(np.round(np.asarray(found), 12), axis=0)


def _basic(system: FloatArray, right: FloatArray, bound: IntArray, size: int) -> list[FloatArray]:
    """Feasible basic solutions of system·λ = right."""
    rank = system.shape[0]
    sets = np.asarray(list(combinations(range(bound.size), rank)), dtype=np.int64)
    square = system[:, sets].transpose(1, 0, 2)
    regular = np.abs(np.linalg.det(square)) > TINY * np.abs(square).max() ** rank
    solved = np.linalg.solve(square[regular], np.broadcast_to(right, (int(regular.sum()), rank))[..., None])[..., 0]
    feasible = (solved > -TINY * np.abs(solved).max(axis=1, keepdims=True)).all(axis=1)
    full = np.zeros((int(feasible.sum()), size))
    np.put_along_axis(full, bound[sets[regular][feasible]], np.maximum(solved[feasible], 0.0), axis=1)
    return list(full)


def _least_favourable(dual: FloatArray, sigma: FloatArray, kappa: float, seed: int) -> float:
    """The quantile 1 - kappa of the largest λ·y when every restriction just holds."""
    values, vectors = np.linalg.eigh(sigma)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    largest = (dual @ root @ standard_normal(seed, sigma.shape[0]).T).max(axis=0)
    return float(np.quantile(largest, 1 - kappa))


def standard_normal(seed: int, width: int) -> FloatArray:
    """The draws (draws, width) behind the least-favourable threshold."""
    return np.random.default_rng(seed).normal(size=(DRAWS, width))


def _rejected(dual: FloatArray, y: FloatArray, sigma: FloatArray, threshold: float, alpha: float) -> NDArray[np.bool_]:
    """The hybrid test at each column of ``y`` (m, values): the largest λ·y, given that this vertex is the largest."""
    scores = dual @ y
    best = scores.argmax(axis=0)
    eta = scores[best, np.arange(y.shape[1])]
    rejected = np.zeros(y.shape[1], dtype=bool)
    for vertex in np.unique(best):
        at = np.flatnonzero(best == vertex)
        spread = float(dual[vertex] @ sigma @ dual[vertex])
        if spread < TINY**2:
            rejected[at] = eta[at] > 0
            continue
        slope = dual @ (sigma @ dual[vertex]) / spread
        rest = scores[:, at] - slope[:, None] * eta[at]
        room = 1 - slope
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = rest / room[:, None]
        low = np.where(room[:, None] > TINY, crossing, -np.inf).max(axis=0)
        high = np.minimum(np.where(room[:, None] < -TINY, crossing, np.inf).min(axis=0), threshold)
        deviation = np.sqrt(spread)
        critical = _truncated_quantile(1 - alpha, low / deviation, high / deviation)
        rejected[at] = eta[at] / deviation > np.maximum(critical, 0.0)
    return np.asarray(rejected | (eta > threshold), dtype=np.bool_)


def _truncated_quantile(p: float, low: FloatArray, high: FloatArray) -> FloatArray:
    """The quantile of a standard normal between ``low`` and ``high``, on the side where its tail is small."""
    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    share = np.where(flip, 1 - p, p)
    left = ndtr(a)
    found = ndtri(left + share * (ndtr(b) - left))
    return np.asarray(np.clip(np.where(flip, -found, found), low, high), dtype=np.float64)
