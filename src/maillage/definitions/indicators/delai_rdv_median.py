"""Median waiting time for an appointment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows, Tally
from maillage.indicators.events import PROFESSIONS, requests, tallied
from maillage.indicators.strata import Median
from maillage.territory.rule import Rule
from maillage.text import Text


def _count(engine: Engine) -> Any:
    asked = requests(engine)
    obtained = asked.filter(asked.waiting_days.notnull())
    rows = obtained.group_by("code", "period", "slice", stratum=obtained.waiting_days.cast("string")).agg(
        numerator=obtained.count()
    )
    return tallied(
        rows,
        code=rows.code,
        period=rows.period,
        slice=rows["slice"],
        stratum=rows.stratum,
        numerator=rows.numerator,
        denominator=rows.numerator,
    )


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    days: dict[str, list[int]] = {}
    for row in tables["appointment_request"]:
        if row["appointment_date"]:
            days.setdefault(row["code"], []).append((row["appointment_date"] - row["request_date"]).days)
    return {code: float(median(waited)) for code, waited in days.items()}


def _request(number: int, code: str, days: int | None) -> Mapping[str, Any]:
    asked = date(2024, 2, 27)
    return {
        "request_id": f"r{number}",
        "code": code,
        "profession": "mg",
        "request_kind": "survey",
        "request_date": asked,
        "request_outcome": "refused" if days is None else "obtained",
        "appointment_date": None if days is None else asked + timedelta(days=days),
    }


INDICATOR = Indicator(
    id="delai_rdv_median",
    label=Text("Délai médian d’obtention d’un rendez-vous", "Median waiting time for an appointment"),
    short_label=Text("Délai de rendez-vous", "Waiting time"),
    volet="planned",
    unit=Text("jours", "days"),
    unit_one=Text("jour", "day"),
    decimals=1,
    direction="high",
    why=Text(
        "Le délai est ce que vit le patient : il dit l’accès réel mieux qu’un nombre de médecins.",
        "Waiting is what the patient lives: it tells real access better than a number of doctors.",
    ),
    definition=Text(
        "Nombre de jours entre la demande et le rendez-vous obtenu, que la moitié des demandes ne dépasse pas ; "
        "médecin généraliste, et à part chaque autre profession.",
        "Number of days between the request and the appointment obtained, that half of the requests do not exceed; GP, "
        "and each other profession apart.",
    ),
    numerator=Text("Sans objet", "Not applicable"),
    denominator=Text("Demandes qui ont obtenu un rendez-vous daté", "Requests that obtained a dated appointment"),
    method=Text(
        "Médiane des jours comptés par territoire, à partir du nombre de demandes par délai. Intervalle par "
        "statistiques d’ordre.",
        "Median of the days counted in the territory, from the number of requests by waiting time. Interval by order "
        "statistics.",
    ),
    limits=Text(
        "Les refus n’y entrent pas : un délai court peut cacher des demandes refusées (part_refus). Une enquête n’est "
        "pas un échantillon de toutes les demandes.",
        "Refusals are not in it: a short wait may hide requests that were refused (part_refus). A survey is not a "
        "sample of all requests.",
    ),
    inputs=(Input("appointment_requests"),),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio"),
    interval="order",
    slices=PROFESSIONS,
    records=Records(("appointment_request",)),
    combination=Median(),
    compute=Tally(_count),
    example=Example(
        Text(
            "Cinq rendez-vous dans une commune et un refus, quatre dans une autre : la médiane paire est à mi-chemin.",
            "Five appointments in a commune and a refusal, four in another: the even median is half way.",
        ),
        tables={
            "appointment_request": (
                *(_request(n, "08105", days) for n, days in enumerate((0, 2, 9, 30, 3, None))),
                *(_request(n + 10, "51454", days) for n, days in enumerate((1, 4, 7, 90))),
            )
        },
        expected=(
            {"code": "08105", "period": "2024", "value": 3.0, "numerator": None, "denominator": 5.0, "low": None},
            {"code": "51454", "period": "2024", "value": 5.5, "numerator": None, "denominator": 4.0, "low": None},
        ),
        oracle=_oracle,
    ),
)
