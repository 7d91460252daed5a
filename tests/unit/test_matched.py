"""Matched comparisons of general practitioners whose growth drives the contract they sign; all are simulated."""

from dataclasses import replace

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import band, overall_interval
from maillage.evaluation.matched import matched_effects
from maillage.evaluation.matching import Rule, match
from maillage.evaluation.panel import Panel, Rows

QUARTERS = np.arange(1, 21)
RULE = Rule(exact=("zone",), near=("age",))


def practices(seed=1, *, count=2500, effect=40.0, pace=1.0):
    """Lists that grow with inertia; the faster a list has grown, the sooner its doctor signs for an assistant."""
    random = np.random.default_rng(seed)
    zone, age = random.integers(0, 3, count), random.uniform(30, 66, count)
    growth = 12 - 0.25 * (age - 30) + 3 * zone
    outcome, change = np.zeros((count, 20)), growth + random.normal(0, 8, count)
    outcome[:, 0], cohort = random.normal(950, 200, count), np.zeros(count, dtype=int)
    for at in range(1, 20):
        change = 0.5 * growth + 0.5 * change + random.normal(0, 8, count)
        outcome[:, at] = outcome[:, at - 1] + change
        if 8 <= at < 19:
            slope = outcome[:, at - 3 : at + 1] @ np.array([-0.3, -0.1, 0.1, 0.3])
            hazard = pace * 0.012 * np.exp(0.09 * (slope - 8)) * (1 + 0.5 * zone)
            cohort[(cohort == 0) & (random.random(count) < hazard)] = QUARTERS[at] + 1
    outcome += effect * ((cohort[:, None] > 0) & (cohort[:, None] <= QUARTERS))
    return panel_of(outcome, cohort, {"zone": zone, "age": age})


def panel_of(outcome, cohort, covariates, *, names=None):
    count, periods = outcome.shape
    return Panel.of(
        Rows(
            np.repeat(np.arange(count) if names is None else names, periods),
            np.tile(QUARTERS[:periods], count),
            outcome.ravel(),
            np.repeat(cohort, periods),
            covariates={name: np.repeat(column, periods) for name, column in covariates.items()},
        )
    )


@pytest.fixture(scope="module")
def signed():
    return practices()


@pytest.fixture(scope="module")
def found(signed):
    return matched_effects(signed, RULE)


def test_raw_growth_of_those_who_sign_overstates_what_matching_recovers(found):
    """The published effects of assistants, +13 % and +10 %, are raw growths of this kind."""
    low, high = overall_interval(found.effects)
    after = found.effects.at >= 0

    assert low < 40 < high
    assert found.raw[after].mean() > 46
    assert found.raw[after].mean() - found.effects.overall > 3 * found.effects.overall_se


def test_without_effect_growth_alone_looks_like_one():
    nothing = matched_effects(practices(seed=2, effect=0.0), RULE)
    low, high = overall_interval(nothing.effects)

    assert low < 0 < high
    assert nothing.raw[-1] > 10


def test_placebos_before_the_matched_trajectory_are_close_to_zero(found):
    placebo = ~found.fitted & (found.effects.at < 0)
    bounds = band(found.effects)

    assert found.effects.at[placebo].tolist() == [-6, -5]
    assert (np.abs(found.raw[placebo]) > 20).all()
    assert ((bounds.all_lower < 0) & (bounds.all_upper > 0))[placebo].all()
    assert found.effects.att[found.effects.at == -1] == 0


def test_balance_says_what_matching_gained_and_whom_it_left_out(found):
    slope = next(each for each in found.balance if each.feature == "slope")

    assert slope.difference_before > 0.5
    assert all(abs(each.difference_after) < 0.1 for each in found.balance)
    assert found.matched + found.matching.unmatched.size == found.asked
    assert slope.treated_after < slope.treated_before  # those who grow fastest find nobody like them


