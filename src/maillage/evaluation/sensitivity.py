"""Sensitivity: the same question asked otherwise, one line an answer; what cannot be asked is a line with its reason.

Nothing here stops at a refusal: a table that leaves out what failed would only show what agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Effects, Over, aggregate, average, critical_value, overall_interval
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel
from maillage.text import Text, both_ways

Kind = Literal[
    "estimator",
    "placebo_date",
    "placebo_outcome",
    "leave_out_cohort",
    "leave_out_group",
    "leave_out_donor",
    "control",
    "weights",
    "anticipation",
    "spillover",
    "dose",
    "covariates",
    "heterogeneity",
    "bandwidth",
    "donut",
    "placebo_cutoff",
    "component",
]

UNSOLVED = Text(
    fr="Le système d’équations n’a pas de solution unique : trop peu d’unités pour ce qui est demandé.",
    en="The system of equations has no single solution: too few units for what is asked.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a panel: the comparison, and the average over its cells (see `aggregate`), at ``level``."""

    comparison: Comparison = field(default_factory=Comparison)
    over: Over = "cell"
    longest: int | None = None
    level: float = 0.95

    def otherwise(self, **changes: Any) -> Question:
        """The same question with another comparison."""
        return replace(self, comparison=replace(self.comparison, **changes))


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect, its error, interval and p-value (missing where there is none), on ``units``."""

    att: float
    se: float
    low: float
    high: float
    p_value: float
    units: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sensitivity table: ``key`` says which one of its ``kind``.

    Numbers are missing where it was ``refused``, for a reason given in English and in French. ``expected_zero``: a
    placebo, in which nothing should be found. ``p_value``: two-sided, that the effect is 0.
    """

    kind: Kind
    key: str
    att: float
    se: float
    low: float
    high: float
    units: int
    refused: str = ""
    refused_fr: str = ""
    expected_zero: bool = False
    p_value: float = float("nan")


def attempt(kind: Kind, key: str, fit: Callable[[], Estimate], *, expected_zero: bool = False) -> Line:
    """The line that ``fit`` gives; refused, with the reason, where it raises ArrayInputError or cannot be solved."""
    nan = float("nan")
    try:
        found = fit()
    except (ArrayInputError, np.linalg.LinAlgError) as problem:
        why = both_ways(problem) if isinstance(problem, ArrayInputError) else UNSOLVED
        return Line(kind, key, nan, nan, nan, nan, 0, why.en, why.fr, expected_zero)
    numbers = (found.att, found.se, found.low, found.high, found.units)
    return Line(kind, key, *numbers, expected_zero=expected_zero, p_value=found.p_value)


def effects_of(panel: Panel, question: Question) -> Effects:
    """The averaged effects of ATT(g, t) that ``question`` asks for."""
    return aggregate(group_time(panel, question.comparison), question.over, longest=question.longest)


def answer(panel: Panel, question: Question) -> Estimate:
    """The effect that ``question`` asks for; raises ArrayInputError as `group_time` and `aggregate`."""
    return estimate_of(effects_of(panel, question), question.level)


def estimate_of(effects: Effects, level: float) -> Estimate:
    """The summary of ``effects`` with its interval at ``level``."""
    low, high = overall_interval(effects, level=level)
    p_value = _p_value(effects.overall, effects.overall_se, effects.cluster)
    return Estimate(effects.overall, effects.overall_se, low, high, p_value, effects.cluster.size)


def estimate_with(att: float, se: float, panel: Panel, level: float) -> Estimate:
    """An effect known by its error alone, with the degrees of freedom of the clusters of ``panel``."""
    count = int(panel.cluster.max()) + 1
    reach = critical_value(level, count, clustered=count < panel.cluster.size) * se
    return Estimate(att, se, att - reach, att + reach, _p_value(att, se, panel.cluster), panel.units.size)


def _p_value(att: float, se: float, cluster: NDArray[np.int64]) -> float:
    count = int(cluster.max()) + 1
    # An effect without spread is told from 0 unless it is 0.
    if not se > 0:
        return float("nan") if np.isnan(se) else float(att == 0)
    return float(2 * stdtr(count - 1 if count < cluster.size else np.inf, -abs(att) / se))


def controls(panel: Panel, question: Question) -> tuple[Line, ...]:
    """Against units never treated, not yet treated, and those treated last (Sun and Abraham 2021)."""
    never, not_yet = (question.otherwise(control=control) for control in ("never_treated", "not_yet_treated"))
    return (
        attempt("control", "never_treated", partial(answer, panel, never)),
        attempt("control", "not_yet_treated", partial(answer, panel, not_yet)),
        attempt(
            "control", "last_treated", lambda: answer(against_last(panel, question.comparison.anticipation), never)
        ),
    )


def against_last(panel: Panel, anticipation: int = 0) -> Panel:
    """The treated units of ``panel``, the last cohort as its controls, until they anticipate their own treatment.

    Raises ArrayInputError on a single cohort, or as `Panel.select`.
    """
    last = int(panel.cohorts[-1])
    if panel.cohorts.size < 2:
        raise ArrayInputError(
            f"Every treated unit is treated in {last}: none comes last.",
            hint="Compare with units never treated.",
            fr=f"Toutes les unités traitées le sont en {last} : aucune ne vient en dernier. Comparer avec les unités "
            "jamais traitées.",
        )
    kept = ((panel.cohort > 0) & (panel.cohort < last - anticipation)) | (panel.cohort == last)
    early = during(panel, np.asarray(panel.periods < last - anticipation, dtype=np.bool_))
    return early.select(kept, cohort=np.where(panel.cohort == last, 0, panel.cohort))


