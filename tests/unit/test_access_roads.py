"""Shortest paths on roads: the times, the one-way streets, the islands and the places without a road."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maillage.access import Points, RoadAccess, RoadNetwork, RoadSpeeds, segment_minutes, shortest, travel_on_roads
from maillage.access.speeds import junctions_per_km2
from maillage.errors import ArrayInputError

AT_ONCE = RoadAccess(snap_max_km=1.0, access_kmh=20, least_component=1)


def line(n):
    return Points.at(np.linspace(2, 2 + 0.1 * (n - 1), n), np.full(n, 48.0))


def both_ways(ends, minutes):
    tails, heads = (np.array(side) for side in zip(*ends, strict=True))
    return np.append(tails, heads), np.append(heads, tails), np.append(minutes, minutes)


def drawn_network(seed, n):
    """A generated country: points joined to near ones, some one way, some of the segments drawn twice."""
    rng = np.random.default_rng(seed)
    points = Points.at(rng.uniform(2, 3, n), rng.uniform(48, 49, n))
    tails, heads = rng.integers(0, n, 3 * n), rng.integers(0, n, 3 * n)
    return points, tails, heads, rng.uniform(0.5, 9, 3 * n)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("at_once", [1, 1 << 20])
def test_times_are_those_of_scipy_cut_at_the_limit(monkeypatch, seed, at_once):
    monkeypatch.setattr(shortest, "PAIRS_AT_ONCE", at_once)
    points, tails, heads, minutes = drawn_network(seed, 60)
    found = travel_on_roads(
        RoadNetwork.from_segments(points, tails, heads, minutes), points, points, access=AT_ONCE, max_min=12
    )
    quickest = np.full((60, 60), np.inf)
    np.minimum.at(quickest, (tails, heads), minutes)
    expected = dijkstra(csr_array(np.where(np.isinf(quickest), 0, quickest)))
    rows, columns = np.nonzero(expected <= 12)
    np.testing.assert_array_equal(found.travel.rows, rows)
    np.testing.assert_array_equal(found.travel.indices, columns)
    np.testing.assert_allclose(found.travel.minutes, expected[rows, columns], rtol=1e-6)


def test_a_one_way_street_is_long_to_come_back_from():
    # 0 → 1 → 2 → 0: a ring driven in one direction.
    points = line(3)
    network = RoadNetwork.from_segments(points, [0, 1, 2], [1, 2, 0], [3.0, 3.0, 3.0])
    found = travel_on_roads(network, points, points, access=AT_ONCE, max_min=5)
    assert found.travel.indices.tolist() == [0, 1, 1, 2, 0, 2]
    assert found.one_way_pairs == 3
    assert travel_on_roads(network, points, line(2), access=AT_ONCE, max_min=5).one_way_pairs is None


def test_an_island_keeps_its_own_roads_and_is_told():
    points = line(7)
    roads = both_ways([(0, 1), (1, 2), (2, 3), (5, 6)], [1.0, 1.0, 1.0, 1.0])
    found = travel_on_roads(
        RoadNetwork.from_segments(points, *roads),
        points,
        points,
        access=RoadAccess(snap_max_km=1.0, access_kmh=20, least_component=2),
        max_min=60,
    )
    assert found.demand_on_island.tolist() == found.supply_on_island.tolist() == [5, 6]
    assert found.demand_without_road.tolist() == found.supply_without_road.tolist() == [4]
    assert np.diff(found.travel.indptr).tolist() == [4, 4, 4, 4, 0, 2, 2]


def test_a_place_beside_a_car_park_takes_the_street_behind_it():
    points = Points.at([2.0, 2.01, 2.02, 2.03], [48.0] * 4)
    roads = both_ways([(1, 2), (2, 3)], [1.0, 1.0])  # point 0 is a car park without a street
    found = travel_on_roads(
        RoadNetwork.from_segments(points, *roads),
        Points.at([2.0], [48.0]),
        Points.at([2.03], [48.0]),
        access=RoadAccess(snap_max_km=3, access_kmh=20, least_component=3),
        max_min=60,
    )
    km = 6371.0088 * np.radians(0.01) * np.cos(np.radians(48))
    np.testing.assert_allclose(found.travel.minutes, [2 + 3 * km], rtol=1e-5)


def test_residents_around_their_point_take_time_to_reach_the_road():
    points = line(2)
    network = RoadNetwork.from_segments(points, *both_ways([(0, 1)], [4.0]))
    homes = Points.at([2.0], [48.0], [1.0])
    found = travel_on_roads(network, homes, points, access=AT_ONCE, max_min=6.9)
    np.testing.assert_allclose(found.travel.minutes, [3.0], rtol=1e-6)


def test_without_roads_nobody_has_one():
    network = RoadNetwork.from_segments(Points.at([], []), np.array([], int), np.array([], int), [])
    found = travel_on_roads(network, line(2), line(1), access=AT_ONCE, max_min=9)
    assert found.demand_without_road.tolist() == [0, 1]
    assert found.travel.shape == (2, 1)
    assert found.travel.minutes.size == 0


@pytest.mark.parametrize(
    ("tails", "heads", "minutes", "message"),
    [([0], [2], [1.0], r"join 2 points: found the segment \(0, 2\)"), ([0], [1], [np.nan], "minutes of segments")],
)
def test_segments_that_cannot_be_driven_are_refused(tails, heads, minutes, message):
    with pytest.raises(ArrayInputError, match=message):
        RoadNetwork.from_segments(line(2), tails, heads, minutes)


def test_speeds_follow_the_class_the_posted_limit_and_the_density_of_junctions():
    speeds = RoadSpeeds(("primary", "service"), (80, 20), (40, 10), urban_junctions_per_km2=1)
    # A cross (junction at 0) in one square kilometre, and a lone road a hundred kilometres away.
    points = Points.at([2.003, 2.004, 2.002, 2.003, 3.0, 3.1], [48.003, 48.003, 48.003, 48.004, 48.9, 48.9])
    tails, heads = np.array([0, 0, 0, 4, 4]), np.array([1, 2, 3, 5, 5])
    assert junctions_per_km2(points, tails, heads)[[0, 4]].tolist() == [1, 0]
    posted = np.array([np.nan, np.nan, np.nan, np.nan, 50])
    minutes = segment_minutes(points, tails, heads, np.array([0, 1, 0, 0, 0]), posted, speeds=speeds)
    long = 6371.0088 * np.arccos(
        np.sin(np.radians(48.9)) ** 2 + np.cos(np.radians(48.9)) ** 2 * np.cos(np.radians(0.1))
    )
    np.testing.assert_allclose(minutes[3:], [60 * long / 80, 60 * long / 50], rtol=1e-4)
    np.testing.assert_allclose(minutes[1] / minutes[0], 4, rtol=1e-6)


def test_a_class_without_a_speed_is_refused():
    speeds = RoadSpeeds(("primary",), (80,), (40,), urban_junctions_per_km2=60)
    with pytest.raises(ArrayInputError, match="found class 3 of segment 0"):
        segment_minutes(line(2), np.array([0]), np.array([1]), np.array([3]), np.array([50.0]), speeds=speeds)
