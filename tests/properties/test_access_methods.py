"""What every catchment method keeps, whatever the places."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.access import (
    balanced,
    catchment,
    gravity,
    huff_shared,
    huff_three_step,
    modified,
    spatial_availability,
    three_step,
    what_if,
)
from tests.properties.test_access_properties import countries, matrix

CONSERVING = (catchment, three_step, huff_shared, spatial_availability)
COMPETING = (*CONSERVING, huff_three_step, modified, balanced)
EVERY = (*COMPETING, gravity)
few = settings(max_examples=30)
each = pytest.mark.parametrize("method", EVERY, ids=lambda m: m.__name__)


@pytest.mark.parametrize("method", CONSERVING, ids=lambda m: m.__name__)
@few
@given(country=countries())
def test_accessible_supply_adds_up(method, country):
    times, kept, demand, supply, decay = country
    result = method(matrix(times, kept), demand, supply, decay)
    total = result.scores.sum() if method is spatial_availability else demand @ result.scores
    np.testing.assert_allclose(total, supply.sum() - result.empty_supply, rtol=1e-9, atol=1e-9)


@few
@given(country=countries())
def test_no_method_gives_out_more_than_there_is_when_it_loses_by_distance(country):
    times, kept, demand, supply, decay = country
    for method in (modified, huff_three_step):
        result = method(matrix(times, kept), demand, supply, decay)
        assert demand @ result.scores <= (supply.sum() - result.empty_supply) * (1 + 1e-9) + 1e-9


@each
@few
@given(country=countries(), factor=st.floats(0.1, 100))
def test_scores_scale_with_supply(method, country, factor):
    times, kept, demand, supply, decay = country
    base = method(matrix(times, kept), demand, supply, decay).scores
    np.testing.assert_allclose(method(matrix(times, kept), demand, factor * supply, decay).scores, factor * base)


@pytest.mark.parametrize("method", COMPETING, ids=lambda m: m.__name__)
@few
@given(country=countries(), factor=st.floats(0.1, 100))
def test_scores_fall_as_demand_grows_everywhere(method, country, factor):
    times, kept, demand, supply, decay = country
    base = method(matrix(times, kept), demand, supply, decay).scores
    expected = base if method is spatial_availability else base / factor
    np.testing.assert_allclose(method(matrix(times, kept), factor * demand, supply, decay).scores, expected)


@each
@few
@given(country=countries(), random=st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(method, country, random):
    times, kept, demand, supply, decay = country
    rows, columns = list(range(demand.size)), list(range(supply.size))
    random.shuffle(rows)
    random.shuffle(columns)
    base = method(matrix(times, kept), demand, supply, decay).scores
    moved = method(matrix(times[rows][:, columns], kept[rows][:, columns]), demand[rows], supply[columns], decay)
    np.testing.assert_allclose(moved.scores, base[rows], rtol=1e-9)


@pytest.mark.parametrize("method", [m for m in EVERY if m not in (huff_shared, huff_three_step)])
@few
@given(country=countries(), data=st.data())
def test_more_supply_lowers_nobody(method, country, data):
    times, kept, demand, supply, decay = country
    more = supply.copy()
    more[data.draw(st.integers(0, supply.size - 1))] += 1000
    before = method(matrix(times, kept), demand, supply, decay).scores
    after = method(matrix(times, kept), demand, more, decay).scores
    assert (after >= before - 1e-9 * (1 + before)).all()


AMOUNT = st.one_of(st.just(0.0), st.floats(0.5, 1e5))


@each
@few
@given(country=countries())
def test_the_places_that_feed_a_score_add_up_to_it(method, country):
    times, kept, demand, supply, decay = country
    result = method(matrix(times, kept), demand, supply, decay)
    for i in range(demand.size):
        fed = result.contributions(i)
        np.testing.assert_allclose(fed.contribution.sum(), result.scores[i], rtol=1e-12)
        np.testing.assert_array_equal(fed.contribution, fed.weight * fed.ratio)


@pytest.mark.parametrize("method", [m for m in EVERY if m not in (huff_shared, huff_three_step)])
@few
@given(country=countries(), data=st.data())
def test_a_change_of_supply_gives_what_a_new_computation_gives(method, country, data):
    times, kept, demand, supply, decay = country
    travel = matrix(times, kept)
    changes = data.draw(st.dictionaries(st.integers(0, supply.size - 1), AMOUNT, max_size=3))
    changed = supply.copy()
    changed[list(changes)] = list(changes.values())
    found = what_if(method(travel, demand, supply, decay), changes)
    again = method(travel, demand, changed, decay)
    for name in ("scores", "ratios", "supply", "unreached", "empty_places"):
        np.testing.assert_array_equal(getattr(found.result, name), getattr(again, name))
    for name in ("unreached_demand", "empty_supply", "conservation_error"):
        np.testing.assert_equal(getattr(found.result, name), getattr(again, name))
    untouched = np.delete(np.arange(demand.size), found.touched)
    before = method(travel, demand, supply, decay).scores
    np.testing.assert_array_equal(found.difference, again.scores[found.touched] - before[found.touched])
    np.testing.assert_array_equal(again.scores[untouched], before[untouched])
