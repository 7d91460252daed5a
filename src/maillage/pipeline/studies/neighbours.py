"""Who lies next to whom: units that touch, or whose residents live within some minutes of one another."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from maillage.evaluation.exposure import Neighbours
from maillage.evaluation.protocol import Protocol
from maillage.pipeline.access_conventions import load_car
from maillage.pipeline.access_places import CarTravel, homes_of, locate
from maillage.pipeline.studies.ground import Ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.units import Units
from maillage.text import Text

_PLACED_NOWHERE = Text(
    'Choisir `by = "contiguity"` ou `"travel"`, ou `"none"`.',
    'Choose `by = "contiguity"` or `"travel"`, or `"none"`.',
)


def neighbouring(ground: Ground, units: Units, protocol: Protocol, said: Said) -> pl.DataFrame | None:
    """``left, right, weight``: how much of ``left`` lies next to ``right``; None where the protocol asks for nothing.

    Contiguity: 1 where two communes of the units touch or are one that both take part of. Travel: the share of the
    residents of ``left`` who live within ``within_min`` minutes, by the car model, of the point of a commune of
    ``right``. Refuses flows (``no_flows``): records name the hospital and not its commune.
    """
    asked = protocol.spillover
    if asked.by == "none" or units.rows.is_empty():
        return None
    if asked.by == "flow":
        said.refuse(
            "no_flows",
            Text(
                "Les flux de patients ne sont pas connus : les passages disent la commune du patient et le numéro de "
                "l’établissement (FINESS), pas la commune de l’établissement.",
                "Flows of patients are not known: visits tell the commune of the patient and the number of the "
                "hospital (FINESS), not the commune of the hospital.",
            ),
            _PLACED_NOWHERE,
        )
        return None
    if asked.by == "contiguity":
        near = touching(ground, units)
    else:
        near = within(ground, units, asked.within_min)
        said.note(
            f"Voisinage : communes à {asked.within_min:g} minutes au plus par le modèle de trajet en voiture.",
            f"Neighbourhood: communes within {asked.within_min:g} minutes by the model of car travel.",
        )
    return _between(units, near, shares=asked.by == "travel", people=ground.communes)


def touching(ground: Ground, units: Units) -> pl.DataFrame:
    """``left, right``: communes of the units that share a border, both ways, and each with itself."""
    inside = units.links.get_column("commune").unique()
    drawn = ground.version.read("shape").filter(pl.col("level") == "commune", pl.col("code").is_in(inside.implode()))
    drawn = drawn.sort("code")
    outlines = shapely.from_wkb(drawn.get_column("geometry_wkb").to_list())
    left, right = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    codes = drawn.get_column("code")
    return pl.DataFrame({"left": codes[left], "right": codes[right]}).sort("left", "right")


def within(ground: Ground, units: Units, within_min: float) -> pl.DataFrame:
    """``left, right``: communes of the units driven from one to the other in ``within_min`` minutes or less."""
    version, inside = ground.version, units.links.get_column("commune").unique().implode()
    mine = pl.col("code").is_in(inside)
    people = version.read("population").filter(pl.col("level") == "commune", mine)
    places = version.read("territory").filter(pl.col("level") == "commune", mine)
    outlines = version.read("shape").filter(pl.col("level") == "commune", mine)
    car = load_car()
    homes = homes_of(locate(places, people, outlines, places.select("code")), car)
    travel = CarTravel(car)(homes, homes, within_min)
    codes = pl.Series("code", homes.codes, dtype=pl.String)
    return pl.DataFrame({"left": codes[travel.rows], "right": codes[travel.indices]}).sort("left", "right")


def _between(units: Units, near: pl.DataFrame, *, shares: bool, people: pl.DataFrame) -> pl.DataFrame:
    """Pairs of units from pairs of communes: weight 1, or the share of residents of the left."""
    reached = near.join(units.links.select(right="commune", unit="code"), on="right").select("left", "unit").unique()
    homes = units.links.select(left="commune", own="code", share="share")
    pairs = homes.join(reached, on="left").filter(pl.col("own") != pl.col("unit"))
    if not shares:
        rows = pairs.select(left="own", right="unit").unique().with_columns(weight=pl.lit(1.0))
        return rows.sort("left", "right")
    known = people.select(left="code", people=pl.col("population").fill_null(0.0))
    held = homes.join(known, on="left").with_columns(people=pl.col("people") * pl.col("share")).sort("own", "left")
    whole = held.group_by("own", maintain_order=True).agg(whole=pl.col("people").sum())
    met = pairs.join(held.select("left", "own", "people"), on=["left", "own"]).sort("own", "unit", "left")
    sums = met.group_by("own", "unit", maintain_order=True).agg(pl.col("people").sum()).join(whole, on="own")
    rows = sums.filter(pl.col("people") > 0).select(
        left="own", right="unit", weight=(pl.col("people") / pl.col("whole")).clip(0, 1)
    )
    return rows.sort("left", "right")


def on_units(pairs: pl.DataFrame, codes: pl.Series) -> Neighbours:
    """The pairs of which both are among ``codes``, by their position there."""
    at = pl.DataFrame({"code": codes}).with_row_index("at")
    placed = (
        pairs.join(at.select(left="code", i="at"), on="left")
        .join(at.select(right="code", j="at"), on="right")
        .sort("i", "j")
    )
    left, right = (placed.get_column(c).to_numpy().astype(np.int64) for c in ("i", "j"))
    return Neighbours(left, right, placed.get_column("weight").to_numpy())
