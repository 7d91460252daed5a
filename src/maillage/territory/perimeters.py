"""Which larger territories the communes belong to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import polars as pl

from maillage.catalog.tables import MEMBERSHIP
from maillage.territory.convert import Measures, convert, place
from maillage.territory.levels import BASE_LEVEL, COUNTRY
from maillage.territory.vintages import CommuneHistory


def member_rows(
    links: pl.DataFrame, parent_level: str, *, millesime: int, simulated: bool = False, child_level: str = BASE_LEVEL
) -> pl.DataFrame:
    """Rows of the table ``membership`` from ``code, parent`` and, where partial, ``share``; no parent, no row."""
    share = pl.col("share") if "share" in links.columns else pl.lit(1.0)
    return (
        links.drop_nulls("parent")
        .select(
            child_code="code",
            child_level=pl.lit(child_level),
            parent_code="parent",
            parent_level=pl.lit(parent_level),
            millesime=pl.lit(millesime, pl.Int32),
            share=share.clip(0, 1),
            simulated=pl.lit(simulated),
        )
        .sort("child_code", "parent_code")
        .select(pl.col(name).cast(dtype) for name, dtype in MEMBERSHIP.schema.items())
    )


def administrative(units: pl.DataFrame, *, millesime: int) -> list[pl.DataFrame]:
    """Membership of the units in their city, EPCI, département, région and France."""
    country = units.with_columns(pl.lit(COUNTRY).alias("country"))
    columns = {"city": "ville", "code_epci": "epci", "code_departement": "departement", "code_region": "region"}
    columns["country"] = "france"
    return [
        member_rows(country.select("code", parent=column), level, millesime=millesime)
        for column, level in columns.items()
    ]


def living_areas(frame: pl.DataFrame, history: CommuneHistory, *, from_year: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``code, parent`` of bassins de vie on the run's communes, and quarantine rows.

    A commune merged from several bassins is in the one that held most of its people.
    """
    found = convert(
        history,
        frame.select("code_commune", parent="code_bassin_vie"),
        Measures(labels=["parent"]),
        from_year=from_year,
        source="insee_bassin_vie",
    )
    return found.rows.select("parent", code="code_commune"), found.problems


def communities(frame: pl.DataFrame, history: CommuneHistory, *, from_year: int) -> pl.DataFrame:
    """``code, cpts, share`` of the CPTS on the run's communes, from ``code_commune, cpts``.

    A commune merged from one that is in the CPTS and one that is not belongs to it by its share of the people.
    """
    cities = history.arrondissements.select(code_commune="city", arm="code")
    wide = frame.select("code_commune", "cpts").join(cities, on="code_commune", how="left")
    listed = wide.select("cpts", code_from=pl.coalesce("arm", "code_commune")).unique(maintain_order=True)
    links = place(history, listed.get_column("code_from").unique().sort(), from_year)
    people = (pl.col("population_from").fill_null(1.0) * pl.col("share")).clip(1e-9)
    held = listed.join(links, on="code_from").group_by("code_to", "cpts").agg(people.sum().alias("people"))
    year = from_year if from_year in history.years else history.millesime
    known = pl.concat([history.links(year, history.millesime), links]).unique(["code_from", "code_to"])
    whole = known.group_by("code_to").agg(people.sum().alias("whole"))
    share = (pl.col("people") / pl.col("whole")).clip(0, 1).round(9)
    return held.join(whole, on="code_to").select("cpts", code="code_to", share=share).sort("code", "cpts")


def community_codes(named: pl.DataFrame) -> pl.DataFrame:
    """``cpts, code``: a stable code made of the région and the name, from ``cpts, code_region``."""
    rows = named.select("cpts", "code_region").unique().sort("code_region", "cpts")
    codes, taken = [], set()
    for name, region in rows.iter_rows():
        code = f"{region or '00'}-{slug(name)}"
        while code in taken:
            code = f"{code}-bis"
        taken.add(code)
        codes.append(code)
    return rows.select("cpts").with_columns(pl.Series("code", codes, dtype=pl.String))


def slug(name: str) -> str:
    """Lower-case ASCII words joined by hyphens: ``CPTS du Gapençais`` becomes ``cpts-du-gapencais``."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def main_parent(
    links: pl.DataFrame, units: pl.DataFrame, column: str, *, by: Iterable[str] = ("parent",)
) -> pl.DataFrame:
    """The value of ``column`` that holds most of the people of each territory (``links``: ``code, parent, share``)."""
    keys = list(by)
    held = links.join(units.select("code", column, "people"), on="code").drop_nulls(column)
    share = pl.col("share") if "share" in links.columns else pl.lit(1.0)
    counted = held.group_by(*keys, column).agg((pl.col("people") * share).sum().alias("held"))
    return (
        counted.sort(*keys, "held", column, descending=[*(False for _ in keys), True, False])
        .group_by(keys, maintain_order=True)
        .agg(pl.col(column).first())
    )
