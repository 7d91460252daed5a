"""What records allow to publish: who delivered them, complete periods, too many bad ones."""

from datetime import date, datetime

import polars as pl
import pytest

from maillage.catalog.tables import TABLES
from maillage.engine import open_engine
from maillage.errors import DefinitionError
from maillage.indicators.compute import compute_in_turn, compute_observations
from maillage.indicators.definition import Records
from maillage.indicators.hours import public_holidays
from maillage.indicators.records import period_end
from maillage.indicators.registry import find_indicator
from tests.unit.test_indicators_compute import links, population, row


def visits(counts, year=2023, ccmu="1"):
    rows = []
    for code, count in counts.items():
        days = [date(year, 12, 31)] + [date(year, 1 + n % 12, 1 + n % 28) for n in range(count - 1)]
        rows += [
            {"visit_id": f"{code}-{n}", "site_id_finess": "010000001", "code": code, "ccmu": ccmu}
            | {"entry_time": datetime(day.year, day.month, day.day, 10)}
            for n, day in enumerate(days)
        ]
    return rows


def observe(indicators=("part_ccmu1",), **tables):
    return observe_these([find_indicator(i) for i in indicators], **tables)


def observe_one(indicator, **tables):
    return observe_these([indicator], **tables)


def observe_these(indicators, **tables):
    rows = {"membership": links(), "population": population(), **tables}
    frames = {t.name: pl.DataFrame(rows.get(t.name, []), schema=t.schema) for t in TABLES}
    return compute_observations(open_engine(frames=frames), indicators)


def whole(seen, level, code):
    only = type(seen)(seen.observation.filter(pl.col("slice") == ""), seen.origin)
    return row(only, level, code)


ALL = {"01001": 200, "01002": 900, "2A001": 60, "97401": 250}


def test_the_parts_by_hours_add_up_at_every_level():
    seen = observe(emergency_visit=visits(ALL)).observation
    sums = seen.filter(pl.col("slice") != "").group_by("level", "code").agg(pl.col("numerator").sum())
    both = seen.filter(pl.col("slice") == "").join(sums, on=["level", "code"])
    assert set(both["level"]) == {"commune", "epci", "cpts", "departement", "region", "france"}
    assert both.filter(pl.col("numerator") != pl.col("numerator_right")).is_empty()


def test_a_commune_without_visits_where_records_came_in_has_no_share_and_lowers_no_other():
    seen = observe(emergency_visit=visits({**ALL, "01001": 0} | {"01001": 1}, ccmu="2") + visits({"2A001": 50}))
    assert whole(seen, "departement", "01")["status"] == "published"
    without = observe(emergency_visit=visits({c: n for c, n in ALL.items() if c != "01001"}))
    assert whole(without, "commune", "01001")["status"] == "not_applicable"
    assert whole(without, "departement", "01")["denominator"] == 900


def test_a_departement_that_did_not_deliver_its_records_is_missing_and_says_why():
    seen = observe(emergency_visit=visits({**ALL, "97401": 3}))
    reunion = whole(seen, "departement", "974")
    assert (reunion["status"], reunion["value"]) == ("missing", None)
    commune = whole(seen, "commune", "97401")
    words = seen.origin.filter(pl.col("origin") == commune["origin"]).row(0, named=True)
    assert "not delivered" in words["warning_en"]
    assert whole(seen, "france", "FRA")["denominator"] == 1160


def test_a_period_that_records_do_not_reach_the_end_of_is_not_published():
    early = [v for v in visits(ALL) if v["entry_time"].month < 12]
    seen = observe(emergency_visit=visits(ALL, 2022) + early).observation
    status = dict(
        seen.filter(pl.col("level") == "france", pl.col("slice") == "").select("period", "status").iter_rows()
    )
    assert status == {"2022": "published", "2023": "missing"}


def test_a_period_that_ended_less_than_three_months_before_the_last_record_is_provisional():
    seen = observe(emergency_visit=visits(ALL, 2022) + visits(ALL, 2023))
    origins = seen.observation.filter(pl.col("level") == "france")["origin"].unique().sort().to_list()
    assert origins == ["part_ccmu1.2022", "part_ccmu1.2023.provisional"]
    words = seen.origin.filter(pl.col("origin") == "part_ccmu1.2023.provisional").row(0, named=True)
    assert words["warning_fr"].startswith("Chiffre provisoire")


def quality(level, code, records_in, quarantined):
    return {
        "event_table": "emergency_visit",
        "level": level,
        "code": code,
        "period": "2023",
        "records_in": records_in,
        "records_quarantined": quarantined,
    }


def test_a_territory_with_too_many_bad_records_is_withheld_and_says_so():
    counts = [quality("commune", c, n, 40 if c == "01001" else 0) for c, n in ALL.items()]
    seen = observe(emergency_visit=visits(ALL), record_quality=counts)
    bad = whole(seen, "commune", "01001")
    assert (bad["status"], bad["value"], bad["numerator"]) == ("missing", None, None)
    words = seen.origin.filter(pl.col("origin") == bad["origin"]).row(0, named=True)
    assert "More than 5% of the records" in words["warning_en"]
    assert whole(seen, "departement", "01")["status"] == "published"  # 40 of 1 100
    assert whole(seen, "commune", "01002")["status"] == "published"


