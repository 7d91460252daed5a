"""Framing: how many people live there, and how many are 65 or more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis

from maillage.engine import Engine
from maillage.indicators.definition import Example, Indicator, Input, Rows
from maillage.indicators.expressions import base, period_of, resident
from maillage.territory.rule import Rule
from maillage.text import Text

INPUTS = (Input("insee_iris_population", (), Text("Mayotte absente.", "Mayotte missing.")),)
OLD = ("65+",)
ROWS: Rows = tuple(
    {"code": code, "level": "iris", "year": 2021, "sex": "all", "age_band": band, "population": people}
    for code, band, people in (
        ("010010000", "0-19", 200.0),
        ("010010000", "20-64", 550.5),
        ("010010000", "65+", 249.5),
        ("010020000", "0-19", 0.0),
    )
)


def _population(engine: Engine) -> Any:
    rows = resident(engine, level="iris")
    return base(
        rows, code=rows.code, period=period_of(rows.year), numerator=rows.population, denominator=ibis.literal(1.0)
    )


def _share_65plus(engine: Engine) -> Any:
    everyone = resident(engine, level="iris")
    old = resident(engine, level="iris", age_bands=OLD).select("code", old="population")
    rows = everyone.inner_join(old, "code")
    return base(rows, code=rows.code, period=period_of(rows.year), numerator=rows.old, denominator=rows.population)


def _people(tables: Mapping[str, Rows], bands: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {row["code"]: 0.0 for row in tables["population"]}
    for row in tables["population"]:
        found[row["code"]] += row["population"] * (not bands or row["age_band"] in bands)
    return found


_POPULATION = Indicator(
    id="population",
    label=Text("Population résidente", "Resident population"),
    short_label=Text("Population", "Population"),
    volet="framing",
    unit=Text("habitants", "inhabitants"),
    unit_one=Text("habitant", "inhabitant"),
    decimals=0,
    direction="none",
    why=Text("Dit à combien de personnes une difficulté s’applique.", "Tells how many people a difficulty touches."),
    definition=Text("Nombre d’habitants au recensement.", "Number of inhabitants at the census."),
    numerator=Text("Habitants", "Inhabitants"),
    denominator=Text("Sans objet", "Not applicable"),
    method=Text("Somme des IRIS.", "Sum of the IRIS."),
    limits=Text(
        "Population municipale lissée sur cinq ans par le recensement ; ni touristes, ni résidences secondaires.",
        "Municipal population smoothed over five years by the census; neither tourists nor second homes.",
    ),
    inputs=INPUTS,
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="iris",
    aggregation=Rule("sum"),
    compute=_population,
    example=Example(
        Text("Deux IRIS, dont un inhabité.", "Two IRIS, one of them uninhabited."),
        tables={"population": ROWS},
        expected=(
            {"code": "010010000", "period": "2021", "value": 1000.0, "numerator": 1000.0},
            {"code": "010020000", "period": "2021", "value": 0.0, "numerator": 0.0},
        ),
        oracle=lambda tables: {code: (people, 0.0) for code, people in _people(tables, ()).items()},
    ),
)

_SHARE_65PLUS = Indicator(
    id="part_65plus",
    label=Text("Part des 65 ans et plus", "Share of people aged 65 or over"),
    short_label=Text("65 ans et plus", "Aged 65 or over"),
    volet="framing",
    unit=Text("%", "%"),
    decimals=1,
    direction="none",
    why=Text(
        "Le besoin de soins croît avec l’âge : une même offre ne vaut pas autant dans un territoire âgé.",
        "The need for care grows with age: the same supply is worth less in an old territory.",
    ),
    definition=Text("Part des habitants âgés de 65 ans et plus.", "Share of the inhabitants aged 65 or over."),
    numerator=Text("Habitants de 65 ans et plus", "Inhabitants aged 65 or over"),
    denominator=Text("Habitants", "Inhabitants"),
    method=Text("Rapport des sommes des IRIS.", "Ratio of the sums of the IRIS."),
    limits=Text(
        "Population du recensement, lissée sur cinq ans.",
        "Census population, smoothed over five years.",
    ),
    inputs=INPUTS,
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="iris",
    aggregation=Rule("ratio", scale=100.0),
    compute=_share_65plus,
    example=Example(
        Text("Deux IRIS, dont un inhabité.", "Two IRIS, one of them uninhabited."),
        tables={"population": ROWS},
        expected=(
            {"code": "010010000", "period": "2021", "value": 24.95, "numerator": 249.5, "denominator": 1000.0},
            {"code": "010020000", "period": "2021", "value": None, "status": "not_applicable"},
        ),
        oracle=lambda tables: {
            code: (old, _people(tables, ())[code])
            for code, old in _people(tables, OLD).items()
            if _people(tables, ())[code]
        },
    ),
)

INDICATORS = (_POPULATION, _SHARE_65PLUS)
