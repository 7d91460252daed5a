"""Evaluate an indicator's expression at its base grain."""

from __future__ import annotations

import polars as pl

from maillage.engine import Engine
from maillage.errors import DefinitionError
from maillage.indicators.definition import Indicator
from maillage.indicators.expressions import COLUMNS

MEASURES = ("numerator", "denominator", "value", "low", "high")
KEY = ("code", "period", "slice")
_TYPES: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "period": pl.String,
    "slice": pl.String,
    **dict.fromkeys(MEASURES, pl.Float64),
    "status": pl.String,
}


def base_rows(indicator: Indicator, engine: Engine) -> pl.DataFrame:
    """Observations at the base grain: ``code, period, slice, numerator, denominator, value, low, high, status``.

    ``value`` is that of the expression where it gives one, else numerator over denominator times the scale. ``status``
    is ``published``, ``missing`` without a value, ``not_applicable`` over a denominator of zero, or what the
    expression says. Rows come by period, slice and code.

    Raises DefinitionError when the expression lacks a column or gives a territory twice.
    """
    found = engine.frame(indicator.compute(engine))
    absent = [c for c in COLUMNS if c not in found.columns]
    if absent:
        raise DefinitionError(f"The computation of {indicator.id!r} lacks the columns {', '.join(absent)}.")
    rows = found.select(
        pl.col(c).cast(t) if c in found.columns else pl.lit(None, t).alias(c) for c, t in _TYPES.items()
    ).sort("period", "slice", "code")
    repeated = rows.filter(pl.struct(KEY).is_duplicated())
    if repeated.height:
        code, period = repeated.row(0)[:2]
        raise DefinitionError(f"The computation of {indicator.id!r} gives {code} twice for the period {period}.")
    return rows.with_columns(value=_value(indicator)).with_columns(status=status())


def _value(indicator: Indicator) -> pl.Expr:
    top, bottom = pl.col("numerator"), pl.col("denominator")
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
