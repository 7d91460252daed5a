"""A catchment cut into tiles gives what the whole matrix gives."""

import numpy as np
import pytest

from maillage.access import CarTravelModel, Decay, Points, catchment, travel_from_points
from maillage.access.tiles import catchment_by_tiles, tiles
from maillage.errors import ArrayInputError, BrokenInvariantError

CAR = CarTravelModel(2.222, 0.81)
LINE = Decay("line", "linear", (0, 20), (1, 0))


def country(n=3000, m=400):
    rng = np.random.default_rng(11)
    # A mainland, an island far away, and points on both sides of the antimeridian.
    west = np.concatenate(
        (rng.uniform(0, 4, n - 200), rng.uniform(55.2, 55.8, 100), rng.choice([-179.99, 179.99], 100))
    )
    south = np.concatenate((rng.uniform(45, 48, n - 200), rng.uniform(-21.3, -20.9, 100), rng.uniform(-17, -16.8, 100)))
    homes = Points.at(west, south, rng.uniform(0, 3, n))
    at = rng.choice(n, m, replace=False)
    places = Points.at(west[at], south[at])
    need = np.where(rng.random(n) < 0.3, 0, rng.lognormal(5, 1, n))
    return homes, need, places, np.where(rng.random(m) < 0.2, 0, rng.lognormal(3, 1, m))


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


def test_every_place_of_demand_is_in_one_tile_of_a_bounded_size():
    homes, _, places, _ = country()
    cut = list(tiles(homes, places, reach_km=15, tile_points=100))
    assert sorted(np.concatenate([t.demand for t in cut]).tolist()) == list(range(3000))
    assert max(t.demand.size for t in cut) <= 100
    assert np.mean([t.supply.size for t in cut]) < 100


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
