"""Framing: how densely a territory is peopled, and how far its hospital emergencies are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis

from maillage.engine import Engine
from maillage.indicators.definition import Example, Indicator, Input, Rows
from maillage.indicators.expressions import base, period_of, resident, where_known
from maillage.territory.rule import Rule
from maillage.text import Text

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
PEOPLE: Rows = tuple(
    {"code": code, "level": "commune", "year": 2021, "sex": "all", "age_band": "0-64", "population": people}
    for code, people in (("01001", 1000.0), ("01002", 3000.0))
)
SHAPES: Rows = tuple(
    {"code": code, "level": "commune", "area_km2": area} for code, area in (("01001", 20.0), ("01002", 15.0))
)
TOWN_HALLS: Rows = tuple(
    {"code": code, "level": "commune", "name": code, "longitude": 5.0, "latitude": latitude}
    for code, latitude in (("01001", 46.0), ("01002", 46.5))
)
EMERGENCIES: Rows = ({"code": "01002", "year": 2024, "profession": "urgences", "headcount": 1.0},)


def _density(engine: Engine) -> Any:
    shapes = engine.table("shape")
    shapes = shapes.filter(shapes.level == "commune", shapes.area_km2 > 0).select("code", "area_km2")
    rows = resident(engine).inner_join(shapes, "code")
    return base(rows, code=rows.code, period=period_of(rows.year), numerator=rows.population, denominator=rows.area_km2)


def _density_oracle(tables: Mapping[str, Rows]) -> dict[str, tuple[float, float]]:
    people = {row["code"]: row["population"] for row in tables["population"]}
    return {row["code"]: (people[row["code"]], row["area_km2"]) for row in tables["shape"]}


def _distance(engine: Engine) -> Any:
    supply, places = engine.table("professional"), engine.table("territory")
    halls = places.filter(places.level == "commune").select("code", "longitude", "latitude")
    sites = supply.filter(supply.profession == "urgences", supply.headcount > 0).inner_join(halls, "code")
    sites = sites.select("year", site_longitude=sites.longitude, site_latitude=sites.latitude)
    pairs = halls.cross_join(sites)
    south, north = pairs.latitude.radians(), pairs.site_latitude.radians()
    across = ((pairs.site_longitude - pairs.longitude).radians() / 2).sin()
    along = ((north - south) / 2).sin()
    chord = along * along + south.cos() * north.cos() * across * across
    km = 2 * EARTH_RADIUS_KM * ibis.least(chord.sqrt(), 1.0).asin()
    nearest = pairs.mutate(km=km).group_by("code", "year").agg(km=ibis._.km.min())
    rows = nearest.left_join(resident(engine).select("code", "population"), "code")
    weight = where_known(rows.km, rows.population.fill_null(0.0))
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=rows.km * weight,
        denominator=weight,
        value=rows.km,
    )


def _distance_oracle(tables: Mapping[str, Rows]) -> dict[str, tuple[float, float]]:
    people = {row["code"]: row["population"] for row in tables["population"]}
    sites = {row["code"] for row in tables["professional"]}
    halls = {row["code"]: math.radians(row["latitude"]) for row in tables["territory"]}
    # The places of the example lie on one meridian, where a distance is a difference of latitudes.
    nearest = {code: min(abs(here - halls[site]) for site in sites) for code, here in halls.items()}
    return {code: (EARTH_RADIUS_KM * angle * people[code], people[code]) for code, angle in nearest.items()}


_DENSITY = Indicator(
    id="densite_habitants",
    label=Text("Densité de population", "Population density"),
    short_label=Text("Densité de population", "Population density"),
    volet="framing",
    unit=Text("habitants par km²", "inhabitants per km²"),
    unit_one=Text("habitant par km²", "inhabitant per km²"),
    decimals=0,
    direction="none",
    why=Text(
        "Une même difficulté n’a ni les mêmes causes ni les mêmes réponses en ville et dans le rural peu dense.",
        "The same difficulty has neither the same causes nor the same answers in town and in sparse country.",
    ),
    definition=Text("Habitants divisés par la surface.", "Inhabitants divided by the surface."),
    numerator=Text("Habitants", "Inhabitants"),
    denominator=Text("Surface en km²", "Surface in km²"),
    method=Text(
        "Population du recensement divisée par la surface des contours des communes.",
        "Census population divided by the surface of the outlines of communes.",
    ),
    limits=Text(
        "Surface des contours simplifiés, à quelques pour cent près pour une petite commune ; compte les lacs, les "
        "forêts et les montagnes.",
        "Surface of simplified outlines, within a few per cent for a small commune; counts lakes, forests and "
        "mountains.",
    ),
    inputs=(Input("insee_iris_population"), Input("geo_commune")),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio"),
    compute=_density,
    example=Example(
        Text("Deux communes.", "Two communes."),
        tables={"population": PEOPLE, "shape": SHAPES},
        expected=(
            {"code": "01001", "period": "2021", "value": 50.0, "numerator": 1000.0, "denominator": 20.0},
            {"code": "01002", "period": "2021", "value": 200.0, "numerator": 3000.0, "denominator": 15.0},
        ),
        oracle=_density_oracle,
    ),
)

_KM_EMERGENCIES = Indicator(
    id="km_urgences",
    label=Text("Distance au service d’urgences le plus proche", "Distance to the nearest emergency department"),
    short_label=Text("Distance aux urgences", "Distance to emergencies"),
    volet="framing",
    unit=Text("km", "km"),
    decimals=0,
    direction="none",
    why=Text(
        "Dit si un hôpital ouvert à toute heure est proche : le recours aux soins de ville en dépend.",
        "Tells whether a hospital open at any hour is near: the use of primary care depends on it.",
    ),
    definition=Text(
        "Distance à vol d’oiseau jusqu’à la commune la plus proche où se trouve un service d’urgences.",
        "Distance as the crow flies to the nearest commune with an emergency department.",
    ),
    numerator=Text("Somme des distances multipliées par la population", "Sum of distances times population"),
    denominator=Text("Population résidente", "Resident population"),
    method=Text(
        "Équipement D106 de la base permanente des équipements ; de mairie à mairie ; au-dessus de la commune, moyenne "
        "pondérée par la population.",
        "Equipment D106 of the permanent database of facilities; from town hall to town hall; above the commune, mean "
        "weighted by population.",
    ),
    limits=Text(
        "Ni la route, ni les horaires, ni les relais aériens et maritimes n’y sont.",
        "Neither the road, nor opening hours, nor transport by air or sea are in it.",
    ),
    inputs=(Input("insee_bpe"), Input("geo_commune"), Input("insee_iris_population")),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("mean", weight="population"),
    compute=_distance,
    example=Example(
        Text("Deux communes, dont une avec des urgences.", "Two communes, one of them with an emergency department."),
        tables={"professional": EMERGENCIES, "territory": TOWN_HALLS, "population": PEOPLE},
        expected=(
            {"code": "01001", "period": "2024", "value": 55.59754011676645, "denominator": 1000.0},
            {"code": "01002", "period": "2024", "value": 0.0, "denominator": 3000.0},
        ),
        oracle=_distance_oracle,
    ),
)

INDICATORS = (_DENSITY, _KM_EMERGENCIES)
