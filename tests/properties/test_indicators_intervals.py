"""An interval holds its estimate, widens with confidence, narrows with more data, and refuses what is no count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.errors import ArrayInputError
from maillage.indicators.intervals import exact_poisson, poisson, wilson

LEVELS = (0.9, 0.95, 0.998)


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from(LEVELS))
def test_a_wilson_interval_holds_the_share_and_narrows_with_people(cases, more, confidence):
    people = cases + more
    low, high = wilson([cases, 10 * cases], [people, 10 * people], confidence=confidence)
    share = cases / people
    assert 0 <= low[0] <= share + 1e-12
    assert share - 1e-12 <= high[0] <= 1
    assert high[1] - low[1] < high[0] - low[0]


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_counting_the_others_mirrors_a_wilson_interval(cases, others):
    people = cases + others
    if people:
        low, high = wilson([cases, others], [people, people])
        assert low[0] == pytest.approx(1 - high[1], abs=1e-12)
        assert high[0] == pytest.approx(1 - low[1], abs=1e-12)


@given(st.floats(0, 1e6), st.sampled_from(LEVELS))
def test_a_count_lies_within_its_limits(events, confidence):
    low, high = poisson([events], confidence=confidence)
    assert low[0] <= events < high[0]


@given(st.integers(0, 100_000))
def test_more_confidence_means_a_wider_interval(events):
    bounds = [poisson([events], confidence=level) for level in LEVELS]
    assert [b[0][0] for b in bounds] == sorted((b[0][0] for b in bounds), reverse=True)
    assert [b[1][0] for b in bounds] == sorted(b[1][0] for b in bounds)


@given(st.integers(0, 2000))
def test_more_events_raise_both_limits_even_where_the_method_changes(events):
    low, high = poisson([events, events + 1])
    assert low[0] < low[1] or events == 0
    assert high[0] < high[1]


@given(st.integers(10, 100_000))
def test_byar_comes_near_the_exact_limits_from_ten_events(events):
    for near, exact in zip(poisson([events]), exact_poisson([events]), strict=True):
        assert near[0] == pytest.approx(exact[0], rel=0.005)


def test_no_event_has_a_lower_limit_of_zero_and_a_known_upper_limit():
    low, high = poisson([0])
    assert low[0] == 0
    assert high[0] == pytest.approx(-np.log(0.025))  # the rule of three, exactly


def test_nobody_and_everybody_have_limits_of_exactly_zero_and_one():
    low, high = wilson([0, 41], [41, 41])
    assert (low[0], high[1]) == (0.0, 1.0)
    assert 0 < high[0] < 0.1


def test_nothing_out_of_nobody_has_no_interval():
    low, high = wilson([0], [0])
    assert np.isnan([low[0], high[0]]).all()


def test_missing_counts_are_counted_and_the_first_is_named():
    with pytest.raises(ArrayInputError, match="found 2 missing or infinite out of 4, the first at entry 1"):
        poisson([1, np.nan, 3, np.inf])
    with pytest.raises(ArrayInputError, match="A denominator must be known, found 1"):
        wilson([1, 2], [3, np.nan])


@pytest.mark.parametrize(("cases", "people"), [([-1], [10]), ([11], [10])])
def test_an_impossible_proportion_is_named(cases, people):
    with pytest.raises(ArrayInputError, match="at entry 0"):
        wilson(cases, people)


def test_an_impossible_count_or_confidence_is_named():
    with pytest.raises(ArrayInputError, match="-3, at entry 1"):
        poisson([2, -3])
    with pytest.raises(ArrayInputError, match="95"):
        wilson([1], [2], confidence=95)
    with pytest.raises(ArrayInputError, match="2 and 3 entries"):
        wilson([1, 2], [3, 4, 5])
