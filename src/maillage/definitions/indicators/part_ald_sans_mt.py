"""Share of the adults in ALD without a médecin traitant."""

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
    people = insured(engine)
    return without_doctor(people.filter(people.ald), ("", *REGIMES))


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    ill = [r for r in tables["beneficiary"] if r["ald"] and r["age_years"] >= 16]
    without = sum(r["mt_status"] != "declared" for r in ill)
    return {"08105": (without, len(ill))}


def _one(number: int, mt_status: str, *, ald: bool = True, age: int = 60) -> Mapping[str, Any]:
    return {
        "beneficiary_id": f"b{number}",
        "year": 2023,
        "code": "08105",
        "age_years": age,
        "regime": "general",
        "mt_status": mt_status,
        "c2s": False,
        "ald": ald,
    }


INDICATOR = Indicator(
    id="part_ald_sans_mt",
    label=Text("Part des patients en ALD sans médecin traitant", "Share of patients in ALD without a médecin traitant"),
    short_label=Text("ALD sans médecin traitant", "ALD without médecin traitant"),
    volet="planned",
    unit=Text("%", "%"),
    decimals=1,
    direction="high",
    why=Text(
        "Une affection de longue durée demande un suivi régulier : sans médecin traitant, il repose sur le hasard.",
        "A long-term condition needs regular follow-up: without a médecin traitant it rests on chance.",
    ),
    definition=Text(
        "Part des assurés de 16 ans et plus en affection de longue durée (ALD) sans médecin traitant au 31 décembre, "
        "au sens de part_psmt.",
        "Share of the insured aged 16 or over in affection de longue durée (ALD) without a médecin traitant on 31 "
        "December, as in part_psmt.",
    ),
    numerator=Text("Assurés en ALD sans médecin traitant", "Insured in ALD without a médecin traitant"),
    denominator=Text("Assurés de 16 ans et plus en ALD", "Insured aged 16+ in ALD"),
    method=Text(
        "Assurés par commune de résidence, tous régimes ; le régime général est donné à part. Intervalle de Wilson.",
        "Insured by commune of residence, all schemes; the general scheme is given apart. Wilson's interval.",
    ),
    limits=Text(
        "Une partie de ces patients est suivie par un spécialiste ou par un médecin non déclaré.",
        "Part of these patients are followed by a specialist or by a doctor who is not declared.",
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
    example=Example(
        Text(
            "Quatre adultes en ALD, dont un sans médecin traitant ; un adulte sans ALD et un enfant ne comptent pas.",
            "Four adults in ALD, one of them without a doctor; an adult without ALD and a child do not count.",
        ),
        tables={
            "beneficiary": (
                *(_one(n, "declared") for n in range(3)),
                _one(3, "stopped"),
                _one(4, "none", ald=False),
                _one(5, "none", age=12),
            )
        },
        expected=tuple(
            {"code": "08105", "period": "2023", "slice": s, "value": 25.0, "numerator": 1.0, "denominator": 4.0}
            for s in ("", "general")
        ),
        oracle=_oracle,
    ),
)
