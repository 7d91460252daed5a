"""Travel on a generated road network of France's size: real communes, invented roads, against SciPy's Dijkstra."""

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from benchmarks.road_country import country_network, draw_towns, real_towns, road_country
from maillage.access import Decay, Points, catchment, join_roads, travel_on_roads
from maillage.access.points import EARTH_RADIUS_KM
from maillage.pipeline.road_travel import load_road_conventions
from maillage.settings import load_settings

pytestmark = pytest.mark.slow
MAX_MIN, SOURCES = 20.0, 30
ACCESS = load_road_conventions().access


@pytest.fixture(scope="module")
def towns():
    return draw_towns(*real_towns(load_settings().carriers), seed=1, apart=40)


@pytest.fixture(scope="module")
def network(towns):
    return country_network(road_country(towns, seed=2))


@pytest.fixture(scope="module")
def homes(towns):
    inner = np.random.default_rng(5).uniform(0, 2, towns.people.size)
    return Points.at(towns.longitude, towns.latitude, inner)


@pytest.fixture(scope="module")
def found(network, homes):
    return travel_on_roads(network, homes, homes, access=ACCESS, max_min=MAX_MIN)


@pytest.fixture(scope="module")
def roads(network):
    n = network.component.size
    return csr_array((network.minutes, network.heads, network.indptr), shape=(n, n))


def test_the_network_has_the_size_of_a_country(network):
    assert network.component.size > 1_500_000
    assert network.heads.size > 4_000_000


def test_times_are_those_of_scipy_on_the_whole_network(network, homes, found, roads):
    """Nothing of ours but the joining of places to roads: neither the shorter network nor the search."""
    at, km = join_roads(network, homes, ACCESS)
    to_road, from_road = 60 * np.hypot(km, homes.inner_km) / ACCESS.access_kmh, 60 * km / ACCESS.access_kmh
    joined = np.flatnonzero(at >= 0)
    for home in np.random.default_rng(6).choice(joined, SOURCES, replace=False).tolist():
        driven = dijkstra(roads, indices=at[home], limit=MAX_MIN)
        expected = np.full(at.size, np.inf)
        expected[joined] = to_road[home] + driven[at[joined]] + from_road[joined]
        row = slice(found.travel.indptr[home], found.travel.indptr[home + 1])
        times = np.full(at.size, np.inf)
        times[found.travel.indices[row]] = found.travel.minutes[row]
        within = np.minimum(times, expected) < MAX_MIN - 1e-4  # a time at the limit may fall on either side
        np.testing.assert_allclose(times[within], expected[within], rtol=1e-6, atol=1e-6)
        assert (expected[np.isfinite(times)] < MAX_MIN + 1e-4).all()


def test_islands_are_the_communes_cut_from_the_largest_network(network, homes, found, roads, towns):
    apart = connected_components(roads, connection="strong")[1]
    at = join_roads(network, homes, ACCESS)[0]
    largest = np.bincount(apart).argmax()
    expected = np.flatnonzero((at >= 0) & (apart[at] != largest))
    assert found.demand_on_island.tolist() == expected.tolist()
    # The island that was drawn, and those that the sea makes: Corsica, the overseas départements.
    assert set(np.flatnonzero(towns.island)) <= set(expected.tolist())
    assert found.islands > 5
    side = np.isin(np.arange(at.size), expected)
    assert not (side[found.travel.rows] != side[found.travel.indices]).any()


def test_communes_without_a_road_are_those_with_no_street_near(network, found, towns):
    x, y = np.radians(network.points.longitude), np.radians(network.points.latitude)
    large = np.bincount(network.component)[network.component] >= ACCESS.least_component
    for town in np.flatnonzero(towns.roadless):
        a, b = np.radians(towns.longitude[town]), np.radians(towns.latitude[town])
        half = np.sin((y - b) / 2) ** 2 + np.cos(y) * np.cos(b) * np.sin((x - a) / 2) ** 2
        km = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half[large].min()))
        assert (town in found.demand_without_road) == (km > ACCESS.snap_max_km)
    assert found.demand_without_road.size > 10
    assert (np.diff(found.travel.indptr)[found.demand_without_road] == 0).all()


def test_one_way_pairs_are_those_whose_way_back_is_not_in_reach(found):
    pairs = pl.DataFrame({"a": found.travel.rows, "b": found.travel.indices})
    back = pairs.join(pairs, left_on=["a", "b"], right_on=["b", "a"], how="anti")
    assert found.one_way_pairs == back.height > 10_000


def test_a_catchment_on_these_roads_gives_back_every_consultation(found, towns):
    line = Decay("line", "linear", (0, MAX_MIN), (1, 0))
    supply = np.where(np.random.default_rng(7).random(towns.people.size) < 0.25, towns.people, 0.0)
    result = catchment(found.travel, towns.people, supply, line)
    assert result.conservation_error < 1e-9
    assert set(found.demand_without_road) <= set(result.unreached.tolist())
