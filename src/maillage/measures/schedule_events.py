"""Contracts to pay, from the events of the register."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.measures.events import STATUS, SUBJECT, Moment, as_known, state
from maillage.measures.registry import load_measures
from maillage.measures.schedule import CONTRACT, AidSchedule
from maillage.text import Text

MEASURE, FTE = "assistants_medicaux", "fte"
REASONS: dict[str, Text] = {
    "before_schedule": Text("signé avant le barème", "signed before the schedule"),
    "no_fte": Text("sans quotité de temps plein", "without a share of full time"),
}


@dataclass(frozen=True, slots=True)
class Payable:
    """Contracts that the schedule can pay (``beneficiary, start, end, fte``) and those it cannot, with ``reason``.

    ``contracts`` has ``fte_assumed``: True where the share of full time is the mean that the caller gave.
    """

    contracts: pl.DataFrame
    left_out: pl.DataFrame


def payable(events: pl.DataFrame, moment: Moment, schedule: AidSchedule, *, fte_mean: float | None = None) -> Payable:
    """The contracts of medical assistants to pay at a moment, as known then, in the order of their identifiers.

    ``events`` are rows of MEASURE_EVENT. A contract starts on the first day of a status in which the measure is at
    work and ends on the first day of another status past the last of these. ``fte_mean`` stands for a share of full
    time that nobody stated; without it such contracts are left out, and said so.
    """
    mine = events.filter(pl.col("measure") == MEASURE)
    lives = _lives(mine, moment)
    stated = state(mine.filter(pl.col("attribute") == FTE), moment).select(
        "beneficiary", pl.col("content").cast(pl.Float64, strict=False).alias("fte")
    )
    rows = lives.join(stated, on="beneficiary", how="left", maintain_order="left").with_columns(
        pl.col("fte").is_null().alias("fte_assumed"), pl.col("fte").fill_null(pl.lit(fte_mean, pl.Float64))
    )
    reason = (
        pl.when(pl.col("start") < schedule.since)
        .then(pl.lit("before_schedule"))
        .when(pl.col("fte").is_null())
        .then(pl.lit("no_fte"))
    )
    judged = rows.with_columns(reason.alias("reason")).sort("beneficiary")
    kept = judged.filter(pl.col("reason").is_null()).select(*CONTRACT, "fte_assumed")
    return Payable(kept, judged.filter(pl.col("reason").is_not_null()).select(*CONTRACT, "reason"))


def _lives(events: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Start and end of each contract signed up to a moment; a later end that is already known stays out."""
    at_work = pl.col("content").is_in(sorted(load_measures()[MEASURE].active))
    told = as_known(events.filter(pl.col("attribute") == STATUS), moment.known_on)
    past = told.filter(pl.col("event_date") <= moment.true_on).sort(*SUBJECT, "event_date")
    last_at_work = pl.col("event_date").filter(at_work).max()
    lives = past.group_by("beneficiary", maintain_order=True).agg(
        pl.col("event_date").filter(at_work).min().alias("start"),
        pl.col("event_date").filter(pl.col("event_date") > last_at_work).min().alias("end"),
    )
    return lives.filter(pl.col("start").is_not_null())
