"""Averages of ATT(g, t) that say what they average over, with standard errors and simultaneous bands.

Weights are shares of cohorts among treated units, or among their people when the comparison is weighted. As shares
are estimated too, their influence is added (Callaway and Sant'Anna 2021, section 4; R ``did::aggte``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit
from scipy.stats import chi2

from maillage.errors import ArrayInputError
from maillage.evaluation.group_time import GroupTime, cluster_total, standard_error
from maillage.evaluation.panel import FloatArray, IntArray

Over = Literal["cell", "cohort", "calendar", "event"]
BLOCK_DRAWS = 256


@dataclass(frozen=True, slots=True)
class Effects:
    """Estimates (k) along ``over``, at the keys ``at`` (cohorts, periods or event times), and their summary.

    ``influence`` (n, k) and ``overall_influence`` (n) as in `GroupTime`. For ``over`` = "cell" the summary is the
    average over every treated cell, and there is no key. Event times before treatment stand in ``att``, never in
    ``overall``.
    """

    over: Over
    at: IntArray
    att: FloatArray
    influence: FloatArray
    overall: float
    overall_influence: FloatArray
    cluster: IntArray

    @property
    def se(self) -> FloatArray:
        """The standard error of each estimate (k); 0 at a reference event time."""
        return standard_error(self.influence, self.cluster)

    @property
    def overall_se(self) -> float:
        """The standard error of the summary."""
        return float(standard_error(self.overall_influence[:, None], self.cluster)[0])

    @property
    def covariance(self) -> FloatArray:
        """The covariance (k, k) of the estimates."""
        total = cluster_total(self.influence, self.cluster)
        return np.asarray(total.T @ total, dtype=np.float64)


def aggregate(cells: GroupTime, over: Over, *, longest: int | None = None) -> Effects:
    """The average of ``cells`` along ``over``.

    ``cell``: every treated cell by the share of its cohort. ``cohort``: the mean over treated periods of a cohort, then
    cohorts by their share. ``calendar``: cohorts by their share in a period, then the plain mean of periods.
    ``event``: cohorts by their share at a time since treatment, then the plain mean of times from 0 up, at most
    ``longest``. Periods of anticipation are never treated periods, whatever was declared.

    Raises ArrayInputError when no treated cell was estimated.
    """
    treated = cells.event >= 0
    if not treated.any():
        raise ArrayInputError(
            "No treated cohort and period was estimated.",
            hint="See `skipped`.",
            fr="Aucune cohorte n’a pu être estimée, à aucune période où elle est traitée.",
        )
    if over == "cell":
        return average(cells, treated)
    if over == "cohort":
        return _by_cohort(cells, treated)
    key = cells.period if over == "calendar" else cells.event
    at = np.unique(key[treated] if over == "calendar" else key)
    if over == "event" and longest is not None:
        at = at[at <= longest]
    parts = [_weighted(cells, (key == each) & (treated | (over == "event"))) for each in at]
    att, influence = np.asarray([value for value, _ in parts]), np.stack([psi for _, psi in parts], axis=1)
    summed = at >= 0 if over == "event" else np.ones(at.size, dtype=bool)
    return Effects(
        over, at, att, influence, float(att[summed].mean()), influence[:, summed].mean(axis=1), cells.cluster
    )


def average(cells: GroupTime, chosen: NDArray[np.bool_]) -> Effects:
    """The average of the cells that are true in ``chosen`` (c), each by the share of its cohort.

    Raises ArrayInputError when none is chosen.
    """
    if not chosen.any():
        raise ArrayInputError("No cell was chosen to be averaged.", fr="Il n’y a rien dont faire la moyenne.")
    value, psi = _weighted(cells, chosen)
    return Effects("cell", np.zeros(0, dtype=np.int64), np.zeros(0), psi[:, None][:, :0], value, psi, cells.cluster)


def _by_cohort(cells: GroupTime, treated: NDArray[np.bool_]) -> Effects:
    at = np.unique(cells.cohort[treated])
    chosen = [treated & (cells.cohort == cohort) for cohort in at]
    att = np.asarray([cells.att[each].mean() for each in chosen])
    influence = np.stack([cells.influence[:, each].mean(axis=1) for each in chosen], axis=1)
    share, share_influence = _shares(cells, at)
    psi = influence @ share + share_influence @ att
    return Effects("cohort", at, att, influence, float(att @ share), psi, cells.cluster)


def _weighted(cells: GroupTime, chosen: NDArray[np.bool_]) -> tuple[float, FloatArray]:
    """The average of the chosen cells by the share of their cohort, and its influence (n)."""
    share, share_influence = _shares(cells, cells.cohort[chosen])
    att = cells.att[chosen]
    return float(att @ share), cells.influence[:, chosen] @ share + share_influence @ att


def _shares(cells: GroupTime, cohorts: IntArray) -> tuple[FloatArray, FloatArray]:
    """The share of each of ``cohorts`` (k, may repeat) in their sum, and its influence (n, k)."""
    mean_one = cells.unit_weight / cells.unit_weight.mean()
    belongs = (cells.unit_cohort[:, None] == cohorts[None, :]) * mean_one[:, None]
    mass = belongs.mean(axis=0)
    total = mass.sum()
    off = (belongs - mass) / total
    influence = off - off.sum(axis=1, keepdims=True) * (mass / total)
    return mass / total, np.asarray(influence / belongs.shape[0], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Band:
    """Intervals (k) for estimates, each alone (``lower``, ``upper``) and all at once (``all_lower``, ``all_upper``).

    ``critical``: the multiple of the standard error in the simultaneous band; ``draws`` and ``seed`` of its bootstrap.
    """

    lower: FloatArray
    upper: FloatArray
    all_lower: FloatArray
    all_upper: FloatArray
    critical: float
    level: float
    draws: int
    seed: int


def band(effects: Effects, *, level: float = 0.95, draws: int = 999, seed: int = 1) -> Band:
    """Intervals at ``level`` for the estimates of ``effects`` (k), one at a time and simultaneous (sup-t).

    The simultaneous multiple is the quantile of the largest |t| over multiplier draws, Rademacher by cluster, from
    ``seed``; it is never below the multiple of one interval. With clusters of several units, Student with G - 1
    degrees of freedom; else normal. Raises ArrayInputError when there is no estimate.
    """
    se = effects.se
    moving = se > 0
    if not moving.any():
        raise ArrayInputError(
            "A band needs at least one estimate with a standard error.",
            fr="Une bande demande au moins une estimation qui ait une erreur-type.",
        )
    total = cluster_total(effects.influence, effects.cluster)
    alone = critical_value(level, total.shape[0], clustered=total.shape[0] < effects.influence.shape[0])
    largest = largest_t(total[:, moving] / se[moving], draws, seed)
    critical = max(float(np.quantile(largest, level)), alone)
    return Band(
        lower=effects.att - alone * se,
        upper=effects.att + alone * se,
        all_lower=effects.att - critical * se,
        all_upper=effects.att + critical * se,
        critical=critical,
        level=level,
        draws=draws,
        seed=seed,
    )


def overall_interval(effects: Effects, *, level: float = 0.95) -> tuple[float, float]:
    """The interval of the summary at ``level``, with the degrees of freedom of `band`."""
    count = int(effects.cluster.max()) + 1
    reach = critical_value(level, count, clustered=count < effects.cluster.size) * effects.overall_se
    return effects.overall - reach, effects.overall + reach


def largest_t(scaled: FloatArray, draws: int, seed: int) -> FloatArray:
    """The largest |t| of each of ``draws`` Rademacher draws on influences by cluster (G, k) over standard errors."""
    random = np.random.default_rng(seed)
    largest = np.empty(draws)
    for start in range(0, draws, BLOCK_DRAWS):
        size = min(BLOCK_DRAWS, draws - start)
        signs = random.integers(0, 2, size=(size, scaled.shape[0]), dtype=np.int8) * 2.0 - 1.0
        largest[start : start + size] = np.abs(signs @ scaled).max(axis=1)
    return largest


def critical_value(level: float, clusters: int, *, clustered: bool) -> float:
    """The multiple of a standard error in an interval at ``level``: Student's where clusters hold several units."""
    return float(stdtrit(clusters - 1 if clustered else np.inf, 0.5 + level / 2))


