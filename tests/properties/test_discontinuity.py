"""What a discontinuity may not depend on: the origin and the unit of the running variable, its direction, the order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.evaluation.discontinuity import jump
from maillage.evaluation.threshold import Threshold

few = settings(max_examples=15)
seeds = st.integers(0, 10_000)


def design(seed):
    random = np.random.default_rng(seed)
    running = random.normal(0.2, 1, 240)
    outcome = running**2 - 0.7 * (running < 0) + random.normal(size=240)
    return Threshold(running, outcome, 0.0, weight=random.uniform(0.5, 2, 240), cluster=np.arange(240) // 2)


def same(one, other, *, sign=1.0, scale=1.0):
    assert one.corrected == pytest.approx(sign * other.corrected, rel=1e-6, abs=1e-8)
    assert one.se == pytest.approx(other.se, rel=1e-6)
    assert one.bandwidth == pytest.approx(scale * other.bandwidth, rel=1e-6)


@few
@given(seeds, st.floats(-20, 20), st.floats(0.1, 10))
def test_moving_and_stretching_the_running_variable_with_its_cutoff_changes_nothing(seed, shift, scale):
    given_ = design(seed)
    moved = replace(given_, running=given_.running * scale + shift, cutoff=shift)

    same(jump(moved), jump(given_), scale=scale)


@few
@given(seeds)
def test_reflecting_flips_the_sign_unless_the_treated_side_goes_with_it(seed):
    given_ = design(seed)
    reflected = replace(given_, running=-given_.running)

    same(jump(reflected), jump(given_), sign=-1.0)
    same(jump(replace(reflected, eligible="above")), jump(given_))


@few
@given(seeds)
def test_the_order_and_the_names_of_units_do_not_count(seed):
    given_ = design(seed)
    order = np.random.default_rng(seed + 1).permutation(240)
    named = np.asarray([f"tvs-{code}" for code in given_.cluster])
    shuffled = Threshold(
        given_.running[order], given_.outcome[order], 0.0, weight=given_.weight[order], cluster=named[order]
    )

    same(jump(shuffled), jump(given_))


@few
@given(seeds, st.floats(-5, 5), st.floats(0.01, 100))
def test_a_line_added_to_the_outcome_changes_nothing_and_a_unit_of_it_scales(seed, slope, scale):
    given_ = design(seed)
    tilted = replace(given_, outcome=scale * (given_.outcome + 3 + slope * given_.running))
    here, there = jump(tilted), jump(given_)

    assert here.corrected == pytest.approx(scale * there.corrected, rel=1e-4, abs=1e-6)
    assert here.bandwidth == pytest.approx(there.bandwidth, rel=1e-4)
