"""INSEE: the permanent base of equipments (BPE), counts by commune and type."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from maillage.catalog.table import Table
from maillage.sources.layout import INSEE, OPEN_LICENCE, Columns, commune_code, marks
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text

_YEAR = 2024


def _parse(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    return raw.select(
        commune_code("code_commune"),
        pl.col("typequ_bpe2024").alias("equipment"),
        pl.col("nombre").alias("headcount"),
        pl.lit(_YEAR, pl.Int32).alias("year"),
        *marks(raw),
    )


INSEE_BPE = Source(
    id="insee_bpe",
    producer=INSEE,
    title=Text("Base permanente des équipements 2024, santé", "Permanent database of facilities 2024, health"),
    licence=OPEN_LICENCE,
    address="https://www.insee.fr/fr/metadonnees/source/serie/s1161",
    layout="Comma-separated, derived: commune, type of equipment (TYPEQU), count; the labels of the file are wrong and"
    " are not read.",
    feeds=("professional",),
    table=Table(
        "insee_bpe",
        "Health equipments and professionals by commune and type",
        ("code_commune", "equipment", "headcount", "year"),
        ("code_commune", "equipment", "year"),
    ),
    vintage="2024",
    geography=2024,
    recognise=Columns(("text",), ("code_commune", "typequ_bpe2024", "nombre")),
    parse=_parse,
)
SOURCES = (INSEE_BPE,)
