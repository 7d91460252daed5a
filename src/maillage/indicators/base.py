"""Evaluate an indicator's expression at its base grain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.engine import Engine
from maillage.errors import DefinitionError
from maillage.indicators.definition import Indicator, Tally
from maillage.indicators.expressions import COLUMNS
from maillage.indicators.strata import combine

MEASURES = ("numerator", "denominator", "value", "low", "high")
KEY = ("code", "period", "slice")
_TYPES: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "period": pl.String,
    "slice": pl.String,
    **dict.fromkeys(MEASURES, pl.Float64),
    "status": pl.String,
}


@dataclass(frozen=True, slots=True)
class Base:
    """An indicator at its base grain: ``rows`` as ``base_rows`` gives them, ``strata`` where it combines some."""

    rows: pl.DataFrame
    strata: pl.DataFrame


def base_rows(indicator: Indicator, engine: Engine) -> pl.DataFrame:
    """Observations at the base grain: ``code, period, slice, numerator, denominator, value, low, high, status``.

    ``value`` is that of the expression where it gives one, else numerator over denominator times the scale, or what
    the indicator's combination makes of its strata. ``status`` is ``published``, ``missing`` without a value,
    ``not_applicable`` over a denominator of zero, or what the expression says. Rows come by period, slice and code.

    Raises DefinitionError when the expression lacks a column or gives a territory twice.
    """
    return evaluate(indicator, engine).rows


def evaluate(indicator: Indicator, engine: Engine, counted: pl.DataFrame | None = None) -> Base:
    """The rows of ``base_rows`` and, for an indicator that combines strata, ``code, period, slice, stratum`` and sums.

    ``counted`` stands for the sums of the records of a Tally, counted before (``indicators.partials``).
    """
    if counted is not None and isinstance(indicator.compute, Tally):
        found = engine.frame(indicator.compute.finish(engine.given(counted), engine))
    else:
        found = engine.frame(indicator.compute(engine))
    stratified = indicator.combination is not None
    wanted = (*COLUMNS, "stratum") if stratified else COLUMNS
    absent = [c for c in wanted if c not in found.columns]
    if absent:
        raise DefinitionError(f"The computation of {indicator.id!r} lacks the columns {', '.join(absent)}.")
    if stratified:
        keys = [pl.col(c).cast(pl.String) for c in (*KEY, "stratum")]
        strata = found.select(*keys, pl.col("numerator", "denominator").cast(pl.Float64))
        del found  # strata are many: no more than one copy of them beside their sort
        strata = strata.sort(*KEY, "stratum")
        return Base(_told(_checked(_combined(indicator, strata), indicator), indicator), strata)
    typed = found.select(
        pl.col(c).cast(t) if c in found.columns else pl.lit(None, t).alias(c) for c, t in _TYPES.items()
    )
    return Base(_told(_checked(typed, indicator), indicator), pl.DataFrame())


def evaluate_in_turn(indicator: Indicator, engine: Engine, counted: pl.DataFrame | None = None) -> Iterator[Base]:
    """``evaluate`` in parts: period by period where records are counted by stratum, since strata are many."""
    if not isinstance(indicator.compute, Tally) or indicator.combination is None:
        yield evaluate(indicator, engine, counted)
        return
    sums = engine.frame(indicator.compute.count(engine)) if counted is None else counted
    for period in sums.get_column("period").unique().sort():
        yield evaluate(indicator, engine, sums.filter(pl.col("period") == period))


def _combined(indicator: Indicator, strata: pl.DataFrame) -> pl.DataFrame:
    if indicator.combination is None:
        return strata
    confidence = load_parameters("observation")["confidence"].value
    rows = combine(strata, indicator.combination, scale=indicator.scale, confidence=confidence)
    return rows.with_columns(status=pl.lit(None, pl.String))


def _checked(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    tidy = rows.select(list(_TYPES)).sort("period", "slice", "code")
    repeated = tidy.filter(pl.all_horizontal(pl.col(c) == pl.col(c).shift(1) for c in ("code", "slice", "period")))
    if repeated.height:
        code, period = repeated.row(0)[:2]
        raise DefinitionError(f"The computation of {indicator.id!r} gives {code} twice for the period {period}.")
    return tidy


def _told(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    return rows.with_columns(value=_value(indicator)).with_columns(status=status())


def _value(indicator: Indicator) -> pl.Expr:
    top, bottom = pl.col("numerator"), pl.col("denominator")
    if indicator.combination is not None:
        return pl.col("value")
    if indicator.aggregation.kind == "sum":
        return pl.coalesce("value", indicator.scale * top)
    return pl.coalesce("value", pl.when(bottom > 0).then(indicator.scale * top / bottom))


def status() -> pl.Expr:
    """The status of a row from its sums and value, where nothing was said of it yet."""
    return pl.coalesce(
        "status",
        pl.when(pl.col("value").is_not_null())
        .then(pl.lit("published"))
        .when(pl.col("denominator") == 0)
        .then(pl.lit("not_applicable"))
        .otherwise(pl.lit("missing")),
    )
