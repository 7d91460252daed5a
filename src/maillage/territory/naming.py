"""The table of territories: the name of each, its département, its région and a place to point at."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.catalog.tables import TERRITORY
from maillage.territory.levels import BASE_LEVEL, COUNTRY
from maillage.territory.perimeters import main_parent


@dataclass(frozen=True, slots=True)
class Names:
    """``code, name`` of each kind of territory."""

    communes: pl.DataFrame
    epci: pl.DataFrame
    departement: pl.DataFrame
    region: pl.DataFrame
    cpts: pl.DataFrame

    def of(self, level: str) -> pl.DataFrame:
        """``code, name`` for ``level``: a bassin de vie and a city bear the name of the commune of their code."""
        country = pl.DataFrame({"code": [COUNTRY], "name": ["France"]})
        known = {
            "epci": self.epci,
            "departement": self.departement,
            "region": self.region,
            "cpts": self.cpts,
            "france": country,
        }
        return known.get(level, self.communes).select("code", "name")


def build_territory(
    units: pl.DataFrame, membership: pl.DataFrame, names: Names, census: pl.DataFrame | None, *, millesime: int
) -> pl.DataFrame:
    """Rows of the table ``territory`` for every territory of ``membership``, communes and IRIS included.

    An upper territory lies in the département and région that hold most of its people; its place is the mean of its
    communes' places weighted by people (none for France). An IRIS is placed with its commune and named after it.
    """
    parts = [units.with_columns(level=pl.lit(BASE_LEVEL), simulated=pl.lit(value=False))]
    upper = membership.filter(pl.col("child_level") == BASE_LEVEL)
    for (level,), links in sorted(upper.partition_by("parent_level", as_dict=True).items()):
        parts.append(_upper(str(level), links, units, names))
    if census is not None and census.height:
        parts.append(_iris(census, membership, units, names))
    rows = pl.concat(
        (part.with_columns(millesime=pl.lit(millesime)).select(TERRITORY.columns) for part in parts),
        how="vertical_relaxed",
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in TERRITORY.schema.items()).sort(TERRITORY.key)


def _upper(level: str, links: pl.DataFrame, units: pl.DataFrame, names: Names) -> pl.DataFrame:
    pairs = links.select("share", "simulated", code="child_code", parent="parent_code")
    held = pairs.join(units.select("code", "longitude", "latitude", "people"), on="code").sort("parent", "code")
    weight = ((pl.col("people") + 1) * pl.col("share")).filter(pl.col("longitude").is_not_null())
    places = held.group_by("parent", maintain_order=True).agg(
        pl.col("simulated").any(),
        *(
            ((pl.col(axis).drop_nulls() * weight).sum() / weight.sum()).alias(axis)
            for axis in ("longitude", "latitude")
        ),
    )
    rows = places
    for column in ("code_departement", "code_region"):
        if level == "france" or (level == "region" and column == "code_departement"):
            rows = rows.with_columns(pl.lit(None, pl.String).alias(column))
        else:
            rows = rows.join(main_parent(pairs, units, column), on="parent", how="left", maintain_order="left")
    if level == "france":
        rows = rows.with_columns(longitude=pl.lit(None, pl.Float64), latitude=pl.lit(None, pl.Float64))
    named = rows.join(names.of(level), left_on="parent", right_on="code", how="left", maintain_order="left")
    return named.with_columns(code="parent", level=pl.lit(level), name=pl.coalesce("name", "parent"))


def _iris(census: pl.DataFrame, membership: pl.DataFrame, units: pl.DataFrame, names: Names) -> pl.DataFrame:
    links = membership.filter(child_level="iris").sort("child_code", "share", descending=[False, True])
    main = links.unique("child_code", keep="first").select("simulated", code="child_code", parent="parent_code")
    own = census.select(code="code_iris", own="code_commune").unique("code")
    place = units.select("code_departement", "code_region", parent="code", unit_name="name")
    rows = main.join(own, on="code", how="left").join(place, on="parent", how="left")
    rows = rows.join(names.communes.select("name", own="code"), on="own", how="left")
    name, number = pl.coalesce("name", "unit_name", "own"), pl.col("code").str.slice(5)
    return rows.with_columns(
        level=pl.lit("iris"),
        name=pl.when(number == "0000").then(name).otherwise(pl.format("{} ({})", name, number)),
        longitude=pl.lit(None, pl.Float64),
        latitude=pl.lit(None, pl.Float64),
    )
