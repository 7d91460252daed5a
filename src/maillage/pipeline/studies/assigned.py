"""At which level the dates of units were decided, and the clusters that errors are computed in."""

from __future__ import annotations

import polars as pl

from maillage.measures.claims import PERIMETER
from maillage.measures.definition import Measure
from maillage.pipeline.studies.adoption import route_of
from maillage.pipeline.studies.ground import HOMES, Ground
from maillage.pipeline.studies.units import Units

# Units smaller than the perimeters of beneficiaries: their dates come together.
_SMALL = ("commune", "bassin_vie", "epci")


def assigned_to(ground: Ground, units: Units, measure: Measure | None) -> pl.DataFrame:
    """``code, assigned``: the beneficiary whose perimeter holds most of each small unit, else the unit itself.

    A measure with a threshold is decided by the unit.
    """
    own = units.rows.select("code", assigned="code")
    small = units.level in _SMALL and measure is not None and route_of(measure, units.level) == PERIMETER
    if not small or measure is None:
        return own
    people = ground.communes.select(commune="code", people=pl.col("population").fill_null(0.0) + 1.0)
    last = ground.claimed(measure.id).unique(["item", "beneficiary"], keep="last", maintain_order=True)
    mine = units.links.join(last.select(commune="item", who="beneficiary", claim="share"), on="commune")
    weighed = mine.join(people, on="commune").with_columns(held=pl.col("people") * pl.col("share") * pl.col("claim"))
    by = weighed.sort("code", "who", "commune").group_by("code", "who", maintain_order=True).agg(pl.col("held").sum())
    main = by.sort("code", "held", "who", descending=[False, True, False]).unique("code", keep="first")
    found = own.join(main.select("code", "who"), on="code", how="left", maintain_order="left")
    return found.select("code", assigned=pl.coalesce("who", "assigned"))


def clusters(units: Units, assigned: pl.DataFrame, level: str) -> pl.DataFrame:
    """``code, cluster`` at the level asked for; a unit without such a territory is a cluster of its own."""
    rows = units.rows.join(assigned, on="code", maintain_order="left")
    if level == "assignment":
        return rows.select("code", cluster="assigned")
    if level in HOMES:
        return rows.select("code", cluster=pl.coalesce(level, "code"))
    return rows.select("code", cluster="code")
