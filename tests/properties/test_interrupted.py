"""What an interrupted series may not depend on: its trend, its origin, its unit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.evaluation.interrupted import interrupted
from maillage.evaluation.series import Series

few = settings(max_examples=25)
seeds = st.integers(0, 10_000)


def series(seed):
    random = np.random.default_rng(seed)
    return Series(np.arange(40), random.normal(size=40).cumsum() * 0.3 + random.normal(size=40), 26, season=4)


def changes(given_):
    found = interrupted(given_)
    return np.array([[each.effect, each.se] for each in (found.level, found.slope, found.average)])


@few
@given(seeds, st.floats(-5, 5), st.floats(-100, 100))
def test_a_trend_and_a_season_added_change_nothing(seed, slope, origin):
    given_ = series(seed)
    tilted = replace(given_, outcome=given_.outcome + origin + slope * given_.period + (given_.period % 4 == 1))

    assert changes(tilted) == pytest.approx(changes(given_), rel=1e-3, abs=1e-4)


@few
@given(seeds, st.integers(-1000, 1000), st.floats(0.01, 100))
def test_the_origin_of_time_and_the_unit_of_the_outcome_do_not_count(seed, shift, scale):
    given_ = series(seed)
    moved = replace(given_, period=given_.period + shift, start=given_.start + shift, outcome=scale * given_.outcome)

    assert changes(moved) == pytest.approx(scale * changes(given_), rel=1e-3, abs=1e-4 * scale)


@few
@given(seeds)
def test_a_control_equal_for_all_periods_is_no_control(seed):
    given_ = series(seed)

    assert changes(replace(given_, control=np.full(40, 7.0))) == pytest.approx(changes(given_), rel=1e-3, abs=1e-4)
