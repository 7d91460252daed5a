"""Coverage by named definition: what each counts, when, on which perimeters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from maillage.measures.coverage import ANY, COVERAGE, DEFINITIONS, FROM_LETTER, SIGNED, coverage, coverage_gaps
from maillage.measures.events import Moment
from maillage.measures.registry import load_measures
from tests.measure_events import small_country, stated

NOW = date(2026, 1, 1)
# The worked example of docs/measures.md.
EVENTS = stated(
    [
        ("a", "status", "", "2020-06-01", "letter_of_intent"),
        ("a", "status", "", "2021-06-01", "aci_signed"),
        ("a", "perimeter", "08105", "2020-06-01", "1"),
        ("a", "perimeter", "08362", "2020-06-01", "0.4"),
        ("b", "status", "", "2022-03-01", "aci_signed"),
        ("b", "perimeter", "08105", "2022-03-01", "1"),
        ("b", "perimeter", "08480", "2022-03-01", "1"),
        ("b", "perimeter", "08480", "2025-01-01", "0"),
        ("b", "perimeter", "51454", "2025-01-01", "1"),
        ("c", "status", "", "2022-05-01", "pre_project"),
        ("c", "perimeter", "08362", "2022-05-01", "0.6"),
        ("c", "perimeter", "99999", "2022-05-01", "1"),
        ("d", "status", "", "2022-05-01", "aci_signed"),
    ]
)
END_2022 = Moment(date(2022, 12, 31))


def _share(definition: str, moment: Moment, code: str = "FRA") -> float:
    found = coverage(EVENTS, small_country(), [moment], now=NOW)
    (share,) = found.filter(definition=definition, code=code).get_column("share").to_list()
    return float(share)


@pytest.mark.parametrize(
    ("definition", "residents"),
    [
        ("aci_whole", 1000 + 300),
        ("aci_shares", 1000 + 0.4 * 500 + 300),
        ("aci_touched", 1000 + 500 + 300),
        ("letter_shares", 1000 + 0.4 * 500 + 300),
        ("any_shares", 1000 + 500 + 300),
        ("aci_shares_now", 1000 + 0.4 * 500 + 200),
        ("any_touched_now", 1000 + 500 + 200),
    ],
)
def test_each_definition_counts_what_it_says(definition, residents):
    assert _share(definition, END_2022) == pytest.approx(residents / 2000)


def test_every_definition_is_tried_above():
    assert [d.id for d in DEFINITIONS] == [
        *("aci_whole", "aci_shares", "aci_touched", "letter_shares"),
        *("any_shares", "aci_shares_now", "any_touched_now"),
    ]
    statuses = {s.id for s in load_measures()["cpts"].statuses}
    assert load_measures()["cpts"].active == SIGNED
    assert SIGNED < FROM_LETTER < ANY
    assert statuses - ANY == {"ended"}


def test_coverage_follows_the_status_of_the_day():
    assert _share("aci_shares", Moment(date(2021, 1, 1))) == 0
    assert _share("letter_shares", Moment(date(2021, 1, 1))) == pytest.approx(0.6)


def test_territories_above_and_counts_of_communes_come_with_the_vintage():
    found = coverage(EVENTS, small_country(), [END_2022], now=NOW).filter(definition="aci_shares")
    assert dict(found.schema) == COVERAGE
    rows = {(r["level"], r["code"]): r for r in found.to_dicts()}
    ardennes = rows["departement", "08"]
    assert (ardennes["population"], ardennes["covered_population"]) == (1800, 1500)
    assert (ardennes["communes"], ardennes["covered_communes"]) == (3, pytest.approx(2.4))
    assert rows["commune", "08105"]["share"] == 1
    assert rows["departement", "51"]["share"] == 0
    assert ardennes["vintage"] == date(2022, 12, 31)
    assert (
        coverage(EVENTS, small_country(), [END_2022], now=NOW).filter(definition="aci_shares_now")["vintage"][0] == NOW
    )


def test_a_late_correction_leaves_what_was_known_before():
    late = stated([("a", "status", "", "2021-06-01", None)], known="2024-01-01")
    events = EVENTS.vstack(late)
    first, then = (
        coverage(events, small_country(), [Moment(date(2021, 12, 31), known)], now=NOW, levels=["france"])
        .filter(definition="aci_shares")["covered_population"]
        .item()
        for known in (date(2023, 1, 1), date(2024, 6, 1))
    )
    assert (first, then) == (1200, 0)


def test_a_commune_without_known_population_counts_among_communes_only():
    place = small_country({"08105": 1000.0, "08362": 500.0, "08480": 300.0})
    people = place.communes.with_columns(population=pl.when(pl.col("code") == "08105").then("population"))
    place = replace(place, communes=people)
    found = coverage(EVENTS, place, [END_2022], now=NOW, levels=["france"]).filter(definition="aci_shares")
    assert found.select("population", "covered_population", "communes").row(0) == (1000, 1000, 3)


def test_holes_and_overlaps_are_listed_with_what_could_not_be_placed():
    (definition,) = (d for d in DEFINITIONS if d.id == "any_shares")
    gaps = coverage_gaps(EVENTS, small_country(), definition, END_2022, now=NOW)
    assert gaps.holes.rows() == [("51454", 200)]
    assert gaps.overlaps.select("code", "claims", "claimed", "who").rows() == [
        ("08105", 2, 2.0, ["a", "b"]),
        ("08362", 2, 1.0, ["a", "c"]),
    ]
    assert gaps.astray.rows() == [("c", "99999")]
    assert gaps.unmapped.rows() == [("d",)]
