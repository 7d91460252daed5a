"""Effects by cohort and period, ATT(g, t): the comparison that gives them, and how much each unit moves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import FloatArray, IntArray

Method = Literal["dr", "reg", "ipw"]
Control = Literal["never_treated", "not_yet_treated"]
Base = Literal["varying", "universal"]
WeightPeriod = Literal["earlier", "base", "first", "each"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How treated units are compared with others.

    ``method``: doubly robust, outcome regression or inverse probability weighting, on ``covariates`` of the panel.
    ``control``: units never treated, or also those not yet treated. ``base``: before treatment, compare with the period
    just before (varying) or always with the last period free of treatment (universal). ``anticipation``: periods
    before treatment in which it may already act. ``weighted``: units count by the panel's weight, else each for one.
    ``weight_period``: where weights move, that of the earlier of the two periods compared, of the last period before
    treatment, of the first period, or of each period for itself (R ``did``: NULL, base_period, first_period, varying).
    """

    method: Method = "dr"
    control: Control = "never_treated"
    base: Base = "varying"
    covariates: tuple[str, ...] = ()
    anticipation: int = 0
    weighted: bool = False
    weight_period: WeightPeriod = "earlier"


@dataclass(frozen=True, slots=True)
class GroupTime:
    """ATT(g, t) for ``c`` cells, cohorts then periods rising, with the influence of each of ``n`` units on each cell.

    ``att`` (c); ``influence`` (n, c) is scaled so that the variance of a cell is the sum of its squares;
    ``reference`` (c) marks the cells that are 0 by definition of a universal base. ``unit_cohort``, ``unit_weight``
    (for shares of cohorts) and ``cluster`` (n) are those of the units. ``skipped``: cells that cannot be estimated.
    ``notes``: what the library warned of.
    """

    cohort: IntArray
    period: IntArray
    att: FloatArray
    influence: FloatArray
    reference: NDArray[np.bool_]
    unit_cohort: IntArray
    unit_weight: FloatArray
    cluster: IntArray
    comparison: Comparison
    skipped: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def event(self) -> IntArray:
        """Periods since treatment of each cell (c), negative before."""
        return self.period - self.cohort

    @property
    def se(self) -> FloatArray:
        """The standard error of each cell (c); 0 at reference cells."""
        return standard_error(self.influence, self.cluster)


def standard_error(influence: FloatArray, cluster: IntArray) -> FloatArray:
    """The standard errors of estimates (k) from influences (n, k) and the cluster of each unit (n, codes from 0).

    Influences add up within a cluster. With a unit a cluster it is that of R ``did`` without bootstrap.
    """
    return np.asarray(np.sqrt((cluster_total(influence, cluster) ** 2).sum(axis=0)), dtype=np.float64)


def cluster_total(influence: FloatArray, cluster: IntArray) -> FloatArray:
    """Influences (n, k) added up by cluster (G, k); clusters of several units are scaled by √(G / (G - 1)).

    The scale is that of Liang and Zeger (CR1). Raises ArrayInputError where one cluster holds everyone.
    """
    count = int(cluster.max()) + 1
    if count < 2:
        raise ArrayInputError(
            "Standard errors need at least 2 clusters, found 1.",
            hint="Cluster at a finer level of assignment.",
            fr="Les erreurs-types demandent au moins 2 grappes : il n’y en a qu’une. Grouper à un niveau de décision "
            "plus fin.",
        )
    if count == influence.shape[0]:
        return influence
    total = np.zeros((count, influence.shape[1]))
    np.add.at(total, cluster, influence)
    return np.asarray(total * np.sqrt(count / (count - 1)), dtype=np.float64)
