"""Regression discontinuity: what a measure changed at the threshold that opens it, for units near the threshold.

Local lines on each side, triangular kernel, bandwidth of least mean squared error, robust bias-corrected interval:
Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6). Where a zone is decided for a whole territory (the
territoire de vie-santé of the zoning by APL), its communes are one cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import critical_value
from maillage.evaluation.local_polynomial import Side, bandwidths, lines, residuals, scores, variance
from maillage.evaluation.panel import FloatArray
from maillage.evaluation.threshold import Threshold, clusters_within, sides

WEAK_STAGE = 10.0  # smallest F of a jump in take-up (Staiger and Stock 1997; Feir, Lemieux and Marmer 2016)


@dataclass(frozen=True, slots=True)
class Jump:
    """The jump at the cutoff, eligible side less the other, for units at the cutoff only.

    ``effect`` and ``effect_se``: the conventional estimate. ``corrected``, ``se`` and the interval ``low`` to ``high``
    at ``level``: bias-corrected and robust, those to report. ``bandwidth`` and ``bias_bandwidth`` in the unit of the
    running variable; ``below`` and ``above``: units within it; ``clusters`` within it, 0 when none are given.
    ``stage``: the jump in take-up that the effect was divided by, 1 when the threshold decides alone.
    """

    effect: float
    effect_se: float
    corrected: float
    se: float
    low: float
    high: float
    p_value: float
    level: float
    bandwidth: float
    bias_bandwidth: float
    below: int
    above: int
    clusters: int
    stage: float = 1.0


def jump(
    design: Threshold, *, bandwidth: float | None = None, bias_bandwidth: float | None = None, level: float = 0.95
) -> Jump:
    """The jump of the outcome at the cutoff of ``design``, or of outcome over take-up where it has ``taken``.

    Bandwidths are those of least mean squared error for the outcome; a ``bandwidth`` given alone is also that of the
    bias. Intervals take Student's G - 1 degrees of freedom with clusters, else the normal law. Errors of clusters on
    both sides add up across the cutoff. Raises ArrayInputError when too few values or clusters are within the
    bandwidth, or when take-up does not jump enough to divide by (F below 10).
    """
    both = sides(design)
    h, b = bandwidths(*both) if bandwidth is None else (bandwidth, bias_bandwidth or bandwidth)
    if not (h > 0 and b > 0):
        raise ArrayInputError(
            f"A bandwidth is above 0, found {h:g} and {b:g}.",
            fr=f"Une fenêtre est au-dessus de 0 ; trouvé {h:g} et {b:g}.",
        )
    clusters = clusters_within(design, h)
    fits = [_fit(side, h, b) for side in both]
    effect, corrected, mix, stage = _estimates(design, both, fits)
    se = _error(fits, both, mix, 1)
    reach = critical_value(level, clusters, clustered=clusters > 0) * se
    degrees = clusters - 1 if clusters else np.inf
    below, above = (int((np.abs(side.distance) < h).sum()) for side in both)
    return Jump(
        effect=effect,
        effect_se=_error(fits, both, mix, 0),
        corrected=corrected,
        se=se,
        low=corrected - reach,
        high=corrected + reach,
        p_value=float(2 * stdtr(degrees, -abs(corrected) / se)),
        level=level,
        bandwidth=h,
        bias_bandwidth=b,
        below=below,
        above=above,
        clusters=clusters,
        stage=stage,
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    """Lines (2, n) of the conventional and of the corrected height at the cutoff, and the scores (2, n, k) of each."""

    line: FloatArray
    score: FloatArray


def _fit(side: Side, h: float, b: float) -> _Fit:
    """The height at the cutoff, by a line within h; corrected for the curvature seen by a parabola within b."""
    line, parabola = lines(side, 1, h), lines(side, 2, b)
    inside = np.abs(side.distance) < max(h, b)
    corrected = line[0] - (line[0] @ side.distance**2) * parabola[2]
    plain = residuals(side, line, inside)
    rest = plain if side.cluster is None else residuals(side, parabola, inside)
    score = np.stack(
        [
            [scores(side, line[0], column, inside, 1) for column in plain.T],
            [scores(side, corrected, column, inside, 2) for column in rest.T],
        ]
    )
    return _Fit(np.stack([line[0], corrected]), np.swapaxes(score, 1, 2))


def _estimates(design: Threshold, both: tuple[Side, Side], fits: list[_Fit]) -> tuple[float, float, FloatArray, float]:
    """The jump, the corrected jump, how responses mix in them (k), and the jump in take-up."""
    plain, better = (fits[1].line[each] @ both[1].response - fits[0].line[each] @ both[0].response for each in (0, 1))
    toward = -1.0 if design.eligible == "below" else 1.0
    if design.taken is None:
        return toward * float(plain[0]), toward * float(better[0]), np.ones(1), 1.0
    stage = toward * float(plain[1])
    _check_stage(stage, _error(fits, both, np.array([0.0, 1.0]), 0))
    ratio = float(plain[0] / plain[1])
    mix = np.array([1.0, -ratio]) / plain[1]
    return ratio, ratio + float(mix @ (better - plain)), mix, stage


def _error(fits: list[_Fit], both: tuple[Side, Side], mix: FloatArray, which: int) -> float:
    """The standard error of the difference above less below in the responses mixed by ``mix`` (k)."""
    score = np.concatenate([-fits[0].score[which] @ mix, fits[1].score[which] @ mix])
    below, above = (side.cluster for side in both)
    cluster = None if below is None or above is None else np.concatenate([below, above])
    return float(np.sqrt(variance(score, cluster)))


def _check_stage(stage: float, se: float) -> None:
    strength = (stage / se) ** 2 if se > 0 else np.inf
    if stage <= 0 or strength < WEAK_STAGE:
        raise ArrayInputError(
            f"Take-up must rise toward the eligible side of the cutoff with an F of at least {WEAK_STAGE:g}, found a "
            f"jump of {stage:.3g} (F = {strength:.3g}).",
            hint="Give the effect of being eligible, without `taken`.",
            fr=f"Le recours doit monter, au seuil, du côté ouvert à la mesure, avec un F d’au moins {WEAK_STAGE:g} ; "
            f"saut de {stage:.3g} (F = {strength:.3g}). Donner l’effet de l’éligibilité, sans « taken ».",
        )
