"""The doubly robust difference of two periods of Sant'Anna and Zhao (2020), with covariates.

Written here because diff-diff 3.13.0 divides the odds-weighted controls by the number of treated, not by the sum of
their own weights as R ``DRDID`` does: on the reference simulation its cells miss those of R by up to 1e-4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import FloatArray

ITERATIONS = 50
TOLERANCE = 1e-10
MOST_CERTAIN = 0.995  # controls surer than this to be treated are set aside, as in R DRDID


def doubly_robust(
    change: FloatArray, treated: NDArray[np.bool_], covariates: FloatArray, weight: FloatArray
) -> tuple[float, FloatArray]:
    """The effect on the treated and the influence (n) of each unit, whose sum of squares is the variance.

    ``change`` (n): outcome of the later period less the earlier; ``covariates`` (n, k) without constant; ``weight`` (n)
    above 0. Raises ArrayInputError when treatment is a deterministic function of covariates or they are collinear.
    """
    n = change.size
    weight = weight / weight.mean()
    x = np.column_stack([np.ones(n), covariates])
    if np.linalg.matrix_rank(x[~treated]) < x.shape[1]:
        raise ArrayInputError(
            "Covariates are collinear among the units compared with.",
            hint="Drop one, or pool categories.",
            fr="Des covariables sont redondantes parmi les unités de comparaison : en retirer une, ou réunir des "
            "catégories.",
        )
    beta, bread = propensity(x, treated, weight)
    odds_of = odds(x, beta)
    controls = weight * ~treated
    gram = np.linalg.inv(x.T @ (controls[:, None] * x) / n)
    residual = change - x @ (gram @ (x.T @ (controls * change)) / n)
    certain = odds_of > MOST_CERTAIN / (1 - MOST_CERTAIN)
    here, there = weight * treated, controls * np.where(certain, 0.0, odds_of)
    of_regression = (controls * residual)[:, None] * x @ gram
    share = odds_of / (1 + odds_of)
    of_propensity = (weight * (treated - share))[:, None] * x @ bread
    eta_here, eta_there = (float((w * residual).sum() / w.sum()) for w in (here, there))
    gap = (there * (residual - eta_there)) @ x / n
    influence_here = here * (residual - eta_here) - of_regression @ (here @ x / n)
    influence_there = there * (residual - eta_there) + of_propensity @ gap - of_regression @ (there @ x / n)
    influence = influence_here / here.mean() - influence_there / there.mean()
    return float(eta_here - eta_there), np.asarray(influence / n, dtype=np.float64)


def odds(x: FloatArray, beta: FloatArray) -> FloatArray:
    """The odds (n) of being treated at ``x`` (n, k) under the logit ``beta`` (k)."""
    return np.asarray(np.exp(np.clip(x @ beta, -30, 30)), dtype=np.float64)


def propensity(x: FloatArray, treated: NDArray[np.bool_], weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The logit (k) of being treated on ``x`` (n, k, constant included), and the inverse of its mean information.

    Raises ArrayInputError when ``x`` separates treated units from the others.
    """
    beta = np.zeros(x.shape[1])
    for _ in range(ITERATIONS):
        of = odds(x, beta)
        share = of / (1.0 + of)
        information = x.T @ ((weight * share * (1 - share))[:, None] * x) / share.size
        if np.linalg.cond(information) > 1 / np.finfo(float).eps:
            break
        bread = np.linalg.inv(information)
        step = bread @ (x.T @ (weight * (treated - share))) / share.size
        beta = beta + step
        if np.abs(step).max() < TOLERANCE * (1 + np.abs(beta).max()):
            return beta, np.asarray(bread, dtype=np.float64)
    raise ArrayInputError(
        "Covariates separate treated units from the others: no control resembles them.",
        hint="Drop the covariate that decides treatment, or narrow the population to where both are found.",
        fr="Les covariables séparent les unités traitées des autres : aucune unité de comparaison ne leur ressemble. "
        "Retirer la covariable qui décide du traitement, ou restreindre la population à celle où les deux se trouvent.",
    )
