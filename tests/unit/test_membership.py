"""Members of CPTS against the professionals of their perimeters, and missions."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maillage.catalog.tables import PROFESSIONAL, PROFESSIONAL_DEPARTEMENT
from maillage.measures.events import Moment
from maillage.measures.membership import homes, membership_rates, missions, professionals_by_commune
from tests.measure_events import small_country, stated

MOMENT = Moment(date(2024, 6, 30))
EVENTS = stated(
    [
        ("a", "status", "", "2021-06-01", "aci_signed"),
        ("a", "perimeter", "08105", "2021-06-01", "1"),
        ("a", "perimeter", "08362", "2021-06-01", "0.5"),
        ("a", "members", "mg", "2022-01-01", "5"),
        ("a", "members", "mg", "2023-01-01", "6"),
        ("a", "members", "orthophoniste", "2023-01-01", "2"),
        ("a", "active_members", "mg", "2023-01-01", "2"),
        ("b", "status", "", "2022-06-01", "renewed"),
        ("b", "perimeter", "08105", "2022-06-01", "1"),
        ("b", "members", "mg", "2023-01-01", "4"),
        ("c", "status", "", "2022-06-01", "pre_project"),
        ("c", "perimeter", "51454", "2022-06-01", "1"),
        ("c", "members", "mg", "2023-01-01", "1"),
        ("a", "mission", "cooperation", "2022-01-01", "active"),
        ("a", "mission", "prevention", "2022-01-01", "active"),
        ("a", "mission", "prevention", "2023-01-01", "ended"),
        ("c", "mission", "prevention", "2023-01-01", "active"),
    ]
)
PROFESSIONALS = pl.DataFrame(
    [("08105", 2020, "mg", 99.0), ("08105", 2022, "mg", 16.0), ("08362", 2022, "mg", 8.0), ("51454", 2022, "mg", 2.0)],
    schema=PROFESSIONAL.schema,
    orient="row",
)
DEPARTEMENTS = pl.DataFrame(
    [("08", 2022, "orthophoniste", 18.0), ("08", 2022, "mg", 500.0), ("51", 2022, "orthophoniste", None)],
    schema=PROFESSIONAL_DEPARTEMENT.schema,
    orient="row",
)


def _rates() -> dict[tuple[str, str], dict[str, object]]:
    place = small_country()
    everyone = professionals_by_commune(PROFESSIONALS, DEPARTEMENTS, place, 2024)
    rows = membership_rates(EVENTS, everyone, MOMENT).to_dicts()
    return {(r["code"], r["profession"]): r for r in rows}


def test_members_are_compared_with_the_professionals_of_the_perimeter_of_the_day():
    row = _rates()["a", "mg"]
    assert (row["members"], row["professionals"], row["year"], row["method"]) == (6, 16 + 0.5 * 8, 2022, "commune")
    assert row["share"] == pytest.approx(6 / 20)
    assert row["active_share"] == pytest.approx(2 / 6)


def test_a_profession_counted_by_departement_is_shared_among_its_communes_by_residents():
    row = _rates()["a", "orthophoniste"]
    assert row["professionals"] == pytest.approx(18 * (1000 + 0.5 * 500) / 1800)
    assert row["method"] == "departement"


def test_the_country_counts_a_commune_claimed_twice_once_and_the_active_where_they_were_told():
    row = _rates()["FRA", "mg"]
    assert (row["members"], row["professionals"]) == (10, 20)
    assert row["active_share"] == pytest.approx(2 / 6)
    assert row["level"] == "france"


def test_territories_add_up_the_cpts_that_lie_mostly_in_them():
    place = small_country()
    everyone = professionals_by_commune(PROFESSIONALS, DEPARTEMENTS, place, 2024)
    lying = homes(EVENTS, place, MOMENT)
    assert lying.rows() == [("a", "departement", "08"), ("b", "departement", "08")]
    found = membership_rates(EVENTS, everyone, MOMENT, groups=lying)
    (row,) = found.filter(level="departement", profession="mg").to_dicts()
    assert (row["code"], row["members"], row["professionals"]) == ("08", 10, 20)


def test_all_professions_together_come_beside_each():
    rates = _rates()
    assert rates["a", ""]["members"] == 8
    assert rates["a", ""]["professionals"] == pytest.approx(20 + 12.5)
    assert rates["a", ""]["method"] == "departement"
    assert ("c", "mg") not in rates


def test_missions_are_counted_by_status_among_those_that_told_any():
    found = {(r["status"], r["mission"]): r for r in missions(EVENTS, MOMENT).to_dicts()}
    signed = found["aci_signed", "cooperation"]
    assert (signed["cpts"], signed["told"], signed["active"], signed["share"]) == (1, 1, 1, 1.0)
    assert found["aci_signed", "prevention"]["share"] == 0
    assert found["renewed", "cooperation"]["share"] is None
    everyone = found["", "cooperation"]
    assert (everyone["cpts"], everyone["told"], everyone["active"], everyone["share"]) == (3, 2, 1, 0.5)
