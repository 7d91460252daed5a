"""Difficulties of access that users report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows, Tally
from maillage.indicators.events import events, per_resident, tallied
from maillage.indicators.expressions import period_of
from maillage.territory.rule import Rule
from maillage.text import Text


def _count(engine: Engine) -> Any:
    reports = events(engine, "user_report")
    rows = reports.group_by("code", period=period_of(reports.report_date.year())).agg(numerator=reports.count())
    return tallied(rows, code=rows.code, period=rows.period, numerator=rows.numerator)


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    people = {row["code"]: row["population"] for row in tables["population"]}
    reports = [row["code"] for row in tables["user_report"]]
    return {code: (reports.count(code), inhabitants) for code, inhabitants in people.items()}


INDICATOR = Indicator(
    id="signalements_usagers",
    label=Text("Difficultés d’accès signalées par les usagers", "Difficulties of access reported by users"),
    short_label=Text("Signalements d’usagers", "Users' reports"),
    volet="planned",
    unit=Text("pour 10\u202f000 habitants", "per 10,000 inhabitants"),
    decimals=1,
    direction="high",
    why=Text(
        "Ce que vivent les habitants arrive avant les statistiques, et dit ce qu’elles ne comptent pas.",
        "What inhabitants live comes before statistics, and tells what these do not count.",
    ),
    definition=Text(
        "Nombre de difficultés d’accès aux soins signalées dans l’année pour 10 000 habitants.",
        "Number of difficulties of access to care reported in the year per 10,000 inhabitants.",
    ),
    numerator=Text("Signalements de l’année", "Reports of the year"),
    denominator=Text("Population résidente, dernière connue", "Resident population, latest known"),
    method=Text(
        "Signalements par commune ; une commune sans signalement en a zéro. Intervalle de Byar.",
        "Reports by commune; a commune without a report has none. Byar's interval.",
    ),
    limits=Text(
        "On signale d’autant plus qu’on connaît l’outil : une hausse peut être celle de son usage. Rien ne dit la "
        "gravité.",
        "The better the tool is known the more is reported: a rise may be one of its use. Nothing tells gravity.",
    ),
    inputs=(Input("user_reports"), Input("insee_iris_population")),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=10_000.0),
    interval="byar",
    records=Records(("user_report",), counted="numerator", everywhere=True),
    compute=Tally(_count, per_resident),
    example=Example(
        Text(
            "Trois signalements dans une commune de 5 000 habitants, aucun dans l’autre.",
            "Three reports in a commune of 5,000 inhabitants, none in the other.",
        ),
        tables={
            "user_report": tuple(
                {"report_id": f"s{n}", "code": "08105", "report_date": date(2024, 4, n)} for n in (1, 2, 3)
            ),
            "population": tuple(
                {"code": c, "level": "commune", "year": 2021, "sex": "all", "age_band": "20-64", "population": 5_000.0}
                for c in ("08105", "08362")
            ),
        },
        expected=(
            {"code": "08105", "period": "2024", "value": 6.0, "numerator": 3.0, "denominator": 5_000.0},
            {"code": "08362", "period": "2024", "value": 0.0, "numerator": 0.0, "denominator": 5_000.0},
        ),
        oracle=_oracle,
    ),
)
