"""How far an alert depends on the convention: the share of the declared ones under which it stands."""

from __future__ import annotations

import polars as pl

from maillage.alerts.rule import Rule

# The slices of an indicator that hold the same figure under another declared convention.
CONVENTION = "convention:"


def stability(observation: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """``level, code, period, stability``: the share of the conventions under which a value passes the first threshold.

    The declared convention (slice "") counts as one of them. Empty for an indicator that is known under one convention
    only, or a rule that compares with France. The report of the Cour des comptes (May 2024) warns that conclusions
    depend strongly on the specification.
    """
    schema = {"level": pl.String, "code": pl.String, "period": pl.String, "stability": pl.Float64}
    if rule.against == "france":
        return pl.DataFrame(schema=schema)
    known = observation.filter(
        pl.col("indicator") == rule.indicator,
        pl.col("level").is_in(rule.levels),
        (pl.col("slice") == "") | pl.col("slice").str.starts_with(CONVENTION),
        pl.col("value").is_not_null(),
    )
    limit = rule.thresholds[0]
    beyond = pl.col("value") < limit if rule.side == "low" else pl.col("value") >= limit
    shares = known.group_by("level", "code", "period").agg(stability=beyond.mean(), conventions=pl.len())
    return shares.filter(pl.col("conventions") > 1).select(schema.keys()).sort("level", "code", "period")
