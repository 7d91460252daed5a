"""Who is treated when, and what may be looked at before any result: cells that treatment cannot have touched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from maillage.evaluation.panel import FloatArray, IntArray, Panel


@dataclass(frozen=True, slots=True)
class CohortTable:
    """Cohorts (k), dates rising, the never-treated first as date 0 when there are any.

    ``units``, ``clusters`` and ``people`` (k; mean weight over periods); ``before`` (k): periods free of treatment and
    of its anticipation; ``after`` (k): treated periods. ``not_yet`` (T): units of treated cohorts still free of both
    in each of ``periods``.
    """

    date: IntArray
    units: IntArray
    clusters: IntArray
    people: FloatArray
    before: IntArray
    after: IntArray
    periods: IntArray
    not_yet: IntArray

    @property
    def never(self) -> int:
        """The number of units never treated."""
        return int(self.units[self.date == 0].sum())


def cohort_table(panel: Panel, anticipation: int = 0) -> CohortTable:
    """How many units, clusters and people enter treatment at each date of ``panel``, and what is seen around it."""
    date, row, units = np.unique(panel.cohort, return_inverse=True, return_counts=True)
    pairs = np.unique(np.stack([row, panel.cluster]), axis=1)[0]
    free, treated = (
        untreated(panel, anticipation),
        (panel.cohort[:, None] > 0) & (panel.periods >= panel.cohort[:, None]),
    )
    first = np.unique(panel.cohort, return_index=True)[1]
    return CohortTable(
        date=date,
        units=units.astype(np.int64),
        clusters=np.bincount(pairs, minlength=date.size).astype(np.int64),
        people=np.bincount(row, weights=panel.weight.mean(axis=1)).astype(np.float64),
        before=free[first].sum(axis=1),
        after=treated[first].sum(axis=1),
        periods=panel.periods,
        not_yet=(free & (panel.cohort[:, None] > 0)).sum(axis=0),
    )


def untreated(panel: Panel, anticipation: int = 0) -> NDArray[np.bool_]:
    """The cells (n, T) before treatment and its ``anticipation``, and all cells of the never-treated."""
    date = panel.cohort[:, None]
    return np.asarray((date == 0) | (panel.periods[None, :] < date - anticipation), dtype=np.bool_)


def blind(panel: Panel, anticipation: int = 0) -> Panel:
    """The panel with outcome 0 wherever treatment or its anticipation may show: no result can be read from it."""
    return replace(panel, outcome=np.where(untreated(panel, anticipation), panel.outcome, 0.0))
