"""Effects in each group of units (type of territory, deprivation, density), and whether they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Effects
from maillage.evaluation.group_time import cluster_total, standard_error
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.sensitivity import Estimate, Line, Question, attempt, effects_of, estimate_of, estimate_with

FEWEST_TREATED = 5  # treated units in a group, an assumption: with fewer, its standard error says little


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """The effect in each group (``lines``), each less that of the first estimated (``differences``, "b - a").

    The Wald test that all are equal: ``statistic``, ``degrees`` of freedom, ``p_value``; missing with fewer than two
    groups, or fewer clusters than it takes.
    """

    lines: tuple[Line, ...]
    differences: tuple[Line, ...]
    statistic: float
    degrees: int
    p_value: float


def by_group(panel: Panel, labels: NDArray[Any], question: Question) -> Heterogeneity:
    """The question among the units of each of ``labels`` (n), treated and compared with alike.

    Groups may share clusters: their covariance is counted. A group of too few treated units is a refused line; units
    whose label is empty are in none.
    """
    labels = np.asarray(labels)
    found: dict[str, tuple[NDArray[np.bool_], Effects]] = {}
    lines = []
    for label in np.unique(labels[labels != ""]).tolist():
        inside = np.asarray(labels == label, dtype=np.bool_)
        lines.append(attempt("heterogeneity", str(label), partial(_within, panel, inside, question, found, str(label))))
    att = np.asarray([effects.overall for _, effects in found.values()])
    influence = np.zeros((panel.units.size, len(found)))
    for at, (inside, effects) in enumerate(found.values()):
        influence[inside, at] = effects.overall_influence
    return Heterogeneity(
        tuple(lines), _against_first(panel, list(found), att, influence, question), *_wald(panel, att, influence)
    )


def chosen_units(panel: Panel, keep: NDArray[np.bool_]) -> Panel:
    """The panel of the units that are true in ``keep`` (n), cohorts of one unit included.

    Raises ArrayInputError on fewer treated units than `FEWEST_TREATED`, or as `Panel.select`.
    """
    treated = int((panel.cohort[keep] > 0).sum())
    if treated < FEWEST_TREATED:
        raise ArrayInputError(
            f"A group has at least {FEWEST_TREATED} treated units, found {treated}.",
            hint="Join it with another group.",
            fr=f"Un groupe compte au moins {FEWEST_TREATED} unités traitées : il y en a {treated}. Le réunir à un "
            "autre groupe.",
        )
    return panel.select(keep, smallest_cohort=1)


def _within(
    panel: Panel,
    inside: NDArray[np.bool_],
    question: Question,
    found: dict[str, tuple[NDArray[np.bool_], Effects]],
    label: str,
) -> Estimate:
    effects = effects_of(chosen_units(panel, inside), question)
    found[label] = (inside, effects)
    return estimate_of(effects, question.level)


def _against_first(
    panel: Panel, names: list[str], att: FloatArray, influence: FloatArray, question: Question
) -> tuple[Line, ...]:
    if att.size < 2:
        return ()
    gap = att[1:] - att[0]
    se = standard_error(influence[:, 1:] - influence[:, :1], panel.cluster)
    return tuple(
        attempt(
            "heterogeneity",
            f"{name} - {names[0]}",
            partial(estimate_with, float(each), float(error), panel, question.level),
        )
        for name, each, error in zip(names[1:], gap, se, strict=True)
    )


def _wald(panel: Panel, att: FloatArray, influence: FloatArray) -> tuple[float, int, float]:
    degrees = max(att.size - 1, 0)
    if degrees:
        total = cluster_total(influence[:, 1:] - influence[:, :1], panel.cluster)
        covariance, gap = total.T @ total, att[1:] - att[0]
        if np.linalg.matrix_rank(covariance) == degrees:
            statistic = float(gap @ np.linalg.solve(covariance, gap))
            return statistic, degrees, float(chi2.sf(statistic, degrees))
    return float("nan"), degrees, float("nan")
