"""Studies of designs other than staggered entry, drawn from a seed, each with an effect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.protocol import Design, parse_protocol
from maillage.evaluation.study import Study
from maillage.text import Text
from tests.protocol_texts import TEXT

CUT = '\n[threshold]\nrunning = "apl_mg"\ncutoff = 2.5\n\n[estimand]\nweights = "units"\n'


def special_study(design: Design) -> Study:
    """A study of ``design`` whose effect is negative and large."""
    return {"discontinuity": _cut, "interrupted": _series, "single": _alone, "matched": _pairs}[design]()


def _study(design: str, panel: Panel, more: str = "", running: NDArray[np.float64] | None = None) -> Study:
    """Of published figures: paths of a few units taken from records are not shown."""
    text = TEXT.replace("[title]", f'design = "{design}"\n\n[title]', 1).replace('"records"', '"observations"') + more
    return Study(
        protocol=parse_protocol(text),
        label=Text("Passages légers", "Light visits"),
        unit=Text("%", "%"),
        panel=panel,
        running=running,
        units=panel.units.size,
    )


def _panel(outcome: NDArray[np.float64], cohort: NDArray[np.int64], first: int = 2000) -> Panel:
    units, periods = outcome.shape
    unit, period = np.meshgrid(np.arange(units), first + np.arange(periods), indexing="ij")
    return Panel.balanced(Rows(unit.ravel(), period.ravel(), outcome.ravel(), np.repeat(cohort, periods)))


def _cut() -> Study:
    random = np.random.default_rng(2)
    score = random.uniform(0.5, 4.5, 2000)
    outcome = 10 + 0.8 * score - 1.5 * (score < 2.5) + random.normal(0, 1, score.size)
    panel = _panel(np.repeat(outcome[:, None], 2, axis=1), np.zeros(score.size, dtype=np.int64))
    return _study("discontinuity", panel, CUT, score)


def _series() -> Study:
    random = np.random.default_rng(3)
    time = np.arange(40)
    series = 50 + 0.2 * time + random.normal(0, 0.5, 40) - 4.0 * (time >= 28)
    return _study("interrupted", _panel(np.repeat(series[None, :], 3, axis=0), np.full(3, 2028)))


def _alone() -> Study:
    random = np.random.default_rng(4)
    factor, load = random.normal(0, 1, (12, 2)).cumsum(axis=0), random.dirichlet(np.ones(2), 30)
    outcome = 20 + load @ factor.T + random.normal(0, 0.05, (30, 12))
    outcome[0] = outcome[1:4].mean(axis=0) + random.normal(0, 0.05, 12) - 6.0 * (np.arange(12) >= 8)
    return _study("single", _panel(outcome, np.where(np.arange(30) == 0, 2008, 0)))


def _pairs() -> Study:
    random = np.random.default_rng(6)
    units, years = 400, np.arange(12)
    growth = random.normal(-20, 8, units)
    signs = random.random(units) < np.where(growth < -24, 0.35, 0.08)
    cohort = np.where(signs, 2000 + random.integers(7, 9, units), 0)
    after = (cohort[:, None] > 0) & (cohort[:, None] <= 2000 + years)
    outcome = 900 + growth[:, None] * years + random.normal(0, 5, (units, years.size)) - 40.0 * after
    return _study("matched", _panel(outcome, cohort))
