"""Other estimators of the same effects, to lay beside ATT(g, t): imputation, synthetic difference in differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.estimate import frame_of, known_covariates, listening
from maillage.evaluation.panel import FloatArray, IntArray, Panel


@dataclass(frozen=True, slots=True)
class Imputed:
    """Effects (k) by periods since treatment ``event``, from 0 up, and their mean over every treated unit and period.

    ``notes``: what the library warned of.
    """

    event: IntArray
    att: FloatArray
    se: FloatArray
    overall: float
    overall_se: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synthetic:
    """The effect of one adoption date against a weighted mix of untreated units and earlier periods.

    ``unit_weight`` (untreated units, in the panel's order) and ``period_weight`` (periods before) each sum to 1.
    """

    att: float
    se: float
    unit_weight: FloatArray
    period_weight: FloatArray
    notes: tuple[str, ...] = ()


def imputation(
    panel: Panel, *, covariates: tuple[str, ...] = (), anticipation: int = 0, weighted: bool = False
) -> Imputed:
    """The imputation estimator of Borusyak, Jaravel and Spiess (2024), errors clustered at the panel's clusters.

    Periods of anticipation are left out of the fit and of the averages: the library would count them as treated.
    ``weighted``: units count by their weight of the first period. Raises ArrayInputError on an unknown covariate.
    """
    from diff_diff import ImputationDiD, SurveyDesign

    known_covariates(panel, covariates)
    weight = np.repeat(panel.weight[:, :1], panel.periods.size, axis=1) if weighted else None
    frame = frame_of(panel, covariates, weight)
    expected = (
        (frame["cohort"] > 0)
        & (frame["period"] < frame["cohort"])
        & (frame["period"] >= frame["cohort"] - anticipation)
    )
    with listening() as caught:
        result = ImputationDiD(cluster="cluster", rank_deficient_action="error").fit(
            frame[~expected],
            outcome="outcome",
            unit="unit",
            time="period",
            first_treat="cohort",
            covariates=[f"x_{name}" for name in covariates] or None,
            survey_design=SurveyDesign(weights="weight") if weighted else None,
        )
        table = result.aggregate("event_study").to_dataframe()
    table = table[table["event_time"] >= 0].sort_values("event_time")
    return Imputed(
        event=table["event_time"].to_numpy(dtype=np.int64),
        att=table["att"].to_numpy(dtype=np.float64),
        se=table["se"].to_numpy(dtype=np.float64),
        overall=float(result.overall_att),
        overall_se=float(result.overall_se),
        notes=_notes(caught),
    )


def synthetic_did(panel: Panel, *, draws: int = 200, seed: int = 1) -> Synthetic:
    """The synthetic difference in differences of Arkhangelsky and others (2021), for a single adoption date.

    Its error comes from ``draws`` placebos when one unit is treated (a panel with ``smallest_cohort`` 1), else from the
    jackknife of the paper (algorithm 3), the panel's clusters left out in turn: it is missing when one of them holds
    every treated unit, or every weight. Raises ArrayInputError on several adoption dates, or no more untreated units
    than treated.
    """
    from diff_diff import SyntheticDiD

    treated = panel.cohort > 0
    _check_one_date(panel)
    frame = frame_of(panel)
    frame["treated"] = 1 * (frame["cohort"] > 0)
    with listening() as caught:
        method = "placebo" if treated.sum() == 1 else "jackknife"
        result = SyntheticDiD(variance_method=method, n_bootstrap=draws, seed=seed).fit(
            frame,
            outcome="outcome",
            treatment="treated",
            unit="unit",
            time="period",
            post_periods=panel.periods[panel.periods >= panel.cohorts[0]].tolist(),
        )
    before = panel.periods[panel.periods < panel.cohorts[0]].tolist()
    unit_weight = np.asarray([result.unit_weights.get(each, 0.0) for each in np.flatnonzero(~treated)])
    period_weight = np.asarray([result.time_weights.get(each, 0.0) for each in before])
    return Synthetic(
        att=float(result.att),
        se=float(result.se) if method == "placebo" else _jackknife(panel, unit_weight, period_weight),
        unit_weight=unit_weight,
        period_weight=period_weight,
        notes=_notes(caught),
    )


def _check_one_date(panel: Panel) -> None:
    treated = panel.cohort > 0
    if panel.cohorts.size != 1:
        raise ArrayInputError(
            f"A synthetic comparison has one adoption date, found {panel.cohorts.tolist()}.",
            hint="Select one cohort and the never-treated.",
            fr=f"Une comparaison synthétique a une seule date d’entrée : {panel.cohorts.tolist()} ont été trouvées. "
            "Choisir une cohorte et les unités jamais traitées.",
        )
    if (~treated).sum() <= treated.sum():
        raise ArrayInputError(
            f"A synthetic comparison needs more untreated units than treated, found {int((~treated).sum())} and "
            f"{int(treated.sum())}.",
            fr="Une comparaison synthétique demande plus d’unités non traitées que de traitées : "
            f"{int((~treated).sum())} et {int(treated.sum())} ont été trouvées.",
        )


def _jackknife(panel: Panel, unit_weight: FloatArray, period_weight: FloatArray) -> float:
    """The standard error by leaving each cluster out, weights held and scaled back to 1."""
    treated, after = panel.cohort > 0, panel.periods >= panel.cohorts[0]
    moved = panel.outcome[:, after].mean(axis=1) - panel.outcome[:, ~after] @ period_weight
    share = np.where(treated, 1.0 / treated.sum(), 0.0)
    share[~treated] = unit_weight
    mass = np.stack([np.bincount(panel.cluster, share * side) for side in (treated, ~treated)])
    sums = np.stack([np.bincount(panel.cluster, share * side * moved) for side in (treated, ~treated)])
    left = 1.0 - mass
    if (left < 1e-12).any():
        return float("nan")
    here, there = (sums.sum(axis=1, keepdims=True) - sums) / left
    without = here - there
    return float(np.sqrt((without.size - 1) * without.var()))


def _notes(caught: list[Any]) -> tuple[str, ...]:
    messages = (str(each.message) for each in caught)
    return tuple(dict.fromkeys(message for message in messages if "weights normalized" not in message))
