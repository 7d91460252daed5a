"""A road network from an extract, at the declared speeds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maillage.access import Points, RoadAccess, RoadNetwork, RoadSpeeds, segment_minutes
from maillage.catalog.parameters import load_parameters
from maillage.errors import DefinitionError
from maillage.sources.osm import read_roads


@dataclass(frozen=True, slots=True)
class RoadConventions:
    """What ``travel_roads.toml`` declares."""

    speeds: RoadSpeeds
    access: RoadAccess


def load_road_conventions() -> RoadConventions:
    """The declared speeds and the way to the road; raises DefinitionError when the two lists of classes differ."""
    declared = load_parameters("travel_roads")
    rural, urban = declared["rural_kmh"].value, declared["urban_kmh"].value
    if list(rural) != list(urban):
        raise DefinitionError(
            "travel_roads.toml should give rural and urban speeds for the same classes, in one order."
        )
    speeds = RoadSpeeds(
        tuple(rural), tuple(rural.values()), tuple(urban.values()), declared["urban_junctions_per_km2"].value
    )
    names = ("snap_max_km", "access_kmh", "least_component")
    return RoadConventions(speeds, RoadAccess(*(declared[name].value for name in names)))


def read_road_network(path: Path, conventions: RoadConventions | None = None) -> RoadNetwork:
    """The roads of an ``.osm.pbf``, each segment with its minutes; raises as ``read_roads`` does."""
    speeds = (conventions or load_road_conventions()).speeds
    roads = read_roads(path, speeds.classes)
    points = Points.at(roads.longitude, roads.latitude)
    minutes = segment_minutes(points, roads.tails, roads.heads, roads.road_class, roads.posted_kmh, speeds=speeds)
    return RoadNetwork.from_segments(points, roads.tails, roads.heads, minutes)
