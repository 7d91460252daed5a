"""Potentially avoidable hospital stays, as an age-standardised rate, whole and by cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import ibis

from maillage.catalog.parameters import load_parameters
from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows, Tally
from maillage.indicators.events import events, lower_age, per_resident, sliced, tallied
from maillage.indicators.expressions import latest_population, period_of, stable_sum
from maillage.indicators.strata import Standardised
from maillage.territory.rule import Rule
from maillage.text import Text

CAUSES = {
    "asthme": Text("asthme", "asthma"),
    "insuffisance_cardiaque": Text("insuffisance cardiaque", "heart failure"),
    "bpco": Text("bronchopneumopathie chronique obstructive", "chronic obstructive pulmonary disease"),
    "deshydratation": Text("déshydratation", "dehydration"),
    "diabete": Text("complications à court terme du diabète", "short-term complications of diabetes"),
    "angor": Text("angine de poitrine sans infarctus", "angina without infarction"),
}
_HPE = load_parameters("hpe")
STANDARD: Mapping[str, float] = {age: float(people) for age, people in _HPE["standard_population"].value.items()}


def _starts(text: Any, codes: Iterable[str]) -> Any:
    return reduce(or_, (text.startswith(code) for code in codes))


def _cause(stays: Any) -> Any:
    """The cause of a stay, empty where it is none of the six."""
    associated = ibis.literal(" ") + stays.associated_icd10.fill_null("")
    infarction = reduce(or_, (associated.contains(f" {code}") for code in _HPE["infarctus"].value))
    found = []
    for cause in CAUSES:
        old_enough = stays.age_years >= _HPE[f"{cause}_age"].value
        mine = _starts(stays.diagnosis_icd10, _HPE[cause].value) & old_enough
        found.append((mine & ~infarction if cause == "angor" else mine, cause))
    return ibis.cases(*found, else_="")


def _band(age: Any) -> Any:
    """The first age, as text, of the standard band that holds an age."""
    rising = sorted((int(first), first) for first in STANDARD)
    return ibis.cases(*((age >= first, name) for first, name in reversed(rising)))


def _count(engine: Engine) -> Any:
    stays = events(engine, "stay")
    kept = stays.select(
        "code", cause=_cause(stays), stratum=_band(stays.age_years), period=period_of(stays.exit_date.year())
    )
    kept = kept.filter(kept.cause != "")
    sums = kept.group_by("code", "period", "cause", "stratum").agg(stays=kept.count())
    rows = sliced(sums, ("", *CAUSES))
    rows = rows.filter((rows["slice"] == "") | (rows["slice"] == rows.cause))
    rows = rows.group_by("code", "period", "slice", "stratum").agg(numerator=rows.stays.sum().cast("int64"))
    return tallied(rows, **{name: rows[name] for name in ("code", "period", "slice", "stratum", "numerator")})


def _complete(counted: Any, engine: Engine) -> Any:
    latest = latest_population(engine)
    banded = latest.mutate(stratum=_band(lower_age(latest.age_band))).filter(lambda t: t.stratum.notnull())
    people = banded.group_by("code", "stratum").agg(population=stable_sum(banded.population))
    return per_resident(counted, engine, people=people)


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    bands = {"0-19": "0", "20-64": "20", "65+": "65"}
    people = {bands[r["age_band"]]: r["population"] for r in tables["population"]}
    found: dict[tuple[str, str, str], float] = {}
    for part in ("", *CAUSES):
        rate = 0.0
        for stay in tables["stay"]:
            cause = ORACLE_CAUSES[stay["stay_id"]]
            band = "65" if stay["age_years"] >= 65 else "20"
            if cause and part in ("", cause):
                rate += STANDARD[band] / people[band]
        found["08105", "2023", part] = 1000 * rate / sum(STANDARD.values())
    return found


def _stay(name: str, diagnosis: str, age: int, associated: str | None = None) -> Mapping[str, Any]:
    return {
        "stay_id": name,
        "site_id_finess": "080000615",
        "code": "08105",
        "entry_date": date(2022, 12, 30),
        "exit_date": date(2023, 1, 4),
        "age_years": age,
        "diagnosis_icd10": diagnosis,
        "associated_icd10": associated,
    }


_KINDS = (
    ("asthma", "asthme", "J459", 20, None),
    ("failure", "insuffisance_cardiaque", "I501", 80, "I10"),
    ("young-failure", "", "I501", 39, None),
    ("angina", "angor", "I209", 70, "Z951 E785"),
    ("infarction", "", "I200", 70, "E785 I214"),
    ("fracture", "", "S720", 85, None),
)
ORACLE_CAUSES = {f"{name}-{n}": cause for name, cause, *_ in _KINDS for n in range(10)}
_RATES = {"asthme": 10 * 59_000 / 5_000, "insuffisance_cardiaque": 10 * 19_500 / 2_000, "angor": 10 * 19_500 / 2_000}
_EVENTS = {"": 30.0, "asthme": 10.0, "insuffisance_cardiaque": 10.0, "angor": 10.0}

EXAMPLE = Example(
    Text(
        "Soixante séjours dans une commune de 9 000 habitants : dix asthmes à 20 ans, dix insuffisances cardiaques à "
        "80 ans et dix angines sans infarctus à 70 ans comptent ; dix insuffisances cardiaques à 39 ans, dix angines "
        "avec infarctus et dix fractures ne comptent pas.",
        "Sixty stays in a commune of 9,000 inhabitants: ten cases of asthma at 20, ten of heart failure at 80 and ten "
        "of angina without infarction at 70 count; ten of heart failure at 39, ten of angina with infarction and ten "
        "fractures do not.",
    ),
    tables={
        "stay": tuple(
            _stay(f"{name}-{n}", code, age, associated) for name, _, code, age, associated in _KINDS for n in range(10)
        ),
        "population": tuple(
            {"code": "08105", "level": "commune", "year": 2021, "sex": "all", "age_band": band, "population": people}
            for band, people in (("0-19", 2_000.0), ("20-64", 5_000.0), ("65+", 2_000.0))
        ),
    },
    expected=tuple(
        {
            "code": "08105",
            "period": "2023",
            "slice": part,
            "value": 1000 * sum(r for cause, r in _RATES.items() if part in ("", cause)) / 100_000,
            "numerator": _EVENTS[part],
            "denominator": 9_000.0,
        }
        for part in _EVENTS
    ),
    oracle=_oracle,
)

INDICATOR = Indicator(
    id="taux_hpe",
    label=Text(
        "Taux standardisé d’hospitalisations potentiellement évitables",
        "Standardised rate of potentially avoidable hospital stays",
    ),
    short_label=Text("Hospitalisations évitables", "Avoidable hospital stays"),
    volet="planned",
    unit=Text("séjours pour 1\u202f000 habitants", "stays per 1,000 inhabitants"),
    unit_one=Text("séjour pour 1\u202f000 habitants", "stay per 1,000 inhabitants"),
    decimals=2,
    direction="high",
    why=Text(
        "Ces maladies chroniques, mieux suivies en ville, mènent moins souvent à l’hôpital : le taux dit où le suivi "
        "manque.",
        "These chronic conditions, better followed in town, lead less often to hospital: the rate tells where "
        "follow-up is lacking.",
    ),
    definition=Text(
        "Séjours pour asthme ou BPCO (18 ans et plus), insuffisance cardiaque, complication à court terme du diabète "
        "ou angine de poitrine sans infarctus (40 ans et plus), déshydratation (65 ans et plus), pour 1 000 habitants, "
        "à âge égal.",
        "Stays for asthma or COPD (18 or over), heart failure, short-term complications of diabetes or angina without "
        "infarction (40 or over), dehydration (65 or over), per 1,000 inhabitants, at equal age.",
    ),
    numerator=Text("Séjours terminés dans l’année", "Stays ended in the year"),
    denominator=Text(
        "Population résidente de tout âge, dernière connue", "Resident population of all ages, latest known"
    ),
    method=Text(
        "Diagnostic principal et âge du séjour (paramètres hpe) ; taux par tranche d’âge pondérés par la population "
        "européenne type de 2013, dans les trois tranches que la population par IRIS connaît. Intervalle de Dobson ; "
        "rien sous 10 séjours.",
        "Main diagnosis and age of the stay (parameters hpe); rates by age band weighted by the European standard "
        "population of 2013, in the three bands that the population by IRIS knows. Dobson's interval; nothing under 10 "
        "stays.",
    ),
    limits=Text(
        "Trois tranches d’âge ne corrigent qu’en partie l’âge, surtout après 65 ans. Les listes de codes suivent "
        "l’OCDE et non le guide de l’ATIH : les niveaux diffèrent de ceux de la DREES, les écarts entre territoires "
        "bien moins. Le recours à l’hôpital dépend aussi de la distance.",
        "Three age bands correct for age in part only, above all after 65. The lists of codes follow the OECD and not "
        "the guide of the ATIH: levels differ from those of DREES, gaps between territories much less. The use of "
        "hospitals also depends on distance.",
    ),
    inputs=(Input("pmsi_mco"), Input("insee_iris_population")),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=1000.0),
    interval="dobson",
    slices=CAUSES,
    adds_up=True,
    records=Records(
        ("stay",),
        date="exit_date",
        delay_months=load_parameters("completeness")["delay_months"].value,
        counted="numerator",
    ),
    combination=Standardised(STANDARD),
    compute=Tally(_count, _complete),
    example=EXAMPLE,
)
