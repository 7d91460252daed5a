"""Share of the population in the zones of the ARS zoning (general practitioners)."""

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

METHOD = Text(
    "Zone de la commune dans la liste des ARS, pondérée par la population résidente ; une commune dont la zone n’est "
    "pas disponible compte au dénominateur seulement.",
    "Zone of the commune in the list of the ARS, weighted by resident population; a commune whose zone is not "
    "available counts in the denominator only.",
)
LIMITS = Text(
    "Le zonage est une décision administrative, prise par territoire de vie-santé et variable d’une région à l’autre "
    "; il donne droit à des aides et ne mesure pas l’accès.",
    "The zoning is an administrative decision, taken by territoire de vie-santé and different from one region to "
    "another; it opens rights to aids and does not measure access.",
)


def _compute(zones: tuple[str, ...], engine: Engine) -> Any:
    zoning, people = engine.table("zoning"), resident(engine)
    communes = people.select("code").union(zoning.select("code"), distinct=True)
    places = communes.cross_join(zoning.select("year").distinct())
    rows = places.left_join(people.select("code", "population"), "code").drop("code_right")
    rows = rows.left_join(zoning, ["code", "year"])
    inside = rows.zone.isin(zones).ifelse(1.0, 0.0)
    known = rows.zone.notnull() & rows.population.notnull()
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=known.ifelse(inside * rows.population, ibis.null("float64")),
        denominator=rows.population,
        # A zone holds a whole commune: its share is known even where no file counts the inhabitants.
        value=(rows.zone.notnull() & rows.population.isnull()).ifelse(100.0 * inside, ibis.null("float64")),
    )


def _oracle(zones: tuple[str, ...], tables: Mapping[str, Rows]) -> dict[str, tuple[float, float]]:
    people = {row["code"]: row["population"] for row in tables["population"]}
    return {
        row["code"]: (people[row["code"]] * (row["zone"] in zones), people[row["code"]])
        for row in tables["zoning"]
        if row["zone"] is not None
    }


def _example(zones: tuple[str, ...]) -> Example:
    people = {"level": "commune", "year": 2021, "sex": "all", "age_band": "0-64"}
    zone_of = {"01001": "ZIP", "01002": "ZAC", "01004": "HZ", "97401": None}
    return Example(
        Text(
            "Quatre communes, dont une sans zone disponible.",
            "Four communes, one of them without an available zone.",
        ),
        tables={
            "zoning": tuple({"code": code, "year": 2025, "zone": zone} for code, zone in zone_of.items()),
            "population": tuple({"code": code, "population": 1000.0, **people} for code in zone_of),
        },
        expected=tuple(
            {
                "code": code,
                "period": "2025",
                "value": None if zone is None else 100.0 * (zone in zones),
                "denominator": 1000.0,
                "status": "missing" if zone is None else "published",
            }
            for code, zone in zone_of.items()
        ),
        oracle=lambda tables: _oracle(zones, tables),
    )


def _indicator(name: str, zones: tuple[str, ...], where: Text, short: Text) -> Indicator:
    return Indicator(
        id=name,
        label=Text(f"Part de la population en {where.fr}", f"Share of the population in {where.en}"),
        short_label=short,
        volet="supply",
        unit=Text("%", "%"),
        decimals=1,
        direction="high",
        why=Text(
            "Dit qui vit là où les aides à l’installation des généralistes s’appliquent, et combien ce ciblage est "
            "large.",
            "Tells who lives where the aids to settle GPs apply, and how wide that targeting is.",
        ),
        definition=Text(
            f"Part des habitants dont la commune est classée en {where.fr} par l’ARS pour les médecins généralistes.",
            f"Share of the inhabitants whose commune the ARS has classed in {where.en} for GPs.",
        ),
        numerator=Text(f"Population des communes classées en {where.fr}", f"Population of communes in {where.en}"),
        denominator=Text("Population totale", "Total population"),
        method=METHOD,
        limits=LIMITS,
        inputs=(
            Input(
                "ars_zonage",
                (),
                Text(
                    "La Réunion n’a pas de zone dans ce fichier, dont l’amont n’est pas nommé.",
                    "La Réunion has no zone in this file, whose upstream is not named.",
                ),
            ),
            Input("insee_iris_population"),
        ),
        author="Maillage",
        reviewer="À désigner / to be appointed",
        next_review=date(2027, 6, 30),
        grain="commune",
        aggregation=Rule("ratio", scale=100.0),
        compute=lambda engine: _compute(zones, engine),
        example=_example(zones),
    )


INDICATORS = (
    _indicator(
        "part_zip",
        ("ZIP",),
        Text("zone d’intervention prioritaire (ZIP)", "priority intervention zones (ZIP)"),
        Text("Population en ZIP", "People in ZIP"),
    ),
    _indicator(
        "part_zip_zac",
        ("ZIP", "ZAC"),
        Text(
            "zone d’intervention prioritaire ou d’action complémentaire (ZIP et ZAC)",
            "priority intervention or complementary action zones (ZIP and ZAC)",
        ),
        Text("Population en ZIP ou ZAC", "People in ZIP or ZAC"),
    ),
)