def test_bad_records_of_no_known_commune_count_in_all_those_of_their_departement():
    counts = [quality("commune", c, n, 0) for c, n in ALL.items()] + [quality("departement", "01", 200, 200)]
    seen = observe(emergency_visit=visits(ALL), record_quality=counts)
    held = {code: whole(seen, "commune", code)["status"] for code in ALL}
    assert held == {"01001": "missing", "01002": "missing", "2A001": "published", "97401": "published"}
    assert whole(seen, "cpts", "84-cpts-de-l-ain")["status"] == "missing"


def test_only_the_slices_asked_for_are_given_and_all_of_them_tell_who_delivered():
    # The Ain sent requests to nurses alone: its GPs were asked nothing, which is not a delivery that is missing.
    asked = [
        {"request_id": f"{c}{n}", "code": c, "profession": profession, "request_kind": "survey"}
        | {"request_date": date(2023, 6, 1), "request_outcome": "refused"}
        for c, profession in (("01001", "inf"), ("01002", "inf"), ("2A001", "mg"), ("97401", "mg"))
        for n in range(40)
    ]
    rows = {"membership": links(), "population": population(), "appointment_request": asked}
    frames = {t.name: pl.DataFrame(rows.get(t.name, []), schema=t.schema) for t in TABLES}
    chosen = [find_indicator("part_refus")]
    every = compute_observations(open_engine(frames=frames), chosen).observation
    (part,) = compute_in_turn(open_engine(frames=frames), chosen, slices={"part_refus": {""}})
    assert set(every["slice"]) == {"", "inf"}
    assert part.observation.equals(every.filter(pl.col("slice") == ""))


def test_without_records_there_is_no_row_and_no_origin():
    every = ["part_ccmu1", "part_psmt", "taux_hpe", "delai_rdv_median", "signalements_usagers"]
    seen = observe(every)
    assert seen.observation.is_empty()
    assert seen.origin.is_empty()


def test_a_median_of_a_territory_is_that_of_its_requests_not_of_its_communes():
    days = {"01001": (1, 1, 1, 1, 1), "01002": (9, 10, 11), "2A001": (2,), "97401": (3,)}
    asked = [
        {"request_id": f"{c}{n}", "code": c, "profession": "mg", "request_kind": "survey"}
        | {"request_date": date(2023, 1, 1), "request_outcome": "obtained", "appointment_date": date(2023, 1, 1 + d)}
        for c, held in days.items()
        for n, d in enumerate(held)
    ]
    seen = observe(("delai_rdv_median",), appointment_request=asked)
    assert whole(seen, "commune", "01002")["value"] == 10
    ain = whole(seen, "departement", "01")
    assert (ain["value"], ain["denominator"], ain["numerator"], ain["low"], ain["high"]) == (1, 8, None, 1, 11)


def test_a_rate_standardised_by_age_is_taken_from_the_strata_of_the_territory():
    bands = (("0-19", 0.2), ("20-64", 0.6), ("65+", 0.2))
    people = [
        {**r, "age_band": band, "population": r["population"] * share}
        for r in population()
        for band, share in bands
        if r["level"] == "commune"
    ]
    stays = [
        {"stay_id": f"{c}{n}", "site_id_finess": "010000001", "code": c, "age_years": 70, "diagnosis_icd10": "I509"}
        | {"exit_date": date(2023, 12, 31), "entry_date": date(2023, 12, 1)}
        for c, count in (("01001", 8), ("01002", 24), ("2A001", 3), ("97401", 10))
        for n in range(count)
    ]
    seen = observe(("taux_hpe",), population=people, stay=stays)
    ain = whole(seen, "departement", "01")
    assert ain["value"] == pytest.approx(1000 * 0.195 * 32 / (0.2 * 3800))
    assert (ain["numerator"], ain["denominator"]) == (32, 3800)
    assert ain["low"] < ain["value"] < ain["high"]
    few = whole(seen, "commune", "01001")
    assert (few["value"], few["status"]) == (None, "missing")


@pytest.mark.parametrize(
    ("period", "months", "end"),
    [("2023", 0, date(2023, 12, 31)), ("2023", 3, date(2024, 3, 31)), ("2023-T1", 0, date(2023, 3, 31))],
)
def test_the_end_of_a_period(period, months, end):
    assert period_end(period, months_later=months) == end


def test_records_of_a_table_that_holds_none_are_refused():
    with pytest.raises(DefinitionError, match="'membership'"):
        Records(("membership",))


def test_public_holidays_are_those_of_each_departement():
    days = public_holidays()
    of = {d: set(days.filter(pl.col("day") == d)["departement"]) for d in days["day"].to_list()}
    assert of[date(2024, 7, 14)] == {""}
    assert of[date(2024, 3, 29)] >= {"57", "67", "68"}
    assert of[date(2024, 12, 20)] == {"974"}
    assert date(2024, 12, 24) not in of
