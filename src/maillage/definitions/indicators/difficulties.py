"""Difficulties of access that add up: general practitioners, nurses, physiotherapists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maillage.catalog.parameters import load_parameters
from maillage.definitions.indicators.apl import BREAKS, INPUTS
from maillage.engine import Engine
from maillage.indicators.definition import Example, Indicator, Rows
from maillage.indicators.expressions import base, period_of, resident, where_known
from maillage.territory.rule import Rule
from maillage.text import Text

PROFESSIONS = ("mg", "inf", "mk")


def _limit(profession: str) -> float:
    return float(load_parameters("apl/thresholds")[f"difficulty_{profession}"].value)


def _difficulties(engine: Engine) -> Any:
    """``code, year, number, population``: professions in difficulty, where the three are known."""
    apl = engine.table("apl")
    parts = {
        p: apl.filter(apl.profession == p, (apl.age_limit == 65) if p == "mg" else (apl.age_limit >= 0))
        .filter(lambda t: t.apl.notnull())
        .select("code", "year", **{p: lambda t, p=p: (t.apl < _limit(p)).cast("int64")})
        for p in PROFESSIONS
    }
    joined = parts["mg"].inner_join(parts["inf"], ["code", "year"]).inner_join(parts["mk"], ["code", "year"])
    counted = joined.select("code", "year", number=(joined.mg + joined.inf + joined.mk).cast("float64"))
    people = resident(engine).select("code", "population")
    return counted.left_join(people, "code").drop("code_right")


def _number(engine: Engine) -> Any:
    rows = _difficulties(engine)
    weight = where_known(rows.number, rows.population.fill_null(0.0))
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=rows.number * weight,
        denominator=weight,
        value=rows.number,
    )


def _share_of_three(engine: Engine) -> Any:
    rows = _difficulties(engine)
    weight = where_known(rows.number, rows.population.fill_null(0.0))
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=(rows.number == len(PROFESSIONS)).ifelse(weight, 0.0),
        denominator=weight,
    )


def _counted(tables: Mapping[str, Rows]) -> dict[str, tuple[int, float]]:
    found: dict[str, int] = {}
    for row in tables["apl"]:
        found[row["code"]] = found.get(row["code"], 0) + (row["apl"] < _limit(row["profession"]))
    people = {row["code"]: row["population"] for row in tables["population"]}
    return {code: (number, people[code]) for code, number in found.items()}


def _apl_rows() -> Rows:
    scores = {"01001": (1.0, 50.0, 30.0), "01002": (1.0, 50.0, 90.0), "01004": (4.0, 200.0, 120.0)}
    return tuple(
        {"code": code, "year": 2021, "profession": p, "age_limit": 0 if p == "sf" else 65, "apl": score}
        for code, three in scores.items()
        for p, score in zip(PROFESSIONS, three, strict=True)
    )


TABLES: Mapping[str, Rows] = {
    "apl": _apl_rows(),
    "population": tuple(
        {"code": code, "level": "commune", "year": 2021, "sex": "all", "age_band": "0-64", "population": people}
        for code, people in (("01001", 500.0), ("01002", 1000.0), ("01004", 2000.0))
    ),
}
METHOD = Text(
    "Une profession est en difficulté dans une commune quand son APL est sous la limite du premier dixième de la "
    "population en 2021 (généralistes de 65 ans et moins), gardée fixe ; au-dessus de la commune, pondération par la "
    "population résidente.",
    "A profession is in difficulty in a commune when its APL is under the limit of the first tenth of the population "
    "in 2021 (GPs aged 65 or under), kept fixed; above the commune, weighted by resident population.",
)
LIMITS = Text(
    "La définition par dixième de population suit l’étude de la DREES reprise par la Cour des comptes ; les limites "
    "sont calculées par Maillage. Les millésimes de l’APL ne se comparent pas entre eux.",
    "The definition by tenth of the population follows the DREES study taken up by the Cour des comptes; the limits "
    "are computed by Maillage. Releases of the APL do not compare with one another.",
)
WHY = Text(
    "Un habitant qui n’accède ni au généraliste, ni à l’infirmier, ni au kinésithérapeute n’a pas de recours de "
    "proximité : c’est là que les moyens publics comptent le plus.",
    "An inhabitant who reaches neither GP, nurse nor physiotherapist has no recourse nearby: that is where public "
    "means count most.",
)

_NUMBER = Indicator(
    id="cumul_difficultes",
    label=Text(
        "Difficultés d’accès cumulées : généraliste, infirmier, kinésithérapeute",
        "Accumulated difficulties of access: GP, nurse, physiotherapist",
    ),
    short_label=Text("Difficultés cumulées", "Accumulated difficulties"),
    volet="supply",
    unit=Text("professions en difficulté sur trois", "professions in difficulty out of three"),
    unit_one=Text("profession en difficulté sur trois", "profession in difficulty out of three"),
    decimals=1,
    direction="high",
    why=WHY,
    definition=Text(
        "Nombre de professions, parmi les trois, dont l’accès est difficile ; au-dessus de la commune, nombre moyen "
        "par habitant.",
        "Number of professions, out of the three, that are hard to reach; above the commune, mean number per "
        "inhabitant.",
    ),
    numerator=Text("Professions en difficulté multipliées par la population", "Professions in difficulty × population"),
    denominator=Text("Population des communes où les trois APL sont connues", "Population where the three are known"),
    method=METHOD,
    limits=LIMITS,
    inputs=INPUTS,
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("mean", weight="population"),
    breaks=BREAKS,
    compute=_number,
    example=Example(
        Text("Trois communes : trois, deux et aucune difficulté.", "Three communes: three, two and no difficulty."),
        tables=TABLES,
        expected=(
            {"code": "01001", "period": "2021", "value": 3.0, "numerator": 1500.0, "denominator": 500.0},
            {"code": "01002", "period": "2021", "value": 2.0, "numerator": 2000.0, "denominator": 1000.0},
            {"code": "01004", "period": "2021", "value": 0.0, "numerator": 0.0, "denominator": 2000.0},
        ),
        oracle=lambda tables: {c: (n * p, p) for c, (n, p) in _counted(tables).items()},
    ),
)

_SHARE = Indicator(
    id="part_cumul_difficultes",
    label=Text(
        "Part de la population qui cumule les trois difficultés d’accès",
        "Share of the population with the three difficulties of access",
    ),
    short_label=Text("Population en triple difficulté", "People with three difficulties"),
    volet="supply",
    unit=Text("%", "%"),
    decimals=1,
    direction="high",
    why=WHY,
    definition=Text(
        "Part des habitants dont la commune est en difficulté à la fois pour les généralistes, les infirmiers et les "
        "kinésithérapeutes.",
        "Share of the inhabitants whose commune is in difficulty for GPs, nurses and physiotherapists at once.",
    ),
    numerator=Text("Population des communes aux trois difficultés", "Population of communes with three difficulties"),
    denominator=Text("Population des communes où les trois APL sont connues", "Population where the three are known"),
    method=METHOD,
    limits=LIMITS,
    inputs=INPUTS,
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=100.0),
    breaks=BREAKS,
    compute=_share_of_three,
    example=Example(
        Text("Une commune sur trois cumule les trois.", "One commune of three has all three."),
        tables=TABLES,
        expected=(
            {"code": "01001", "period": "2021", "value": 100.0, "numerator": 500.0, "denominator": 500.0},
            {"code": "01002", "period": "2021", "value": 0.0, "numerator": 0.0, "denominator": 1000.0},
            {"code": "01004", "period": "2021", "value": 0.0, "numerator": 0.0, "denominator": 2000.0},
        ),
        oracle=lambda tables: {c: (p * (n == 3), p) for c, (n, p) in _counted(tables).items()},
    ),
)

INDICATORS = (_NUMBER, _SHARE)
