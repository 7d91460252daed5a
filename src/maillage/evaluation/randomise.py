"""Randomisation inference: how often adoption dates dealt anew among units give an effect as large as the one seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.group_time import Control
from maillage.evaluation.panel import FloatArray, IntArray, Panel


@dataclass(frozen=True, slots=True)
class Randomised:
    """The effect seen, those of ``dealt`` (draws) dates, and the share of all, seen one included, at least as large.

    The p-value is exact under the sharp null that no unit is changed at all, when dates could have fallen otherwise in
    every dealt way.
    """

    effect: float
    dealt: FloatArray
    p_value: float
    seed: int


def randomise(
    panel: Panel,
    *,
    control: Control = "never_treated",
    anticipation: int = 0,
    weighted: bool = False,
    draws: int = 999,
    seed: int = 1,
) -> Randomised:
    """Deal the adoption dates of ``panel`` anew among its clusters, ``draws`` times.

    The effect is the average over treated cells of `maillage.evaluation.aggregate`, without covariates; ``weighted``
    counts units by their weight of the first period. Clusters keep their units together, so that dates are dealt at
    the level at which they were assigned. Raises ArrayInputError when dates differ within a cluster, when a cohort has
    no period free of treatment, or when no cell can be compared.
    """
    first = _date_of_cluster(panel)
    if (panel.cohorts - anticipation <= panel.periods[0]).any():
        raise ArrayInputError(
            f"Cohort {int(panel.cohorts[0])} has no period free of treatment in data that begin in "
            f"{int(panel.periods[0])}.",
            hint="Give earlier outcomes, or leave this cohort out.",
            fr=f"La cohorte {int(panel.cohorts[0])} n’a aucune période libre de traitement : les données commencent en "
            f"{int(panel.periods[0])}. Donner des résultats antérieurs, ou laisser cette cohorte de côté.",
        )
    weight = panel.weight[:, 0] if weighted else np.ones(panel.units.size)
    summed = np.zeros((first.size, panel.periods.size + 1))
    np.add.at(summed, panel.cluster, np.column_stack([panel.outcome * weight[:, None], weight]))
    cells = treated_cells(np.unique(panel.cohort), panel.periods, control, anticipation)
    effect = _effect(summed, first, cells)
    random = np.random.default_rng(seed)
    dealt = np.asarray([_effect(summed, random.permutation(first), cells) for _ in range(draws)])
    # Rounding must not tell apart two deals that are the same.
    as_large = np.abs(dealt) >= abs(effect) * (1 - 1e-12)
    return Randomised(effect, dealt, float((1 + as_large.sum()) / (1 + draws)), seed)


def _date_of_cluster(panel: Panel) -> IntArray:
    """The adoption date of each cluster, 0 for never."""
    count = int(panel.cluster.max()) + 1
    first = np.zeros(count, dtype=np.int64)
    first[panel.cluster] = panel.cohort
    if (first[panel.cluster] != panel.cohort).any():
        mixed = np.unique(panel.cluster[first[panel.cluster] != panel.cohort]).size
        raise ArrayInputError(
            f"Adoption dates differ within {mixed} clusters: they were not assigned at that level.",
            hint="Cluster at the level where dates were assigned.",
            fr=f"Les dates d’entrée diffèrent au sein de {mixed} grappes : elles n’ont pas été décidées à ce niveau. "
            "Grouper au niveau où elles l’ont été.",
        )
    return first


@dataclass(frozen=True, slots=True)
class TreatedCells:
    """Treated cells (c) of ``dates`` (k, rising): row of the cohort, positions of base and period, controls (c, k)."""

    dates: IntArray
    cohort: IntArray
    base: IntArray
    period: IntArray
    controls: FloatArray


def treated_cells(dates: IntArray, periods: IntArray, control: Control, anticipation: int) -> TreatedCells:
    """The cells of `maillage.evaluation.aggregate` that can be compared, for cohorts ``dates`` (0 for never).

    Raises ArrayInputError when none can be compared.
    """
    rows, bases, ats, controls = [], [], [], []
    for row in np.flatnonzero(dates > 0).tolist():
        base = int(np.flatnonzero(periods < dates[row] - anticipation)[-1])
        for at in np.flatnonzero(periods >= dates[row]):
            free = dates == 0
            if control == "not_yet_treated":
                free |= dates > periods[at] + anticipation
            if free.any():
                rows.append(row)
                bases.append(base)
                ats.append(int(at))
                controls.append(free)
    if not rows:
        raise ArrayInputError(
            "No treated cohort and period can be compared with anyone.",
            hint="Widen the comparison.",
            fr="Aucune cohorte traitée ne peut être comparée à personne, à aucune période : élargir la comparaison.",
        )
    return TreatedCells(
        dates, np.asarray(rows), np.asarray(bases), np.asarray(ats), np.asarray(controls, dtype=np.float64)
    )


def _effect(summed: FloatArray, cohort: IntArray, cells: TreatedCells) -> float:
    """The average over cells, by mass of cohorts, of the change of the treated less that of controls."""
    total = np.zeros((cells.dates.size, summed.shape[1]))
    np.add.at(total, np.searchsorted(cells.dates, cohort), summed)
    outcome, mass = total[:, :-1], total[:, -1]
    change = outcome[:, cells.period] - outcome[:, cells.base]
    here = change[cells.cohort, np.arange(cells.cohort.size)] / mass[cells.cohort]
    there = (cells.controls * change.T).sum(axis=1) / (cells.controls @ mass)
    share = mass[cells.cohort]
    return float(share @ (here - there) / share.sum())
