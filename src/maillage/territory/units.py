"""The communes of a geography with their names, places and the territories they lie in."""

from __future__ import annotations

import polars as pl
import shapely

from maillage.territory.vintages import LAST, PIVOT, CommuneHistory

UNIT_COLUMNS = (
    "code",
    "name",
    "city",
    "code_departement",
    "code_region",
    "code_epci",
    "longitude",
    "latitude",
    "people",
)


def build_units(
    communes: pl.DataFrame,
    departements: pl.DataFrame,
    history: CommuneHistory,
    outlines: pl.DataFrame,
    former_names: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Describe each commune of ``history.millesime``, Paris, Lyon and Marseille by arrondissement.

    Returns ``code, name, city, code_departement, code_region, code_epci, longitude, latitude, people``. The département
    and EPCI of a former commune are those of the commune of 2025 that holds most of it. The place is the town hall,
    else a point within the outline (``outlines``: ``code, geometry_wkb``), else the town hall of the commune that it
    joined or was drawn from. ``people`` is the population by which larger territories are placed. ``former_names``
    (``code_commune, name``) names communes that no longer exist.
    """
    codes = history.codes(history.millesime).to_frame("code")
    links = history.links(history.millesime, LAST)
    main = links.sort("code_from", "share", "code_to", descending=[False, True, False]).group_by(
        "code_from", maintain_order=True
    )
    successor = main.agg(pl.col("code_to").first(), pl.col("population_from").first().alias("people"))
    held = _current(communes).join(
        departements.select(code_departement="code", code_region="code_region"), on="code_departement", how="left"
    )
    units = (
        codes.join(successor, left_on="code", right_on="code_from", how="left", maintain_order="left")
        .join(held, on="code_to", how="left", maintain_order="left")
        .join(names(communes, former_names), on="code", how="left", maintain_order="left")
        .join(_town_halls(communes), on="code", how="left", maintain_order="left")
        .join(_inside(outlines), on="code", how="left", maintain_order="left")
        .join(_kin(communes, history), on="code", how="left", maintain_order="left")
    )
    return units.with_columns(
        pl.coalesce("name", "code").alias("name"),
        pl.coalesce("longitude", "inside_longitude", "kin_longitude").alias("longitude"),
        pl.coalesce("latitude", "inside_latitude", "kin_latitude").alias("latitude"),
        pl.col("people").fill_null(0.0),
    ).select(UNIT_COLUMNS)


def names(communes: pl.DataFrame, former: pl.DataFrame | None = None) -> pl.DataFrame:
    """``code, name`` of every commune known: of 2025, else of the former list, else as a delegated commune."""
    rank = {"COM": 0, "ARM": 0, "COMD": 2, "COMA": 2}
    known = communes.select(
        "name", code="code_commune", rank=pl.col("kind").replace_strict(rank, return_dtype=pl.Int32)
    )
    if former is not None:
        known = pl.concat([known, former.select("name", code="code_commune", rank=pl.lit(1, pl.Int32))])
    return known.drop_nulls("name").sort("code", "rank", "name").unique("code", keep="first").select("code", "name")


def _current(communes: pl.DataFrame) -> pl.DataFrame:
    """Département, EPCI and city of each commune and arrondissement of 2025."""
    whole = communes.filter(kind="COM").select("code_commune", "code_departement", "code_epci")
    arms = communes.filter(kind="ARM").select(code_to="code_commune", city="code_parent")
    within = arms.join(whole, left_on="city", right_on="code_commune", how="left")
    alone = whole.rename({"code_commune": "code_to"}).with_columns(pl.lit(None, pl.String).alias("city"))
    return pl.concat([within.select(alone.columns), alone])


def _town_halls(communes: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("kind").replace_strict({"COM": 0, "ARM": 0, "COMD": 1, "COMA": 2}, return_dtype=pl.Int32)
    placed = communes.drop_nulls(["longitude", "latitude"]).sort("code_commune", rank)
    return placed.unique("code_commune", keep="first").select("longitude", "latitude", code="code_commune")


def _inside(outlines: pl.DataFrame) -> pl.DataFrame:
    points = shapely.point_on_surface(shapely.from_wkb(outlines.get_column("geometry_wkb").to_list()))
    return outlines.select(
        "code",
        inside_longitude=pl.Series(shapely.get_x(points), dtype=pl.Float64),
        inside_latitude=pl.Series(shapely.get_y(points), dtype=pl.Float64),
    )


def _kin(communes: pl.DataFrame, history: CommuneHistory) -> pl.DataFrame:
    """The town hall of the commune of the neighbouring vintage that holds most of each commune."""
    other = PIVOT if history.millesime == LAST else LAST
    if other not in history.years:
        other = LAST
    links = history.links(history.millesime, other).sort("code_from", "share", descending=[False, True])
    main = links.unique("code_from", keep="first", maintain_order=True).select("code_to", code="code_from")
    return main.join(_town_halls(communes), left_on="code_to", right_on="code").select(
        "code", kin_longitude="longitude", kin_latitude="latitude"
    )
