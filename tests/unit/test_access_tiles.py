"""A catchment cut into tiles gives what the whole matrix gives."""

import numpy as np
import pytest

from maillage.access import Points, catchment, travel_from_points
from maillage.access.tiles import catchment_by_tiles
from maillage.errors import ArrayInputError, BrokenInvariantError
from tests.tiled_country import CAR, LINE, country


@pytest.mark.parametrize("tile_points", [37, 500, 100_000])
def test_tiles_give_the_scores_of_the_whole_matrix(tile_points):
    homes, need, places, offer = country()
    travel = travel_from_points(homes, places, model=CAR, max_min=20)
    whole = catchment(travel, need, offer, LINE)
    cut = catchment_by_tiles((homes, need), (places, offer), model=CAR, max_min=20, decay=LINE, tile_points=tile_points)
    assert cut.pairs == travel.minutes.size
    np.testing.assert_allclose(cut.scores, whole.scores, rtol=1e-12)
    np.testing.assert_allclose(cut.ratios, whole.ratios, rtol=1e-12)
    np.testing.assert_array_equal(cut.unreached, whole.unreached)
    np.testing.assert_array_equal(cut.empty_places, whole.empty_places)
    np.testing.assert_allclose(
        (cut.unreached_demand, cut.empty_supply), (whole.unreached_demand, whole.empty_supply), rtol=1e-12
    )


def test_nobody_and_nothing_make_no_score():
    none = Points.at([], [])
    found = catchment_by_tiles((none, []), (none, []), model=CAR, max_min=20, decay=LINE)
    assert (found.scores.size, found.ratios.size, found.pairs) == (0, 0, 0)


def test_quantities_that_do_not_fit_are_refused():
    homes, need, places, offer = country()
    with pytest.raises(ArrayInputError, match="demand should have 3000 values"):
        catchment_by_tiles((homes, need[1:]), (places, offer), model=CAR, max_min=20, decay=LINE)


def test_supply_that_gets_lost_stops_the_run():
    homes, need, places, offer = country()
    first = iter([1.0])

    def forgetful(minutes):
        return LINE(minutes) * next(first, 0.5)

    with pytest.raises(BrokenInvariantError, match="add up to the supply"):
        catchment_by_tiles((homes, need), (places, offer), model=CAR, max_min=20, decay=forgetful)
