"""The roads of an OpenStreetMap extract (.osm.pbf), as arrays."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.catalog.check import LINE
from maillage.catalog.parameters import load_parameters
from maillage.catalog.table import Table
from maillage.errors import UnreadableFileError, UsageError
from maillage.sources.source import Source
from maillage.text import Text

CLOSED = frozenset({"no", "private"})
BARRED_BY = ("motorcar", "motor_vehicle", "vehicle", "access")  # the most specific first
FORWARD, BACKWARD = frozenset({"yes", "true", "1"}), frozenset({"-1", "reverse"})
KMH_PER_MPH = 1.609344
ALONG, AGAINST = 1, 2  # the directions in which a way is driven, added up


@dataclass(frozen=True, slots=True, eq=False)
class RoadSegments:
    """Points of the roads open to cars, and the directed segments between them.

    ``longitude``, ``latitude`` (one a point, degrees); ``tails``, ``heads`` (one a segment: positions of its ends),
    ``road_class`` (position in ``classes``) and ``posted_kmh`` (NaN where the extract says none). A street open both
    ways is two segments. ``cut``: stretches left out because the extract lacks one of their ends. ``dated``: the day of
    the map that the extract was taken from, empty where it does not say.
    """

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    road_class: NDArray[np.int8]
    posted_kmh: NDArray[np.float64]
    classes: tuple[str, ...]
    cut: int
    dated: str


def read_roads(path: Path, classes: Sequence[str]) -> RoadSegments:
    """The roads of ``path`` whose class (``highway``, a link counting as its road) is among ``classes``.

    Closed to cars means ``no`` or ``private`` in the most specific tag among motorcar, motor_vehicle, vehicle and
    access. One way: the tag ``oneway``, else roundabouts and motorways. Points are numbered by their identifier.
    Raises UsageError where osmium is not installed, UnreadableFileError on a file that is not an extract.
    """
    try:
        import osmium
    except ImportError as problem:
        raise UsageError(
            f"{path}: reading roads needs the extra `roads`.", hint="Install it with: pip install 'maillage[roads]'"
        ) from problem
    if not path.is_file():
        raise UnreadableFileError(f"{path}: an .osm.pbf extract was expected, found no such file.")
    try:
        ways, dated = _read_ways(osmium, path, {name: k for k, name in enumerate(classes)})
        nodes = _read_nodes(osmium, path, np.unique(np.frombuffer(ways.nodes, dtype=np.int64)))
    except (RuntimeError, OSError) as problem:
        raise UnreadableFileError(
            f"{path}: an .osm.pbf extract was expected; it cannot be read: {str(problem).rstrip('.')}.",
            hint="Times between communes are given with --travel.",
        ) from problem
    return _segments(ways, nodes, tuple(classes), dated)


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways open to cars, as bare numbers: a country has tens of millions of points."""

    nodes: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    road_class: array[int] = field(default_factory=lambda: array("b"))
    posted_kmh: array[float] = field(default_factory=lambda: array("d"))
    directions: array[int] = field(default_factory=lambda: array("b"))


def _read_ways(osmium: Any, path: Path, rank: Mapping[str, int]) -> tuple[_Ways, str]:
    found = _Ways()
    reader = osmium.FileProcessor(str(path), osmium.osm.WAY)
    for way in reader.with_filter(osmium.filter.KeyFilter("highway")):
        if (road := _road(way.tags, rank)) is None:
            continue
        found.nodes.extend([node.ref for node in way.nodes])
        found.sizes.append(len(way.nodes))
        found.road_class.append(road[0])
        found.posted_kmh.append(road[1])
        found.directions.append(_directions(way.tags))
    return found, reader.header.get("osmosis_replication_timestamp")[:10]


