"""What was paid for a measure in the territories and years that an evaluation counts as treated."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.catalog.store import Version
from maillage.evaluation.panel import Panel
from maillage.evaluation.result import Cost, Reliability, Result
from maillage.measures.ledger import as_known
from maillage.pipeline.studies.ground import Ground, read_ground
from maillage.territory.levels import COUNTRY

# From the surest to the least sure.
RELIABILITY: tuple[Reliability, ...] = ("observed", "estimated", "assumed")


def with_cost(result: Result, version: Version | None) -> Result:
    """The result with its cost, where the ledger of ``version`` tells payments in the treated units and years."""
    panel = result.study.panel
    if version is None or panel is None:
        return result
    protocol = result.study.protocol
    treated = _treated(panel, result.estimates.about)
    return replace(result, cost=cost_of(treated, protocol.population.level, protocol.treatment.measure, version))


def cost_of(treated: pl.DataFrame, level: str, measure: str, version: Version) -> Cost | None:
    """Payments for ``measure`` in ``treated`` units (``code, year``) of a level, as known last, at current prices.

    A payment told of a territory counts by the share of its residents who live in treated units that year. Amounts for
    the whole country are in no unit. None where the ledger tells nothing of treated units and years.
    """
    payments = as_known(version.read("payment"), None).filter(pl.col("measure") == measure, pl.col("code") != COUNTRY)
    ground = read_ground(version)
    inside = ground.links(level).join(treated, on="code").group_by("commune", "year").agg(pl.col("share").sum())
    parts = [
        payments.filter(pl.col("level") == told).join(_within(ground, told, inside), on=["code", "year"])
        for told in payments.get_column("level").unique().sort()
    ]
    rows = pl.concat(parts) if parts else payments.clear()
    if rows.is_empty():
        return None
    found = set(rows.get_column("reliability").to_list())
    worst = max(RELIABILITY.index(cast("Reliability", each)) for each in found)
    return Cost(
        amount_eur=float((rows.get_column("amount_eur") * rows.get_column("part")).sum()),
        years=tuple(int(year) for year in rows.get_column("year").unique().sort()),
        reliability=RELIABILITY[worst],
        level=", ".join(rows.get_column("level").unique().sort()),
        simulated=bool(rows.get_column("simulated").any()),
    )


def _within(ground: Ground, level: str, treated: pl.DataFrame) -> pl.DataFrame:
    """``code, year, part``: the share of the residents of each territory of a level who live in treated units."""
    people = ground.communes.select(commune="code", people=pl.col("population").fill_null(0.0))
    inside = ground.links(level).join(people, on="commune").with_columns(people=pl.col("people") * pl.col("share"))
    whole = inside.group_by("code").agg(whole=pl.col("people").sum()).filter(pl.col("whole") > 0)
    rows = inside.drop("share").join(treated, on="commune")
    reached = rows.group_by("code", "year").agg(part=(pl.col("people") * pl.col("share").clip(0, 1)).sum())
    return (
        reached.join(whole, on="code")
        .select("code", "year", part=pl.col("part") / pl.col("whole"))
        .sort("code", "year")
    )


def _treated(panel: Panel, about: NDArray[np.bool_]) -> pl.DataFrame:
    """``code, year`` of each period from treatment on of the units that are true in ``about`` (n)."""
    here = np.argwhere(about[:, None] & (panel.cohort[:, None] <= panel.periods))
    return pl.DataFrame(
        {"code": panel.units[here[:, 0]].astype(str).tolist(), "year": panel.periods[here[:, 1]].tolist()},
        schema={"code": pl.String, "year": pl.Int32},
    )
