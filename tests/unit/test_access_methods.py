"""What each catchment method reports, on cases computed by hand."""

import numpy as np
import pytest

from maillage.access import (
    TravelMatrix,
    balanced,
    catchment,
    cumulative_opportunities,
    gravity,
    huff_shared,
    huff_three_step,
    linear,
    modified,
    nearest_k,
    spatial_availability,
    three_step,
)
from maillage.errors import ArrayInputError

LINE = linear(20)
COMPETING = (catchment, three_step, huff_three_step, huff_shared, modified, balanced, spatial_availability)


def sparse(minutes):
    times = np.array(minutes, dtype=float)
    demand, supply = np.nonzero(np.isfinite(times))
    return TravelMatrix.from_pairs(demand, supply, times[demand, supply], shape=times.shape)


@pytest.mark.parametrize("method", [*COMPETING, gravity])
def test_unreached_demand_scores_nothing_and_an_empty_catchment_is_reported(method):
    travel = sparse([[4, np.inf, np.inf], [25, np.inf, 30], [np.inf, 5, np.inf]])
    result = method(travel, [10, 20, 0], [60, 90, 30], LINE)
    assert np.isfinite(result.scores).all()
    assert result.scores[1] == 0
    assert result.unreached.tolist() == [1]
    assert result.unreached_demand == 20
    assert result.empty_places.tolist() == [1, 2]
    assert result.empty_supply == 120


def test_availability_is_the_score_times_the_demand():
    travel = sparse([[4, 10], [8, 3]])
    one, total = (method(travel, [10, 20], [60, 90], LINE).scores for method in (catchment, spatial_availability))
    np.testing.assert_allclose(total, one * [10, 20])


def test_balancing_shares_each_demand_and_each_level_of_service_once():
    result = balanced(sparse([[4, 10], [8, 3], [19, 1]]), [10, 20, 5], [60, 90], LINE)
    assert result.weighted_demand.sum() == pytest.approx(35)
    assert result.scores.sum() == pytest.approx(result.ratios.sum())


def test_gravity_and_cumulative_opportunities_count_supply_without_competition():
    travel = sparse([[5, 10], [20, np.inf]])
    assert gravity(travel, [1, 1], [8, 4], LINE).scores.tolist() == [8 * 0.75 + 4 * 0.5, 0]
    assert cumulative_opportunities(travel, [1, 1], [8, 4], max_min=10).scores.tolist() == [12, 0]
    left = cumulative_opportunities(travel, [1, 1], [8, 4], max_min=10, closed="left")
    assert left.scores.tolist() == [8, 0]
    assert np.isnan(left.conservation_error)


def test_the_nearest_places_are_those_with_supply_in_order():
    travel = sparse([[9, 3, 6], [np.inf, 2, np.inf], [1, np.inf, 7]])
    found = nearest_k(travel, [5, 6, 7], [1, 0, 2], k=2)
    np.testing.assert_array_equal(found.minutes, [[6, 9], [np.nan, np.nan], [1, 7]])
    assert found.unreached.tolist() == [1]
    assert found.unreached_demand == 6
    with pytest.raises(ArrayInputError, match="at least 1"):
        nearest_k(travel, [5, 6, 7], [1, 0, 2], k=0)


def test_an_attraction_must_have_one_value_a_place():
    with pytest.raises(ArrayInputError, match="The attraction should have 2 values"):
        huff_shared(sparse([[4, 10]]), [1], [1, 1], LINE, attraction=[1])
