"""Density of self-employed professionals by département (Cnam)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Example, Indicator, Input, Rows
from maillage.indicators.expressions import base, period_of, resident, stable_sum, where_known
from maillage.territory.rule import Rule
from maillage.text import Text, french_of

METHOD = Text(
    "Effectifs publiés par la Cnam divisés par la dernière population connue des communes du département, dont l’année "
    "peut différer : la densité publiée par la Cnam, qui a une autre population, s’en écarte un peu.",
    "Headcounts published by the Cnam divided by the latest known population of the département's communes, whose year "
    "may differ: the density that the Cnam publishes has another population and differs a little.",
)
LIMITS = Text(
    "Libéraux seulement ; le département est trop vaste pour dire l’accès d’un habitant.",
    "Self-employed only; a département is too large to tell an inhabitant's access.",
)


def _compute(profession: str, engine: Engine) -> Any:
    counts = engine.table("professional_departement")
    counts = counts.filter(counts.profession == profession)
    nest = engine.table("membership")
    nest = nest.filter(nest.child_level == "commune", nest.parent_level == "departement")
    people = resident(engine).select("code", "population").inner_join(nest, [("code", "child_code")])
    people = people.mutate(held=people.population * people.share)
    totals = people.group_by("parent_code").agg(population=stable_sum(people.held))
    rows = counts.inner_join(totals, [("code", "parent_code")])
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=rows.headcount,
        denominator=where_known(rows.headcount, rows.population),
    )


def _oracle(tables: Mapping[str, Rows]) -> dict[str, tuple[float, float]]:
    parent = {row["child_code"]: row["parent_code"] for row in tables["membership"]}
    people: dict[str, float] = {}
    for row in tables["population"]:
        people[parent[row["code"]]] = people.get(parent[row["code"]], 0.0) + row["population"]
    return {r["code"]: (r["headcount"], people[r["code"]]) for r in tables["professional_departement"]}


def _example(profession: str) -> Example:
    people = {"level": "commune", "year": 2021, "sex": "all", "age_band": "0-64"}
    link = {"child_level": "commune", "parent_level": "departement", "millesime": 2025, "share": 1.0}
    return Example(
        Text("Un département de deux communes.", "A département of two communes."),
        tables={
            "professional_departement": ({"code": "01", "year": 2024, "profession": profession, "headcount": 50.0},),
            "population": (
                {"code": "01001", "population": 30_000.0, **people},
                {"code": "01002", "population": 20_000.0, **people},
            ),
            "membership": (
                {"child_code": "01001", "parent_code": "01", "simulated": False, **link},
                {"child_code": "01002", "parent_code": "01", "simulated": False, **link},
            ),
        },
        expected=({"code": "01", "period": "2024", "value": 100.0, "numerator": 50.0, "denominator": 50_000.0},),
        oracle=_oracle,
    )


def _indicator(profession: str, who: Text) -> Indicator:
    return Indicator(
        id=f"densite_liberale_{profession}",
        label=Text(f"Densité {french_of(who.fr)}", f"Density of self-employed {who.en}"),
        short_label=Text(f"Densité {french_of(who.fr)}", f"Self-employed density, {who.en}"),
        volet="supply",
        unit=Text("pour 100\u202f000 habitants", "per 100,000 inhabitants"),
        decimals=1,
        direction="low",
        why=Text(
            "Recoupe les comptes par commune avec les fichiers de l’assurance maladie, à jour d’une année.",
            "Cross-checks the counts by commune with health insurance files, up to date by a year.",
        ),
        definition=Text(
            f"Nombre {french_of(who.fr)} en activité dans le département pour 100\u202f000 habitants.",
            f"Number of self-employed {who.en} in activity in the département per 100,000 inhabitants.",
        ),
        numerator=Text(f"Nombre {french_of(who.fr)} en activité", f"Self-employed {who.en} in activity"),
        denominator=Text("Population résidente, dernière connue", "Resident population, latest known"),
        method=METHOD,
        limits=LIMITS,
        inputs=(Input("cnam_professionals"), Input("insee_iris_population")),
        author="Maillage",
        reviewer="À désigner / to be appointed",
        next_review=date(2027, 6, 30),
        grain="departement",
        aggregation=Rule("ratio", scale=100_000.0),
        interval="byar",
        compute=lambda engine: _compute(profession, engine),
        example=_example(profession),
    )


INDICATORS = (
    _indicator("mg", Text("médecins généralistes libéraux", "general practitioners")),
    _indicator("inf", Text("infirmiers libéraux", "nurses")),
    _indicator("mk", Text("masseurs-kinésithérapeutes libéraux", "physiotherapists")),
    _indicator("sf", Text("sages-femmes libérales", "midwives")),
    _indicator("cd", Text("chirurgiens-dentistes libéraux", "dentists")),
)
