"""Share of the people aged 50 or more who received no care in a year, or in two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maillage.catalog.parameters import load_parameters
from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows
from maillage.indicators.events import events, sliced, tallied
from maillage.indicators.expressions import period_of
from maillage.territory.rule import Rule
from maillage.text import Text

TWO_YEARS = "24_mois"
SLICES = {TWO_YEARS: Text("aucun soin en 24 mois", "no care in 24 months")}


def _compute(engine: Engine) -> Any:
    """A year counts for a slice only where care was recorded from its first month to its last."""
    care = events(engine, "care")
    cared = care.select("beneficiary_id", "care_date", year=care.care_date.year().cast("int32"))
    seen = cared.select("beneficiary_id", "year").distinct()
    before = seen.select("beneficiary_id", year=(seen.year + 1).cast("int32"))
    people = events(engine, "beneficiary")
    people = people.filter(people.age_years >= load_parameters("insured")["distant_from"].value)
    people = people.select("beneficiary_id", "code", "year")
    people = people.left_join(seen.mutate(one=1), ["beneficiary_id", "year"]).drop("beneficiary_id_right", "year_right")
    people = people.left_join(before.mutate(two=1), ["beneficiary_id", "year"])
    sums = people.group_by("code", "year").agg(
        people=people.count(),
        year_without=people.count(where=people.one.isnull()),
        two_without=people.count(where=people.one.isnull() & people.two.isnull()),
    )
    whole = cared.group_by("year").agg(first=cared.care_date.month().min(), last=cared.care_date.month().max())
    whole = whole.filter(whole["first"] == 1, whole["last"] == 12).select("year")
    next_year = whole.select(year=(whole.year + 1).cast("int32"), known_before=1)
    rows = sliced(sums.semi_join(whole, "year").left_join(next_year, "year").drop("year_right"), ("", *SLICES))
    rows = rows.filter((rows["slice"] == "") | rows.known_before.notnull())
    return tallied(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        slice=rows["slice"],
        numerator=(rows["slice"] == "").ifelse(rows.year_without, rows.two_without),
        denominator=rows.people,
    )


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    old = {r["beneficiary_id"] for r in tables["beneficiary"] if r["age_years"] >= 50}
    found = {}
    for part, start in (("", date(2023, 1, 1)), (TWO_YEARS, date(2022, 1, 1))):
        seen = {r["beneficiary_id"] for r in tables["care"] if start <= r["care_date"] <= date(2023, 12, 31)}
        found["08105", "2023", part] = (len(old - seen), len(old))
    return found


def _care(name: str, day: date) -> Mapping[str, Any]:
    return {"beneficiary_id": name, "care_date": day, "care_kind": "gp"}


def _one(name: str, age: int) -> Mapping[str, Any]:
    return {"beneficiary_id": name, "year": 2023, "code": "08105", "age_years": age}


INDICATOR = Indicator(
    id="part_50plus_sans_soin",
    label=Text("Part des 50 ans et plus sans aucun soin", "Share of people aged 50 or more without any care"),
    short_label=Text("50 ans et plus sans soin", "Aged 50+ without care"),
    volet="outreach",
    unit=Text("%", "%"),
    decimals=1,
    direction="high",
    why=Text(
        "Passé 50 ans un contact périodique avec un soignant s’impose : son absence signale des personnes à aller "
        "chercher.",
        "Past 50 a periodic contact with a professional is called for: its absence points to people to reach out to.",
    ),
    definition=Text(
        "Part des assurés de 50 ans et plus au 31 décembre sans aucun soin remboursé dans l’année ; et à part dans les "
        "deux dernières années.",
        "Share of the insured aged 50 or more on 31 December without any reimbursed care in the year; and apart in the "
        "last two years.",
    ),
    numerator=Text("Assurés de 50 ans et plus sans soin", "Insured aged 50+ without care"),
    denominator=Text("Assurés de 50 ans et plus", "Insured aged 50+"),
    method=Text(
        "Rapprochement des assurés et de leurs soins, de quelque nature qu’ils soient ; une année n’est comptée que si "
        "des soins sont connus de janvier à décembre. Intervalle de Wilson.",
        "The insured matched with their care, whatever its kind; a year is counted only where care is known from "
        "January to December. Wilson's interval.",
    ),
    limits=Text(
        "Un soin non remboursé ou reçu à l’étranger ne se voit pas ; une personne arrivée dans l’année y passe pour "
        "sans soin.",
        "Care not reimbursed or received abroad is not seen; a person who arrived in the year passes for without care.",
    ),
    inputs=(Input("cnam_beneficiaries"), Input("cnam_care")),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=100.0),
    interval="wilson",
    slices=SLICES,
    records=Records(("care",)),
    compute=_compute,
    example=Example(
        Text(
            "Quatre personnes de 50 ans et plus : soignées en 2023, en 2022 seulement, en 2021 seulement, jamais ; et "
            "une de 49 ans.",
            "Four people aged 50 or more: cared for in 2023, in 2022 only, in 2021 only, never; and one aged 49.",
        ),
        tables={
            "beneficiary": (_one("a", 50), _one("b", 60), _one("c", 70), _one("d", 90), _one("e", 49)),
            "care": (
                _care("a", date(2023, 6, 1)),
                _care("a", date(2023, 6, 2)),
                _care("b", date(2022, 12, 31)),
                _care("c", date(2021, 12, 31)),
                *(_care("x", date(year, month, 5)) for year in (2022, 2023) for month in (1, 12)),
            ),
        },
        expected=(
            {"code": "08105", "period": "2023", "slice": "", "value": 75.0, "numerator": 3.0, "denominator": 4.0},
            {
                "code": "08105",
                "period": "2023",
                "slice": TWO_YEARS,
                "value": 50.0,
                "numerator": 2.0,
                "denominator": 4.0,
            },
        ),
        oracle=_oracle,
    ),
)
