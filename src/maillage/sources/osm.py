"""The roads of an OpenStreetMap extract (.osm.pbf), as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.errors import UnreadableFileError, UsageError

CLOSED = frozenset({"no", "private"})
BARRED_BY = ("motorcar", "motor_vehicle", "vehicle", "access")  # the most specific first
FORWARD, BACKWARD = frozenset({"yes", "true", "1"}), frozenset({"-1", "reverse"})
KMH_PER_MPH = 1.609344


@dataclass(frozen=True, slots=True, eq=False)
class RoadSegments:
    """Points of the roads open to cars, and the directed segments between them.

    ``longitude``, ``latitude`` (one a point, degrees); ``tails``, ``heads`` (one a segment: positions of its ends),
    ``road_class`` (position in ``classes``) and ``posted_kmh`` (NaN where the extract says none). A street open both
    ways is two segments. ``cut``: segments left out because the extract lacks one of their ends.
    """

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    road_class: NDArray[np.int8]
    posted_kmh: NDArray[np.float64]
    classes: tuple[str, ...]
    cut: int


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
    rank = {name: k for k, name in enumerate(classes)}
    places: dict[int, tuple[float, float]] = {}
    rows: list[tuple[int, int, int, float]] = []
    cut = 0
    try:
        ways: Any = osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
        for way in ways:
            if not way.is_way() or (road := _road(way.tags, rank)) is None:
                continue
            ends = [(n.ref, n.location.lon, n.location.lat) if n.location.valid() else None for n in way.nodes]
            for start, end in pairwise(ends):
                if start is None or end is None:
                    cut += 1
                elif start[0] != end[0]:
                    places[start[0]], places[end[0]] = start[1:], end[1:]
                    rows += _directed(start[0], end[0], road, way.tags)
    except (RuntimeError, OSError) as problem:
        raise UnreadableFileError(
            f"{path}: an .osm.pbf extract was expected; it cannot be read: {problem}."
        ) from problem
    return _arrays(places, rows, tuple(classes), cut)


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


def _directed(start: int, end: int, road: tuple[int, float], tags: Any) -> Iterator[tuple[int, int, int, float]]:
    one_way = tags.get("oneway", "")
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    if one_way not in BACKWARD:
        yield start, end, *road
    if one_way in BACKWARD or not (one_way in FORWARD or (implied and one_way != "no")):
        yield end, start, *road


def _arrays(
    places: Mapping[int, tuple[float, float]],
    rows: Sequence[tuple[int, int, int, float]],
    classes: tuple[str, ...],
    cut: int,
) -> RoadSegments:
    ids = np.array(sorted(places), dtype=np.int64)
    position = np.array([places[i] for i in ids.tolist()], dtype=np.float64).reshape(-1, 2)
    tails, heads, road_class, posted = zip(*rows, strict=True) if rows else ((), (), (), ())
    return RoadSegments(
        longitude=position[:, 0].copy(),
        latitude=position[:, 1].copy(),
        tails=np.searchsorted(ids, np.array(tails, dtype=np.int64)).astype(np.int32),
        heads=np.searchsorted(ids, np.array(heads, dtype=np.int64)).astype(np.int32),
        road_class=np.array(road_class, dtype=np.int8),
        posted_kmh=np.array(posted, dtype=np.float64),
        classes=classes,
        cut=cut,
    )
