"""The sheet of a territory: what is paid or present below counts in what holds it, never the other way."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.catalog.tables import ALERT, MEASURE_EVENT, MEMBERSHIP, OBSERVATION, PAYMENT, POPULATION
from maillage.measures.confront import Evidence, confront
from maillage.measures.events import Moment
from maillage.measures.perimeters import country

# Two départements, a group of communes that straddles them: residents of each commune.
PEOPLE = {"08001": 100.0, "08002": 300.0, "51001": 600.0}
HOLDERS = {
    "departement": {"08001": "08", "08002": "08", "51001": "51"},
    "epci": {"08001": "E1", "08002": "E2", "51001": "E2"},
    "france": dict.fromkeys(PEOPLE, "FRA"),
}
MOMENT = Moment(date(2024, 12, 31))
LEVELS = ("departement", "epci", "france")


def table(schema, rows, **usual):
    return pl.DataFrame([{**usual, **row} for row in rows], schema=schema)


@pytest.fixture(scope="module")
def place():
    members = [
        {"child_code": c, "parent_code": p, "parent_level": level}
        for level, held in HOLDERS.items()
        for c, p in held.items()
    ]
    membership = table(MEMBERSHIP.schema, members, child_level="commune", millesime=2025, share=1.0, simulated=False)
    people = [{"code": c, "population": n} for c, n in PEOPLE.items()]
    return country(membership, table(POPULATION.schema, people, level="commune", year=2021, age_band="all", sex="all"))


def evidence(**frames):
    empty = {"alert": ALERT, "observation": OBSERVATION, "measure_event": MEASURE_EVENT, "payment": PAYMENT}
    return Evidence(**{name: frames.get(name, t.empty()) for name, t in empty.items()})


def paid(*rows):
    usual = {
        "measure": "cpts",
        "payer": "assurance_maladie",
        "payment_kind": "aci",
        "year": 2023,
        "reliability": "observed",
    }
    lines = [{"payment_id": str(n), "level": lv, "code": c, "amount_eur": eur} for n, (lv, c, eur) in enumerate(rows)]
    return table(PAYMENT.schema, lines, **usual, known_date=date(2024, 1, 1), source="test", simulated=False)


def stated(*rows):
    events = [
        {"beneficiary": b, "attribute": a, "item": i, "content": c, "event_date": date(2022, 1, 1)}
        for b, a, i, c in rows
    ]
    return table(
        MEASURE_EVENT.schema,
        events,
        measure="cpts",
        known_date=date(2022, 1, 1),
        source="t",
        reliability="observed",
        simulated=False,
    )


def seen(*rows):
    figures = [
        {"indicator": i, "code": c, "level": "departement", "period": p, "value": v, "low": v - w, "high": v + w}
        for i, c, p, v, w in rows
    ]
    return table(OBSERVATION.schema, figures, slice="", status="published", origin="o")


def amounts(found):
    return {(level, code): eur for level, code, eur in found.sheet.select("level", "code", "amount_eur").iter_rows()}


def test_an_amount_of_a_commune_counts_in_all_that_holds_it(place):
    found = amounts(confront(evidence(payment=paid(("commune", "08001", 50.0))), place, MOMENT, LEVELS))
    assert (found["departement", "08"], found["epci", "E1"], found["france", "FRA"]) == (50.0, 50.0, 50.0)
    assert found["departement", "51"] is None


def test_an_amount_of_a_departement_is_not_shared_among_smaller_territories(place):
    found = amounts(confront(evidence(payment=paid(("departement", "08", 50.0))), place, MOMENT, LEVELS))
    assert (found["departement", "08"], found["epci", "E1"], found["france", "FRA"]) == (50.0, None, 50.0)


def test_an_amount_of_a_group_that_straddles_is_shared_by_residents(place):
    found = amounts(confront(evidence(payment=paid(("epci", "E2", 90.0))), place, MOMENT, LEVELS))
    assert (found["departement", "08"], found["departement", "51"], found["france", "FRA"]) == (30.0, 60.0, 90.0)


@given(st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), st.integers(-(10**6), 10**6)), max_size=8))
def test_the_country_has_the_sum_of_its_departements_to_the_cent(place, lines):
    found = confront(
        evidence(payment=paid(*(("commune", c, cents / 100) for c, cents in lines))), place, MOMENT, LEVELS
    )
    by_level = found.money.group_by("level").agg((pl.col("amount_eur") * 100).round().cast(pl.Int64).sum())
    cents = dict(by_level.iter_rows())
    assert set(cents.values()) <= {sum(c for _, c in lines)}


def test_what_was_paid_later_or_known_later_does_not_count(place):
    lines = paid(("commune", "08001", 50.0))
    early = confront(evidence(payment=lines), place, Moment(date(2022, 12, 31)), LEVELS)
    unknown = confront(evidence(payment=lines), place, Moment(date(2024, 12, 31), date(2023, 12, 31)), LEVELS)
    assert early.money.height == unknown.money.height == 0


def test_a_perimeter_over_two_departements_is_present_in_both_and_once_in_the_country(place):
    events = stated(
        ("C1", "status", "", "aci_signed"),
        ("C1", "perimeter", "08002", "1"),
        ("C1", "perimeter", "51001", "0.5"),
        ("C2", "perimeter", "08001", "1"),
    )
    found = confront(evidence(measure_event=events), place, MOMENT, LEVELS)
    held = {(level, code): n for level, code, n in found.measures.select("level", "code", "beneficiaries").iter_rows()}
    assert held == {("departement", "08"): 1, ("departement", "51"): 1, ("epci", "E2"): 1, ("france", "FRA"): 1}


def test_a_change_is_called_one_only_when_its_test_says_so_and_on_the_good_side(place):
    figures = seen(
        *(("part_psmt", "08", "2023", 15.0, 0.5), ("part_psmt", "08", "2024", 12.0, 0.5)),
        *(("part_psmt", "51", "2023", 12.0, 2.0), ("part_psmt", "51", "2024", 13.0, 2.0)),
        *(("part_rdv_3j", "08", "2023", 40.0, 1.0), ("part_rdv_3j", "08", "2024", 30.0, 1.0)),
    )
    found = confront(evidence(observation=figures), place, MOMENT, LEVELS)
    verdicts = {(code, i): v for code, i, v in found.moves.select("code", "indicator", "verdict").iter_rows()}
    assert verdicts == {("08", "part_psmt"): 1, ("51", "part_psmt"): 0, ("08", "part_rdv_3j"): -1}
    lines = {
        code: row
        for level, code, *row in found.sheet.select("level", "code", "better", "worse", "unchanged").iter_rows()
        if level == "departement"
    }
    assert lines == {"08": [1, 1, 0], "51": [0, 0, 1]}


def test_people_in_alert_are_residents_of_communes_in_alert(place):
    alert = table(
        ALERT.schema,
        [{"code": "08002", "level": "commune", "degree": 2}, {"code": "51", "level": "departement", "degree": 1}],
        **{"rule": "r", "indicator": "apl_mg", "period": "2023", "since": "2023", "trend": "", "simulated": False},
        **{"reason_fr": "r", "reason_en": "r"},
    )
    sheet = confront(evidence(alert=alert), place, MOMENT, LEVELS).sheet
    told = {
        (lv, c): (p, n, d)
        for lv, c, p, n, d in sheet.select("level", "code", "in_alert", "alerts", "degree").iter_rows()
    }
    assert told["departement", "08"] == (300.0, 0, 0)
    assert told["departement", "51"] == (0.0, 1, 1)
    assert told["france", "FRA"] == (300.0, 0, 0)
