"""INSEE: which territory a commune belongs to, and how its code changed."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from maillage.catalog.check import LINE
from maillage.catalog.table import Table
from maillage.errors import UnreadableFileError
from maillage.sources.head import FileHead
from maillage.sources.layout import INSEE, OPEN_LICENCE, Columns, commune_code, marks, padded_code
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text

_YEAR_COLUMN = re.compile(r"code_insee(\d{2})")
# INSEE writes a code of Z where a commune belongs to no territory of the kind.
_NOWHERE = r"^Z+$"


def _parse_appartenance(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    codes = {
        "code_commune": padded_code("CODGEO", 5),
        "code_departement": padded_code("DEP", 2),
        "code_region": padded_code("REG", 2),
        "code_epci": pl.col("EPCI"),
        "code_bassin_vie_2012": padded_code("BV2012", 5),
        "code_aire_attraction": pl.col("AAV2020").str.strip_chars().str.zfill(3),
    }
    cells = [pl.when(~code.str.contains(_NOWHERE)).then(code).alias(name) for name, code in codes.items()]
    return raw.select(*cells, pl.col("LIBGEO").alias("name"), *marks(raw))


def _parse_bassin_vie(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    return raw.select(
        commune_code("code_insee24").alias("code_commune"),
        commune_code("bv2022").alias("code_bassin_vie"),
        *marks(raw),
    )


def _is_passage(head: FileHead) -> bool:
    return head.kind == "feather" and len(_year_columns(head.columns)) >= 2


def _year_columns(names: tuple[str, ...] | list[str]) -> dict[int, str]:
    found = {2000 + int(match[1]): name for name in names if (match := _YEAR_COLUMN.fullmatch(name))}
    return dict(sorted(found.items()))


def _parse_passage(path: Path) -> pl.DataFrame:
    try:
        raw = pl.read_ipc(path)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise UnreadableFileError(
            f"{path.name}: an Arrow (feather) file was expected, found a damaged one."
        ) from problem
    years = _year_columns(raw.columns)
    after = years.pop(max(years))
    raw = raw.with_row_index(LINE, offset=1)
    pairs = [
        raw.filter(pl.col(column).is_not_null()).select(
            pl.lit(year, pl.Int32).alias("year_before"),
            pl.col(column).cast(pl.String).alias("code_before"),
            pl.col(after).cast(pl.String).alias("code_after"),
            LINE,
        )
        for year, column in years.items()
    ]
    return pl.concat(pairs).unique(["year_before", "code_before", "code_after"], keep="first", maintain_order=True)


INSEE_APPARTENANCE = Source(
    id="insee_appartenance",
    producer=INSEE,
    title=Text("Table d’appartenance géographique des communes 2022", "Territories of the communes, 2022"),
    licence=OPEN_LICENCE,
    address="https://www.insee.fr/fr/information/7671844",
    layout="Semicolon-separated, Windows-1252: CODGEO, LIBGEO, DEP, REG, EPCI, AAV2020, BV2012 and others, the leading"
    " zeros of the codes lost; a code of Z says that the commune belongs to none.",
    feeds=("territory", "membership"),
    table=Table(
        "insee_appartenance",
        "Territories of each commune, geography of 2022",
        (
            "code_commune",
            "name",
            "code_departement",
            "code_region",
            "code_epci",
            "code_bassin_vie_2012",
            "code_aire_attraction",
        ),
        ("code_commune",),
        frozenset({"code_epci", "code_bassin_vie_2012", "code_aire_attraction"}),
    ),
    vintage="2022",
    geography=2022,
    recognise=Columns(("text",), ("CODGEO", "LIBGEO", "DEP", "REG", "EPCI", "AAV2020", "BV2012")),
    parse=_parse_appartenance,
)
INSEE_BASSIN_VIE = Source(
    id="insee_bassin_vie",
    producer=INSEE,
    title=Text("Bassins de vie 2022", "Bassins de vie (living areas) 2022"),
    licence=OPEN_LICENCE,
    address="https://www.insee.fr/fr/information/6676988",
    layout="Comma-separated, derived from INSEE's: code of the commune in 2024, arrondissement, bassin de vie 2022.",
    feeds=("territory", "membership"),
    table=Table(
        "insee_bassin_vie", "Bassin de vie of each commune", ("code_commune", "code_bassin_vie"), ("code_commune",)
    ),
    vintage="2022",
    geography=2024,
    recognise=Columns(("text",), ("code_insee24", "bv2022")),
    parse=_parse_bassin_vie,
)
INSEE_PASSAGE = Source(
    id="insee_passage",
    producer=INSEE,
    title=Text("Table de passage annuelle des communes 2010-2024", "Changes of commune codes, 2010-2024"),
    licence=OPEN_LICENCE,
    address="https://www.insee.fr/fr/information/7671867",
    layout="Arrow (feather): one column of codes a year, code_insee10 to code_insee24; a merged or split commune takes"
    " several rows.",
    feeds=("territory",),
    table=Table(
        "insee_passage",
        "Each commune code of each year, and what it became in the last year of the table",
        ("year_before", "code_before", "code_after"),
        ("year_before", "code_before", "code_after"),
    ),
    vintage="2010-2024",
    geography=2024,
    recognise=_is_passage,
    parse=_parse_passage,
)
SOURCES = (INSEE_APPARTENANCE, INSEE_BASSIN_VIE, INSEE_PASSAGE)
