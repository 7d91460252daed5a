"""Pieces of Ibis expressions that several definitions share."""

from __future__ import annotations

from typing import Any

import ibis

from maillage.engine import Engine

COLUMNS = ("code", "period", "slice", "numerator", "denominator")


def stable_sum(column: Any) -> Any:
    """The sum of a column of counts or inhabitants, exact to the millionth.

    An engine adds floats in the order its threads finish; whole millionths add up to the same bits in any order.
    """
    return (column * 1_000_000).round().cast("int64").sum().cast("float64") / 1_000_000


def latest_population(engine: Engine, *, level: str = "commune") -> Any:
    """The rows of the population table of each territory's latest year, both sexes together."""
    people = engine.table("population")
    people = people.filter(people.level == level, people.sex == "all")
    latest = people.group_by("code").agg(year=people.year.max())
    return people.semi_join(latest, ["code", "year"])


def resident(engine: Engine, *, level: str = "commune", age_bands: tuple[str, ...] = ()) -> Any:
    """Resident population, each territory's latest year: ``code, population, year``; all ages where no band is named.

    Where the latest figure of a territory has no age, it counts for all ages and has nobody in a band.
    """
    people = latest_population(engine, level=level)
    kept = people.age_band.isin(age_bands) if age_bands else ibis.literal(value=True)
    return people.group_by("code", "year").agg(
        population=stable_sum(kept.ifelse(people.population, 0.0)),
    )


def period_of(year: Any) -> Any:
    """A year as a period."""
    return year.cast("string")


def where_known(value: Any, weight: Any) -> Any:
    """The weight where the value is known, else nothing: a missing value leaves both sums."""
    return value.notnull().ifelse(weight, ibis.null("float64"))


def base(rows: Any, **columns: Any) -> Any:
    """Select the columns of a base expression; ``slice`` is empty unless given."""
    return rows.select(**{"slice": ibis.literal(""), **columns})
