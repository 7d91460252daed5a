"""The outcome of each unit and year: observations as published, or the records behind them counted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from maillage.catalog.store import Version
from maillage.catalog.tables import OBSERVATION
from maillage.engine import Engine, open_engine
from maillage.indicators.compute import compute_in_turn
from maillage.indicators.definition import Counted, Indicator, Tally
from maillage.indicators.partials import count_batch
from maillage.indicators.records import has_records, last_record
from maillage.pipeline.studies.ground import Ground
from maillage.pipeline.studies.units import CPTS, Units, perimeters_on
from maillage.territory.perimeters import member_rows

OUTCOME: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "period": pl.Int64,
    "value": pl.Float64,
    "denominator": pl.Float64,
    "status": pl.String,
    "origin": pl.String,
}
# Levels that counting again needs whatever the level of the units: who delivered is judged by département.
_NEEDED = ("departement", "region", "france")


def published(version: Version, indicator: str, slice_: str, level: str, years: Sequence[int]) -> pl.DataFrame:
    """Rows of OUTCOME as observations have them, confidentiality applied."""
    rows = pl.scan_parquet(version.tables / f"{OBSERVATION.name}.parquet").filter(
        pl.col("indicator") == indicator, pl.col("slice") == slice_, pl.col("level") == level
    )
    return _shaped(rows.collect(), years)


def counted_again(
    ground: Ground, indicator: Indicator, slice_: str, units: Units, years: Sequence[int], *, as_then: bool = False
) -> pl.DataFrame:
    """Rows of OUTCOME computed from the tables of the version, before confidentiality: only averages may leave.

    CPTS are those of ``units``, or, ``as_then``, those of the register on 31 December of each year.
    """
    engine = open_engine(ground.version.tables)
    if not has_records(indicator, engine):
        return pl.DataFrame(schema=OUTCOME)
    counted = _counted(indicator, engine)
    if not (as_then and units.level == CPTS):
        return _computed(ground, indicator, slice_, units.level, units.links, counted, years)
    parts = [
        _computed(
            ground, indicator, slice_, CPTS, perimeters_on(ground, date(year, 12, 31)), _of_year(counted, year), [year]
        )
        for year in years
    ]
    return pl.concat([pl.DataFrame(schema=OUTCOME), *parts]).sort("code", "period")


def _counted(indicator: Indicator, engine: Engine) -> dict[str, Counted]:
    """The records counted once, whatever the number of perimeters that they are added up in."""
    if indicator.records is None or not isinstance(indicator.compute, Tally):
        return {}
    return {indicator.id: Counted(count_batch(indicator, engine), last_record(indicator, engine))}


def _of_year(counted: dict[str, Counted], year: int) -> dict[str, Counted]:
    mine = pl.col("period").str.starts_with(str(year))
    return {name: Counted(known.sums.filter(mine), known.last) for name, known in counted.items()}


def _computed(
    ground: Ground,
    indicator: Indicator,
    slice_: str,
    level: str,
    links: pl.DataFrame,
    counted: dict[str, Counted],
    years: Sequence[int],
) -> pl.DataFrame:
    engine = open_engine(ground.version.tables, {"membership": _membership(ground, level, links)})
    made = compute_in_turn(engine, [indicator], counted=counted, slices={indicator.id: [slice_]})
    parts = [m.observation.filter(pl.col("level") == level, pl.col("slice") == slice_) for m in made]
    return _shaped(pl.concat([OBSERVATION.empty(), *parts]), years)


def _membership(ground: Ground, level: str, links: pl.DataFrame) -> pl.DataFrame:
    """Membership in the levels that counting needs, and in the CPTS asked for."""
    kept = ground.membership.filter(
        (pl.col("child_level") != "commune")
        | pl.col("parent_level").is_in([*_NEEDED, *(() if level == CPTS else (level,))])
    )
    if level != CPTS:
        return kept
    millesime = ground.membership.get_column("millesime").max()
    rows = member_rows(
        links.select("share", code="commune", parent="code"), CPTS, millesime=int(str(millesime)), simulated=False
    )
    return pl.concat([kept, rows])


def _shaped(rows: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    whole = rows.filter(pl.col("period").str.contains(r"^\d{4}$")).with_columns(pl.col("period").cast(pl.Int64))
    mine = whole.filter(pl.col("period").is_in(list(years)))
    return mine.select(pl.col(c).cast(t) for c, t in OUTCOME.items()).sort("code", "period")