@dataclass(frozen=True, slots=True)
class Pretest:
    """The Wald test that every effect before treatment is 0: statistic, degrees of freedom, p-value."""

    statistic: float
    degrees: int
    p_value: float


def pretest(cells: GroupTime, over: Literal["cell", "event"] = "cell") -> Pretest:
    """The joint test that nothing moved before treatment (and before its anticipation), of Callaway and Sant'Anna.

    ``cell``: every cohort and period for itself, as R ``did``. ``event``: times since treatment, cohorts by their
    share: a small cohort, whose own error is told from few clusters, then does not make the test reject too often.
    Not rejecting is no proof: the power against a trend that matters is to be said beside it.
    Raises ArrayInputError when there is no such effect, or too few clusters for their covariance to be inverted.
    """
    early = (cells.event < -cells.comparison.anticipation) & ~cells.reference
    if not early.any():
        raise ArrayInputError(
            "No effect before treatment was estimated.",
            hint="Give earlier outcomes.",
            fr="Aucun effet avant le traitement n’a été estimé : donner des résultats antérieurs.",
        )
    att, influence = cells.att[early], cells.influence[:, early]
    if over == "event":
        parts = [_weighted(cells, early & (cells.event == each)) for each in np.unique(cells.event[early])]
        att, influence = np.asarray([value for value, _ in parts]), np.stack([psi for _, psi in parts], axis=1)
    total = cluster_total(influence, cells.cluster)
    covariance = total.T @ total
    count = att.size
    if np.linalg.matrix_rank(covariance) < count:
        raise ArrayInputError(
            f"The covariance of {count} effects before treatment cannot be inverted from {total.shape[0]} clusters.",
            hint="Test event times instead of cells, or cluster at a finer level of assignment.",
            fr=f"La covariance de {count} effets avant le traitement ne peut pas être inversée à partir de "
            f"{total.shape[0]} grappes : éprouver les temps écoulés plutôt que les cohortes, ou grouper à un niveau de "
            "décision plus fin.",
        )
    statistic = float(att @ np.linalg.solve(covariance, att))
    return Pretest(statistic, count, float(chi2.sf(statistic, count)))
