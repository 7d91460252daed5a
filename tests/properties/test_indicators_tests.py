"""What must hold of standardised rates, funnels, trends and differences, whatever the figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maillage.errors import ArrayInputError
from maillage.indicators.cusum import cusum
from maillage.indicators.difference import Estimate, difference, proportion_estimate, rate_estimate
from maillage.indicators.funnel import count_limits, proportion_funnel, proportion_limits, rate_funnel, ratio_funnel
from maillage.indicators.intervals import poisson, wilson
from maillage.indicators.standardise import direct, indirect
from maillage.indicators.trend import trend

COUNT, PEOPLE = st.integers(0, 500), st.integers(1, 10_000)
BANDS = 4


def cells(low, high):
    return arrays(np.float64, (3, BANDS), elements=st.integers(low, high).map(float))


@given(cells(0, 50), cells(1, 5000), st.floats(0.1, 1000))
def test_a_directly_standardised_rate_lies_among_its_bands_and_ignores_the_size_of_the_standard(events, people, size):
    standard = np.arange(1.0, BANDS + 1)
    found, same = direct(events, people, standard), direct(events, people, standard * size)
    known = found.events >= 10
    assert np.isnan(found.value).tolist() == (~known).tolist()
    rates = (events / people)[known]
    assert (found.value[known] >= rates.min(axis=1) * (1 - 1e-9)).all()
    assert (found.value[known] <= rates.max(axis=1) * (1 + 1e-9)).all()
    assert ((found.low < found.value) & (found.value < found.high))[known].all()
    np.testing.assert_allclose(found.value, same.value)


@given(arrays(np.float64, 3, elements=st.integers(10, 500).map(float)), arrays(np.float64, 3, elements=PEOPLE))
def test_one_band_leaves_a_rate_and_its_poisson_limits(events, people):
    found = direct(events[:, None], people[:, None], [1.0])
    low, high = poisson(events)
    for mine, plain in ((found.value, events), (found.low, low), (found.high, high)):
        np.testing.assert_allclose(mine, plain / people, rtol=1e-9)


@given(cells(1, 5000))
def test_the_reference_itself_has_a_ratio_of_one(people):
    rates = np.linspace(0.01, 0.2, BANDS)
    found = indirect(people @ rates, people, rates * 1e5, np.full(BANDS, 1e5))
    np.testing.assert_allclose(found.ratio, 1)
    assert ((found.ratio_low <= 1) & (found.ratio_high >= 1)).all()


def test_where_nothing_is_expected_there_is_no_ratio():
    found = indirect([0], [[0, 0]], [5, 6], [100, 100])
    assert np.isnan([found.ratio[0], found.ratio_low[0], found.ratio_high[0]]).all()


@pytest.mark.parametrize(
    ("events", "people", "standard", "said"),
    [
        ([[12, 3]], [[100, 0]], [1, 1], r"1 cells with events and nobody, the first at entry \(0, 1\)"),
        ([[12, 3]], [[100, 50]], [1, 1, 1], "one figure a band, 2, found 3"),
        ([[12, 3]], [[100, 50]], [0, 0], "is empty"),
        ([[12, np.nan]], [[100, 50]], [1, 1], r"1 missing or infinite out of 2, the first at entry \(0, 1\)"),
    ],
)
def test_a_rate_that_cannot_be_standardised_says_why(events, people, standard, said):
    with pytest.raises(ArrayInputError, match=said):
        direct(events, people, standard)


def test_an_empty_band_leaves_no_rate_unless_the_standard_leaves_it_out():
    events, people = [[20, 0]], [[100, 0]]
    assert np.isnan(direct(events, people, [1, 1]).value[0])
    assert direct(events, people, [1, 0]).value[0] == pytest.approx(0.2)


@given(st.integers(1, 100_000), st.floats(0.01, 0.99))
def test_funnel_limits_shrink_with_size_and_the_outer_ones_hold_the_inner(people, average):
    sizes = [people, 2 * people]
    widths = []
    for confidence in (0.95, 0.998):
        low, high = proportion_limits(sizes, average, confidence=confidence)
        assert (low <= average).all()
        assert (high >= average).all()
        assert high[1] - low[1] <= high[0] - low[0]
        widths.append(high[0] - low[0])
    assert widths[0] <= widths[1]


@given(st.floats(0.001, 1e6))
def test_a_count_at_the_limit_of_a_funnel_has_an_interval_that_just_reaches_the_expected(expected):
    for confidence in (0.95, 0.998):
        low, high = (limit[0] for limit in count_limits([expected], confidence=confidence))
        assert low <= expected
        assert high >= min(expected, 1e-9)
        ratios = [count_limits([size], confidence=confidence)[1][0] / size for size in (expected, 2 * expected)]
        assert ratios[1] < ratios[0]


@given(st.lists(st.tuples(COUNT, COUNT), min_size=2, max_size=8).filter(lambda rows: sum(a + b for a, b in rows) > 0))
def test_a_proportion_lies_outside_its_funnel_exactly_where_its_wilson_interval_misses_the_average(rows):
    cases = np.array([a for a, _ in rows], float)
    people = np.array([a + b for a, b in rows], float)
    found = proportion_funnel(cases, people)
    low, high = wilson(cases, people)
    missed = (low > found.average) | (high < found.average)
    assert (found.position != 0).tolist() == missed.tolist()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = cases / people
    beyond = (share > found.inner[1] + 1e-9) | (share < found.inner[0] - 1e-9)
    assert (missed | ~beyond).all()


def test_a_funnel_needs_people_to_make_an_average():
    with pytest.raises(ArrayInputError, match="no people"):
        rate_funnel([0, 0], [0, 0])


def test_a_territory_of_nobody_has_no_limits_and_lies_nowhere():
    found = ratio_funnel([3, 0], [4.0, 0.0])
    assert np.isnan([found.inner[0][1], found.outer[1][1]]).all()
    assert found.position.tolist() == [0, 0]


SERIES = arrays(np.float64, (2, 7), elements=st.floats(0, 100))


@given(SERIES, st.floats(0.1, 10), st.floats(-50, 50), st.floats(0.1, 5))
def test_a_trend_does_not_depend_on_the_unit_or_the_origin(values, width, shift, scale):
    found = trend(values, values - width, values + width)
    moved = trend(*((v * scale + shift) for v in (values, values - width, values + width)))
    np.testing.assert_allclose(found.chi2, moved.chi2, rtol=1e-6, atol=1e-6)
    turned = trend(-values, -values - width, -values + width)
    assert (turned.direction == -found.direction).all()


@given(SERIES)
def test_only_the_last_five_points_count(values):
    whole, last = (trend(v, v - 1, v + 1) for v in (values, values[:, -5:]))
    np.testing.assert_allclose(whole.slope, last.slope, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("points", [1, 4])
def test_too_few_points_make_no_trend(points):
    values = np.arange(float(points))
    found = trend(values, values - 0.001, values + 0.001)
    assert not found.tested
    assert found.direction.tolist() == [0]
    assert np.isnan(found.slope[0])


def test_equal_values_have_no_trend_and_one_odd_point_makes_none():
    flat = np.full(5, 3.0)
    assert trend(flat, flat - 0.01, flat + 0.01).direction.tolist() == [0]
    odd = np.array([10.0, 9.9, 9.8, 9.7, 20.0])
    found = trend(odd, odd - 0.1, odd + 0.1)
    assert found.chi2[0] > 1000
    assert found.direction.tolist() == [0]


def test_a_gap_between_years_is_counted():
    values = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    found = trend(values, values - 0.1, values + 0.1, times=[2015, 2016, 2017, 2018, 2024])
    assert found.slope[0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"high": [1, 2, 3, 4, 5]}, r"5 of no width, the first at entry \(0, 0\)"),
        ({"times": [1, 2, 2, 3, 4]}, "Times go up"),
        ({"values": [1, 2, np.nan, 4, 5]}, "1 missing or infinite out of 5, the first at entry 2"),
    ],
)
def test_a_series_that_cannot_be_tested_says_why(change, said):
    values = np.arange(1.0, 6)
    given_ = {"values": values, "low": values, "high": values + 1, **change}
    with pytest.raises(ArrayInputError, match=said):
        trend(given_.pop("values"), given_.pop("low"), given_.pop("high"), **given_)


@given(COUNT, COUNT, PEOPLE, PEOPLE)
def test_a_difference_turns_its_sign_with_the_sides_and_holds_itself(first, second, many, others):
    a, b = rate_estimate(first, many), rate_estimate(second, others)
    forth, back = difference(a, b), difference(b, a)
    assert forth.low[0] <= forth.value[0] <= forth.high[0]
    np.testing.assert_allclose(forth.value, -back.value)
    np.testing.assert_allclose(forth.low, -back.high)
    assert forth.verdict[0] == -back.verdict[0]


@given(COUNT, PEOPLE)
def test_a_figure_does_not_differ_from_itself(cases, more):
    same = proportion_estimate(cases, cases + more)
    assert difference(same, same).verdict.tolist() == [0]


def test_a_difference_with_nobody_or_with_a_figure_outside_its_interval_says_so():
    with pytest.raises(ArrayInputError, match="found 1 without, the first at entry 1"):
        proportion_estimate([1, 0], [2, 0])
    odd = Estimate(np.array([1.0]), np.array([2.0]), np.array([3.0]))
    with pytest.raises(ArrayInputError, match="the first one at entry 0"):
        difference(odd, odd)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_alarm_on_a_series_turned_over_rings_on_the_other_side(values):
    series = np.round(values, 3)
    assert (cusum(-series, window=3) == -cusum(series, window=3)).all()


def test_a_series_missing_altogether_rings_no_alarm_and_a_table_is_no_series():
    assert cusum([np.nan, np.nan]).tolist() == [0, 0]
    with pytest.raises(ArrayInputError, match="one series"):
        cusum([[1.0, 2.0]])
