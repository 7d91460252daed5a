"""Whether a territory is under a threshold whatever the convention, at every level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.access import CatchmentResult, variant_scores
from maillage.catalog.tables import ACCESS_STABILITY
from maillage.pipeline.access_conventions import AplConvention, Conventions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Demands and supplies by the name of the convention that gives them."""

    demands: Mapping[str, Floats]
    supplies: Mapping[str, Floats]


def access_stability(
    codes: pl.Series,
    membership: pl.DataFrame,
    result: CatchmentResult,
    one: AplConvention,
    rules: Conventions,
    amounts: Amounts,
) -> pl.DataFrame:
    """ACCESS_STABILITY rows of one profession, for its declared threshold.

    ``codes`` are the communes of ``result``, in order. The conventions are every declared decay × factor on travel
    times × demand × supply. A larger territory has the mean of its communes, weighted by the demand of ``result``
    in every convention; one without demand has no row.
    """
    places, means = _means(codes, membership, result.demand)
    scores = variant_scores(result.travel, amounts.demands, amounts.supplies, rules.range_decays, rules.range_factors)
    under, tried = np.zeros(places.height), 0
    for score in scores:
        under += means @ (score * one.per_inhabitants) < rules.stability_threshold
        tried += 1
    frame = places.with_columns(
        pl.lit(one.profession).alias("profession"),
        pl.lit(rules.stability_threshold).alias("threshold"),
        pl.lit(tried).alias("conventions"),
        pl.Series("stability", under / max(tried, 1)),
    )
    return frame.select(pl.col(f.name).cast(f.dtype) for f in ACCESS_STABILITY.fields)


def _means(codes: pl.Series, membership: pl.DataFrame, demand: Floats) -> tuple[pl.DataFrame, csr_array]:
    """``level, code`` of the territories with a demand, and the weights that give their mean score."""
    own = pl.DataFrame({"commune": codes, "demand": demand}).with_row_index("column")
    above = membership.filter(pl.col("child_level") == "commune").select(
        commune="child_code", level="parent_level", code="parent_code", share="share"
    )
    itself = own.select("commune", level=pl.lit("commune"), code="commune", share=pl.lit(1.0))
    parts = pl.concat([itself, above]).join(own, on="commune", how="inner")
    parts = parts.with_columns(weight=pl.col("share") * pl.col("demand")).filter(pl.col("weight") > 0)
    places = parts.select("level", "code").unique().sort("level", "code").with_row_index("row")
    parts = parts.join(places, on=["level", "code"]).with_columns(pl.col("weight") / pl.col("weight").sum().over("row"))
    rows, columns = parts.get_column("row").to_numpy(), parts.get_column("column").to_numpy()
    weights = csr_array((parts.get_column("weight").to_numpy(), (rows, columns)), shape=(places.height, len(codes)))
    return places.drop("row"), weights
