"""What a matched comparison may not depend on: the order and names of units, what all share, the unit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.evaluation.matched import matched_effects
from maillage.evaluation.matching import Rule
from tests.unit.test_matched import panel_of

RULE = Rule(exact=("zone",), near=("age",), trajectory=3, before=4, follow=2, caliper=1.0)
few = settings(max_examples=20)
seeds = st.integers(0, 10_000)


def columns(seed):
    random = np.random.default_rng(seed)
    count = 240
    outcome = np.cumsum(random.normal(3, 5, (count, 12)), axis=1) + random.normal(900, 30, (count, 1))
    covariates = {"zone": random.integers(0, 2, count), "age": random.uniform(30, 66, count)}
    return outcome, random.choice([0, 0, 6, 8], count), covariates


def same(one, other, scale=1.0):
    assert one.effects.att == pytest.approx(scale * other.effects.att, rel=1e-6, abs=1e-6 * scale)
    assert one.effects.se == pytest.approx(scale * other.effects.se, rel=1e-6, abs=1e-6 * scale)
    assert one.matched == other.matched


@few
@given(seeds)
def test_the_order_and_the_names_of_units_do_not_count(seed):
    outcome, cohort, covariates = columns(seed)
    order = np.random.default_rng(seed + 1).permutation(cohort.size)
    names = np.random.default_rng(seed + 2).permutation(cohort.size)
    shuffled = panel_of(outcome[order], cohort[order], {name: x[order] for name, x in covariates.items()}, names=names)

    same(matched_effects(shuffled, RULE), matched_effects(panel_of(outcome, cohort, covariates), RULE))


@few
@given(seeds, st.floats(-50, 50), st.floats(0.01, 100))
def test_what_all_units_share_and_the_unit_of_the_outcome_do_not_count(seed, slope, scale):
    outcome, cohort, covariates = columns(seed)
    moved = scale * (outcome + slope * np.arange(12))

    same(
        matched_effects(panel_of(moved, cohort, covariates), RULE),
        matched_effects(panel_of(outcome, cohort, covariates), RULE),
        scale,
    )
