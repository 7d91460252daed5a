"""Roads of an OpenStreetMap extract: which are open to cars, which way, at which posted speed."""

import sys

import numpy as np
import osmium
import pytest

from maillage.errors import UnreadableFileError, UsageError
from maillage.pipeline.road_travel import load_road_conventions, read_road_network
from maillage.sources.osm import read_roads

CLASSES = ("motorway", "primary", "residential")
STREET = {"highway": "residential"}


def extract(path, *ways, nodes=4):
    with osmium.SimpleWriter(str(path)) as writer:
        for k in range(nodes):
            writer.add_node(osmium.osm.mutable.Node(id=10 + k, location=(2 + k / 100, 48.0)))
        for k, (refs, tags) in enumerate(ways):
            writer.add_way(osmium.osm.mutable.Way(id=k + 1, nodes=[10 + r for r in refs], tags=tags))
    return path


def segments(path):
    roads = read_roads(path, CLASSES)
    return list(zip(roads.tails.tolist(), roads.heads.tolist(), strict=True))


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, [(0, 1), (1, 0)]),
        ({"oneway": "yes"}, [(0, 1)]),
        ({"oneway": "-1"}, [(1, 0)]),
        ({"junction": "roundabout"}, [(0, 1)]),
        ({"highway": "motorway"}, [(0, 1)]),
        ({"highway": "motorway", "oneway": "no"}, [(0, 1), (1, 0)]),
        ({"highway": "primary_link"}, [(0, 1), (1, 0)]),
        ({"access": "no", "motor_vehicle": "yes"}, [(0, 1), (1, 0)]),
        ({"access": "private"}, []),
        ({"highway": "footway"}, []),
    ],
    ids=str,
)
def test_a_way_is_open_to_cars_in_the_directions_that_its_tags_say(tmp_path, tags, expected):
    assert segments(extract(tmp_path / "a.osm.pbf", ([0, 1], STREET | tags))) == expected


def test_posted_speeds_are_kilometres_an_hour(tmp_path):
    ways = [([0, 1], STREET | {"oneway": "yes", "maxspeed": text}) for text in ("50", "30 mph", "FR:urban", "0")]
    roads = read_roads(extract(tmp_path / "a.osm.pbf", *ways), CLASSES)
    np.testing.assert_allclose(roads.posted_kmh, [50, 48.28032, np.nan, np.nan])


def test_points_that_the_extract_lacks_cut_the_road_and_are_counted(tmp_path):
    roads = read_roads(extract(tmp_path / "a.osm.pbf", ([0, 1, 9, 2, 3], STREET)), CLASSES)
    assert list(zip(roads.tails.tolist(), roads.heads.tolist(), strict=True)) == [(0, 1), (1, 0), (2, 3), (3, 2)]
    assert roads.cut == 2
    np.testing.assert_allclose(roads.longitude, [2, 2.01, 2.02, 2.03])


def test_an_extract_without_roads_is_an_empty_network(tmp_path):
    path = extract(tmp_path / "a.osm.pbf", ([0, 1], {"waterway": "river"}))
    assert read_road_network(path).points.longitude.size == 0


@pytest.mark.parametrize("content", [None, b"no extract"])
def test_what_is_no_extract_is_told_as_such(tmp_path, content):
    path = tmp_path / "a.osm.pbf"
    if content:
        path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="extract was expected"):
        read_roads(path, CLASSES)


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(UsageError, match=r"pip install 'maillage\[roads\]'"):
        read_roads(tmp_path / "a.osm.pbf", CLASSES)


def test_declared_speeds_are_higher_in_the_country():
    speeds = load_road_conventions().speeds
    assert (np.array(speeds.rural_kmh) >= np.array(speeds.urban_kmh)).all()
    assert list(speeds.rural_kmh) == sorted(speeds.rural_kmh, reverse=True)
