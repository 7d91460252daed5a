"""ARS: the perimeters of the CPTS of Provence-Alpes-Côte d'Azur, by commune."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from maillage.catalog.table import Table
from maillage.sources.layout import Columns, commune_code, marks
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text


def _parse(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    return raw.select(
        commune_code("code_insee").alias("code_commune"),
        pl.col("cpts").str.strip_chars().str.replace_all(r"\s+", " "),
        *marks(raw),
    )


ARS_CPTS = Source(
    id="ars_cpts",
    producer=Text("ARS Provence-Alpes-Côte d’Azur", "ARS Provence-Alpes-Côte d’Azur"),
    title=Text("Périmètres des CPTS, Provence-Alpes-Côte d’Azur", "CPTS perimeters, Provence-Alpes-Côte d’Azur"),
    licence=Text(
        "non précisée ; liste publique, transcrite à la main", "not stated; public listing, transcribed by hand"
    ),
    address="https://www.paca.ars.sante.fr/",
    layout="Comma-separated: commune, name, département, CPTS, remark; one CPTS a commune (Nice really has several);"
    " corrected by definitions/corrections/ars_cpts.toml.",
    feeds=("territory", "membership"),
    table=Table("ars_cpts", "CPTS of each commune", ("code_commune", "cpts"), ("code_commune",)),
    vintage="2026",
    geography=2025,
    recognise=Columns(("text",), ("code_insee", "dep", "cpts", "remarque")),
    parse=_parse,
)
SOURCES = (ARS_CPTS,)
