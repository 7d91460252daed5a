"""A road network as large as a country's, drawn around given towns: simulated, nobody drives on it.

Each town has a mesh of streets, some one way; winding roads join neighbouring towns; motorways of two carriageways join
the large ones, with a way on and off at some of the towns that they pass. The towns of an island have no road to the
others, and some towns have no road at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from maillage.access import Points, RoadNetwork, segment_minutes
from maillage.pipeline.road_travel import load_road_conventions
from maillage.sources.registry import frames, read_carriers

KM_PER_DEGREE = 111.195
STREET_KM, ROAD_STEP_KM, MOTORWAY_STEP_KM = 0.12, 0.8, 2.0
LONGEST_ROAD_KM = 12.0
LARGE_SHARE, MOTORWAYS_EACH = 1 / 70, 3  # of towns that motorways join, each to its nearest ones
ON_AND_OFF = 5  # points of a motorway between two places to join it
CLASSES = ("motorway", "primary", "secondary", "tertiary", "unclassified", "residential")
CITIES = ("13055", "69123", "75056")  # in municipal arrondissements
MOTORWAY, PRIMARY, SECONDARY, TERTIARY, UNCLASSIFIED, RESIDENTIAL = range(len(CLASSES))

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Towns:
    """Where towns are, how many live there, and those that are drawn apart: on an island, or without any road."""

    longitude: Floats
    latitude: Floats
    people: Floats
    island: NDArray[np.bool_]
    roadless: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RoadCountry:
    """Points, and ways as runs of ``sizes`` points of ``nodes``, each of a class of ``CLASSES``, some one way."""

    longitude: Floats
    latitude: Floats
    nodes: Ints
    sizes: Ints
    road_class: Ints
    one_way: NDArray[np.bool_]

    def segments(self) -> tuple[Ints, Ints, Ints]:
        """Tail, head and class of every directed segment."""
        way = np.repeat(np.arange(self.sizes.size), self.sizes)
        start = np.flatnonzero(np.diff(way) == 0)
        back = start[~self.one_way[way[start]]]
        tails = np.concatenate((self.nodes[start], self.nodes[back + 1]))
        heads = np.concatenate((self.nodes[start + 1], self.nodes[back]))
        return tails, heads, self.road_class[way[np.concatenate((start, back))]]


def draw_towns(longitude: Floats, latitude: Floats, people: Floats, *, seed: int, apart: int) -> Towns:
    """An island of the ``apart`` towns around a drawn one, and as many towns without roads, drawn elsewhere."""
    rng = np.random.default_rng(seed)
    xy = _plane(longitude, latitude)
    island = np.zeros(people.size, dtype=np.bool_)
    island[cKDTree(xy).query(xy[rng.integers(people.size)], k=apart)[1]] = True
    roadless = np.zeros(people.size, dtype=np.bool_)
    roadless[rng.choice(np.flatnonzero(~island), apart, replace=False)] = True
    return Towns(longitude, latitude, people, island, roadless)


def road_country(towns: Towns, *, seed: int) -> RoadCountry:
    """Draw the streets, roads and motorways of the towns."""
    rng = np.random.default_rng(seed)
    made = _Drawing(_plane(towns.longitude, towns.latitude))
    joined = _neighbours(made.towns, ~towns.roadless)
    joined = joined[towns.island[joined[:, 0]] == towns.island[joined[:, 1]]]
    _streets(made, np.flatnonzero(~towns.roadless), towns.people, rng)
    for a, b in joined.tolist():
        made.way(a, b, _class(towns.people[[a, b]].min()), made.winding(a, b, rng))
    _motorways(made, towns)
    xy = np.concatenate(made.points)
    latitude = xy[:, 1] / KM_PER_DEGREE
    return RoadCountry(
        longitude=xy[:, 0] / (KM_PER_DEGREE * np.cos(np.radians(46.5))),
        latitude=latitude,
        nodes=np.concatenate(made.nodes),
        sizes=np.concatenate(made.sizes),
        road_class=np.concatenate(made.road_class),
        one_way=np.concatenate(made.one_way),
    )


def real_towns(carriers: Path) -> tuple[Floats, Floats, Floats]:
    """Longitude, latitude and residents of the real communes, in the order of codes."""
    halls = frames(read_carriers(carriers))["geo_commune"]
    halls = halls.filter(pl.col("kind").is_in(["COM", "ARM"]), ~pl.col("code_commune").is_in(CITIES))
    halls = halls.sort("code_commune").drop_nulls(["longitude", "latitude"])
    columns = (halls.get_column(c).cast(pl.Float64).fill_null(0) for c in ("longitude", "latitude", "population"))
    longitude, latitude, people = (column.to_numpy() for column in columns)
    return longitude, latitude, people


def country_network(country: RoadCountry) -> RoadNetwork:
    """The network at the declared speeds."""
    speeds = load_road_conventions().speeds
    tails, heads, road_class = country.segments()
    declared = np.array([speeds.classes.index(name) for name in CLASSES])[road_class]
    points = Points.at(country.longitude, country.latitude)
    minutes = segment_minutes(points, tails, heads, declared, np.full(tails.size, np.nan), speeds=speeds)
    return RoadNetwork.from_segments(points, tails, heads, minutes)


def write_extract(path: Path, country: RoadCountry) -> Path:
    """Write the network as an OpenStreetMap extract."""
    import osmium

    with osmium.SimpleWriter(str(path)) as writer:
        for k, at in enumerate(zip(country.longitude.tolist(), country.latitude.tolist(), strict=True), 1):
            writer.add_node(osmium.osm.mutable.Node(id=k, location=at))
        ends = np.cumsum(country.sizes)
        for k, (first, last) in enumerate(zip((ends - country.sizes).tolist(), ends.tolist(), strict=True)):
            tags = {"highway": CLASSES[country.road_class[k]], "oneway": "yes" if country.one_way[k] else "no"}
            nodes = (country.nodes[first:last] + 1).tolist()
            writer.add_way(osmium.osm.mutable.Way(id=k + 1, nodes=nodes, tags=tags))
    return path


def _plane(longitude: Floats, latitude: Floats) -> Floats:
    """Kilometres on a plane, good enough to draw on."""
    return np.column_stack((longitude * KM_PER_DEGREE * np.cos(np.radians(46.5)), latitude * KM_PER_DEGREE))


class _Drawing:
    """Points and ways as they are drawn; the first points are the towns."""

    def __init__(self, towns: Floats) -> None:
        self.towns = towns
        self.points, self.count = [towns], len(towns)
        self.nodes: list[Ints] = []
        self.sizes: list[Ints] = []
        self.road_class: list[Ints] = []
        self.one_way: list[NDArray[np.bool_]] = []

    def add(self, xy: Floats) -> Ints:
        """Add points; their numbers."""
        self.points.append(xy)
        self.count += len(xy)
        return np.arange(self.count - len(xy), self.count)

    def way(self, a: int, b: int, road_class: int, between: Floats, *, one_way: bool = False) -> Ints:
        """Add a way from point ``a`` to point ``b`` through new points; the numbers of all of them."""
        along = np.concatenate(([a], self.add(between), [b]))
        self.nodes.append(along)
        self.sizes.append(np.array([along.size]))
        self.road_class.append(np.array([road_class]))
        self.one_way.append(np.array([one_way]))
        return along

    def ways(self, pairs: Ints, road_class: int, one_way: NDArray[np.bool_]) -> None:
        """Add ways of two points."""
        self.nodes.append(pairs.ravel())
        self.sizes.append(np.full(len(pairs), 2))
        self.road_class.append(np.full(len(pairs), road_class))
        self.one_way.append(one_way)

    def winding(self, a: int, b: int, rng: np.random.Generator) -> Floats:
        """Points of a road between two towns, off the straight line."""
        span = self.towns[b] - self.towns[a]
        share = _steps(float(np.hypot(*span)), ROAD_STEP_KM)
        bend = rng.uniform(-0.25, 0.25) * np.sin(np.pi * share) * np.array([[-span[1]], [span[0]]])
        return self.towns[a] + share[:, None] * span + bend.T


def _steps(km: float, step_km: float) -> Floats:
    n = int(km / step_km)
    return np.arange(1, n + 1) / (n + 1)


def _neighbours(xy: Floats, chosen: NDArray[np.bool_]) -> Ints:
    """Pairs of chosen towns that a triangulation joins and that are not too far apart."""
    at = np.flatnonzero(chosen)
    triangles = at[Delaunay(xy[at]).simplices]
    pairs = _pairs(np.concatenate([triangles[:, [i, j]] for i, j in ((0, 1), (1, 2), (0, 2))]))
    return pairs[np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) <= LONGEST_ROAD_KM]


def _pairs(ends: Ints) -> Ints:
    return np.unique(np.sort(ends, axis=1), axis=0)


def _class(people: float) -> int:
    limits = ((10_000, PRIMARY), (2_000, SECONDARY), (300, TERTIARY))
    return next((road_class for least, road_class in limits if people >= least), UNCLASSIFIED)


def _streets(made: _Drawing, at: Ints, people: Floats, rng: np.random.Generator) -> None:
    """A mesh of streets around each town, the town standing at its middle; a seventh is missing, a tenth one way."""
    for town in at.tolist():
        side = int(np.clip(np.sqrt(people[town]) / 6, 2, 40))
        y, x = np.divmod(np.arange(side * side), side)
        mesh = STREET_KM * np.column_stack((x - side / 2, y - side / 2))
        numbers = made.add(made.towns[town] + mesh + rng.normal(0, 0.02, mesh.shape))
        right, up = numbers[x < side - 1], numbers[y < side - 1]
        pairs = np.concatenate((np.column_stack((right, right + 1)), np.column_stack((up, up + side))))
        pairs = pairs[rng.random(len(pairs)) < 6 / 7]
        middle = numbers[side // 2 * side + side // 2]
        made.ways(
            np.append(pairs, [[town, middle]], axis=0), RESIDENTIAL, np.append(rng.random(len(pairs)) < 0.1, False)
        )


def _motorways(made: _Drawing, towns: Towns) -> None:
    linked = ~towns.island & ~towns.roadless
    near, at = cKDTree(made.towns[linked]), np.flatnonzero(linked)
    large = at[np.argsort(-towns.people[at], kind="stable")[: max(4, int(LARGE_SHARE * at.size))]]
    nearest = cKDTree(made.towns[large]).query(made.towns[large], k=MOTORWAYS_EACH + 1)[1][:, 1:]
    for a, b in _pairs(np.column_stack((np.repeat(large, MOTORWAYS_EACH), large[nearest].ravel()))).tolist():
        for start, end in ((a, b), (b, a)):
            span = made.towns[end] - made.towns[start]
            if not span.any():
                continue  # two towns on one point
            aside = 0.02 * np.array([span[1], -span[0]]) / np.hypot(*span)
            share = _steps(float(np.hypot(*span)), MOTORWAY_STEP_KM)[:, None]
            along = made.way(start, end, MOTORWAY, made.towns[start] + share * span + aside, one_way=True)
            joins = along[ON_AND_OFF:-1:ON_AND_OFF]
            beside = at[near.query((made.towns[start] + share * span)[ON_AND_OFF - 1 :: ON_AND_OFF])[1]]
            ramps = np.column_stack((np.append(joins, beside), np.append(beside, joins)))
            made.ways(ramps, MOTORWAY, np.ones(len(ramps), dtype=np.bool_))
