"""Tiles are cut from counts alone, and the plan says what they will cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.access import Points, cut_tiles, plan_tiles, travel_from_points
from maillage.access.tile_plan import buckets_of
from maillage.access.tiles import CarReach, cut_demand, taken, tile_demand
from maillage.errors import ArrayInputError
from tests.tiled_country import CAR, LINE, country

coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def tiling_of(points, tile_points):
    return cut_tiles(*np.unique(buckets_of(points), return_counts=True), tile_points=tile_points)


@given(st.lists(coordinates, min_size=1, max_size=60), st.integers(1, 20))
def test_every_point_of_the_globe_is_in_one_tile(found, tile_points):
    points = Points.at(*np.transpose(found))
    cut = cut_demand(points, tile_points)
    assert sorted(np.concatenate(cut).tolist()) == list(range(len(found)))
    alone = [np.unique(buckets_of(taken(points, at))).size == 1 for at in cut]
    assert all(at.size <= tile_points or one for at, one in zip(cut, alone, strict=True))


def test_counts_of_parts_cut_the_tiles_of_the_whole():
    homes, _, _, _ = country()
    keys = buckets_of(homes)
    half = [np.unique(part, return_counts=True) for part in (keys[:1200], keys[1200:])]
    both, at = np.unique(np.concatenate([b for b, _ in half]), return_inverse=True)
    added = cut_tiles(both, np.bincount(at, np.concatenate([n for _, n in half])).astype(int), tile_points=100)
    whole = tiling_of(homes, 100)
    np.testing.assert_array_equal(added.tiles_of(homes), whole.tiles_of(homes))
    np.testing.assert_array_equal(np.bincount(whole.tiles_of(homes)), whole.cells)


def test_a_point_that_was_not_counted_has_no_tile():
    with pytest.raises(ArrayInputError, match="the point 1 elsewhere"):
        tiling_of(Points.at([2], [46]), 10).tiles_of(Points.at([2, 5], [46, 46]))


def test_the_plan_foresees_the_pairs_and_the_halo_of_each_tile():
    homes, need, places, offer = country(20_000, 2000)
    homes = Points.at(homes.longitude, homes.latitude)
    plan = plan_tiles(tiling_of(homes, 2000), places, model=CAR, max_min=20)
    reach = CarReach(CAR, 20, LINE)
    parts = [tile_demand(taken(homes, at), need[at], places, offer, reach) for at in cut_demand(homes, 2000)]
    assert plan.pairs.sum() == pytest.approx(sum(part.pairs for part in parts), rel=0.05)
    np.testing.assert_allclose(plan.places, [part.places.size for part in parts], rtol=0.1, atol=3)
    assert plan.tiling.cells.sum() == 20_000
    assert plan.cpu_s(1e9) == pytest.approx(plan.pairs.sum())


def test_nobody_costs_nothing():
    none = Points.at([], [])
    plan = plan_tiles(tiling_of(none, 10), none, model=CAR, max_min=20)
    assert (plan.cpu_s(), plan.task_mb, plan.tiling.cells.size) == (0, 0, 0)


def test_a_tile_takes_the_places_within_reach_of_its_border_and_no_pair_is_lost():
    homes, need, places, offer = country()
    whole = travel_from_points(homes, places, model=CAR, max_min=20)
    parts = [
        tile_demand(taken(homes, at), need[at], places, offer, CarReach(CAR, 20, LINE)) for at in cut_demand(homes, 50)
    ]
    assert sum(part.pairs for part in parts) == whole.minutes.size
