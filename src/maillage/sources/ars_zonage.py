"""ARS: the zoning of general practitioners, by commune."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from maillage.catalog.table import Table
from maillage.sources.layout import Columns, commune_code, marks, padded_code
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text

_YEAR = 2025


def _parse(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    zone = pl.col("Zonage").str.strip_chars()
    absent = zone.str.starts_with("N/A")
    return raw.select(
        commune_code("code_insee").alias("code_commune"),
        pl.col("Nom_commune").alias("name"),
        padded_code("cp", 5).alias("postcode"),
        pl.when(~absent).then(zone.str.replace(r"^\d_", "")).alias("zone"),
        pl.lit(_YEAR, pl.Int32).alias("year"),
        *marks(raw),
    )


ARS_ZONAGE = Source(
    id="ars_zonage",
    producer=Text("Agences régionales de santé", "Regional health agencies (ARS)"),
    title=Text("Zonage des médecins généralistes 2025", "Zoning of general practitioners 2025"),
    licence=Text("non précisée par le producteur", "not stated by the producer"),
    address="https://cartosante.atlasante.fr/",
    layout="Comma-separated: commune, name, postcode, zone (1_ZIP, 2_ZAC, 3_HZ, 4_ZAR or N/A), rural revitalisation.",
    feeds=("zoning",),
    table=Table(
        "ars_zonage",
        "GP zone of each commune",
        ("code_commune", "name", "postcode", "zone", "year"),
        ("code_commune", "year"),
        frozenset({"zone", "name", "postcode"}),
    ),
    vintage="2025",
    geography=2025,
    recognise=Columns(("text",), ("code_insee", "Nom_commune", "cp", "Zonage")),
    parse=_parse,
)
SOURCES = (ARS_ZONAGE,)
