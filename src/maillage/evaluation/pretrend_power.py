"""What the test before treatment can see (Roth 2022, R ``pretrends``): slopes it would find, and the bias they leave.

The test passes when no estimate before treatment has |t| above 1.96, as in R.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Effects, Over, aggregate
from maillage.evaluation.cohorts import blind
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison, GroupTime, cluster_total
from maillage.evaluation.panel import FloatArray, Panel

THRESHOLD = 1.96
HALF, MOST = 0.50, 0.80
# Quasi-random points a dimension, and their seed, behind rectangle probabilities: off by less than 1e-4 up to 16.
POINTS = 5_000
SEED = 1


@dataclass(frozen=True, slots=True)
class PretrendPower:
    """Slopes, in outcome a period, of a difference in trends that the test finds half and four fifths of the time.

    ``bias_half`` and ``bias_most``: what such a trend adds to the overall effect. ``size``: how often the test finds
    something where trends are parallel. ``event`` (k) and ``se`` (k): the estimates tested.
    """

    slope_half: float
    slope_most: float
    bias_half: float
    bias_most: float
    size: float
    event: FloatArray
    se: FloatArray


def pretrend_power(
    panel: Panel, comparison: Comparison | None = None, *, over: Over = "cell", longest: int | None = None
) -> PretrendPower:
    """The power of the test on event times before treatment and its anticipation, before any result is known.

    Outcomes that treatment may have touched are blanked before anything is estimated. Raises ArrayInputError when there
    is no estimate before treatment.
    """
    comparison = comparison or Comparison()
    cells = group_time(blind(panel, comparison.anticipation), comparison)
    effects, direction = aggregate(cells, "event"), aggregate(_line(cells, panel), "event")
    early = _early(effects, comparison)
    if not early.any():
        raise _nothing_before()
    covariance = effects.covariance[np.ix_(early, early)]
    slopes = [slope_for_power(covariance, direction.att[early], power) for power in (HALF, MOST)]
    bias = aggregate(_line(cells, panel), over, longest=longest).overall
    return PretrendPower(
        slope_half=slopes[0],
        slope_most=slopes[1],
        bias_half=slopes[0] * bias,
        bias_most=slopes[1] * bias,
        size=1 - passing(covariance, np.zeros(int(early.sum()))),
        event=effects.at[early].astype(np.float64),
        se=effects.se[early],
    )


def bias_after_passing(
    cells: GroupTime, panel: Panel, slope: float, *, over: Over = "cell", longest: int | None = None
) -> tuple[float, float]:
    """What a difference in trends of ``slope`` a period adds to the overall effect, at all and once the test is passed.

    Keeping only what passes selects: the second is often the larger (Roth 2022, proposition 2). ``cells``: the
    estimates of ``panel``. Raises ArrayInputError when there is no estimate before treatment.
    """
    effects, line = aggregate(cells, "event"), _line(cells, panel)
    early = _early(effects, cells.comparison)
    if not early.any():
        raise _nothing_before()
    overall = aggregate(cells, over, longest=longest)
    total = cluster_total(np.column_stack([effects.influence[:, early], overall.overall_influence]), cells.cluster)
    direction = np.append(aggregate(line, "event").att[early], aggregate(line, over, longest=longest).overall)
    mean = slope * direction
    return float(mean[-1]), float(mean_after_passing(mean, total.T @ total, direction.size - 1)[-1])


def slope_for_power(covariance: FloatArray, direction: FloatArray, power: float) -> float:
    """The slope at which estimates of mean slope × ``direction`` (k) fail the test with probability ``power``.

    ``covariance`` (k, k). R's ``slope_for_power``, where ``direction`` is the time since the reference. Raises
    ArrayInputError when the test already fails as often without any trend, or when no slope moves the estimates.
    """
    se = np.sqrt(np.diag(covariance))
    if not np.abs(direction).any():
        raise ArrayInputError(
            "A trend moves no estimate before treatment.",
            hint="Give earlier outcomes.",
            fr="Une tendance ne déplace aucune estimation d’avant le traitement : donner des résultats antérieurs.",
        )

    def excess(slope: float) -> float:
        return 1 - passing(covariance, slope * direction) - power

    if excess(0.0) >= 0:
        raise ArrayInputError(
            f"The test before treatment fails with probability {power} without any trend.",
            fr=f"Le test d’avant le traitement échoue avec la probabilité {power} sans aucune tendance.",
        )
    # From here on one estimate alone is found: 1.96 + 6 standard errors away.
    moving = np.abs(direction) > 0
    enough = float(((THRESHOLD + 6) * se[moving] / np.abs(direction[moving])).min())
    return float(brentq(excess, 0.0, enough, xtol=1e-7 * enough, rtol=1e-7))


def passing(covariance: FloatArray, mean: FloatArray) -> float:
    """The probability that no estimate of ``mean`` (k) and ``covariance`` (k, k) has |t| above 1.96."""
    reach = THRESHOLD * np.sqrt(np.diag(covariance))
    return _rectangle(covariance, mean, reach)


def mean_after_passing(mean: FloatArray, covariance: FloatArray, before: int) -> FloatArray:
    """The mean of all estimates (k) given that none of the first ``before`` has |t| above 1.96.

    The mean of a truncated normal (Manjunath and Wilhelm 2021): ``mean`` + covariance[:, before] · f, f the densities
    of its sides over the probability of passing.
    """
    early = covariance[:before, :before]
    reach = THRESHOLD * np.sqrt(np.diag(early))
    probability = passing(early, mean[:before])
    sides = np.zeros(before)
    for at in range(before):
        rest = np.delete(np.arange(before), at)
        given = early[np.ix_(rest, rest)] - np.outer(early[rest, at], early[at, rest]) / early[at, at]
        for bound, sign in ((-reach[at], 1.0), (reach[at], -1.0)):
            moved = mean[rest] + early[rest, at] / early[at, at] * (bound - mean[at])
            density = norm.pdf(bound, mean[at], np.sqrt(early[at, at]))
            sides[at] += sign * density * _rectangle(given, moved, reach[rest])
    return np.asarray(mean + covariance[:, :before] @ sides / probability, dtype=np.float64)


def _rectangle(covariance: FloatArray, mean: FloatArray, reach: FloatArray) -> float:
    """P(-reach ≤ X ≤ reach) for X normal; 1 for no dimension."""
    if not mean.size:
        return 1.0
    if mean.size == 1:
        se = np.sqrt(covariance[0, 0])
        return float(norm.cdf((reach - mean)[0] / se) - norm.cdf((-reach - mean)[0] / se))
    return float(
        multivariate_normal.cdf(
            reach,
            mean=mean,
            cov=covariance,
            lower_limit=-reach,
            allow_singular=True,
            maxpts=POINTS * mean.size,
            abseps=1e-6,
            releps=1e-6,
            rng=np.random.default_rng(SEED),
        )
    )


def _nothing_before() -> ArrayInputError:
    return ArrayInputError(
        "No effect before treatment was estimated.",
        hint="Give earlier outcomes.",
        fr="Aucun effet avant le traitement n’a été estimé : donner des résultats antérieurs.",
    )


def _early(effects: Effects, comparison: Comparison) -> FloatArray:
    """Which event times (k) the test looks at."""
    return np.asarray((effects.at < -comparison.anticipation) & (effects.se > 0))


def _line(cells: GroupTime, panel: Panel) -> GroupTime:
    """The cells of outcomes that are a straight line of slope 1 in treated units and nothing in others."""
    att = np.empty(cells.att.size)
    for at, (g, t) in enumerate(zip(cells.cohort.tolist(), cells.period.tolist(), strict=True)):
        earlier = panel.periods[panel.periods < g - cells.comparison.anticipation]
        base = int(earlier[-1])
        if cells.comparison.base == "varying" and t < g:
            base = int(panel.periods[np.flatnonzero(panel.periods == t)[0] - 1])
        att[at] = t - base
    return replace(cells, att=att)
