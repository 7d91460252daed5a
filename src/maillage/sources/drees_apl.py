"""DREES: the published APL, by commune, as workbooks (2021) and as derived tables (2022; 2016 and 2018)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from maillage.catalog.check import CELL
from maillage.catalog.table import Table
from maillage.errors import UnreadableFileError
from maillage.sources.head import FileHead
from maillage.sources.layout import DREES, OPEN_LICENCE, Columns, commune_code, marks, melt, plain
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.sources.workbook import read_sheet
from maillage.text import Text

_ADDRESS = "https://data.drees.solidarites-sante.gouv.fr/explore/dataset/530_l-accessibilite-potentielle-localisee-apl/"
_COLUMNS = ("code_commune", "name", "year", "profession", "age_limit", "apl", "population_standardised", "population")
_KEY = ("code_commune", "year", "profession", "age_limit")
_NULLABLE = frozenset({"name", "apl", "population_standardised", "population"})
# Words of the workbooks' headers, without accents, and the profession each one speaks of.
_PROFESSION_WORDS = (
    ("generaliste", "mg"),
    ("infirmier", "inf"),
    ("kinesitherapeute", "mk"),
    ("sage-femme", "sf"),
    ("sages-femmes", "sf"),
    ("dentiste", "cd"),
)
_APL_HEADER = re.compile(r"^apl\b(?: (\d{4}))? aux .+")
_AGE = re.compile(r"(\d{2}) ans et moins")
_WORKBOOK_YEAR = 2021


def _table(name: str, description: str) -> Table:
    return Table(name, description, _COLUMNS, _KEY, _NULLABLE)


def _is_workbook(head: FileHead) -> bool:
    return head.kind == "xlsx" and any(_is_header(row) for row in head.rows)


def _is_header(row: Sequence[str]) -> bool:
    names = [plain(cell.strip()) for cell in row]
    return any(n.startswith("code commune") for n in names) and any(_APL_HEADER.match(n) for n in names)


def _parse_workbook(path: Path) -> pl.DataFrame:
    raw = read_sheet(path, is_header=_is_header)
    found = {plain(name): name for name in raw.columns}

    def column(start: str) -> pl.Expr:
        named = [name for key, name in found.items() if key.startswith(start)]
        return pl.col(named[0]) if named else pl.lit(None, pl.String)

    scores = {name: meaning for key, name in found.items() if (meaning := _meaning(key, path)) is not None}
    years = {year for year, _, _ in scores.values() if year} or {_WORKBOOK_YEAR}
    raw = raw.select(
        column("code commune").alias("code_commune"),
        column("libelle").alias("name"),
        column("population totale").alias("population"),
        column("population standardisee").alias("population_standardised"),
        *scores,
        *marks(raw),
    ).with_columns(commune_code("code_commune"))
    kept = ("code_commune", "name", "population", "population_standardised")
    long = melt(raw, keep=kept, values=tuple(scores), value_name="apl")
    return long.with_columns(
        pl.lit(max(years), pl.Int32).alias("year"),
        pl.col(CELL).replace_strict({n: p for n, (_, p, _) in scores.items()}).alias("profession"),
        pl.col(CELL)
        .replace_strict({n: a for n, (_, _, a) in scores.items()}, return_dtype=pl.Int32)
        .alias("age_limit"),
    )


def _meaning(header: str, path: Path) -> tuple[int, str, int] | None:
    """The year (0 where unsaid), profession and age limit (0: none) that a header without accents speaks of."""
    found = _APL_HEADER.match(header)
    if not found:
        return None
    professions = [profession for word, profession in _PROFESSION_WORDS if word in header]
    if not professions:
        known = ", ".join(word for word, _ in _PROFESSION_WORDS)
        raise UnreadableFileError(f"{path.name}: a profession among {known} was expected, found the column {header!r}.")
    age = _AGE.search(header)
    return int(found[1] or 0), professions[0], int(age[1]) if age else 0


def _parse_wide(path: Path, *, scores: Mapping[str, tuple[int, str, int]], demand: Mapping[str, str]) -> pl.DataFrame:
    """Read a table of one column a score; ``demand`` names the standardised population of a score, where given."""
    raw = read_cells(path)
    code = "code_commune" if "code_commune" in raw.columns else "code"
    raw = raw.with_columns(commune_code(code).alias("code_commune"))
    name = pl.col("lib_com") if "lib_com" in raw.columns else pl.lit(None, pl.String)
    populations = sorted(set(demand.values()))
    present = [s for s in scores if s in raw.columns]
    long = melt(
        raw.with_columns(name.alias("name")),
        keep=("code_commune", "name", *populations),
        values=present,
        value_name="apl",
    )
    standardised = pl.coalesce(
        pl.when(pl.col(CELL) == score).then(pl.col(population)) for score, population in sorted(demand.items())
    )
    meaning = {name: scores[name] for name in present}
    return long.with_columns(
        standardised.alias("population_standardised"),
        pl.lit(None, pl.String).alias("population"),
        pl.col(CELL).replace_strict({n: y for n, (y, _, _) in meaning.items()}, return_dtype=pl.Int32).alias("year"),
        pl.col(CELL).replace_strict({n: p for n, (_, p, _) in meaning.items()}).alias("profession"),
        pl.col(CELL)
        .replace_strict({n: a for n, (_, _, a) in meaning.items()}, return_dtype=pl.Int32)
        .alias("age_limit"),
    )


_SCORES_2022 = {
    "apl_mg": (2022, "mg", 0),
    "apl_mg_65ans": (2022, "mg", 65),
    "apl_inf": (2022, "inf", 65),
    "apl_mk": (2022, "mk", 65),
    "apl_sf": (2022, "sf", 0),
    "apl_cd": (2022, "cd", 65),
}
_DEMAND_2022 = {"apl_inf": "popstd_inf", "apl_mk": "popstd_mk", "apl_sf": "popstd_sf", "apl_cd": "popstd_cd"}
_SCORES_2016_2018 = {
    "apl_mg2018": (2018, "mg", 0),
    "apl_mg2018_65": (2018, "mg", 65),
    "apl_mg2016": (2016, "mg", 0),
    "apl_mg2016_65": (2016, "mg", 65),
    "apl_inf2016": (2016, "inf", 0),
    "apl_sf2016": (2016, "sf", 0),
    "apl_mk2016": (2016, "mk", 0),
}
_DEMAND_2016_2018 = {
    "apl_mg2018": "pop2016",
    "apl_mg2018_65": "pop2016",
    "apl_mg2016": "pop2014",
    "apl_mg2016_65": "pop2014",
}

DREES_APL = Source(
    id="drees_apl",
    producer=DREES,
    title=Text("Accessibilité potentielle localisée (APL) 2021", "Potential local accessibility (APL) 2021"),
    licence=OPEN_LICENCE,
    address=_ADDRESS,
    layout="Workbook, one sheet: code and name of the commune, population, one column a score whose header names the"
    " profession and the age limit, standardised population; Paris, Lyon and Marseille by arrondissement.",
    feeds=("apl",),
    table=_table("drees_apl", "Published APL 2021 by commune, profession and age limit"),
    vintage="2021",
    geography=2022,
    recognise=_is_workbook,
    parse=_parse_workbook,
)
DREES_APL_2022 = Source(
    id="drees_apl_2022",
    producer=DREES,
    title=Text("APL 2022, table dérivée", "APL 2022, derived table"),
    licence=OPEN_LICENCE,
    address=_ADDRESS,
    layout="Comma-separated: commune, year, APL of five professions (GPs with and without the limit of 65 years; the"
    " limit of the nurses, physiotherapists and dentists is not said: 65 is assumed, as in 2021), standardised"
    " populations. Corsica and Mayotte are absent.",
    feeds=("apl",),
    table=_table("drees_apl_2022", "Published APL 2022 by commune, profession and age limit"),
    vintage="2022",
    geography=2023,
    recognise=Columns(("text",), ("code_commune", "annee", "apl_mg", "apl_mg_65ans")),
    parse=partial(_parse_wide, scores=_SCORES_2022, demand=_DEMAND_2022),
)
DREES_APL_2016_2018 = Source(
    id="drees_apl_2016_2018",
    producer=DREES,
    title=Text("APL 2016 et 2018, table dérivée", "APL 2016 and 2018, derived table"),
    licence=OPEN_LICENCE,
    address=_ADDRESS,
    layout="Comma-separated: commune, GP APL 2018 and 2016 with their standardised populations (pop2016, pop2014),"
    " APL 2016 of nurses, midwives and physiotherapists,"
    " without a stated age limit. Metropolitan France, Paris absent.",
    feeds=("apl",),
    table=_table("drees_apl_2016_2018", "Published APL 2016 and 2018 by commune, profession and age limit"),
    vintage="2016, 2018",
    geography=2019,
    recognise=Columns(("text",), ("code", "lib_com", "apl_mg2018", "apl_mg2016")),
    parse=partial(_parse_wide, scores=_SCORES_2016_2018, demand=_DEMAND_2016_2018),
)
SOURCES = (DREES_APL, DREES_APL_2022, DREES_APL_2016_2018)
