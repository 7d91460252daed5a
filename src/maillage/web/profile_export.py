"""Every figure of one territory, in the layout of exports with the indicator before."""

from __future__ import annotations

import polars as pl

from maillage.catalog.export import EXPORT_COLUMNS
from maillage.catalog.origin import origin_sentences
from maillage.catalog.store import Version
from maillage.text import Lang


def territory_rows(version: Version, level: str, code: str, lang: Lang) -> pl.DataFrame:
    """Observations of a territory: ``indicator`` then EXPORT_COLUMNS, by indicator and period."""
    observation = pl.scan_parquet(version.tables / "observation.parquet")
    rows = observation.filter((pl.col("level") == level) & (pl.col("code") == code) & (pl.col("slice") == "")).collect()
    names = version.read("territory").select("level", "code", "name")
    return (
        rows.join(names, on=["level", "code"], how="left")
        .join(origin_sentences(version.read("origin"), lang), on="origin", how="left")
        .with_columns(pl.coalesce("sentence", "origin").alias("origin"))
        .select("indicator", *EXPORT_COLUMNS)
        .sort("indicator", "period")
    )
