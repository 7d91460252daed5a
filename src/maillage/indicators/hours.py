"""When care is on call (permanence des soins ambulatoires): nights, Saturday afternoons, Sundays, public holidays."""

from __future__ import annotations

from functools import cache
from typing import Any

import holidays
import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.engine import Engine

FIRST_YEAR, LAST_YEAR = 2010, 2040
# Départements by the name that the `holidays` library gives to a place with public holidays of its own.
PLACES = {
    "57": ("57",),
    "6AE": ("67", "68"),
    "971": ("971",),
    "972": ("972",),
    "973": ("973",),
    "974": ("974",),
    "976": ("976",),
    "BL": ("977",),
    "MF": ("978",),
}
_THURSDAY, _SATURDAY = 3, 5


@cache
def public_holidays() -> pl.DataFrame:
    """``day, departement`` of every public holiday from 2010 to 2040; ``departement`` is empty where all France rests.

    Source: the library `holidays`, after article L3133-1 of the Code du travail, L3134-13 for Alsace and Moselle, and
    L3422-2 overseas.
    """
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    everywhere = set(holidays.country_holidays("FR", years=years))
    rows = [(day, "") for day in everywhere]
    for place, departements in PLACES.items():
        own = set(holidays.country_holidays("FR", subdiv=place, years=years)) - everywhere
        rows += [(day, departement) for day in own for departement in departements]
    return pl.DataFrame(rows, schema={"day": pl.Date, "departement": pl.String}, orient="row").sort(
        "day", "departement"
    )


def departement_of(code: Any) -> Any:
    """The département of a commune's code (an Ibis column): three characters overseas, two elsewhere."""
    return code.startswith("97").ifelse(code.left(3), code.left(2))


def on_call_by_clock(time: Any) -> Any:
    """Whether a local time (an Ibis column) lies in on-call hours by its hour and day of the week."""
    hours = load_parameters("pdsa")
    evening, morning, noon = (hours[n].value for n in ("evening_hour", "morning_hour", "saturday_hour"))
    # One division instead of a calendar: a hundred million visits feel it. 1 January 1970 was a Thursday.
    hour = ((time.epoch_seconds() / 3600).floor().cast("int64") + _THURSDAY * 24) % (7 * 24)
    night = (hour % 24 >= evening) | (hour % 24 < morning)
    return night | (hour >= _SATURDAY * 24 + noon)


def holiday_keys(engine: Engine) -> Any:
    """An Ibis table ``day, local_day``: 0 on a holiday of all France, else the day as 20241226 if some place rests."""
    days = public_holidays().group_by("day").agg(local=(pl.col("departement") != "").all()).sort("day")
    number = pl.col("day").dt.strftime("%Y%m%d").cast(pl.Int32)
    return engine.given(days.select("day", local_day=pl.when("local").then(number).otherwise(0)))


def local_holidays(engine: Engine) -> Any:
    """An Ibis table ``local_day, departement``: where each local holiday is kept."""
    local = public_holidays().filter(pl.col("departement") != "")
    everywhere = public_holidays().filter(pl.col("departement") == "").select("day")
    kept = local.join(everywhere, on="day", how="anti")
    return engine.given(
        kept.select("departement", kept_day=pl.col("day").dt.strftime("%Y%m%d").cast(pl.Int32)).sort("kept_day")
    )
