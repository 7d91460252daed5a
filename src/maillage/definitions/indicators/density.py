"""Density of five professions by place of practice (BPE)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Example, Indicator, Input, Rows
from maillage.indicators.expressions import base, period_of, resident
from maillage.territory.rule import Rule
from maillage.text import Text, french_of

UNCHECKED = Text(
    "Le code d’équipement de cette profession est plausible mais n’a pas été recoupé avec les chiffres de l’INSEE.",
    "The equipment code of this profession is plausible but was not cross-checked with INSEE's figures.",
)
METHOD = Text(
    "Comptes de la base permanente des équipements divisés par la dernière population connue, dont l’année peut "
    "différer ; une commune absente du compte n’a aucun professionnel ; intervalle de Poisson à 95 %, exact sous 10, "
    "de Byar au-delà.",
    "Counts of the equipment base divided by the latest known population, whose year may differ; a commune absent "
    "from the counts has no professional; 95% Poisson interval, exact under 10, Byar's from there.",
)
LIMITS = Text(
    "Compte des lieux d’exercice, non du temps offert ; ignore les communes voisines et l’âge des habitants : à lire "
    "au bassin de vie ou au-dessus, et après l’APL.",
    "Counts places of practice, not time offered; ignores neighbouring communes and the age of inhabitants: to be read "
    "by bassin de vie or above, and after the APL.",
)


@dataclass(frozen=True, slots=True)
class _Profession:
    """A profession of the BPE; ``checked`` where its code was cross-checked with INSEE's figures."""

    id: str
    who: Text
    checked: bool


def _compute(profession: str, engine: Engine) -> Any:
    counts = engine.table("professional")
    counts = counts.filter(counts.profession == profession)
    years = counts.select("year").distinct()
    grid = resident(engine).select("code", "population").cross_join(years)
    rows = grid.left_join(counts.select("code", "year", "headcount"), ["code", "year"])
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=rows.headcount.fill_null(0.0),
        denominator=rows.population,
    )


def _oracle(tables: Mapping[str, Rows]) -> dict[str, tuple[float, float]]:
    people: dict[str, float] = {}
    for row in tables["population"]:
        if row["population"]:
            people[row["code"]] = people.get(row["code"], 0.0) + row["population"]
    counts = {row["code"]: row["headcount"] for row in tables["professional"]}
    return {code: (counts.get(code, 0.0), total) for code, total in people.items()}


def _example(profession: str) -> Example:
    people = {"level": "commune", "year": 2021, "sex": "all"}
    return Example(
        Text(
            "Une commune à quatre professionnels, une sans, une sans habitant.",
            "A commune with four professionals, one with none, one without inhabitants.",
        ),
        tables={
            "professional": ({"code": "01001", "year": 2024, "profession": profession, "headcount": 4.0},),
            "population": (
                {"code": "01001", "age_band": "0-64", "population": 3000.0, **people},
                {"code": "01001", "age_band": "65+", "population": 1000.0, **people},
                {"code": "01002", "age_band": "0-64", "population": 500.0, **people},
                {"code": "55039", "age_band": "0-64", "population": 0.0, **people},
            ),
        },
        expected=(
            {"code": "01001", "period": "2024", "value": 100.0, "numerator": 4.0, "denominator": 4000.0},
            {"code": "01002", "period": "2024", "value": 0.0, "numerator": 0.0, "denominator": 500.0},
            {"code": "55039", "period": "2024", "value": None, "status": "not_applicable"},
        ),
        oracle=_oracle,
    )


def _indicator(profession: _Profession) -> Indicator:
    who = profession.who
    return Indicator(
        id=f"densite_{profession.id}",
        label=Text(f"Densité {french_of(who.fr)}", f"Density of {who.en}"),
        short_label=Text(f"Densité {french_of(who.fr)}", f"Density, {who.en}"),
        volet="supply",
        unit=Text("pour 100\u202f000 habitants", "per 100,000 inhabitants"),
        decimals=1,
        direction="low",
        why=Text(
            f"Dit combien {french_of(who.fr)} exercent sur place pour une même population : simple, connu, à jour.",
            f"Tells how many {who.en} practise on the spot for the same population: simple, known to all, up to date.",
        ),
        definition=Text(
            f"Nombre {french_of(who.fr)} qui exercent dans le territoire pour 100\u202f000 habitants.",
            f"Number of {who.en} who practise in the territory per 100,000 inhabitants.",
        ),
        numerator=Text(f"Nombre {french_of(who.fr)}", f"{who.en.capitalize()} counted"),
        denominator=Text("Population résidente, dernière connue", "Resident population, latest known"),
        method=METHOD,
        limits=LIMITS,
        inputs=(
            Input("insee_bpe", (), None if profession.checked else UNCHECKED),
            Input("insee_iris_population", (), Text("Mayotte absente.", "Mayotte missing.")),
        ),
        author="Maillage",
        reviewer="À désigner / to be appointed",
        next_review=date(2027, 6, 30),
        grain="commune",
        aggregation=Rule("ratio", scale=100_000.0),
        interval="byar",
        compute=lambda engine: _compute(profession.id, engine),
        example=_example(profession.id),
    )


INDICATORS = tuple(
    _indicator(p)
    for p in (
        _Profession("mg", Text("médecins généralistes", "general practitioners"), checked=True),
        _Profession("inf", Text("infirmiers", "nurses"), checked=True),
        _Profession("mk", Text("masseurs-kinésithérapeutes", "physiotherapists"), checked=False),
        _Profession("sf", Text("sages-femmes", "midwives"), checked=False),
        _Profession("cd", Text("chirurgiens-dentistes", "dentists"), checked=True),
    )
)
