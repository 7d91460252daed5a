"""Measured car minutes, to calibrate and check a travel model: Alsace (RESURAL 2016), Gironde (DREES 2021)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import ASIDE, CELL
from maillage.catalog.table import Table
from maillage.sources.dbf import read_dbf
from maillage.sources.head import FileHead, read_head
from maillage.sources.layout import Columns, commune_code, marks, melt
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text

_COORDINATES = ("origin_longitude", "origin_latitude", "destination_longitude", "destination_latitude")
_COLUMNS = ("set", "origin_name", "destination_name", *_COORDINATES, "crow_km", "road_km", "travel_min")
_KEY = ("set", "origin_name", "destination_name")
_TABLE = Table(
    "measured_travel",
    "Measured car minutes between two places",
    _COLUMNS,
    _KEY,
    frozenset({*_COORDINATES, "crow_km", "road_km"}),
)
_FAILED = 9999
_EARTH_RADIUS_KM = 6371.0


def _is_distance_table(head: FileHead) -> bool:
    """A table of minutes from named communes to named hospitals.

    A square table, whose places are on both sides, does not say whether it holds minutes or kilometres; one whose
    names are in capitals was measured from points that no file gives: neither is recognised.
    """
    rows = [row for row in head.rows[1:] if row]
    if head.kind != "text" or len(head.columns) < 3 or head.columns[0] != "" or not rows:
        return False
    names = [row[0] for row in rows]
    numbers = all(_is_number(cell) for row in rows for cell in row[1:])
    square = any(name in head.columns for name in names)
    return numbers and not square and not any(map(_is_number, names)) and any(name != name.upper() for name in names)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").isdigit()


def _parse_distance_table(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    origin, *destinations = [c for c in raw.columns if c not in ("line", "broken")]
    long = melt(raw, keep=(origin,), values=destinations, value_name="travel_min")
    return long.select(
        pl.lit("alsace").alias("set"),
        pl.col(origin).alias("origin_name"),
        pl.col(CELL).alias("destination_name"),
        *(pl.lit(None, pl.String).alias(name) for name in (*_COORDINATES, "crow_km", "road_km")),
        "travel_min",
        *marks(long),
    )


def _parse_osrm(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    return _planar(raw, "gironde_osrm", minutes="Dist_min", road=pl.col("Dist_km"))


def _parse_metric(path: Path) -> pl.DataFrame:
    return _planar(read_dbf(path), "gironde_metric", minutes="HC", road=pl.lit(None, pl.String))


def _planar(raw: pl.DataFrame, name: str, *, minutes: str, road: pl.Expr) -> pl.DataFrame:
    """Pairs of points in Lambert 93 metres, whose planar distance is within 0.1 % of the distance on the ground."""
    x1, y1, x2, y2 = (pl.col(c).cast(pl.Float64, strict=False) for c in ("X1", "Y1", "X2", "Y2"))
    failed = pl.col(minutes).cast(pl.Float64, strict=False) >= _FAILED
    aside: list[pl.Expr] = [pl.when(failed).then(pl.lit(reasons.FAILED_ROUTE.en.format(minutes=_FAILED)))]
    if ASIDE in raw.columns:
        aside.append(pl.col(ASIDE))
    return raw.select(
        pl.lit(name).alias("set"),
        pl.format("{} {}", x1.round(1), y1.round(1)).alias("origin_name"),
        pl.format("{} {}", x2.round(1), y2.round(1)).alias("destination_name"),
        *(pl.lit(None, pl.String).alias(c) for c in _COORDINATES),
        (((x2 - x1) ** 2 + (y2 - y1) ** 2).sqrt() / 1000).alias("crow_km"),
        road.alias("road_km"),
        pl.col(minutes).alias("travel_min"),
        *(mark for mark in marks(raw) if mark.meta.output_name() != ASIDE),
        pl.coalesce(aside).alias(ASIDE),
    )


def _parse_communes(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    return raw.select(
        pl.col("nom_commune").alias("name"),
        commune_code("code_insee").alias("code_commune"),
        "longitude",
        "latitude",
        *marks(raw),
    )


def _parse_hospitals(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    return raw.select(
        pl.col("UNV").alias("name"),
        pl.lit(None, pl.String).alias("code_commune"),
        pl.col("X").alias("longitude"),
        pl.col("Y").alias("latitude"),
        *marks(raw),
    )


def located(travel: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """``travel`` with the coordinates and the crow-fly distance (km, great circle) of the pairs that lack them.

    ``places`` has ``name, longitude, latitude``; a name held by several points is not used.
    """
    known = places.filter(pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null())
    known = known.select("name", "longitude", "latitude").unique().filter(~pl.col("name").is_duplicated())
    for side in ("origin", "destination"):
        names = {"name": f"{side}_name", "longitude": "_x", "latitude": "_y"}
        travel = (
            travel.join(known.rename(names), on=f"{side}_name", how="left", maintain_order="left")
            .with_columns(
                pl.coalesce(f"{side}_longitude", "_x").alias(f"{side}_longitude"),
                pl.coalesce(f"{side}_latitude", "_y").alias(f"{side}_latitude"),
            )
            .drop("_x", "_y")
        )
    return travel.with_columns(pl.coalesce("crow_km", _great_circle_km()).alias("crow_km"))


def _great_circle_km() -> pl.Expr:
    x1, y1, x2, y2 = (pl.col(name).radians() for name in _COORDINATES)
    half = ((y2 - y1) / 2).sin() ** 2 + y1.cos() * y2.cos() * ((x2 - x1) / 2).sin() ** 2
    return 2 * _EARTH_RADIUS_KM * half.sqrt().arcsin()


_Layout = tuple[Callable[[FileHead], bool], Callable[[Path], pl.DataFrame]]
_TRAVEL_LAYOUTS: tuple[_Layout, ...] = (
    (_is_distance_table, _parse_distance_table),
    (Columns(("text",), ("X1", "Y1", "X2", "Y2", "Dist_min", "Dist_km")), _parse_osrm),
    (Columns(("dbf",), ("X1", "Y1", "X2", "Y2", "HC")), _parse_metric),
)
_PLACE_LAYOUTS: tuple[_Layout, ...] = (
    (Columns(("text",), ("nom_commune", "code_insee", "latitude", "longitude")), _parse_communes),
    (Columns(("text",), ("UNV", "Y", "X")), _parse_hospitals),
)


def _recognise(head: FileHead, *, layouts: tuple[_Layout, ...]) -> bool:
    return any(recognised(head) for recognised, _ in layouts)


def _parse(path: Path, *, layouts: tuple[_Layout, ...]) -> pl.DataFrame:
    head = read_head(path)
    parse = next((parse for recognised, parse in layouts if recognised(head)), layouts[0][1])
    return parse(path)


MEASURED_TRAVEL = Source(
    id="measured_travel",
    producer=Text(
        "RESURAL (Alsace, 2016) ; DREES et INSEE (Gironde, 2021)",
        "RESURAL (Alsace, 2016); DREES and INSEE (Gironde, 2021)",
    ),
    title=Text("Temps de trajet mesurés en voiture", "Measured car travel times"),
    licence=Text("non précisée ; dépôts publics de deux études", "not stated; public repositories of two studies"),
    address="https://github.com/jcrb/Distancier",
    layout="Alsace: quoted, name of the commune then one column of minutes a hospital (GraphHopper). Gironde: pairs of"
    " points in Lambert 93 metres with OSRM minutes and km (text), or METRIC off-peak minutes (dBase, 9999: failed).",
    feeds=("access",),
    table=_TABLE,
    vintage="2016, 2021",
    geography=0,
    recognise=partial(_recognise, layouts=_TRAVEL_LAYOUTS),
    parse=partial(_parse, layouts=_TRAVEL_LAYOUTS),
)
MEASURED_TRAVEL_PLACE = Source(
    id="measured_travel_place",
    producer=Text("RESURAL (Alsace, 2016)", "RESURAL (Alsace, 2016)"),
    title=Text("Points de départ et d’arrivée des temps mesurés", "Ends of the measured travel times"),
    licence=Text("non précisée ; dépôt public d’une étude", "not stated; public repository of a study"),
    address="https://github.com/jcrb/Distancier",
    layout="Comma-separated: name, INSEE code, latitude and longitude of the communes of Alsace (a commune is repeated"
    " for each constituency); or name, Y (latitude) and X (longitude) of the ten hospitals.",
    feeds=("measured_travel",),
    table=Table(
        "measured_travel_place",
        "Coordinates of the places that measured travels start from or end at",
        ("name", "code_commune", "longitude", "latitude"),
        ("name", "longitude", "latitude"),
        frozenset({"code_commune", "longitude", "latitude"}),
    ),
    vintage="2016",
    geography=0,
    recognise=partial(_recognise, layouts=_PLACE_LAYOUTS),
    parse=partial(_parse, layouts=_PLACE_LAYOUTS),
)
SOURCES = (MEASURED_TRAVEL, MEASURED_TRAVEL_PLACE)
