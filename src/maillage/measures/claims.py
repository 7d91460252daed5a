"""Which communes perimeters claim, from when to when, and where they claim too much."""

from __future__ import annotations

import polars as pl

from maillage.catalog.reasons import CLAIMED_TWICE, SHARES_OVER
from maillage.measures.events import STATUS, history

PERIMETER = "perimeter"
# Shares are rounded in files: a third, three times, is a whole.
TOLERANCE = 1e-6

_PLACE = ("measure", "item")


def share_of(content: pl.Expr) -> pl.Expr:
    """The share of a commune that a statement of perimeter gives: 0 to 1, empty where it is not a number."""
    return content.str.strip_chars().cast(pl.Float64, strict=False).clip(0, 1)


def claims(events: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    """Shares of communes through time: ``measure, beneficiary, item, share, event_date, until`` (empty: in force).

    ``events`` are rows of MEASURE_EVENT; ``ends`` (``measure, beneficiary, ended``) closes what its beneficiary held.
    """
    spans = history(events.filter(pl.col("attribute") == PERIMETER)).with_columns(share=share_of(pl.col("content")))
    closed = spans.join(ends, on=("measure", "beneficiary"), how="left").with_columns(
        until=pl.min_horizontal("until", "ended")
    )
    held = pl.col("until").is_null() | (pl.col("event_date") < pl.col("until"))
    return closed.filter(held, pl.col("share") > 0).select(
        "measure", "beneficiary", "item", "share", "event_date", "until"
    )


def claim_faults(claimed: pl.DataFrame) -> pl.DataFrame:
    """Where a commune is claimed for more than the whole of it: one row for each claim that begins on such a day.

    Takes what ``claims`` gives; returns ``measure, beneficiary, event_date, field, found, reason, blocks``, ``found``
    being the commune and all who claim it that day. These rows stand: coverage counts such a commune once.
    """
    whole = (pl.col("share") >= 1 - TOLERANCE).cast(pl.Int64)
    begun = claimed.select(*_PLACE, day="event_date", share="share", wholes=whole)
    over = claimed.drop_nulls("until").select(*_PLACE, day="until", share=-pl.col("share"), wholes=-whole)
    totals = (
        pl.concat([begun, over])
        .group_by(*_PLACE, "day")
        .agg(pl.col("share", "wholes").sum())
        .sort(*_PLACE, "day")
        .with_columns(pl.col("share", "wholes").cum_sum().over(_PLACE))
        .filter(pl.col("share") > 1 + TOLERANCE)
        .select(*_PLACE, "day", "wholes")
    )
    held = totals.join(claimed, on=_PLACE).filter(
        pl.col("event_date") <= pl.col("day"), pl.col("until").is_null() | (pl.col("day") < pl.col("until"))
    )
    who = held.group_by(*_PLACE, "day").agg(pl.col("beneficiary").sort().str.join(", ").alias("who"))
    starting = claimed.join(totals, left_on=(*_PLACE, "event_date"), right_on=(*_PLACE, "day")).join(
        who, left_on=(*_PLACE, "event_date"), right_on=(*_PLACE, "day")
    )
    twice = pl.when(pl.col("wholes") > 1).then(pl.lit(CLAIMED_TWICE.en)).otherwise(pl.lit(SHARES_OVER.en))
    return starting.select(
        "measure",
        "beneficiary",
        "event_date",
        field=pl.lit(PERIMETER),
        found=pl.format("{} ({})", "item", "who"),
        reason=twice,
        blocks=pl.lit(value=False),
    )


def ends(statuses: pl.DataFrame, terminal: pl.DataFrame) -> pl.DataFrame:
    """The day each beneficiary ended: ``measure, beneficiary, ended``, from its statuses and those that end a life.

    ``statuses`` are rows of MEASURE_EVENT (attribute ``status``), ``terminal`` has ``measure, content``.
    """
    over = statuses.filter(pl.col("attribute") == STATUS).join(terminal, on=("measure", "content"), how="semi")
    return over.group_by("measure", "beneficiary").agg(pl.col("event_date").min().alias("ended"))
