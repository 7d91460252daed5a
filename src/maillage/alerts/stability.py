"""How far an alert on access depends on the convention: the share of the declared ones under which it stands."""

from __future__ import annotations

import polars as pl

from maillage.alerts.rule import Rule


def stability(access_stability: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """``level, code, stability`` of the territories of a rule, from the ACCESS_STABILITY table.

    Empty for a rule that names no profession (``varied``), or whose first threshold was not tried. The report of the
    Cour des comptes (May 2024) warns that conclusions on access depend strongly on the specification.
    """
    tried = access_stability.filter(pl.col("profession") == rule.varied, pl.col("threshold") == rule.thresholds[0])
    return tried.select("level", "code", "stability")
