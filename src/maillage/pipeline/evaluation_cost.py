"""What was paid for a measure in the territories and years that an evaluation counts as treated."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl

from maillage.catalog.store import Version
from maillage.evaluation.panel import Panel
from maillage.evaluation.result import Cost, Reliability, Result
from maillage.measures.ledger import as_known
from maillage.pipeline.studies.ground import read_ground
from maillage.territory.levels import BASE_LEVEL

# From the surest to the least sure.
RELIABILITY: tuple[Reliability, ...] = ("observed", "estimated", "assumed")


def with_cost(result: Result, version: Version | None) -> Result:
    """The result with its cost, where the ledger of ``version`` tells payments in the treated units and years."""
    panel = result.study.panel
    if version is None or panel is None:
        return result
    cost = cost_of(panel, result.study.protocol.population.level, result.study.protocol.treatment.measure, version)
    return replace(result, cost=cost)


def cost_of(panel: Panel, level: str, measure: str, version: Version) -> Cost | None:
    """Payments for ``measure`` in the treated units and periods of ``panel``, as known last, at the prices of the day.

    Payments told of units count in them; those told of communes, by the share of each commune that a unit takes.
    Amounts for the whole country are in no unit. None where the ledger tells nothing of treated units and years.
    """
    payments = as_known(version.read("payment"), None).filter(pl.col("measure") == measure)
    own = payments.filter(pl.col("level") == level).with_columns(share=pl.lit(1.0))
    below = payments.filter(pl.col("level") == BASE_LEVEL) if level != BASE_LEVEL else payments.clear()
    links = read_ground(version).links(level).rename({"code": "unit"})
    placed = below.join(links, left_on="code", right_on="commune").drop("code").rename({"unit": "code"})
    rows = pl.concat([own, placed.select(own.columns)]).join(_treated(panel), on=["code", "year"])
    if rows.is_empty():
        return None
    found = set(rows.get_column("reliability").to_list())
    worst = max(RELIABILITY.index(cast("Reliability", each)) for each in found)
    return Cost(
        amount_eur=float((rows.get_column("amount_eur") * rows.get_column("share")).sum()),
        years=tuple(int(year) for year in rows.get_column("year").unique().sort()),
        reliability=RELIABILITY[worst],
        level=level if own.height else BASE_LEVEL,
        simulated=bool(rows.get_column("simulated").any()),
    )


def _treated(panel: Panel) -> pl.DataFrame:
    """``code, year`` of every treated unit and period."""
    here = np.argwhere((panel.cohort[:, None] > 0) & (panel.cohort[:, None] <= panel.periods))
    return pl.DataFrame(
        {"code": panel.units[here[:, 0]].astype(str).tolist(), "year": panel.periods[here[:, 1]].tolist()},
        schema={"code": pl.String, "year": pl.Int32},
    )
