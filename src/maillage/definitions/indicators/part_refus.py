"""Share of the requests for an appointment that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows, Tally
from maillage.indicators.events import PROFESSIONS, request_share, requests
from maillage.territory.rule import Rule
from maillage.text import Text


def _count(engine: Engine) -> Any:
    asked = requests(engine)
    return request_share(asked, asked.request_outcome == "refused")


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    found: dict[tuple[str, str, str], tuple[float, float]] = {}
    for row in tables["appointment_request"]:
        key = ("08105", "2024", "" if row["profession"] == "mg" else row["profession"])
        refused, asked = found.get(key, (0, 0))
        found[key] = (refused + (row["request_outcome"] == "refused"), asked + 1)
    return found


def _request(number: int, profession: str, outcome: str) -> Mapping[str, Any]:
    return {
        "request_id": f"r{number}",
        "code": "08105",
        "profession": profession,
        "request_kind": "mystery_call",
        "request_date": date(2024, 5, 13),
        "request_outcome": outcome,
        "appointment_date": date(2024, 5, 20) if outcome == "obtained" else None,
    }


INDICATOR = Indicator(
    id="part_refus",
    label=Text("Part des demandes de rendez-vous refusées", "Share of requests for an appointment refused"),
    short_label=Text("Demandes refusées", "Requests refused"),
    volet="planned",
    unit=Text("%", "%"),
    decimals=1,
    direction="high",
    why=Text(
        "Un cabinet qui ne prend plus de nouveaux patients n’apparaît ni dans les effectifs ni dans les délais.",
        "A practice that takes no more new patients shows neither in headcounts nor in waiting times.",
    ),
    definition=Text(
        "Part des demandes de rendez-vous auxquelles il a été répondu non ; médecin généraliste, et à part chaque "
        "autre profession.",
        "Share of the requests for an appointment that were answered no; GP, and each other profession apart.",
    ),
    numerator=Text("Demandes refusées", "Requests refused"),
    denominator=Text("Toutes les demandes", "All the requests"),
    method=Text(
        "Demandes par commune du demandeur et année de la demande. Intervalle de Wilson.",
        "Requests by commune of the person who asks and year of the request. Wilson's interval.",
    ),
    limits=Text(
        "Une demande sans réponse ou abandonnée n’est pas un refus et compte au dénominateur.",
        "A request without an answer or given up is no refusal, and counts in the denominator.",
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
            "Quatre demandes à un généraliste, dont une refusée et une sans réponse ; une à un dentiste, refusée.",
            "Four requests to a GP, one of them refused and one unanswered; one to a dentist, refused.",
        ),
        tables={
            "appointment_request": (
                _request(1, "mg", "obtained"),
                _request(2, "mg", "obtained"),
                _request(3, "mg", "refused"),
                _request(4, "mg", "no_answer"),
                _request(5, "cd", "refused"),
            )
        },
        expected=(
            {"code": "08105", "period": "2024", "slice": "", "value": 25.0, "numerator": 1.0, "denominator": 4.0},
            {"code": "08105", "period": "2024", "slice": "cd", "value": 100.0, "numerator": 1.0, "denominator": 1.0},
        ),
        oracle=_oracle,
    ),
)
