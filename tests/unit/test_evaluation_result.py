"""From a study to its result: the effect, the checks that its protocol lists, the decision by its rule."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from maillage.evaluation.checks import check
from maillage.evaluation.exposure import Neighbours
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.protocol import Check, Protocol, Spillover, parse_protocol
from maillage.evaluation.result import Result, analyse, before_result
from maillage.evaluation.staggered import estimate
from maillage.evaluation.study import Study
from maillage.text import Text
from tests.protocol_texts import TEXT

PERIODS, UNITS = np.arange(2019, 2025), 240


def _panel(effect: float, noise: float = 0.5) -> Panel:
    """Pairs of neighbours; two fifths are treated in 2021 or 2022."""
    random = np.random.default_rng(3)
    cohort = np.select([np.arange(UNITS) % 5 == 0, np.arange(UNITS) % 5 == 1], [2021, 2022], 0)
    treated = (cohort[:, None] > 0) & (cohort[:, None] <= PERIODS)
    outcome = random.normal(15, 2, (UNITS, 1)) + random.normal(0, noise, (UNITS, PERIODS.size)) + effect * treated
    rows = np.meshgrid(np.arange(UNITS), PERIODS, indexing="ij")
    wide = np.repeat(cohort[:, None], PERIODS.size, axis=1)
    return Panel.of(Rows(rows[0].ravel(), rows[1].ravel(), outcome.ravel(), wide.ravel()))


def _study(panel: Panel, **changes: object) -> Study:
    protocol = parse_protocol(TEXT + '\n[sensitivity]\nchecks = ["estimators", "placebo_dates", "honest"]\n')
    protocol = protocol.model_copy(update=changes)
    return Study(protocol=protocol, label=Text("Part", "Share"), unit=Text("%", "%"), panel=panel)


@pytest.fixture(scope="module")
def found() -> Result:
    return analyse(_study(_panel(-2.0)))


def test_a_planted_effect_is_found_and_decided(found: Result) -> None:
    assert found.decision.verdict == "effect"
    assert found.headline.low < -2.0 < found.headline.high
    assert found.headline.units == 96
    assert found.headline.before == pytest.approx(15, abs=1)


def test_only_the_checks_of_the_protocol_are_made(found: Result) -> None:
    assert {line.kind for line in found.checked.lines} == {"estimator", "placebo_date"}
    assert found.checked.robust is not None
    assert "randomisation" not in {line.key for line in found.checked.lines}


def test_no_effect_is_no_effect_that_matters_where_the_data_can_tell() -> None:
    assert analyse(_study(_panel(0.0))).decision.verdict == "no_effect_that_matters"


def test_nothing_is_concluded_where_the_data_cannot_tell() -> None:
    assert analyse(_study(_panel(0.0, noise=8.0))).decision.verdict == "cannot_tell"


def test_what_can_be_said_before_reads_no_treated_outcome() -> None:
    found = [before_result(_study(_panel(effect))) for effect in (0.0, -30.0)]
    some, more = (each.power.detectable for each in found if each is not None and each.power is not None)
    assert some == more


def test_controls_that_neighbours_reach_stand_in_no_simulated_panel() -> None:
    near = Neighbours.touching(np.arange(0, UNITS, 5), np.arange(2, UNITS, 5))
    words = '\n[spillover]\nby = "contiguity"\nhandling = "drop"\n'
    study = replace(_study(_panel(-2.0)), neighbours=near)
    whole, clean = (before_result(each) for each in (study, replace(study, protocol=parse_protocol(TEXT + words))))
    assert whole is not None
    assert clean is not None
    assert whole.cohorts.never - clean.cohorts.never == UNITS // 5


def test_exposed_controls_are_dropped_or_their_effect_is_modelled() -> None:
    panel = _panel(-2.0)
    near = Neighbours.touching(np.arange(0, UNITS, 5), np.arange(2, UNITS, 5))
    study = replace(_study(panel), neighbours=near)

    def asked(handling: str) -> Protocol:
        words = f'\n[spillover]\nby = "contiguity"\nhandling = "{handling}"\n'
        return parse_protocol(TEXT + words + '\n[sensitivity]\nchecks = ["spillover"]\n')

    dropped = analyse(replace(study, protocol=asked("drop")))
    assert dropped.estimates.panel.units.size == UNITS - UNITS // 5
    assert any("left out: 48 never treated" in reason.en for reason in dropped.feasibility.reasons)
    modelled = analyse(replace(study, protocol=asked("model")))
    assert modelled.estimates.spillover is not None
    assert modelled.estimates.spillover.spilled.low < 0 < modelled.estimates.spillover.spilled.high
    assert {line.key for line in modelled.checked.lines} >= {"ignored", "dropped", "direct", "spilled"}


def test_every_check_that_a_protocol_may_list_is_made_and_the_same_twice() -> None:
    panel = _panel(-2.0)
    asked = _study(panel).protocol.sensitivity.model_copy(
        update={"checks": get_args(Check), "placebo_outcomes": ("births",), "permutations": 99}
    )
    pairs = np.arange(0, UNITS, 2)
    whole = replace(
        _study(panel, sensitivity=asked, spillover=Spillover(by="contiguity", handling="ignore")),
        groups={"region": np.arange(UNITS) % 5, "rural": np.where(np.arange(UNITS) % 2, "rural", "urban")},
        others={"births": _panel(0.0).outcome},
        dose=np.linspace(1, 9, UNITS),
        neighbours=Neighbours(pairs, pairs + 1, np.ones(pairs.size)),
    )
    found = check(whole, estimate(whole))

    assert repr(found) == repr(check(whole, estimate(whole)))
    assert len({(line.kind, line.key) for line in found.lines}) == len(found.lines)
    assert {line.kind for line in found.lines} == {
        *("estimator", "control", "weights", "anticipation", "placebo_date", "placebo_outcome"),
        *("leave_out_cohort", "leave_out_group", "spillover", "dose"),
    }
    assert all(line.refused_fr not in ("", line.refused) for line in found.lines if line.refused)
    assert set(found.heterogeneity) == {"rural"}
    assert found.robust is not None


def test_why_nothing_can_be_tested_before_entry_is_said_in_both_languages() -> None:
    panel = _panel(-2.0)
    late = panel.select(panel.cohort != 2022)
    # One period before the only date: nothing to test.
    short = replace(late, periods=late.periods[1:], outcome=late.outcome[:, 1:], weight=late.weight[:, 1:])
    found = estimate(_study(short))
    assert found.pretest is None
    assert found.untested is not None
    assert "before treatment" in found.untested.en
    assert "avant le traitement" in found.untested.fr
