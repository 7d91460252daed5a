"""Which effect could be seen: the smallest that the declared estimate would find, by simulation on real outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Effects, Over, aggregate, critical_value
from maillage.evaluation.doubly_robust import odds
from maillage.evaluation.estimate import group_time, known_covariates
from maillage.evaluation.group_time import Comparison, GroupTime
from maillage.evaluation.overlap import logit_of
from maillage.evaluation.panel import FloatArray, IntArray, Panel
from maillage.evaluation.randomise import TreatedCells, treated_cells
from maillage.evaluation.redeal import Deal, Pool, blocks, deal, pool_of

LEVEL = 0.95  # of intervals: an effect is declared where they leave 0 out
TARGET = 0.80  # Cohen (1988)
POINTS = 21
RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Power:
    """What the design would find.

    ``detectable``: the smallest effect declared with its sign with probability ``target``, by a two-sided test at
    ``level`` (0.05), in units of the outcome; infinite when no effect would be. ``detectable_error``: its standard
    error from ``draws``. ``effects`` and ``power`` (k): the curve. ``size``: the share of draws without effect in which
    one is declared, and ``size_error``. The ``clusters`` of the design were drawn from ``donors`` free of treatment in
    ``periods``, in which outcomes average ``baseline``. ``refused``: draws where nothing could be estimated, counted as
    not found.
    """

    detectable: float
    detectable_error: float
    effects: FloatArray
    power: FloatArray
    size: float
    size_error: float
    baseline: float
    periods: IntArray
    donors: int
    clusters: int
    refused: int
    level: float
    target: float
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class Told:
    """What `power_of` passes on: draws asked for and their seed, level of intervals, mean outcome."""

    draws: int
    seed: int
    level: float
    baseline: float


def minimum_detectable(
    panel: Panel,
    comparison: Comparison | None = None,
    *,
    over: Over = "cell",
    longest: int | None = None,
    level: float = LEVEL,
    draws: int = 400,
    seed: int = 1,
) -> Power:
    """The power of the overall effect of `aggregate` under ``comparison``, clusters and weights included.

    Draws of `maillage.evaluation.redeal` hold no effect. An effect added to all treated cells moves the estimate by as
    much and leaves its standard error as it is, whatever the average: each draw gives, exactly, the effect from which
    it is found, and none is estimated twice. Weights are those of the first period. With covariates, donors of a cohort
    are drawn by their odds of belonging to it, so that the imbalance seen costs what it will cost; not where dates
    differ within clusters, where the power told is that under balance.

    Raises ArrayInputError as `pool_of` and `group_time` do, or when covariates separate a cohort from its controls.
    """
    comparison = comparison or Comparison()
    known_covariates(panel, comparison.covariates)
    pool = pool_of(panel, comparison.anticipation)
    random = np.random.default_rng(seed)
    drawn = (_adjusted if comparison.covariates else _plain)(panel, comparison, pool, random)
    found = [_found(next(drawn), (over, longest, level), pool) for _ in range(draws)]
    estimate, reach = np.asarray([each for each in found if each is not None]).reshape(-1, 2).T
    weight = panel.weight[pool.units, 0] if comparison.weighted else np.ones(pool.units.size)
    baseline = float(np.average(panel.outcome[pool.units, : pool.periods.size].mean(axis=1), weights=weight))
    return power_of(estimate, reach, pool, Told(draws, seed, level, baseline))


def power_of(estimate: FloatArray, reach: FloatArray, pool: Pool, told: Told) -> Power:
    """The power from estimates without effect and half-lengths of their intervals, of the draws that gave any.

    Effects of both signs count alike, which halves the noise of the draws.
    """
    draws, seed = told.draws, told.seed
    refused = draws - estimate.size
    needed = np.full((draws, 2), np.inf)
    needed[: estimate.size] = np.column_stack([reach - estimate, reach + estimate])
    detectable = _quantile(needed, TARGET)
    random = np.random.default_rng(seed)
    again = np.asarray([_quantile(needed[random.integers(0, draws, draws)], TARGET) for _ in range(RESAMPLES)])
    error = float(again.std(ddof=1)) if np.isfinite(again).all() else np.inf
    widest = 2 * detectable if np.isfinite(detectable) else 4 * float(reach.mean() if reach.size else 1.0)
    effects = np.linspace(0.0, widest, POINTS)
    size = float((np.abs(estimate) > reach).sum() / draws)
    return Power(
        detectable=detectable,
        detectable_error=error,
        effects=effects,
        power=(needed.ravel()[None, :] < effects[:, None]).mean(axis=1),
        size=size,
        size_error=float(np.sqrt(max(size * (1 - size), told.level * (1 - told.level)) / draws)),
        baseline=told.baseline,
        periods=pool.periods,
        donors=pool.donors,
        clusters=pool.date_size.size,
        refused=refused,
        level=round(1 - told.level, 10),
        target=TARGET,
        draws=draws,
        seed=seed,
    )


def _quantile(needed: FloatArray, target: float) -> float:
    """The smallest effect that suffices in a share ``target`` of ``needed``."""
    ordered = np.sort(needed, axis=None)
    return float(ordered[min(int(np.ceil(target * ordered.size)), ordered.size) - 1])


def _found(cells: GroupTime | None, asked: tuple[Over, int | None, float], pool: Pool) -> tuple[float, float] | None:
    """The overall effect of one draw and the half-length of its interval."""
    if cells is None:
        return None
    over, longest, level = asked
    effects = aggregate(cells, over, longest=longest)
    return effects.overall, reach_of(effects, pool, level)


def reach_of(effects: Effects, pool: Pool, level: float = LEVEL) -> float:
    """The half-length of the interval of the design: blocks stand for the units that they add up."""
    clusters = pool.date_size.size
    total = np.bincount(effects.cluster, weights=effects.overall_influence, minlength=clusters)
    scale = clusters / (clusters - 1) if pool.clustered else 1.0
    return float(critical_value(level, clusters, clustered=pool.clustered) * np.sqrt(scale * (total**2).sum()))


def _plain(panel: Panel, comparison: Comparison, pool: Pool, random: np.random.Generator) -> Iterator[GroupTime | None]:
    """Draws without covariates: differences of means on sums by block."""
    weight = panel.weight[:, :1] if comparison.weighted else np.ones((panel.units.size, 1))
    summed, *places = blocks(pool, np.column_stack([panel.outcome[:, : pool.periods.size] * weight, weight]))
    while True:
        dealt = deal(pool, random, (places[0], places[1]))
        yield plain_cells(summed[dealt.row], dealt, pool.periods, comparison)


def plain_cells(summed: FloatArray, dealt: Deal, periods: IntArray, comparison: Comparison) -> GroupTime | None:
    """The treated cells of ATT(g, t) without covariates, from weighted sums of outcomes and weights (blocks, T + 1).

    None where nothing can be compared.
    """
    dates, row = np.unique(dealt.date, return_inverse=True)
    try:
        cells = treated_cells(dates, periods, comparison.control, comparison.anticipation)
    except ArrayInputError:
        return None
    change, mass = summed[:, cells.period] - summed[:, cells.base], summed[:, -1]
    att, influence = _means(change, mass, row, cells)
    return GroupTime(
        cohort=dates[cells.cohort],
        period=periods[cells.period],
        att=att,
        influence=influence,
        reference=np.zeros(att.size, dtype=bool),
        unit_cohort=dealt.date,
        unit_weight=mass,
        cluster=dealt.cluster,
        comparison=comparison,
    )


def _means(change: FloatArray, mass: FloatArray, row: IntArray, cells: TreatedCells) -> tuple[FloatArray, FloatArray]:
    """Each cell's difference of mean changes (c), and the influence of each block (P, c)."""
    total = np.zeros((cells.dates.size, change.shape[1]))
    np.add.at(total, row, change)
    people = np.bincount(row, weights=mass, minlength=cells.dates.size)
    at = np.arange(cells.cohort.size)
    here = total[cells.cohort, at] / people[cells.cohort]
    compared = cells.controls @ people
    there = (cells.controls * total.T).sum(axis=1) / compared
    side, mean = -cells.controls.T / compared, cells.controls.T * there
    side[cells.cohort, at], mean[cells.cohort, at] = 1 / people[cells.cohort], here
    return here - there, side[row] * (change - mass[:, None] * mean[row])


