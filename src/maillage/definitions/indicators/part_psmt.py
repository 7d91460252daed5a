"""Share of adults without a médecin traitant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows
from maillage.indicators.events import REGIMES, insured, without_doctor
from maillage.territory.rule import Rule
from maillage.text import Text


def _compute(engine: Engine) -> Any:
    return without_doctor(insured(engine), ("", *REGIMES))


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    found: dict[tuple[str, str, str], tuple[float, float]] = {}
    one = {(r["code"], r["year"]) for r in tables["beneficiary"]}
    people = [(r, 1.0) for r in tables["beneficiary"] if r["age_years"] >= 16]
    people += [
        (r, r["beneficiaries"])
        for r in tables["beneficiary_count"]
        if (r["code"], r["year"]) not in one and int(r["age_band"].split("-")[0].strip("+")) >= 16
    ]
    for row, number in people:
        for part in ("", row["regime"]):
            if part in ("", *REGIMES):
                key = (row["code"], str(row["year"]), part)
                without, everyone = found.get(key, (0.0, 0.0))
                found[key] = (without + number * (row["mt_status"] != "declared"), everyone + number)
    return found


def _one(number: int, age: int, mt_status: str, regime: str = "general") -> Mapping[str, Any]:
    return {
        "beneficiary_id": f"b{number}",
        "year": 2023,
        "code": "08105",
        "age_years": age,
        "regime": regime,
        "mt_status": mt_status,
        "c2s": False,
        "ald": False,
    }


def _many(age_band: str, mt_status: str, people: float, code: str = "08362") -> Mapping[str, Any]:
    return {
        "code": code,
        "year": 2023,
        "age_band": age_band,
        "regime": "general",
        "mt_status": mt_status,
        "c2s": False,
        "ald": False,
        "beneficiaries": people,
    }


EXAMPLE = Example(
    Text(
        "Une commune par enregistrements (quatre adultes, dont un du régime agricole et trois sans médecin traitant "
        "pour des raisons différentes, et un enfant), une autre par effectifs ; là où les deux existent, les "
        "enregistrements l’emportent.",
        "A commune by records (four adults, one of them in the farmers' scheme and three without a doctor for "
        "different reasons, and a child), another by counts; where both exist, records win.",
    ),
    tables={
        "beneficiary": (
            _one(1, 40, "declared", "agricole"),
            _one(2, 16, "none"),
            _one(3, 70, "stopped"),
            _one(4, 30, "fictitious"),
            _one(5, 15, "none"),
        ),
        "beneficiary_count": (
            _many("16-64", "declared", 70.0),
            _many("65+", "declared", 15.0),
            _many("65+", "stopped", 5.0),
            _many("16-64", "none", 10.0),
            _many("0-15", "none", 20.0),
            _many("16-64", "none", 999.0, "08105"),
        ),
    },
    expected=(
        {"code": "08105", "period": "2023", "value": 75.0, "numerator": 3.0, "denominator": 4.0},
        {"code": "08105", "period": "2023", "slice": "general", "value": 100.0, "numerator": 3.0, "denominator": 3.0},
        {"code": "08362", "period": "2023", "value": 15.0, "numerator": 15.0, "denominator": 100.0},
        {"code": "08362", "period": "2023", "slice": "general", "value": 15.0, "numerator": 15.0, "denominator": 100.0},
    ),
    oracle=_oracle,
)

INDICATOR = Indicator(
    id="part_psmt",
    label=Text("Part des adultes sans médecin traitant", "Share of adults without a médecin traitant"),
    short_label=Text("Sans médecin traitant", "Without médecin traitant"),
    volet="planned",
    unit=Text("%", "%"),
    decimals=1,
    direction="high",
    why=Text(
        "Sans médecin traitant, le suivi se défait : moins de prévention, plus de passages aux urgences, des soins "
        "moins remboursés.",
        "Without a médecin traitant follow-up comes undone: less prevention, more emergency visits, care less "
        "reimbursed.",
    ),
    definition=Text(
        "Part des assurés de 16 ans et plus sans médecin traitant au 31 décembre : aucun déclaré, un médecin qui a "
        "cessé son activité, ou un numéro fictif attribué par la CPAM.",
        "Share of the insured aged 16 or over without a médecin traitant on 31 December: none declared, a doctor who "
        "has stopped, or a fictitious number given by the CPAM.",
    ),
    numerator=Text("Assurés de 16 ans et plus sans médecin traitant", "Insured aged 16+ without a médecin traitant"),
    denominator=Text("Assurés de 16 ans et plus", "Insured aged 16+"),
    method=Text(
        "Assurés par commune de résidence, tous régimes ; le régime général est donné à part. Intervalle de Wilson.",
        "Insured by commune of residence, all schemes; the general scheme is given apart. Wilson's interval.",
    ),
    limits=Text(
        "Une part des jeunes adultes n’en cherche pas, et certains patients sont suivis sans déclaration : la cible "
        "n’est pas zéro. Les régimes intégrés au régime général changent d’une année à l’autre.",
        "Some young adults do not look for one, and some patients are followed without a declaration: the target is "
        "not zero. The schemes that the general one takes in change from year to year.",
    ),
    inputs=(Input("cnam_beneficiaries"), Input("cnam_beneficiary_counts")),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=100.0),
    interval="wilson",
    slices=REGIMES,
    records=Records(("beneficiary", "beneficiary_count")),
    compute=_compute,
    example=EXAMPLE,
)
