"""Pieces of Ibis expressions over records of events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis

from maillage.catalog.parameters import load_parameters
from maillage.catalog.tables import EVENT_TABLES
from maillage.engine import Engine
from maillage.indicators.expressions import period_of, resident, stable_sum
from maillage.text import Text

REGIMES = {"general": Text("régime général", "general scheme")}
GP = "mg"
# The slice "" of a request is that to a GP.
PROFESSIONS = {
    "inf": Text("infirmier", "nurse"),
    "mk": Text("masseur-kinésithérapeute", "physiotherapist"),
    "sf": Text("sage-femme", "midwife"),
    "cd": Text("chirurgien-dentiste", "dentist"),
}


def events(engine: Engine, name: str) -> Any:
    """The records called ``name``; none where the run was given none."""
    if engine.has(name):
        return engine.table(name)
    known = {table.name: table for table in EVENT_TABLES}
    return engine.given(known[name].empty())


def sliced(rows: Any, slices: Iterable[str]) -> Any:
    """Every row once for each slice, with the column ``slice``."""
    return rows.mutate(slice=ibis.array([ibis.literal(s) for s in slices]).unnest())


def tallied(rows: Any, **columns: Any) -> Any:
    """The columns of a Tally: ``slice`` and ``stratum`` are empty, and the denominator absent, unless given."""
    blank = {"slice": ibis.literal(""), "stratum": ibis.literal(""), "denominator": ibis.null("int64")}
    named = {**blank, **columns}
    order = ("code", "period", "slice", "stratum", "numerator", "denominator")
    return rows.select(**{name: named[name] for name in order})


def lower_age(age_band: Any) -> Any:
    """The first age of a band such as ``20-64`` or ``65+``; empty where the band names no age."""
    return age_band.re_extract(r"^(\d+)", 1).nullif("").cast("int32")


def insured(engine: Engine) -> Any:
    """Adults (16 or more) in health insurance: ``code, period, regime, mt_status, c2s, ald, people``.

    From records where a commune has some for the year, else from counts; a band of ages that begins under 16 is left
    out. ``people`` are whole numbers.
    """
    keys = ("code", "year", "regime", "mt_status", "c2s", "ald")
    adult_from = load_parameters("insured")["adult_from"].value
    one = events(engine, "beneficiary")
    adults = one.filter(one.age_years >= adult_from)
    single = adults.group_by(*keys).agg(people=adults.count())
    many = events(engine, "beneficiary_count")
    grown = many.filter(lower_age(many.age_band) >= adult_from)
    counted = grown.group_by(*keys).agg(people=stable_sum(grown.beneficiaries).round().cast("int64"))
    rest = counted.anti_join(one.select("code", "year").distinct(), ["code", "year"])
    rows = single.union(rest)
    return rows.mutate(period=period_of(rows.year)).drop("year")


def without_doctor(people: Any, slices: Iterable[str], *, stratum: Any = None) -> Any:
    """Adults without a médecin traitant over adults: ``code, period, slice, stratum, numerator, denominator``.

    Those who never had one, whose doctor has stopped, or who have a fictitious number all count as without. The slice
    "" holds every scheme of insurance, another the scheme of its name.
    """
    rows = sliced(people, slices)
    rows = rows.filter((rows["slice"] == "") | (rows["slice"] == rows.regime))
    rows = rows.mutate(stratum=ibis.literal("") if stratum is None else stratum(rows))
    without = (rows.mt_status != "declared").ifelse(rows.people, 0)
    return rows.group_by("code", "period", "slice", "stratum").agg(
        numerator=without.sum().cast("int64"), denominator=rows.people.sum().cast("int64")
    )


def per_resident(counted: Any, engine: Engine, *, people: Any = None) -> Any:
    """Counts of a Tally over residents, each commune having a row in each period and slice.

    ``people`` (all residents unless given) has ``code, stratum, population``; a stratum that it does not have is lost.
    """
    if people is None:
        people = resident(engine).mutate(stratum=ibis.literal(""))
    people = people.select("code", "stratum", "population")
    grid = people.cross_join(counted.select("period", "slice").distinct())
    rows = grid.left_join(counted.drop("denominator"), ["code", "period", "slice", "stratum"])
    return rows.select(
        "code", "period", "slice", "stratum", numerator=rows.numerator.fill_null(0), denominator=rows.population
    )


def requests(engine: Engine) -> Any:
    """Requests for an appointment: ``code, period, slice, request_outcome, waiting_days``; GPs are the slice "".

    ``waiting_days`` are whole days from the request to the appointment, empty where none was obtained.
    """
    asked = events(engine, "appointment_request")
    asked = asked.filter(asked.profession.isin([GP, *PROFESSIONS]))
    obtained = asked.request_outcome == "obtained"
    days = asked.appointment_date.delta(asked.request_date, unit="day").cast("int64")
    return asked.select(
        "code",
        "request_outcome",
        period=period_of(asked.request_date.year()),
        slice=(asked.profession == GP).ifelse("", asked.profession),
        waiting_days=obtained.ifelse(days, ibis.null("int64")),
    )


def request_share(asked: Any, kept: Any) -> Any:
    """The requests that are ``kept`` over all of them, as the columns of a Tally."""
    rows = asked.group_by("code", "period", "slice").agg(numerator=asked.count(where=kept), denominator=asked.count())
    return tallied(rows, **{name: rows[name] for name in ("code", "period", "slice", "numerator", "denominator")})
