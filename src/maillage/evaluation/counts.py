"""Effects on counts in small areas: Poisson with a mean for each cohort and period, and people at risk behind it.

The extended two-way model of Wooldridge (2023): untreated rates are a cohort's level times a period's level, treated
cells have a rate of their own. As nothing varies within a cohort and period but the people at risk, the likelihood is
fitted on cells, whatever the number of units; errors come from each unit's own scores, so that counts may spread more
than Poisson's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.group_time import Comparison, GroupTime
from maillage.evaluation.panel import FloatArray, IntArray, Panel

Scale = Literal["difference", "log_ratio"]
ITERATIONS = 100
TOLERANCE = 1e-12


def people_at_risk(panel: Panel) -> FloatArray:
    """The people (or time) at risk (n, T) of a panel of counts.

    Raises ArrayInputError without offset, or on a negative count.
    """
    if panel.offset is None:
        raise ArrayInputError(
            "Counts need the log of the people at risk.",
            hint="Give `offset`.",
            fr="Des nombres d’événements demandent le logarithme des personnes exposées au risque : le donner.",
        )
    if (panel.outcome < 0).any():
        raise ArrayInputError(
            f"Counts are not negative, found {int((panel.outcome < 0).sum())} that are.",
            fr=f"Des nombres d’événements ne sont pas négatifs : {int((panel.outcome < 0).sum())} le sont.",
        )
    return np.asarray(np.exp(panel.offset), dtype=np.float64)


def count_effects(panel: Panel, *, scale: Scale = "difference", anticipation: int = 0) -> GroupTime:
    """The effect in each cohort and period on the rate of a count, for `maillage.evaluation.aggregate`.

    ``panel.outcome``: counts; ``panel.offset``: log of the people (or time) at risk. ``difference``: events more for
    each person at risk; ``log_ratio``: log of the rate ratio. Controls are all cells not treated, of never-treated and
    not-yet-treated cohorts alike; shares of cohorts are of people at risk, their mean over periods. Periods of
    ``anticipation`` have rates of their own. Periods where everybody is treated are skipped.

    Raises ArrayInputError without offset, on a negative count, or where the untreated or (for ratios) treated cells
    hold no event.
    """
    at_risk = people_at_risk(panel)
    dates, row = np.unique(panel.cohort, return_inverse=True)
    events, people = np.zeros((2, dates.size, panel.periods.size))
    np.add.at(events, row, panel.outcome)
    np.add.at(people, row, at_risk)
    treated = (dates[:, None] > 0) & (panel.periods[None, :] >= dates[:, None] - anticipation)
    seen = np.asarray(~treated.all(axis=0), dtype=np.bool_)
    _check_events(events, treated, seen, panel, scale)
    level, used = _levels(events, people, treated | ~seen)
    rate = np.exp(level)
    cells = np.argwhere(treated & seen)
    att, influence = _compare(panel, row, (events, people, rate), (cells, used), scale)
    skipped = np.argwhere(treated & ~seen)
    return GroupTime(
        cohort=dates[cells[:, 0]],
        period=panel.periods[cells[:, 1]],
        att=att,
        influence=influence,
        reference=np.zeros(len(cells), dtype=bool),
        unit_cohort=panel.cohort,
        unit_weight=at_risk.mean(axis=1),
        cluster=panel.cluster,
        comparison=replace(Comparison(control="not_yet_treated"), anticipation=anticipation, weighted=True),
        skipped=tuple((int(dates[g]), int(panel.periods[t])) for g, t in skipped),
    )


def _compare(
    panel: Panel,
    row: IntArray,
    totals: tuple[FloatArray, FloatArray, FloatArray],
    places: tuple[IntArray, NDArray[np.bool_]],
    scale: Scale,
) -> tuple[FloatArray, FloatArray]:
    """The effect of each treated cell and its influence, from events, people and untreated rates of every cell."""
    (events, people, rate), (cells, used) = totals, places
    at_risk = np.exp(panel.offset) if panel.offset is not None else np.ones_like(panel.outcome)
    att, influence = np.empty(len(cells)), np.empty((panel.units.size, len(cells)))
    residual = (panel.outcome - at_risk * rate[row]) * used[row]
    information, design = _information(people * rate, used)
    score = np.empty((panel.units.size, design.shape[2]))
    for g in range(rate.shape[0]):
        score[row == g] = residual[row == g] @ design[g]
    for at, (g, t) in enumerate(cells):
        # The model's rate without treatment, and how each unit moves its logarithm.
        moved = score @ np.linalg.solve(information, design[g, t])
        observed = events[g, t] / people[g, t]
        own = np.where(row == g, panel.outcome[:, t] - at_risk[:, t] * observed, 0.0) / people[g, t]
        if scale == "difference":
            att[at], influence[:, at] = observed - rate[g, t], own - rate[g, t] * moved
        else:
            att[at], influence[:, at] = np.log(observed / rate[g, t]), own / observed - moved
    return att, influence


def _check_events(
    events: FloatArray, treated: NDArray[np.bool_], seen: NDArray[np.bool_], panel: Panel, scale: Scale
) -> None:
    free = np.where(treated, 0.0, events)
    if (treated.all(axis=1)).any():
        raise ArrayInputError(
            "A cohort has no period free of treatment and of its anticipation.",
            hint="Give earlier outcomes, or leave this cohort out.",
            fr="Une cohorte n’a aucune période libre du traitement et de son anticipation : donner des résultats "
            "antérieurs, ou laisser cette cohorte de côté.",
        )
    if (free.sum(axis=1) == 0).any() or (free.sum(axis=0)[seen] == 0).any():
        raise ArrayInputError(
            "Untreated units of some cohort or period have no event: their rate cannot be told.",
            hint="Group periods or adoption dates.",
            fr="Les unités non traitées d’une cohorte ou d’une période n’ont aucun événement : leur taux ne peut être "
            "connu. Regrouper des périodes ou des dates d’entrée.",
        )
    if scale == "log_ratio" and (events[treated & seen[None, :]] == 0).any():
        raise ArrayInputError(
            f"A treated cohort has no event in some period among {panel.periods.tolist()}: its ratio is infinite.",
            hint="Ask for the difference, or group periods.",
            fr="Une cohorte traitée n’a aucun événement dans une période parmi "
            f"{panel.periods.tolist()} : son rapport est infini. Demander la différence, ou regrouper des périodes.",
        )


def _levels(
    events: FloatArray, people: FloatArray, left_out: NDArray[np.bool_]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The log of the untreated rate of each cohort and period, by Newton on the cells that are not left out."""
    used = ~left_out
    _, design = _information(people, used)
    flat, y, exposed = design[used], events[used], people[used]
    theta = np.zeros(design.shape[2])
    theta[: events.shape[0]] = np.log(np.where(used, events, 0).sum(axis=1) / np.where(used, people, 0).sum(axis=1))
    for _ in range(ITERATIONS):
        mean = exposed * np.exp(flat @ theta)
        step = np.linalg.solve(flat.T @ (mean[:, None] * flat), flat.T @ (y - mean))
        theta = theta + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < TOLERANCE * (1 + np.abs(theta).max()):
            return np.asarray(design @ theta, dtype=np.float64), used
    raise ArrayInputError(
        "Rates of untreated units do not settle: too few events.",
        hint="Group periods or dates.",
        fr="Les taux des unités non traitées ne se fixent pas : trop peu d’événements. Regrouper des périodes ou des "
        "dates.",
    )


def _information(mean: FloatArray, used: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """The information (k, k) of used cells; the design (cohorts, periods, k): cohorts, then periods but the first."""
    cohorts, periods = mean.shape
    design = np.zeros((cohorts, periods, cohorts + periods - 1))
    design[np.arange(cohorts), :, np.arange(cohorts)] = 1.0
    for t in range(1, periods):
        design[:, t, cohorts + t - 1] = 1.0
    kept = np.append(np.ones(cohorts, dtype=bool), np.asarray(used.any(axis=0))[1:])
    design = design[:, :, kept]
    flat = design[used]
    return flat.T @ (mean[used][:, None] * flat), design
