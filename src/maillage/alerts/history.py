"""The degree of each territory through the periods of an indicator, without flicker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.alerts.rule import Rule
from maillage.indicators.definition import Indicator, break_between

Floats = NDArray[np.float64]
KEY = ("level", "code")


@dataclass(frozen=True, slots=True)
class _Judged:
    """For each row, how many steps its value enters, and how many it still holds within the margin."""

    entered: NDArray[np.int64]
    held: NDArray[np.int64]


def degree_history(observation: pl.DataFrame, rule: Rule, indicator: Indicator) -> pl.DataFrame:
    """The step of a rule that each territory is at, period after period.

    Returns ``level, code, period, value, low, high, origin, france, broken, step, entered, since``, by level, code and
    period: ``broken`` where the period does not compare with the one before; ``step`` counts the steps reached (0:
    none); ``entered`` those that the value alone reaches, fewer where the margin of the rule keeps the alert; ``since``
    is the first period of the alert in force. Only published values of the whole population count. A break of series
    starts afresh.
    """
    known = observation.filter(
        pl.col("indicator") == rule.indicator,
        pl.col("slice") == "",
        pl.col("status") == "published",
        pl.col("value").is_not_null(),
    )
    france = known.filter(pl.col("level") == "france").select("period", france="value")
    rows = (
        known.filter(pl.col("level").is_in(rule.levels))
        .join(france, on="period", how="left")
        .sort(*KEY, "period")
        .select(*KEY, "period", "value", "low", "high", "origin", "france")
    )
    judged = _judge(rows, rule)
    broken = _breaks(rows, indicator)
    step, since = _replay(rows, judged, broken)
    return rows.with_columns(
        pl.Series("broken", broken, pl.Boolean),
        pl.Series("step", step, pl.Int64),
        pl.Series("entered", judged.entered, pl.Int64),
        pl.Series("since", since),
    )


def latest(history: pl.DataFrame) -> pl.DataFrame:
    """The last period of each territory."""
    return history.unique(KEY, keep="last", maintain_order=True)


def _judge(rows: pl.DataFrame, rule: Rule) -> _Judged:
    value = _floats(rows, "value")
    scale = _floats(rows, "france") if rule.against == "france" else np.ones(rows.height)
    bound = value
    if rule.certainty == "whole_interval":
        bound = _floats(rows, "high" if rule.side == "low" else "low")
    slack = rule.hysteresis if rule.side == "low" else -rule.hysteresis
    entered, held = np.zeros(rows.height, np.int64), np.zeros(rows.height, np.int64)
    for threshold in rule.thresholds:
        entered += _beyond(bound, threshold * scale, rule)
        held += _beyond(value, (threshold + slack) * scale, rule)
    return _Judged(entered, held)


def _beyond(value: Floats, limit: Floats, rule: Rule) -> NDArray[np.bool_]:
    """Where a value is on the bad side of its limit; never where either is unknown."""
    return value < limit if rule.side == "low" else value >= limit


def _replay(rows: pl.DataFrame, judged: _Judged, broken: NDArray[np.bool_]) -> tuple[NDArray[np.int64], list[str]]:
    """Step after step through the periods of each territory, all the territories at once."""
    period = np.asarray(rows.get_column("period").to_list(), dtype=object)
    rank = rows.select(pl.int_range(pl.len()).over(KEY)).to_series().to_numpy()
    step, since = judged.entered.copy(), period.copy()
    for order in range(1, int(rank.max(initial=0)) + 1):
        at = np.flatnonzero(rank == order)
        before = at - 1
        kept = np.where(broken[at], 0, np.minimum(step[before], judged.held[at]))
        step[at] = np.maximum(judged.entered[at], kept)
        lasting = (step[at] > 0) & (step[before] > 0) & ~broken[at]
        since[at[lasting]] = since[before[lasting]]
    return step, list(since)


def _breaks(rows: pl.DataFrame, indicator: Indicator) -> NDArray[np.bool_]:
    """Whether a row does not compare with the one before it."""
    pairs = rows.select("period", before=pl.col("period").shift(1).over(KEY))
    known = pairs.filter(pl.col("before").is_not_null()).unique().sort("period", "before")
    apart = [break_between(indicator, before, period) is not None for period, before in known.iter_rows()]
    told = known.with_columns(pl.Series("apart", apart, pl.Boolean))
    joined = pairs.join(told, on=["period", "before"], how="left", maintain_order="left")
    return joined.get_column("apart").fill_null(value=False).to_numpy()


def _floats(rows: pl.DataFrame, column: str) -> Floats:
    return rows.get_column(column).cast(pl.Float64).fill_null(np.nan).to_numpy()
