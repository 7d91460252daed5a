"""Share of the requests for an appointment that obtain one within three days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows, Tally
from maillage.indicators.events import PROFESSIONS, request_share, requests
from maillage.territory.rule import Rule
from maillage.text import Text

DAYS = 3


def _count(engine: Engine) -> Any:
    asked = requests(engine)
    return request_share(asked, asked.waiting_days <= DAYS)


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    asked = tables["appointment_request"]
    soon = [r for r in asked if r["appointment_date"] and r["appointment_date"] <= r["request_date"] + timedelta(DAYS)]
    return {"08105": (len(soon), len(asked))}


def _request(number: int, outcome: str, days: int | None = None) -> Mapping[str, Any]:
    asked = date(2024, 12, 30)
    return {
        "request_id": f"r{number}",
        "code": "08105",
        "profession": "mg",
        "request_kind": "mystery_call",
        "request_date": asked,
        "request_outcome": outcome,
        "appointment_date": None if days is None else asked + timedelta(days=days),
    }


INDICATOR = Indicator(
    id="part_rdv_3j",
    label=Text(
        "Part des demandes de rendez-vous satisfaites en trois jours", "Share of requests met within three days"
    ),
    short_label=Text("Rendez-vous en 3 jours", "Appointment within 3 days"),
    volet="planned",
    unit=Text("%", "%"),
    decimals=1,
    direction="low",
    why=Text(
        "Dit si un besoin qui ne peut attendre trouve une réponse hors des urgences.",
        "Tells whether a need that cannot wait finds an answer outside emergency departments.",
    ),
    definition=Text(
        "Part des demandes de rendez-vous, refusées ou sans réponse comprises, qui en obtiennent un dans les trois "
        "jours qui suivent ; médecin généraliste, et à part chaque autre profession.",
        "Share of the requests for an appointment, those refused or unanswered included, that obtain one within the "
        "three days that follow; GP, and each other profession apart.",
    ),
    numerator=Text("Demandes satisfaites en trois jours au plus", "Requests met within three days"),
    denominator=Text("Toutes les demandes", "All the requests"),
    method=Text(
        "Demandes par commune du demandeur et année de la demande. Intervalle de Wilson.",
        "Requests by commune of the person who asks and year of the request. Wilson's interval.",
    ),
    limits=Text(
        "Enquêtes, appels mystères et plateformes ne demandent pas la même chose : leur mélange change le niveau.",
        "Surveys, mystery calls and platforms do not ask for the same thing: their mix changes the level.",
    ),
    inputs=(Input("appointment_requests"),),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=100.0),
    interval="wilson",
    slices=PROFESSIONS,
    records=Records(("appointment_request",)),
    compute=Tally(_count),
    example=Example(
        Text(
            "Cinq demandes : obtenues le jour même, à trois jours (l’année suivante) et à quatre, une refusée, une "
            "sans réponse.",
            "Five requests: met on the day, after three days (the next year) and after four, one refused, one "
            "unanswered.",
        ),
        tables={
            "appointment_request": (
                _request(1, "obtained", 0),
                _request(2, "obtained", 3),
                _request(3, "obtained", 4),
                _request(4, "refused"),
                _request(5, "no_answer"),
            )
        },
        expected=({"code": "08105", "period": "2024", "value": 40.0, "numerator": 2.0, "denominator": 5.0},),
        oracle=_oracle,
    ),
)