def test_sets_respect_strata_caliper_and_dates(signed, found):
    pairs, zone = found.matching, signed.covariates["zone"][:, 0]
    age, spread = signed.covariates["age"][:, 0], signed.covariates["age"][found.matching.asked, 0].std()
    treated, control = pairs.treated, pairs.control

    assert (zone[treated] == zone[control]).all()
    assert (np.abs(age[treated] - age[control]) <= 0.25 * spread + 1e-9).all()
    assert ((signed.cohort[control] == 0) | (signed.cohort[control] > signed.cohort[treated] + 4)).all()
    assert np.bincount(treated)[np.unique(treated)].min() >= 2
    assert np.bincount(treated, pairs.share)[np.unique(treated)] == pytest.approx(1)
    assert pairs.weights(signed.units.size).sum() == pytest.approx(2 * found.matched)


def test_never_treated_controls_can_be_asked_for(signed):
    pairs = match(signed, replace(RULE, control="never_treated"))

    assert (signed.cohort[pairs.control] == 0).all()


def test_anticipation_moves_the_base_and_the_date_of_matching(signed):
    early = signed.outcome + 15 * (signed.cohort[:, None] - 1 == QUARTERS)
    given = panel_of(early, signed.cohort, {name: x[:, 0] for name, x in signed.covariates.items()})
    declared = matched_effects(given, replace(RULE, anticipation=1)).effects

    assert declared.att[declared.at == -2] == 0
    assert declared.att[declared.at == -1][0] == pytest.approx(15, abs=4)


def test_a_set_apart_has_an_exact_answer():
    """Two controls a set, nothing shared, no noise but between sets: the error is the spread of sets."""
    count = 25
    level = np.repeat(np.arange(count) * 100.0, 3)
    role = np.tile([1, 0, 0], count)
    gain = np.repeat(np.arange(count) * 1.0, 3)
    time = np.arange(12)
    outcome = level[:, None] + 2.0 * time + (role * gain)[:, None] * (time >= 6)
    panel = panel_of(outcome, np.where(role == 1, 7, 0), {})
    effects = matched_effects(panel, Rule(before=4, trajectory=2, follow=2, controls=2)).effects

    assert effects.att[effects.at >= 0] == pytest.approx(12.0)
    assert effects.overall_se == pytest.approx(np.arange(count).std() / np.sqrt(count))


def test_a_control_that_serves_several_sets_adds_its_own_noise():
    """Theorem 7 of Abadie and Imbens (2006): each control adds (k² - k2) times its variance."""
    random = np.random.default_rng(4)
    treated, controls = 60, 6
    outcome = np.zeros((treated + controls, 8))
    outcome[:, 4:] = random.normal(size=(treated + controls, 1))
    panel = panel_of(outcome, np.repeat([5, 0], [treated, controls]), {})
    rule = Rule(before=2, trajectory=2, follow=3, controls=controls)
    effects = matched_effects(panel, rule).effects
    own = outcome[:treated, 5].var() / treated
    shared = outcome[treated:, 5].var(ddof=1) / controls * (1 - 1 / treated)

    assert effects.overall_se**2 == pytest.approx(own + shared)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"controls": 1}, "at least 2 controls, 1 asked"),
        ({"trajectory": 9}, "trajectory of 9 periods"),
        ({"caliper": 0.0}, "caliper is above 0"),
        ({"follow": 30}, "No treated unit has 6 periods before treatment and 30 after"),
        ({"caliper": 1e-6}, r"needs 20 sets, found 0 among \d+ treated.*Widen the caliper"),
    ],
    ids=["one control", "trajectory", "caliper", "window", "nobody alike"],
)
def test_what_cannot_be_matched_is_refused_in_both_languages(signed, change, reason):
    with pytest.raises(ArrayInputError, match=reason) as refusal:
        match(signed, replace(RULE, **change))
    assert refusal.value.fr


def test_an_unknown_covariate_is_refused(signed):
    with pytest.raises(ArrayInputError, match="no covariate 'deprivation'"):
        match(signed, Rule(near=("deprivation",)))
