"""Travel on a road network: an extract at the declared speeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from maillage.access import (
    Points,
    RoadAccess,
    RoadNetwork,
    RoadSpeeds,
    TravelMatrix,
    join_roads,
    segment_minutes,
    travel_on_roads,
)
from maillage.catalog import reasons
from maillage.catalog.parameters import load_parameters
from maillage.catalog.store import sha256_file
from maillage.catalog.tables import QUARANTINE, SOURCE_FILE
from maillage.errors import DefinitionError, UnreadableFileError
from maillage.pipeline.access_conventions import Places
from maillage.pipeline.access_travel import GivenTravel, TravelNotes, TravelRead, one_way_pairs
from maillage.sources.origin import load_origin
from maillage.sources.osm import OSM_ROADS, RoadSegments, read_roads
from maillage.text import LANGS, Text, format_number


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
    return _network(read_roads(path, speeds.classes), speeds)


def read_extract(path: Path) -> TravelRead:
    """Read an ``.osm.pbf`` for a run; raises as ``read_roads`` does, UnreadableFileError where it holds no road."""
    conventions = load_road_conventions()
    roads = read_roads(path, conventions.speeds.classes)
    if not roads.tails.size:
        raise UnreadableFileError(f"{path}: roads open to cars were expected, found none.")
    row = {
        "source": OSM_ROADS.id,
        "file": path.name,
        "sha256": sha256_file(path),
        "size_bytes": path.stat().st_size,
        "vintage": roads.dated or OSM_ROADS.vintage,
        "rows_in": roads.tails.size + roads.cut,
        "rows_out": roads.tails.size,
        "rows_quarantined": roads.cut,
        "simulated": load_origin(path, path.parent).simulated,
    }
    fit = partial(roads_between, _network(roads, conventions.speeds), conventions.access, row)
    return TravelRead(pl.DataFrame([row], schema=SOURCE_FILE.schema), QUARANTINE.empty(), fit)


def roads_between(
    network: RoadNetwork, access: RoadAccess, row: Mapping[str, Any], territory: pl.DataFrame
) -> GivenTravel:
    """The roads of an extract between the communes of ``territory``; those without a road are put aside.

    ``row`` describes the extract as SOURCE_FILE does. Raises UnreadableFileError when no commune is left.
    """
    notes = TravelNotes(
        {"model": "road network", "parameters": "travel_roads"}
        | {name: row[name] for name in ("source", "file", "sha256", "vintage")}
    )
    communes = territory.filter(pl.col("level") == "commune").drop_nulls(["longitude", "latitude"]).sort("code")
    at = Points.at(communes.get_column("longitude").to_numpy(), communes.get_column("latitude").to_numpy())
    joined = join_roads(network, at, access)[0]
    if (joined < 0).all():
        raise UnreadableFileError(
            f"{row['file']}: roads within {access.snap_max_km:g} km of the communes of the run were expected,"
            " found none.",
            hint="Does the extract cover their territory?",
        )
    without = communes.get_column("code").filter(pl.Series(joined < 0))
    notes.put_aside(without, reasons.ROADLESS.en)
    notes.count("communes_without_road", without)
    island = np.zeros(joined.size, dtype=np.bool_)
    island[joined >= 0] = network.component[joined[joined >= 0]] > 0
    notes.count("communes_on_islands", communes.get_column("code").filter(pl.Series(island)))
    notes.counts |= {
        "segments": row["rows_out"],
        "points": network.component.size,
        "segments_cut": row["rows_quarantined"],
        "islands": np.unique(network.component[joined[island]]).size,
    }
    kept = territory.filter((pl.col("level") != "commune") | ~pl.col("code").is_in(without.implode()))
    return GivenTravel(RoadsTravel(network, access, notes), kept, notes, _sentences(access))


@dataclass(frozen=True, slots=True)
class RoadsTravel:
    """Shortest paths on a network, as a ``TravelBuilder``; ``notes`` take how many pairs go one way only."""

    network: RoadNetwork
    access: RoadAccess
    notes: TravelNotes

    def __call__(self, homes: Places, practices: Places, max_min: float) -> TravelMatrix:
        """Minutes by road of the pairs driven in at most ``max_min``."""
        travel = travel_on_roads(self.network, homes.points, practices.points, access=self.access, max_min=max_min)
        self.notes.counts["one_way_pairs"] = one_way_pairs(travel.travel, homes, practices)
        return travel.travel


def _network(roads: RoadSegments, speeds: RoadSpeeds) -> RoadNetwork:
    points = Points.at(roads.longitude, roads.latitude)
    minutes = segment_minutes(points, roads.tails, roads.heads, roads.road_class, roads.posted_kmh, speeds=speeds)
    return RoadNetwork.from_segments(points, roads.tails, roads.heads, minutes)


def _sentences(access: RoadAccess) -> Mapping[str, Text]:
    km = {lang: format_number(access.snap_max_km, 0, lang) for lang in LANGS}
    return {
        "segments": Text(
            "Temps de trajet : réseau routier de {file}, {points} points et {n} tronçons, aux vitesses supposées de"
            " {parameters}.toml.",
            "Travel times: road network of {file}, {points} points and {n} segments, at the assumed speeds of"
            " {parameters}.toml.",
        ),
        "segments_cut": Text(
            "Tronçons coupés, l’extrait n’ayant pas l’un de leurs bouts : {n}.",
            "Stretches of road cut, the extract lacking one of their ends: {n}.",
        ),
        "communes_without_road": Text(
            f"Communes à plus de {km['fr']} km de toute route, dont l’accès n’est pas calculé : {{n}} ({{codes}}).",
            f"Communes over {km['en']} km from any road, whose access is not computed: {{n}} ({{codes}}).",
        ),
        "communes_on_islands": Text(
            "Communes dont les routes ne rejoignent pas celles des autres : {n} ({codes}). Îlots : {islands} ; seuls"
            " leurs propres cabinets les servent.",
            "Communes whose roads do not join those of the others: {n} ({codes}). Road islands: {islands}; their"
            " practices alone serve them.",
        ),
        "one_way_pairs": Text(
            "Paires à portée dont le retour ne l’est pas, à cause des sens uniques : {n}.",
            "Pairs within reach whose way back is not, because of one-way streets: {n}.",
        ),
    }
