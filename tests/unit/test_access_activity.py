"""Activity that follows the density of supply, and slower driving in dense places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.access import Activity, TravelMatrix, UrbanSlowing, acts_by_density, catchment, linear, supply_around
from maillage.errors import ArrayInputError, DefinitionError
from maillage.pipeline.access_conventions import load_apl

ACTIVITY = Activity(3600, 6000, 4127, elasticity=0.15)
SLOWING = UrbanSlowing(1500, 20000, 1.5)


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0.01, 40)), min_size=1, max_size=20))
def test_acts_keep_their_total_and_their_bounds_and_fall_with_density(places):
    heads, around = np.array(places, dtype=float).T
    acts = acts_by_density(heads, around, ACTIVITY)
    np.testing.assert_allclose(acts.sum(), heads.sum() * 4127, rtol=1e-9)
    each = acts[heads > 0] / heads[heads > 0]
    assert ((each >= 3600 - 1e-6) & (each <= 6000 + 1e-6)).all()
    assert (np.diff(each[np.argsort(around[heads > 0], kind="stable")]) <= 1e-6).all()


def test_the_declared_elasticity_gives_ten_per_cent_more_acts_where_the_score_is_half_as_high():
    """INSEE Analyses 51 (May 2020): 10 % more consultations in priority zones."""
    activity = load_apl("drees-2018").activity
    sparse, dense = acts_by_density([1, 1], [2.0, 3.8], activity)
    assert sparse / dense == pytest.approx(1.10, abs=0.005)


def test_a_place_without_demand_and_a_constant_activity_take_the_default():
    assert acts_by_density([1, 2], [0, 3], ACTIVITY).tolist() == [4127, 8254]
    assert acts_by_density([1, 2], [1, 3], Activity(1, 1, 1, elasticity=0.5)).tolist() == [1, 2]
    assert acts_by_density([1, 2], [1, 3], Activity(1, 9, 2)).tolist() == [2, 4]


def test_an_elasticity_is_a_share():
    with pytest.raises(DefinitionError, match="elasticity"):
        Activity(1, 1, 1, elasticity=1.0)


def test_the_supply_around_a_place_is_the_mean_score_of_those_it_serves():
    travel = TravelMatrix.from_pairs(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([0.0, 10.0, 0.0]), shape=(2, 3))
    result = catchment(travel, [10, 20], [40, 10, 5], linear(20))
    scores = np.array([40 / 20, 0.5 * 40 / 20 + 10 / 20])
    np.testing.assert_allclose(result.scores, scores)
    expected = [(10 * scores[0] + 0.5 * 20 * scores[1]) / 20, scores[1], 0]
    np.testing.assert_allclose(supply_around(result), expected)


def test_driving_is_slower_from_a_density_on_and_no_slower_past_another():
    density = np.array([0, np.nan, 10, 1500, np.sqrt(1500 * 20000), 20000, 60000])
    np.testing.assert_allclose(SLOWING.factors(density), [1, 1, 1, 1, 1.25, 1.5, 1.5])


def test_a_pair_takes_the_mean_factor_of_both_ends_and_is_left_out_past_the_limit():
    travel = TravelMatrix.from_pairs(
        np.array([0, 0, 2]), np.array([0, 1, 0]), np.array([10.0, 15.0, 8.0]), shape=(3, 2)
    )
    slowed = SLOWING.slow(travel, np.array([20000.0, 1, 1]), np.array([1.0, 20000]), max_min=20)
    assert slowed.indptr.tolist() == [0, 1, 1, 2]
    assert slowed.minutes.tolist() == [12.5, 8.0]


@pytest.mark.parametrize("wrong", [(0, 1, 2), (2, 1, 2), (1, 2, 0.9)])
def test_a_slowing_that_speeds_up_is_refused(wrong):
    with pytest.raises(ArrayInputError, match="slowing"):
        UrbanSlowing(*wrong)
