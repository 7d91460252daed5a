"""How a value of communes becomes a value of larger territories: every declared rule reduces to sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from maillage.errors import DefinitionError

Kind = Literal["sum", "mean", "ratio"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How territories are added up.

    ``sum`` adds the column ``value``. ``mean`` averages ``value`` with the weights of the column ``weight``
    (``population`` or ``population_standardised``: the weight is declared with the figure). ``ratio`` divides the sum
    of ``numerator`` by the sum of ``denominator``. ``scale`` multiplies a mean or a ratio (100 for a percentage,
    100 000 for a density).

    Raises DefinitionError when a mean has no weight or another rule has one.
    """

    kind: Kind
    weight: str = ""
    scale: float = 1.0

    def __post_init__(self) -> None:
        if (self.kind == "mean") != bool(self.weight):
            raise DefinitionError(f"A mean names its weight and no other rule does, found {self}.")

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that ``components`` needs besides the keys."""
        return {"sum": ("value",), "mean": ("value", self.weight), "ratio": ("numerator", "denominator")}[self.kind]


def components(frame: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Replace the inputs of ``rule`` by ``numerator``, ``denominator`` and ``weight``; other columns are kept as keys.

    A row with a missing input has neither numerator nor denominator, so that it leaves both sums, and keeps its
    ``weight`` where known: ``aggregate`` tells from it which share of a territory was covered. The weight is that of
    the mean, the denominator of the ratio, and 1 for a sum (each commune counts as much).
    """
    value, present = pl.col(rule.inputs[0]), pl.all_horizontal(pl.col(c).is_not_null() for c in rule.inputs)
    second = pl.lit(1.0) if rule.kind == "sum" else pl.col(rule.inputs[1]).cast(pl.Float64)
    first = value.cast(pl.Float64) * second if rule.kind == "mean" else value.cast(pl.Float64)
    return frame.select(
        pl.exclude(*rule.inputs, "weight"),
        pl.when(present).then(first).alias("numerator"),
        pl.when(present).then(second).alias("denominator"),
        second.fill_null(0.0).alias("weight"),
    )


def values(aggregated: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Add ``value`` to aggregated sums; a sum has no denominator, a zero denominator gives no value."""
    if rule.kind == "sum":
        empty = pl.lit(None, dtype=pl.Float64).alias("denominator")
        return aggregated.with_columns(empty, pl.col("numerator").alias("value"))
    ratio = rule.scale * pl.col("numerator") / pl.col("denominator")
    return aggregated.with_columns(pl.when(pl.col("denominator") > 0).then(ratio).alias("value"))