def during(panel: Panel, keep: NDArray[np.bool_]) -> Panel:
    """``panel`` in the periods that are true in ``keep`` (T), its design not checked anew."""
    return replace(
        panel,
        periods=panel.periods[keep],
        outcome=panel.outcome[:, keep],
        weight=panel.weight[:, keep],
        covariates={name: values[:, keep] for name, values in panel.covariates.items()},
        exposure=None if panel.exposure is None else panel.exposure[:, keep],
        offset=None if panel.offset is None else panel.offset[:, keep],
    )


def weights(panel: Panel, question: Question) -> tuple[Line, ...]:
    """Every unit for one, and by its people."""
    return tuple(
        attempt("weights", key, partial(answer, panel, question.otherwise(weighted=weighted)))
        for key, weighted in (("units", False), ("people", True))
    )


def anticipations(panel: Panel, question: Question, *, most: int = 2) -> tuple[Line, ...]:
    """With 0 to ``most`` periods before treatment in which it may already act."""
    return tuple(
        attempt("anticipation", str(ahead), partial(answer, panel, question.otherwise(anticipation=ahead)))
        for ahead in range(most + 1)
    )


def adjustments(panel: Panel, question: Question) -> tuple[Line, ...]:
    """Without covariates, with all of the question's, and without each of them; none where it has none."""
    names = question.comparison.covariates
    chosen = {"none": (), "all": names}
    if len(names) > 1:
        chosen |= {f"without {name}": tuple(other for other in names if other != name) for name in names}
    return tuple(
        attempt("covariates", key, partial(answer, panel, question.otherwise(covariates=kept)))
        for key, kept in (chosen.items() if names else ())
    )


def without_cohorts(panel: Panel, question: Question) -> tuple[Line, ...]:
    """Leaving out each cohort in turn."""
    return tuple(
        attempt("leave_out_cohort", str(date), partial(_among, panel, panel.cohort != date, question))
        for date in panel.cohorts.tolist()
    )


def without_groups(panel: Panel, groups: NDArray[Any], question: Question) -> tuple[Line, ...]:
    """Leaving out each group of units in turn: ``groups`` (n), a region or a département."""
    return tuple(
        attempt("leave_out_group", str(name), partial(_outside, panel, groups, name, question))
        for name in np.unique(np.asarray(groups)).tolist()
    )


def _among(panel: Panel, keep: NDArray[np.bool_], question: Question) -> Estimate:
    return answer(panel.select(keep), question)


def _outside(panel: Panel, groups: NDArray[Any], name: Any, question: Question) -> Estimate:
    return answer(without_group(panel, groups, name), question)


def without_group(panel: Panel, groups: NDArray[Any], name: Any) -> Panel:
    """``panel`` without the units of the group ``name``; raises ArrayInputError where there are none."""
    left_out = np.asarray(groups) == name
    if not left_out.any():
        raise ArrayInputError(
            f"No unit of the panel is in group {name!r}.", fr=f"Aucune unité du panel n’est dans le groupe {name!r}."
        )
    return panel.select(~left_out)


def placebo_dates(panel: Panel, question: Question, *, earlier: tuple[int, ...] = (1, 2, 3)) -> tuple[Line, ...]:
    """Treatment moved ``earlier`` by so many periods, on periods before treatment and its anticipation alone.

    The average over the periods it is moved by, cohorts by their share; cohorts without an earlier period are left out.
    """
    return tuple(
        attempt("placebo_date", str(moved), partial(_placebo, panel, question, moved), expected_zero=True)
        for moved in earlier
    )


def _placebo(panel: Panel, question: Question, moved: int) -> Estimate:
    ahead = question.comparison.anticipation
    kept = (panel.cohort == 0) | (panel.cohort - ahead - moved > panel.periods[0])
    if not (panel.cohort[kept] > 0).any():
        raise ArrayInputError(
            f"No cohort has a period more than {moved} before its treatment.",
            hint="Give earlier outcomes.",
            fr=f"Aucune cohorte n’a de période plus de {moved} avant son traitement : donner des résultats antérieurs.",
        )
    # Declared anticipation moves the base before the placebo date, and keeps those who anticipate out of controls.
    cells = group_time(
        panel.select(np.asarray(kept, dtype=np.bool_)),
        replace(question.comparison, anticipation=ahead + moved, base="universal"),
    )
    return estimate_of(average(cells, (cells.event < -ahead) & (cells.event >= -ahead - moved)), question.level)


def placebo_outcomes(others: Mapping[str, Panel], question: Question) -> tuple[Line, ...]:
    """The same question on outcomes, by name, that treatment cannot have changed."""
    return tuple(
        attempt("placebo_outcome", name, partial(answer, other, question), expected_zero=True)
        for name, other in others.items()
    )