def _read_nodes(
    osmium: Any, path: Path, wanted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Identifier, longitude and latitude of the wanted points that the extract holds, by identifier."""
    ids, longitude, latitude = array("q"), array("d"), array("d")
    reader = osmium.FileProcessor(str(path), osmium.osm.NODE)
    for node in reader.with_filter(osmium.filter.IdFilter(wanted.tolist())):
        if node.location.valid():
            ids.append(node.id)
            longitude.append(node.location.lon)
            latitude.append(node.location.lat)
    order = np.argsort(np.frombuffer(ids, dtype=np.int64), kind="stable")
    return (
        np.frombuffer(ids, dtype=np.int64)[order],
        np.frombuffer(longitude, dtype=np.float64)[order],
        np.frombuffer(latitude, dtype=np.float64)[order],
    )


def _road(tags: Any, rank: Mapping[str, int]) -> tuple[int, float] | None:
    """Class and posted speed of a way that cars may use, None of another."""
    road_class = rank.get(tags.get("highway", "").removesuffix("_link"))
    barred = next((tags[key] for key in BARRED_BY if key in tags), "yes")
    if road_class is None or barred in CLOSED or tags.get("area") == "yes":
        return None
    return road_class, _posted_kmh(tags.get("maxspeed", ""))


def _posted_kmh(text: str) -> float:
    number, _, unit = text.partition(" ")
    if not number.isdecimal() or int(number) == 0:
        return float("nan")
    return int(number) * (KMH_PER_MPH if unit == "mph" else 1.0)


def _directions(tags: Any) -> int:
    one_way = tags.get("oneway", "")
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    if one_way in BACKWARD:
        return AGAINST
    return ALONG if one_way in FORWARD or (implied and one_way != "no") else ALONG + AGAINST


def _segments(
    ways: _Ways,
    nodes: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
    classes: tuple[str, ...],
    dated: str,
) -> RoadSegments:
    ids, longitude, latitude = nodes
    along, sizes = np.frombuffer(ways.nodes, dtype=np.int64), np.frombuffer(ways.sizes, dtype=np.int64)
    way = np.repeat(np.arange(sizes.size), sizes)
    start = np.flatnonzero(np.diff(way) == 0)
    held = np.isin(along, ids)
    whole = held[start] & held[start + 1]
    start = start[whole & (along[start] != along[start + 1])]
    used = np.unique(np.concatenate((along[start], along[start + 1])))
    tails, heads = np.searchsorted(used, along[start]), np.searchsorted(used, along[start + 1])
    directions = np.frombuffer(ways.directions, dtype=np.int8)[way[start]]
    driven = np.column_stack((directions & ALONG, directions & AGAINST)).ravel() > 0
    of_way = np.repeat(way[start], 2)[driven]
    at = np.searchsorted(ids, used)
    return RoadSegments(
        longitude=longitude[at],
        latitude=latitude[at],
        tails=np.column_stack((tails, heads)).ravel()[driven].astype(np.int32),
        heads=np.column_stack((heads, tails)).ravel()[driven].astype(np.int32),
        road_class=np.frombuffer(ways.road_class, dtype=np.int8)[of_way],
        posted_kmh=np.frombuffer(ways.posted_kmh, dtype=np.float64)[of_way],
        classes=classes,
        cut=int((~whole).sum()),
        dated=dated,
    )


def _parse(path: Path) -> pl.DataFrame:
    """Class and posted speed of each directed segment of the classes that have a declared speed."""
    roads = read_roads(path, tuple(load_parameters("travel_roads")["rural_kmh"].value))
    classes = np.array(roads.classes)[roads.road_class]
    frame = pl.DataFrame({"road_class": classes, "posted_kmh": pl.Series(roads.posted_kmh).fill_nan(None)})
    return frame.with_columns(pl.lit(None, pl.Int64).alias(LINE))


OSM_ROADS = Source(
    id="osm_roads",
    producer=Text("Contributeurs d’OpenStreetMap", "OpenStreetMap contributors"),
    title=Text("Réseau routier", "Road network"),
    licence=Text("ODbL 1.0", "ODbL 1.0"),
    address="https://www.openstreetmap.org/copyright",
    layout="An extract, `.osm.pbf`; roads open to cars, by `highway`, `oneway`, `maxspeed`, `junction` and the tags of"
    " access (`maillage[roads]`).",
    feeds=("access",),
    table=Table("osm_roads", "Directed segments of road open to cars", ("road_class", "posted_kmh"), ()),
    vintage="not stated",
    geography=0,
    recognise=lambda _: False,
    parse=_parse,
    option="--roads",
)
