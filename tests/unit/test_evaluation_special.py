"""Other designs asked by a protocol: what was planted is found, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.protocol import parse_protocol
from maillage.evaluation.special import analyse_special
from maillage.evaluation.study import Study
from maillage.text import Text
from tests.protocol_texts import TEXT

CUT = '\n[threshold]\nrunning = "apl_mg"\ncutoff = 2.5\n\n[estimand]\nweights = "units"\n'


def _study(design: str, panel: Panel, more: str = "", running: NDArray[np.float64] | None = None) -> Study:
    text = TEXT.replace("[title]", f'design = "{design}"\n\n[title]', 1) + more
    return Study(
        protocol=parse_protocol(text), label=Text("Part", "Share"), unit=Text("%", "%"), panel=panel, running=running
    )


def _panel(outcome: NDArray[np.float64], cohort: NDArray[np.int64], first: int = 2000) -> Panel:
    units, periods = outcome.shape
    unit, period = np.meshgrid(np.arange(units), first + np.arange(periods), indexing="ij")
    return Panel.balanced(Rows(unit.ravel(), period.ravel(), outcome.ravel(), np.repeat(cohort, periods)))


def test_a_jump_at_the_threshold_is_found_on_its_side_and_checked() -> None:
    random = np.random.default_rng(2)
    score = random.uniform(0.5, 4.5, 3000)
    outcome = 10 + 0.8 * score - 1.5 * (score < 2.5) + random.normal(0, 1, score.size)
    panel = _panel(np.repeat(outcome[:, None], 2, axis=1), np.zeros(score.size, dtype=np.int64))
    found = analyse_special(_study("discontinuity", panel, CUT, score))
    assert found.headline.low < -1.5 < found.headline.high
    assert found.decision.verdict == "effect"
    assert {line.kind for line in found.lines} == {"bandwidth", "donut", "placebo_cutoff"}
    assert found.density is not None


def test_a_threshold_without_its_score_is_refused() -> None:
    panel = _panel(np.ones((60, 2)), np.zeros(60, dtype=np.int64))
    with pytest.raises(ArrayInputError, match="score"):
        analyse_special(_study("discontinuity", panel, CUT))


def test_a_change_of_level_in_a_series_that_everybody_left_at_once_is_found() -> None:
    random = np.random.default_rng(3)
    time = np.arange(40)
    series = 50 + 0.2 * time + random.normal(0, 0.5, 40) - 4.0 * (time >= 28)
    panel = _panel(np.repeat(series[None, :], 3, axis=0), np.full(3, 2028))
    found = analyse_special(_study("interrupted", panel))
    assert found.headline.att == pytest.approx(-4.0, abs=1.0)
    assert found.decision.verdict == "effect"
    assert {"level", "slope"} <= {line.key for line in found.lines}


def test_dates_that_differ_are_no_interrupted_series() -> None:
    panel = _panel(np.zeros((4, 30)), np.asarray([2020, 2021, 0, 0]))
    with pytest.raises(ArrayInputError, match="starts at one date, found 2") as refused:
        analyse_special(_study("interrupted", panel))
    assert "staggered" in refused.value.fr


def test_one_territory_is_judged_by_placebos_and_has_no_interval() -> None:
    random = np.random.default_rng(4)
    factor, load = random.normal(0, 1, (12, 2)).cumsum(axis=0), random.dirichlet(np.ones(2), 40)
    outcome = 20 + load @ factor.T + random.normal(0, 0.05, (40, 12))
    outcome[0] = outcome[1:4].mean(axis=0) + random.normal(0, 0.05, 12) - 6.0 * (np.arange(12) >= 8)
    panel = _panel(outcome, np.where(np.arange(40) == 0, 2008, 0))
    found = analyse_special(_study("single", panel))
    assert found.headline.att == pytest.approx(-6.0, abs=0.5)
    assert np.isnan(found.headline.low)
    assert 1 / 40 <= found.headline.p_value <= 0.05
    assert found.decision.verdict == "effect"


def test_growing_practices_that_contract_are_compared_with_practices_that_grew_alike() -> None:
    random = np.random.default_rng(6)
    units, years = 600, np.arange(12)
    growth = random.normal(20, 8, units)
    signs = random.random(units) < np.where(growth > 24, 0.35, 0.08)
    cohort = np.where(signs, 2000 + random.integers(7, 9, units), 0)
    after = (cohort[:, None] > 0) & (cohort[:, None] <= 2000 + years)
    outcome = 900 + growth[:, None] * years + random.normal(0, 5, (units, years.size)) + 40.0 * after
    found = analyse_special(_study("matched", _panel(outcome, cohort)))
    assert found.headline.att == pytest.approx(40.0, abs=6.0)
    assert found.decision.verdict in ("effect", "fails_own_tests")
    assert not found.lines[0].refused
