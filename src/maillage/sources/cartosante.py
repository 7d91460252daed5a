"""C@rtoSanté: exports by bassin de vie or département, two title lines above the header."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import polars as pl

from maillage.catalog.check import CELL
from maillage.catalog.table import Table
from maillage.errors import UnreadableFileError
from maillage.sources.head import FileHead, read_head
from maillage.sources.layout import OPEN_LICENCE, marks, melt, padded_code, plain, slug
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text

_TITLE_LINES = 2
_LEVELS = {"bassin de vie": ("bassin_vie", 5), "departement": ("departement", 2)}
_LABEL = re.compile(r"^(.*\S)\s+(\d{4})$")
_SECRET = "secret statistique"
_ABSENT = "N/A"


def _recognise(head: FileHead, *, title: str) -> bool:
    if head.kind != "text" or len(head.rows) <= _TITLE_LINES or not head.rows[0] or not head.rows[1]:
        return False
    titled = plain(head.rows[0][0]) == plain(title) and plain(head.rows[1][0]).startswith("referentiel geographique")
    return titled and head.rows[_TITLE_LINES][:2] == ("Code", "Libellé")


def _level(path: Path) -> tuple[str, int]:
    """The level of the rows and the width of its codes, from the second title line."""
    said = read_head(path).rows[1][0]
    for words, level in _LEVELS.items():
        if plain(said).endswith(words):
            return level
    raise UnreadableFileError(f"{path.name}: one of {', '.join(_LEVELS)} was expected on line 2, found {said!r}.")


def _parse(path: Path) -> pl.DataFrame:
    level, width = _level(path)
    raw = read_cells(path, header=_TITLE_LINES)
    dated = {name: found for name in raw.columns if (found := _LABEL.match(name))}
    undated = [name for name in raw.columns if name not in (*dated, "Code", "Libellé", "line", "broken")]
    if undated:
        raise UnreadableFileError(f"{path.name}: a year was expected at the end of each label, found {undated[0]!r}.")
    raw = raw.with_columns(padded_code("Code", width).alias("code"))
    long = melt(raw, keep=("code",), values=tuple(dated), value_name="found")
    said = pl.col("found").str.strip_chars()
    absent = said.is_null() | (said == "") | said.str.starts_with(_ABSENT)
    status = (
        pl.when(said.str.contains(_SECRET, literal=True))
        .then(pl.lit("suppressed_primary"))
        .when(absent)
        .then(pl.lit("missing"))
        .otherwise(pl.lit("published"))
    )
    return long.select(
        "code",
        pl.lit(level).alias("level"),
        pl.col(CELL).replace_strict({n: m[2] for n, m in dated.items()}).alias("year"),
        pl.col(CELL).replace_strict({n: slug(m[1]) for n, m in dated.items()}).alias("statistic"),
        pl.col(CELL).replace_strict({n: m[1] for n, m in dated.items()}).alias("label"),
        pl.when(~absent).then(said).alias("value"),
        status.alias("status"),
        *marks(long),
    )


def _source(identifier: str, producer: Text, title: Text, first_line: str) -> Source:
    return Source(
        id=identifier,
        producer=producer,
        title=title,
        licence=OPEN_LICENCE,
        address="https://cartosante.atlasante.fr/",
        layout=f"Semicolon-separated, UTF-8 with BOM: '{first_line}' and the level on two title lines, then code, name"
        " and one column a statistic whose label ends with its year; 'N/A - secret statistique' where suppressed.",
        feeds=("statistic",),
        table=Table(
            identifier,
            title.en,
            ("code", "level", "year", "statistic", "label", "value", "status"),
            ("level", "code", "year", "statistic"),
            frozenset({"value"}),
        ),
        vintage="2021–2025",
        geography=2025,
        recognise=partial(_recognise, title=first_line),
        parse=_parse,
    )


CARTOSANTE_SANTE = _source(
    "cartosante_sante",
    Text("C@rtoSanté (ARS, Cnam)", "C@rtoSanté (ARS, Cnam)"),
    Text("C@rtoSanté : densités et patientèle", "C@rtoSanté: densities and patients"),
    "CartoSanté",
)
CARTOSANTE_INSEE = _source(
    "cartosante_insee",
    Text("INSEE, par C@rtoSanté", "INSEE, through C@rtoSanté"),
    Text("C@rtoSanté : statistiques locales de l’INSEE", "C@rtoSanté: INSEE's local statistics"),
    "Insee - Statistiques locales",
)
SOURCES = (CARTOSANTE_SANTE, CARTOSANTE_INSEE)
