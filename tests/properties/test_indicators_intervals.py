"""An interval holds its estimate, narrows with more data, and refuses what is not a count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.errors import ArrayInputError
from maillage.indicators.intervals import poisson, wilson


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from([0.9, 0.95, 0.998]))
def test_a_wilson_interval_holds_the_share_and_narrows_with_people(cases, more, confidence):
    people = cases + more
    low, high = wilson([cases, 10 * cases], [people, 10 * people], confidence=confidence)
    share = cases / people
    assert 0 <= low[0] <= share + 1e-12
    assert share - 1e-12 <= high[0] <= 1
    assert high[1] - low[1] < high[0] - low[0]


@given(st.floats(0, 1e6), st.sampled_from([0.9, 0.95, 0.998]))
def test_a_count_lies_within_its_limits(events, confidence):
    low, high = poisson([events], confidence=confidence)
    assert low[0] <= events < high[0]


def test_no_event_has_a_lower_limit_of_zero_and_a_known_upper_limit():
    low, high = poisson([0])
    assert low[0] == 0
    assert high[0] == pytest.approx(-np.log(0.025))  # the rule of three, exactly


def test_nothing_out_of_nobody_has_no_interval():
    low, high = wilson([0], [0])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isnan(poisson([np.nan])).all()


@pytest.mark.parametrize(("cases", "people"), [([-1], [10]), ([11], [10])])
def test_an_impossible_proportion_is_named(cases, people):
    with pytest.raises(ArrayInputError, match="at entry 0"):
        wilson(cases, people)


def test_an_impossible_count_or_confidence_is_named():
    with pytest.raises(ArrayInputError, match="-3 at entry 1"):
        poisson([2, -3])
    with pytest.raises(ArrayInputError, match="95"):
        wilson([1], [2], confidence=95)
    with pytest.raises(ArrayInputError, match="2 and 1"):
        wilson([1, 2], [3])
