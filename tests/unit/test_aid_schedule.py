"""The aid for assistants under its schedule: by contract, along a path, and against what was announced."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maillage.errors import UsageError
from maillage.measures.reference import load_reference
from maillage.measures.schedule import (
    CONTRACT,
    Path,
    aid_due,
    assistants_schedule,
    cpts_running_eur,
    first_year_share,
    project,
)
from maillage.measures.schedule_confront import both_hold, confront, peak_year, published_path, scenarios

REFERENCE, SCHEDULE = load_reference(), assistants_schedule()
YEARS = range(2019, 2031)


def _contracts(*rows):
    return pl.DataFrame(
        [{"beneficiary": f"c{n}", "end": None, "fte": 1.0} | row for n, row in enumerate(rows)], schema=CONTRACT
    )


def _by_year(contracts):
    return dict(aid_due(contracts, SCHEDULE, YEARS).group_by("year").agg(pl.col("amount_eur").sum()).iter_rows())


def test_a_full_time_brings_36_then_27_then_21_thousand_euros():
    due = _by_year(_contracts({"start": date(2021, 1, 1), "end": date(2025, 1, 1)}))
    assert due == pytest.approx({2021: 36_000, 2022: 27_000, 2023: 21_000, 2024: 21_000})


def test_a_contract_signed_within_the_year_brings_each_aid_once():
    due = _by_year(_contracts({"start": date(2021, 7, 1), "end": date(2023, 7, 1)}))
    assert sum(due.values()) == pytest.approx(63_000)
    assert due[2021] == pytest.approx(36_000 * 184 / 365)


def test_aid_goes_with_the_share_of_full_time_and_stops_with_the_contract():
    half = _by_year(_contracts({"start": date(2021, 1, 1), "end": date(2021, 7, 2), "fte": 0.5}))
    assert half == pytest.approx({2021: 0.5 * 36_000 * 182 / 365})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"start": date(2022, 1, 1), "end": date(2021, 1, 1)}, "before its start"),
        ({"start": date(2018, 1, 1)}, "applies from 2019-08-20"),
    ],
    ids=["end", "start"],
)
def test_a_contract_that_cannot_be_paid_is_named(row, words):
    with pytest.raises(UsageError, match=words):
        aid_due(_contracts(row), SCHEDULE, YEARS)


def test_contracts_without_a_column_are_refused():
    with pytest.raises(UsageError, match="fte"):
        aid_due(_contracts({"start": date(2022, 1, 1)}).drop("fte"), SCHEDULE, YEARS)


def test_a_projection_settles_at_the_rate_of_later_years():
    path = Path((date(2020, 1, 1), date(2024, 12, 31)), (0, 10_000))
    due = project(path, SCHEDULE, [2027, 2028]).to_dicts()
    assert [row["fte_years"] for row in due] == pytest.approx([10_000, 10_000], rel=1e-3)
    assert due[1]["amount_eur"] == pytest.approx(210e6, rel=1e-3)


def test_a_projection_counts_every_contract_of_its_path():
    path = Path((date(2021, 3, 10), date(2021, 3, 25)), (0, 120))
    assert project(path, SCHEDULE, [2025], fte_mean=0.5)["fte_years"].to_list() == pytest.approx([60])


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        ((date(2021, 1, 1), date(2020, 1, 1)), (0, 5)),
        ((date(2020, 1, 1), date(2021, 1, 1)), (0, -5)),
        ((date(2020, 1, 1), date(2021, 1, 1)), (4, 5)),
        ((date(2020, 1, 1),), (0, 5)),
    ],
    ids=["days", "counts", "start", "lengths"],
)
def test_a_path_that_goes_backwards_is_refused(days, counts):
    with pytest.raises(UsageError):
        Path(days, counts)


def test_what_was_announced_at_4000_and_at_10000_is_confronted_with_the_schedule():
    four, ten = confront(REFERENCE, SCHEDULE)
    assert (four.mean_eur, four.all_first_year_eur, four.all_later_eur) == (33_250, 144e6, 84e6)
    assert (ten.mean_eur, ten.all_first_year_eur, ten.all_later_eur) == (30_000, 360e6, 210e6)
    assert (four.first_year_share, ten.first_year_share) == pytest.approx((12_250 / 15_000, 0.6))
    assert (four.least_fte, ten.least_fte) == pytest.approx((133 / 144, 300 / 360))
    assert ten.lasting_fte == pytest.approx(300e6 / 21_000)
    for found in (four, ten):
        assert found.ceiling_eur < found.announced_eur
        assert set(found.entries) <= set(REFERENCE.entries)


def test_no_announced_path_makes_the_cost_announced_at_10000():
    found = scenarios(REFERENCE, SCHEDULE, YEARS)
    assert found["amount_eur"].max() < 300e6
    year, most = peak_year(REFERENCE, SCHEDULE)
    assert year == 2025
    assert 270e6 < most < 300e6
    words = both_hold(REFERENCE, SCHEDULE)
    assert "210 M€" in words.fr
    assert "14,286 full times" in words.en


def test_the_published_path_names_its_points():
    path, entries = published_path(REFERENCE, SCHEDULE, until=date(2024, 3, 1))
    assert path.contracts == (0, 3112, 3545, 5355)
    assert entries == ("am_contracts_2022_05", "am_contracts_2022_10", "am_contracts_2024_02")


def test_a_mean_that_no_mix_of_years_makes_lies_outside_0_and_1():
    assert first_year_share(21_000, SCHEDULE) == 0
    assert first_year_share(40_000, SCHEDULE) > 1


def test_the_running_aid_of_a_cpts_goes_with_its_population():
    assert cpts_running_eur([22_000, 39_999, 40_000, 175_000, 390_000]).tolist() == [50e3, 50e3, 60e3, 90e3, 90e3]
