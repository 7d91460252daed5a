"""Framing: published social statistics of communes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Example, Indicator, Input, Rows
from maillage.indicators.expressions import base, period_of, resident, where_known
from maillage.territory.rule import Rule
from maillage.text import Text

METHOD = Text(
    "Valeur publiée à la commune ; au-dessus, moyenne pondérée par la population résidente des communes connues.",
    "Published value at the commune; above, mean of the known communes weighted by resident population.",
)


@dataclass(frozen=True, slots=True)
class _Statistic:
    """A statistic of the core table and the words that go with it; ``statistics`` are its identifiers there."""

    id: str
    statistic: str
    source: str
    label: Text
    short: Text
    unit: Text
    why: Text
    definition: Text
    limits: Text
    warning: Text | None = None


def _compute(statistic: str, engine: Engine) -> Any:
    rows = engine.table("statistic")
    rows = rows.filter(rows.statistic == statistic, rows.level == "commune")
    joined = rows.left_join(resident(engine).select("code", "population"), "code")
    weight = where_known(joined.value, joined.population.fill_null(0.0))
    return base(
        joined,
        code=joined.code,
        period=period_of(joined.year),
        numerator=joined.value * weight,
        denominator=weight,
        value=joined.value,
        status=joined.status,
    )


def _oracle(tables: Mapping[str, Rows]) -> dict[str, tuple[float, float]]:
    people = {row["code"]: row["population"] for row in tables["population"]}
    return {
        row["code"]: (row["value"] * people[row["code"]], people[row["code"]])
        for row in tables["statistic"]
        if row["value"] is not None
    }


def _example(statistic: str) -> Example:
    people = {"level": "commune", "year": 2021, "sex": "all", "age_band": "0-64", "population": 1000.0}
    row = {"level": "commune", "year": 2021, "statistic": statistic}
    return Example(
        Text("Deux communes, dont une au secret.", "Two communes, one of them suppressed."),
        tables={
            "statistic": (
                {"code": "01001", "value": 12.0, "status": "published", **row},
                {"code": "01002", "value": None, "status": "suppressed_primary", **row},
            ),
            "population": ({"code": "01001", **people}, {"code": "01002", **people}),
        },
        expected=(
            {"code": "01001", "period": "2021", "value": 12.0, "numerator": 12_000.0, "status": "published"},
            {"code": "01002", "period": "2021", "value": None, "status": "suppressed_primary"},
        ),
        oracle=_oracle,
    )


def _indicator(s: _Statistic) -> Indicator:
    return Indicator(
        id=s.id,
        label=s.label,
        short_label=s.short,
        volet="framing",
        unit=s.unit,
        decimals=1,
        direction="none",
        why=s.why,
        definition=s.definition,
        numerator=Text("Valeur publiée multipliée par la population", "Published value times population"),
        denominator=Text("Population des communes connues", "Population of the known communes"),
        method=METHOD,
        limits=s.limits,
        inputs=(Input(s.source, (), s.warning), Input("insee_iris_population")),
        author="Maillage",
        reviewer="À désigner / to be appointed",
        next_review=date(2027, 6, 30),
        grain="commune",
        aggregation=Rule("mean", weight="population"),
        compute=lambda engine: _compute(s.statistic, engine),
        example=_example(s.statistic),
    )


INDICATORS = tuple(
    _indicator(s)
    for s in (
        _Statistic(
            "fedi",
            "fedi",
            "sante_publique_fedi",
            Text("Indice de désavantage social F-EDI", "European deprivation index, French version (F-EDI)"),
            Text("Désavantage social (F-EDI)", "Deprivation (F-EDI)"),
            Text("points d’indice", "index points"),
            Text(
                "Les habitants défavorisés ont plus de besoins et moins de recours : l’accès se lit avec leur part.",
                "Deprived inhabitants have more needs and less recourse: access is read with their share.",
            ),
            Text(
                "Indice écologique de désavantage social ; plus il est élevé, plus la commune est défavorisée.",
                "Ecological index of social disadvantage; the higher, the more deprived the commune.",
            ),
            Text(
                "Décrit des lieux et non des personnes ; une moyenne de communes cache leurs écarts.",
                "Describes places, not persons; a mean of communes hides their differences.",
            ),
        ),
        _Statistic(
            "part_75plus",
            "part_75_plus",
            "insee_75_plus",
            Text("Part des 75 ans et plus", "Share of people aged 75 or over"),
            Text("75 ans et plus", "Aged 75 or over"),
            Text("%", "%"),
            Text(
                "Les plus âgés consultent le plus et se déplacent le moins.",
                "The oldest consult most and travel least.",
            ),
            Text("Part des habitants âgés de 75 ans et plus.", "Share of the inhabitants aged 75 or over."),
            Text("Population du recensement, arrondie par le producteur.", "Census population, rounded as published."),
        ),
        _Statistic(
            "taux_pauvrete",
            "taux_pauvrete",
            "insee_poverty",
            Text("Taux de pauvreté", "Poverty rate"),
            Text("Pauvreté", "Poverty"),
            Text("%", "%"),
            Text(
                "Le renoncement aux soins croît avec la pauvreté.",
                "Giving up care grows with poverty.",
            ),
            Text(
                "Part des habitants dont le niveau de vie est sous 60 % de la médiane.",
                "Share of the inhabitants whose standard of living is under 60% of the median.",
            ),
            Text(
                "Une moyenne pondérée par la population approche le taux du territoire, sans l’égaler.",
                "A mean weighted by population comes near the rate of the territory, without equalling it.",
            ),
            Text(
                "Le fichier donne à la plupart des communes un taux qu’elles partagent avec d’autres de leur "
                "intercommunalité : l’écart entre deux communes voisines n’y est pas mesuré.",
                "The file gives most communes a rate that they share with others of their inter-municipal group: the "
                "gap between two neighbouring communes is not measured.",
            ),
        ),
    )
)
