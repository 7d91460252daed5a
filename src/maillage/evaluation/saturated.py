"""The saturated event study of Sun and Abraham (2021), Journal of Econometrics 225(2), by pyfixest.

One more estimator to lay beside ATT(g, t). Every cohort has an effect in every period, against the period before its
treatment and the never-treated, with a level for each unit and period; effects are then averaged by shares of cohorts.
Without covariates its estimates are those of ATT(g, t) against the never-treated with a universal base; its errors are
those of one regression, shares held fixed.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError, UsageError
from maillage.evaluation.estimate import frame_of
from maillage.evaluation.panel import FloatArray, IntArray, Panel

CELL = re.compile(r"rel_time::(?P<event>-?\d+)(\.0)?:first_treated_period::(?P<cohort>\d+)(\.0)?")


@dataclass(frozen=True, slots=True)
class Saturated:
    """Effects (k) by periods since treatment ``event``, the period before left out, and their plain mean from 0 up."""

    event: IntArray
    att: FloatArray
    se: FloatArray
    overall: float
    overall_se: float


def saturated(panel: Panel) -> Saturated:
    """The saturated event study of ``panel``, errors clustered at the panel's clusters, each unit for one.

    Raises ArrayInputError without never-treated units or where a cohort lacks the period before its treatment;
    UsageError where the extra ``evaluation`` is not installed.
    """
    _check(panel)
    with warnings.catch_warnings():
        # pyfixest 0.60 calls what pandas 3.1 deprecates, says that the study is in beta, and loads plotting libraries.
        warnings.simplefilter("ignore")
        fit = _pyfixest().event_study(
            frame_of(panel), "outcome", "unit", "period", "cohort", cluster="cluster", estimator="saturated"
        )
    cells = [CELL.fullmatch(str(name)) for name in fit._coefnames]
    event, cohort = (
        np.asarray([int(cell[part]) for cell in cells if cell], dtype=np.int64) for part in ("event", "cohort")
    )
    size = np.asarray([(panel.cohort == each).sum() for each in cohort], dtype=np.float64)
    at = np.unique(event)
    share = (event[None, :] == at[:, None]) * size
    share = share / share.sum(axis=1, keepdims=True)
    mean = share[at >= 0].mean(axis=0)
    beta, covariance = np.asarray(fit._beta_hat, dtype=np.float64), np.asarray(fit._vcov, dtype=np.float64)
    return Saturated(
        event=at,
        att=share @ beta,
        se=_error(share, covariance),
        overall=float(mean @ beta),
        overall_se=float(_error(mean[None, :], covariance)[0]),
    )


def _error(share: NDArray[Any], covariance: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", share, covariance, share)), dtype=np.float64)


def _pyfixest() -> Any:
    try:
        import pyfixest
    except ImportError as problem:
        raise UsageError(
            "The saturated event study needs the extra `evaluation`.",
            hint="Install it with: pip install 'maillage[evaluation]'",
            fr="L’étude d’événement saturée demande l’extra « evaluation ». L’installer avec : "
            "pip install 'maillage[evaluation]'",
        ) from problem
    return pyfixest


def _check(panel: Panel) -> None:
    if not (panel.cohort == 0).any():
        raise ArrayInputError(
            "A saturated event study compares with never-treated units and the panel has none.",
            hint="Estimate ATT(g, t) against units not yet treated.",
            fr="Une étude d’événement saturée compare à des unités jamais traitées, et le panel n’en a pas. Estimer "
            "ATT(g, t) contre les unités pas encore traitées.",
        )
    blind = panel.cohorts[~np.isin(panel.cohorts - 1, panel.periods)]
    if blind.size:
        raise ArrayInputError(
            f"A saturated event study measures from the period before treatment, and cohort {int(blind[0])} has none.",
            hint="Number periods one by one, or estimate ATT(g, t).",
            fr="Une étude d’événement saturée part de la période d’avant la mesure, et la cohorte "
            f"{int(blind[0])} n’en a pas. Numéroter les périodes une à une, ou estimer ATT(g, t).",
        )
