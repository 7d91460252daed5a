"""Which fall of a count could be seen, by simulation: real counts free of treatment, thinned where treated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Over, aggregate
from maillage.evaluation.counts import Scale, count_effects, people_at_risk
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.power import LEVEL, TARGET, Power, Told, power_of, reach_of
from maillage.evaluation.redeal import Pool, blocks, deal, pool_of

# Around the fall that the draws without effect foretell, were its error no other.
STEPS = np.array([0.0, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0])


def minimum_detectable_fall(
    panel: Panel,
    *,
    scale: Scale = "log_ratio",
    anticipation: int = 0,
    over: Over = "cell",
    longest: int | None = None,
    draws: int = 200,
    seed: int = 1,
) -> Power:
    """The smallest fall, as a share of events, that `count_effects` would find; ``baseline``: events a person at risk.

    Draws are those of `maillage.evaluation.redeal`. Each event of a treated cell is kept with probability one less the
    fall, which leaves the spread of counts what it is, Poisson or wider. ``detectable`` is read between the falls
    tried. Raises ArrayInputError as `pool_of` and `count_effects` do.
    """
    at_risk = people_at_risk(panel)
    pool = pool_of(panel, anticipation)
    random = np.random.default_rng(seed)
    given = [_drawn(panel, pool, random) for _ in range(draws)]
    people = at_risk[pool.units, : pool.periods.size]
    baseline = float(panel.outcome[pool.units, : pool.periods.size].sum() / people.sum())
    told = Told(draws, seed, LEVEL, baseline)

    def found(fall: float) -> FloatArray:
        return np.asarray(
            [_found(each, fall, (scale, anticipation, over, longest), (pool, at)) for at, each in enumerate(given)]
        )

    none = found(0.0)
    estimated = none[np.isfinite(none[:, 0])]
    unit = 1.0 if scale == "log_ratio" else baseline
    power = power_of(estimated[:, 0] / unit, estimated[:, 1] / unit, pool, told)
    if not np.isfinite(power.detectable):
        return power
    first = 1 - np.exp(-power.detectable) if scale == "log_ratio" else power.detectable
    falls = np.unique(np.minimum(STEPS * first, 0.99))
    tried = [none, *(found(fall) for fall in falls[1:])]
    curve = np.asarray([(each[:, 0] + each[:, 1] < 0).mean() for each in tried])
    return _read(power, falls, curve)


def _read(power: Power, falls: FloatArray, curve: FloatArray) -> Power:
    """``power`` with its ``curve`` at the ``falls`` tried, and the fall that is read from it."""
    rising = np.maximum.accumulate(curve)
    reached = int(np.searchsorted(rising, TARGET))
    if reached == falls.size:
        return replace(power, effects=falls, power=curve, detectable=np.inf, detectable_error=np.inf)
    slope = (rising[reached] - rising[reached - 1]) / (falls[reached] - falls[reached - 1])
    return replace(
        power,
        effects=falls,
        power=curve,
        detectable=float(falls[reached - 1] + (TARGET - rising[reached - 1]) / slope),
        detectable_error=float(np.sqrt(TARGET * (1 - TARGET) / power.draws) / slope),
    )


def _drawn(panel: Panel, pool: Pool, random: np.random.Generator) -> Panel:
    """Counts and people of one deal, by block: units of a cluster with one date add up."""
    length = pool.periods.size
    at_risk = np.ones_like(panel.outcome) if panel.offset is None else np.exp(panel.offset)
    both, *places = blocks(pool, np.column_stack([panel.outcome[:, :length], at_risk[:, :length]]))
    dealt = deal(pool, random, (places[0], places[1]))
    return Panel(
        units=np.arange(dealt.row.size),
        periods=pool.periods,
        outcome=both[dealt.row, :length],
        cohort=dealt.date,
        weight=np.ones((dealt.row.size, length)),
        cluster=dealt.cluster,
        covariates={},
        offset=np.log(both[dealt.row, length:]),
    )


def _found(
    panel: Panel, fall: float, asked: tuple[Scale, int, Over, int | None], drawn: tuple[Pool, int]
) -> tuple[float, float]:
    """The overall effect and the half-length of its interval once events of treated cells fall; nan where refused."""
    scale, anticipation, over, longest = asked
    treated = (panel.cohort[:, None] > 0) & (panel.periods >= panel.cohort[:, None])
    kept = np.random.default_rng(drawn[1]).binomial(panel.outcome[treated].astype(np.int64), 1 - fall)
    outcome = panel.outcome.copy()
    outcome[treated] = kept
    try:
        cells = count_effects(replace(panel, outcome=outcome), scale=scale, anticipation=anticipation)
    except ArrayInputError:
        return np.nan, np.nan
    effects = aggregate(cells, over, longest=longest)
    return effects.overall, reach_of(effects, drawn[0])
