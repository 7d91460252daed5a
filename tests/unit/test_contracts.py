"""Contracts of medical assistants: in force, by zone and département, patients gained, ranking against need."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maillage.catalog.tables import ZONING
from maillage.disclosure.policy import Policy
from maillage.measures.contracts import contracts, need, placed, ranking, tally, withhold_small
from maillage.measures.events import Moment
from tests.measure_events import small_country, stated

MOMENT = Moment(date(2024, 12, 31))


def _contract(who: str, signed: str, place: str, zone: str, fte: str, **told: str) -> list[tuple[str, ...]]:
    fixed = {"place": place, "zone_at_signature": zone, "fte": fte, "specialty": "mg"} | told
    return [(who, "status", "", signed, "signed"), *((who, name, "", signed, text) for name, text in fixed.items())]


EVENTS = stated(
    [
        *_contract("c1", "2020-01-01", "08105", "ZIP", "1", patients_mt="900", commitment_patients_mt="1000"),
        ("c1", "patients_mt", "", "2021-01-01", "960"),
        ("c1", "patients_mt", "", "2022-01-01", "980"),
        *_contract("c2", "2021-01-01", "08362", "ZIP", "0.5", patients_mt="800", commitment_patients_mt="806"),
        *_contract("c3", "2021-01-01", "51454", "HZ", "0.5", specialty="cardiologie"),
        ("c3", "status", "", "2023-01-01", "ended"),
        *_contract("c4", "2025-06-01", "51454", "HZ", "1"),
    ],
    measure="assistants_medicaux",
)
ZONES = pl.DataFrame(
    [("08105", 2025, "ZIP"), ("08362", 2025, "ZAC"), ("08480", 2025, "HZ"), ("51454", 2025, "HZ")],
    schema=ZONING.schema,
    orient="row",
)


def test_a_contract_is_one_row_with_its_first_and_last_counts():
    rows = {r["beneficiary"]: r for r in contracts(EVENTS, MOMENT).to_dicts()}
    assert list(rows) == ["c1", "c2", "c3"]
    assert (rows["c1"]["initial_mt"], rows["c1"]["latest_mt"], rows["c1"]["signed_on"]) == (900, 980, date(2020, 1, 1))
    assert (rows["c2"]["initial_mt"], rows["c2"]["latest_mt"]) == (800, None)
    assert rows["c3"]["in_force"] is False
    assert rows["c3"]["initial_seen"] is None


def test_contracts_in_force_and_signed_are_told_apart_by_zone_and_specialty():
    rows = contracts(EVENTS, MOMENT)
    assert tally(rows).select("signed", "in_force", "fte").row(0) == (3, 2, 1.5)
    zones = tally(rows, ["zone_at_signature"]).select("zone_at_signature", "signed", "in_force").rows()
    assert zones == [("HZ", 1, 0), ("ZIP", 2, 2)]
    assert tally(rows, ["specialty"]).select("specialty", "in_force").rows() == [("cardiologie", 0), ("mg", 2)]
    assert tally(contracts(EVENTS, Moment(date(2022, 6, 1)))).select("in_force", "fte").row(0) == (3, 2.0)


def test_patients_gained_come_by_commitment_and_by_observation_with_how_many_contracts_tell():
    (row,) = tally(contracts(EVENTS, MOMENT)).to_dicts()
    assert (row["committed_mt"], row["committed_contracts_mt"]) == (100 + 6, 2)
    assert (row["found_mt"], row["found_contracts_mt"]) == (80, 1)
    assert (row["committed_seen"], row["committed_contracts_seen"]) == (None, 0)


def test_departements_are_ranked_by_contracts_per_gp_and_against_need():
    place = small_country()
    counted = tally(placed(contracts(EVENTS, Moment(date(2022, 6, 1))), place), ["departement"])
    doctors = pl.DataFrame({"code": ["08", "51"], "headcount": [40.0, 10.0]})
    needed = need(ZONES, place)
    assert needed.rows() == [("08", 1800, 1500), ("51", 200, 0)]
    first, second = ranking(counted.rename({"departement": "code"}), doctors, needed).to_dicts()
    assert (first["code"], first["per_100_gps"], first["rank_per_gp"]) == ("08", 5, 2)
    assert first["expected"] == 3
    assert first["ratio"] == pytest.approx(2 / 3)
    assert (second["code"], second["per_100_gps"], second["rank_per_gp"]) == ("51", 10, 1)
    assert second["ratio"] is None
    assert second["rank_against_need"] is None


def test_a_departement_without_any_contract_is_ranked_too():
    nobody = tally(placed(contracts(EVENTS.clear(), MOMENT), small_country()), ["departement"])
    doctors = pl.DataFrame({"code": ["08"], "headcount": [40.0]})
    found = ranking(nobody.rename({"departement": "code"}), doctors, need(ZONES, small_country()))
    assert found.select("code", "in_force").sort("code").rows() == [("08", 0), ("51", 0)]


def test_gains_of_few_patients_are_withheld_with_what_would_tell_them():
    rows = pl.DataFrame(
        {
            "code": ["a", "b", "c", "d"],
            "committed_mt": [6.0, 40.0, 500.0, 0.0],
            "committed_seen": [20.0, 30.0, 40.0, None],
        }
        | {name: [None] * 4 for name in ("found_mt", "found_seen")},
        schema_overrides={"found_mt": pl.Float64, "found_seen": pl.Float64},
    )
    kept = withhold_small(rows, Policy())
    assert kept.get_column("committed_mt").to_list() == [None, None, 500, 0]
    assert kept.get_column("committed_seen").to_list() == [20, 30, 40, None]
