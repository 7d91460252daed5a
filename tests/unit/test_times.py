"""Dates and times in the forms that people use; what reads two ways is told apart."""

from datetime import date, datetime

import polars as pl
import pytest

from maillage.catalog.times import orders_seen, read_dates, read_times, reads_both_ways


@pytest.mark.parametrize(
    "text",
    ["2024-03-25", "25/03/2024", "20240325", "25-03-2024", "25.03.2024", "2024/03/25", "2024-03-25 08:15", "25/3/2024"],
)
def test_a_date_is_read_in_its_usual_forms(text):
    assert read_dates(pl.Series([text])).to_list() == [date(2024, 3, 25)]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-25T08:15",
        "2024-03-25 08:15:00",
        "25/03/2024 08:15",
        "20240325 0815",
        "202403250815",
        "25/03/2024 08h15",
    ],
)
def test_a_time_is_read_in_its_usual_forms(text):
    assert read_times(pl.Series([text])).to_list() == [datetime(2024, 3, 25, 8, 15)]


@pytest.mark.parametrize("text", ["03/25/2024", "25/03/24", "2024-13-01", "1899-12-31", "9999-12-31", "hier", "2024"])
def test_what_is_no_date_is_not_guessed(text):
    assert read_dates(pl.Series([text])).to_list() == [None]


def test_a_date_without_an_hour_is_no_time():
    assert read_times(pl.Series(["25/03/2024"])).to_list() == [None]


def test_forms_may_be_mixed_in_one_column():
    cells = pl.Series(["2024-03-25", None, "26/03/2024", "20240327", "x"])
    assert read_dates(cells).to_list() == [date(2024, 3, 25), None, date(2024, 3, 26), date(2024, 3, 27), None]


def test_only_dates_that_read_one_way_tell_the_order():
    assert orders_seen(pl.Series(["25/03/2024", "03/25/2024", "05/06/2024", "2024-03-25", "13-01-2024"])) == (2, 1)


def test_a_date_reads_both_ways_when_day_and_month_can_change_places():
    frame = pl.DataFrame({"d": ["05/06/2024", "06/06/2024", "25/06/2024", "2024-06-05", None]})
    assert frame.select(reads_both_ways(pl.col("d")))["d"].to_list() == [True, False, False, False, False]
