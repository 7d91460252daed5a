"""How effects go with the dose: members, euros, assistants per doctor.

A larger effect where the dose is larger is no effect of the dose: it asks that units of a small dose, had they had a
large one, would have moved as those that had it (strong parallel trends; Callaway, Goodman-Bacon and Sant'Anna 2024).
Terciles against untreated units ask no more than the effect itself; comparing terciles, and the slope, ask it.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.group_time import standard_error
from maillage.evaluation.heterogeneity import chosen_units
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.sensitivity import Estimate, Line, Question, answer, attempt, estimate_with

THIRDS = (1 / 3, 2 / 3)


def doses(panel: Panel, dose: FloatArray, name: str, question: Question) -> tuple[Line, ...]:
    """The effect in each third of treated units by ``dose`` (n; of untreated units it is not read), and its slope.

    Keys: ``name`` and "low", "middle", "high", "slope". Thirds are compared with the never-treated where there are any,
    so that all have the same controls.
    """
    if (panel.cohort == 0).any():
        question = question.otherwise(control="never_treated")
    lines = [
        attempt("dose", f"{name} {third}", partial(_third, panel, dose, at, question))
        for at, third in enumerate(("low", "middle", "high"))
    ]
    return (*lines, attempt("dose", f"{name} slope", partial(slope, panel, dose, question)))


def _third(panel: Panel, dose: FloatArray, at: int, question: Question) -> Estimate:
    treated = _treated_with_dose(panel, dose)
    cuts = np.quantile(dose[treated], THIRDS)
    if cuts[0] >= cuts[1]:
        raise ArrayInputError(
            f"Doses of treated units cannot be cut in thirds: a third has {cuts[0]:g}.",
            hint="Give groups of doses as labels instead.",
            fr=f"Les doses des unités traitées ne se partagent pas en tiers : un tiers d’entre elles vaut {cuts[0]:g}. "
            "Donner plutôt des groupes de doses.",
        )
    third = np.where(treated, np.searchsorted(cuts, np.where(treated, dose, 0.0), side="left"), -1)
    return answer(chosen_units(panel, np.asarray((third == at) | ~treated, dtype=np.bool_)), question)


def slope(panel: Panel, dose: FloatArray, question: Question) -> Estimate:
    """The effect's change for one more unit of ``dose`` (n), by regression of treated units' own effects, clustered.

    A unit's own effect is its mean change since the last period before treatment less that of the never-treated,
    without covariates; units count by their weight of the first period where the comparison is weighted. It means what
    it says under strong parallel trends only (see the module). Raises ArrayInputError without never-treated units, on
    a dose missing for a treated unit, or one that does not vary.
    """
    treated, never = _treated_with_dose(panel, dose), panel.cohort == 0
    if not never.any():
        raise ArrayInputError(
            "The slope over doses needs units never treated.",
            hint="Add untreated units.",
            fr="La pente selon la dose demande des unités jamais traitées : ajouter des unités non traitées.",
        )
    weight = panel.weight[:, 0] if question.comparison.weighted else np.ones(panel.units.size)
    change = np.zeros(panel.units.size)
    control = np.zeros((panel.cohorts.size, panel.units.size))
    for row, date in enumerate(panel.cohorts.tolist()):
        before = np.flatnonzero(panel.periods < date - question.comparison.anticipation)
        if not before.size:
            raise ArrayInputError(
                f"Cohort {date} has no period free of treatment.",
                hint="Give earlier outcomes, or leave this cohort out.",
                fr=f"La cohorte {date} n’a aucune période libre de traitement : donner des résultats antérieurs, ou "
                "laisser cette cohorte de côté.",
            )
        moved = panel.outcome[:, panel.periods >= date].mean(axis=1) - panel.outcome[:, before[-1]]
        mean = float(np.average(moved[never], weights=weight[never]))
        own = panel.cohort == date
        change[own] = moved[own] - mean
        control[row, never] = (moved[never] - mean) * weight[never] / weight[never].sum()
    return _regressed(panel, np.where(treated, dose, 0.0), (change, control), weight * treated, question.level)


def _regressed(
    panel: Panel, dose: FloatArray, moved: tuple[FloatArray, FloatArray], weight: FloatArray, level: float
) -> Estimate:
    """The slope of ``change`` (n) on ``dose`` under ``weight`` (n, 0 for controls), noise of ``control`` included."""
    change, control = moved
    apart = np.where(weight > 0, dose - np.average(dose, weights=weight), 0.0)
    spread = float(weight @ apart**2)
    if spread <= 1e-12 * float(weight @ dose**2):
        raise ArrayInputError(
            "The dose of treated units does not vary.", fr="La dose des unités traitées ne varie pas."
        )
    found = float(weight @ (apart * change)) / spread
    left = np.where(weight > 0, change - np.average(change, weights=weight) - found * apart, 0.0)
    influence = weight * apart * left / spread
    for row, date in enumerate(panel.cohorts.tolist()):
        influence -= float((weight * apart)[panel.cohort == date].sum()) / spread * control[row]
    return estimate_with(found, float(standard_error(influence[:, None], panel.cluster)[0]), panel, level)


def _treated_with_dose(panel: Panel, dose: FloatArray) -> NDArray[np.bool_]:
    treated = panel.cohort > 0
    if dose.shape != treated.shape or not np.isfinite(dose[treated]).all():
        missing = (
            "another shape" if dose.shape != treated.shape else f"{int((~np.isfinite(dose[treated])).sum())} missing"
        )
        raise ArrayInputError(
            f"The dose is known for each of {int(treated.sum())} treated units, found {missing}.",
            hint="Leave these units out, and say so.",
            fr=f"La dose est connue pour chacune des {int(treated.sum())} unités traitées ; ce n’est pas le cas. "
            "Laisser de côté les unités sans dose, et le dire.",
        )
    return np.asarray(treated, dtype=np.bool_)
