"""Gap in the share without a médecin traitant between beneficiaries of the C2S and the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows
from maillage.indicators.events import REGIMES, insured, without_doctor
from maillage.indicators.strata import Gap
from maillage.territory.rule import Rule
from maillage.text import Text


def _compute(engine: Engine) -> Any:
    return without_doctor(insured(engine), ("", *REGIMES), stratum=lambda rows: rows.c2s.ifelse("c2s", "other"))


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    shares = []
    for c2s in (True, False):
        mine = [r for r in tables["beneficiary_count"] if r["c2s"] is c2s]
        without = sum(r["beneficiaries"] for r in mine if r["mt_status"] != "declared")
        shares.append(without / sum(r["beneficiaries"] for r in mine))
    return {"08105": 100 * (shares[0] - shares[1])}


def _many(mt_status: str, people: float, *, c2s: bool) -> Mapping[str, Any]:
    return {
        "code": "08105",
        "year": 2022,
        "age_band": "16+",
        "regime": "general",
        "mt_status": mt_status,
        "c2s": c2s,
        "ald": False,
        "beneficiaries": people,
    }


INDICATOR = Indicator(
    id="ecart_psmt_c2s",
    label=Text(
        "Écart de part sans médecin traitant entre bénéficiaires de la C2S et autres assurés",
        "Gap in the share without a médecin traitant between beneficiaries of the C2S and others",
    ),
    short_label=Text("Écart C2S sans médecin traitant", "C2S gap, without médecin traitant"),
    volet="outreach",
    unit=Text("points", "points"),
    unit_one=Text("point", "point"),
    decimals=1,
    direction="high",
    why=Text(
        "Dit si l’accès des plus modestes à un médecin se dégrade plus que celui des autres.",
        "Tells whether the poorest lose access to a doctor more than the others do.",
    ),
    definition=Text(
        "Part sans médecin traitant des assurés de 16 ans et plus qui ont la complémentaire santé solidaire, moins "
        "celle des autres, en points.",
        "Share without a médecin traitant of the insured aged 16 or over who have the complémentaire santé solidaire, "
        "minus that of the others, in points.",
    ),
    numerator=Text("Bénéficiaires de la C2S sans médecin traitant", "Beneficiaries of the C2S without a doctor"),
    denominator=Text("Bénéficiaires de la C2S de 16 ans et plus", "Beneficiaries of the C2S aged 16+"),
    method=Text(
        "Différence des deux parts ; numérateur et dénominateur sont ceux de la C2S. Intervalle de Newcombe.",
        "Difference of the two shares; numerator and denominator are those of the C2S. Newcombe's interval.",
    ),
    limits=Text(
        "Les aides ont changé (la C2S a remplacé la CMU-C et l’ACS fin 2019), et avec elles la population comparée.",
        "The aids have changed (the C2S replaced the CMU-C and the ACS at the end of 2019), and with them the people "
        "compared.",
    ),
    inputs=(Input("cnam_beneficiaries"), Input("cnam_beneficiary_counts")),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=100.0),
    interval="difference",
    slices=REGIMES,
    records=Records(("beneficiary", "beneficiary_count")),
    combination=Gap("c2s", "other"),
    compute=_compute,
    example=Example(
        Text(
            "Vingt pour cent sans médecin traitant à la C2S, dix pour cent sans elle : dix points d’écart.",
            "Twenty per cent without a doctor with the C2S, ten per cent without it: a gap of ten points.",
        ),
        tables={
            "beneficiary_count": (
                _many("declared", 40.0, c2s=True),
                _many("none", 6.0, c2s=True),
                _many("fictitious", 4.0, c2s=True),
                _many("declared", 450.0, c2s=False),
                _many("stopped", 50.0, c2s=False),
            )
        },
        expected=tuple(
            {"code": "08105", "period": "2022", "slice": s, "value": 10.0, "numerator": 10.0, "denominator": 50.0}
            for s in ("", "general")
        ),
        oracle=_oracle,
    ),
)
