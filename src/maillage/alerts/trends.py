"""Which way the series of each territory goes, by the trend test."""

from __future__ import annotations

import numpy as np
import polars as pl

from maillage.alerts.history import KEY
from maillage.alerts.rule import Rule
from maillage.indicators.conventions import convention
from maillage.indicators.definition import Indicator
from maillage.indicators.trend import trend
from maillage.period import parse_period


def trends(history: pl.DataFrame, rule: Rule, indicator: Indicator) -> pl.DataFrame:
    """``level, code, trend`` of every territory of a history (``degree_history``).

    ``worsening`` or ``improving`` by the bad side of the rule, ``stable`` where the test calls no trend, ``unknown``
    where there are too few last points that compare and have a statistical interval.
    """
    last = _last_points(history, int(convention("trend_points")))
    known = pl.DataFrame(schema={"level": pl.String, "code": pl.String, "trend": pl.String})
    if indicator.interval not in ("none", "range"):
        groups = last.partition_by("periods", as_dict=True, maintain_order=True)
        known = pl.concat([known, *(_tested(part, rule, str(periods)) for (periods,), part in groups.items())])
    everyone = history.select(KEY).unique(maintain_order=True)
    told = everyone.join(known, on=list(KEY), how="left", maintain_order="left")
    return told.with_columns(pl.col("trend").fill_null("unknown"))


def _last_points(history: pl.DataFrame, points: int) -> pl.DataFrame:
    """One row a territory with enough last points that compare: ``periods`` (joined), and its values and limits."""
    return (
        history.filter(pl.col("broken").cast(pl.Int32).cum_sum().over(KEY) == pl.col("broken").sum().over(KEY))
        .filter(pl.int_range(pl.len()).reverse().over(KEY) < points)
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("period").str.join(" ").alias("periods"), "value", "low", "high", sound=_sound().all(), n=pl.len())
        .filter((pl.col("n") == points) & pl.col("sound"))
    )


def _sound() -> pl.Expr:
    return pl.col("low").is_not_null() & (pl.col("high") > pl.col("low"))


def _tested(part: pl.DataFrame, rule: Rule, periods: str) -> pl.DataFrame:
    moments = [parse_period(period) for period in periods.split()]
    times = [moment.year + (moment.quarter - 1) / 4 if moment.quarter else float(moment.year) for moment in moments]
    values, low, high = (np.array(part.get_column(c).to_list(), dtype=np.float64) for c in ("value", "low", "high"))
    direction = trend(values, low, high, times=times).direction * (1 if rule.side == "high" else -1)
    words = np.array(["improving", "stable", "worsening"])[direction + 1]
    return part.select(KEY).with_columns(pl.Series("trend", words.tolist(), pl.String))