def _adjusted(
    panel: Panel, comparison: Comparison, pool: Pool, random: np.random.Generator
) -> Iterator[GroupTime | None]:
    """Draws with covariates, estimated as the protocol will be."""
    chance = _chances(panel, comparison, pool)
    length = pool.periods.size
    while True:
        dealt = deal(pool, random, (pool.start, pool.size), chance)
        at = pool.units[dealt.row]
        weight = np.repeat(panel.weight[at, :1], length, axis=1)
        yield _estimated(
            Panel(
                units=np.arange(at.size),
                periods=pool.periods,
                outcome=panel.outcome[at, :length],
                cohort=dealt.date,
                weight=weight,
                cluster=dealt.cluster,
                covariates={name: panel.covariates[name][at, :length] for name in comparison.covariates},
            ),
            comparison,
        )


def _estimated(panel: Panel, comparison: Comparison) -> GroupTime | None:
    try:
        return group_time(panel, comparison)
    except ArrayInputError:
        return None


def _chances(panel: Panel, comparison: Comparison, pool: Pool) -> dict[int, FloatArray] | None:
    """By date of the window, the probability of each donor: the mean odds of its units of being of that cohort."""
    if not pool.alone:
        return None
    chance: dict[int, FloatArray] = {}
    cohort = panel.cohort[np.argsort(panel.cluster, kind="stable")][pool.date_start]
    for date in np.unique(pool.date[pool.date > 0]).tolist():
        total = np.zeros(pool.donors)
        for g in np.unique(cohort[pool.date[pool.date_start] == date]).tolist():
            x, beta = logit_of(panel, comparison, g)
            mean = np.add.reduceat(odds(x[pool.units], beta), pool.start) / pool.size
            total += (cohort == g).sum() * mean / mean.sum()
        chance[date] = total / total.sum()
    return chance
