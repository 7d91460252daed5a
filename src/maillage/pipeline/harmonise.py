"""Published tables brought to the run's geography: supply, published APL, zoning, framing statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from maillage.catalog.table import Table
from maillage.catalog.tables import APL, PROFESSIONAL, PROFESSIONAL_DEPARTEMENT, QUARANTINE, STATISTIC, ZONING
from maillage.sources.registry import SOURCES
from maillage.territory.convert import Converted, Measures, convert
from maillage.territory.vintages import CommuneHistory

# INSEE's equipment codes that Maillage uses. D265, D277, D281, D307 and D106 agree with INSEE's figures by département
# (BPE 2024); the others are plausible and were not cross-checked.
EQUIPMENTS = {
    "D265": "mg",
    "D277": "cd",
    "D281": "inf",
    "D279": "mk",
    "D278": "sf",
    "D307": "pharmacie",
    "D106": "urgences",
    "D108": "cds",
    "D113": "msp",
}
APL_SOURCES = ("drees_apl", "drees_apl_2022", "drees_apl_2016_2018")
# Statistics are published by commune, or by larger areas whose rows name their level.
_STATISTICS = [source for source in SOURCES if STATISTIC.name in source.feeds]
COMMUNE_STATISTICS = tuple(source.id for source in _STATISTICS if "level" not in source.table.columns)
AREA_STATISTICS = tuple(source.id for source in _STATISTICS if "level" in source.table.columns)
HARMONISED = ("insee_bpe", "cnam_professionals", *APL_SOURCES, "ars_zonage", *COMMUNE_STATISTICS, *AREA_STATISTICS)


@dataclass(frozen=True, slots=True)
class Harmonised:
    """Core tables on the run's geography, the rows that could not be placed (QUARANTINE), and how many came in."""

    tables: Mapping[Table, pl.DataFrame]
    quarantine: pl.DataFrame
    rows_in: int


@dataclass(frozen=True, slots=True)
class Published:
    """Rows by source, the vintage of each source's codes, and the history that converts them."""

    frames: Mapping[str, pl.DataFrame]
    geography: Mapping[str, int]
    history: CommuneHistory

    def converted(self, source: str, columns: Sequence[str], measures: Measures) -> Converted:
        """The ``columns`` of a source on the run's geography; no row where the source is absent."""
        if source not in self.frames:
            return Converted(pl.DataFrame(), QUARANTINE.empty())
        frame = self.frames[source].select(columns)
        return convert(self.history, frame, measures, from_year=self.geography[source], source=source)


def harmonise(frames: Mapping[str, pl.DataFrame], geography: Mapping[str, int], history: CommuneHistory) -> Harmonised:
    """Convert each source from its own geography to that of ``history``; an absent source gives an empty table."""
    published = Published(frames, geography, history)
    parts = {
        PROFESSIONAL: [_professional(published)],
        PROFESSIONAL_DEPARTEMENT: [_professional_departement(published)],
        APL: [_apl(published, source) for source in APL_SOURCES],
        ZONING: [_zoning(published)],
        STATISTIC: [
            *(_commune_statistic(published, source) for source in COMMUNE_STATISTICS),
            *(_area_statistic(published, source) for source in AREA_STATISTICS),
        ],
    }
    return Harmonised(
        tables={table: _stacked(table, [c.rows for c in found]) for table, found in parts.items()},
        quarantine=pl.concat([QUARANTINE.empty(), *(c.problems for found in parts.values() for c in found)]),
        rows_in=sum(frames[source].height for source in HARMONISED if source in frames),
    )


def _stacked(table: Table, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    whole = [f.select(pl.col(c).cast(t) for c, t in table.schema.items()) for f in frames if f.width]
    return pl.concat([table.empty(), *whole])


def _professional(published: Published) -> Converted:
    found = published.converted(
        "insee_bpe", ("code_commune", "year", "equipment", "headcount"), Measures(sums=("headcount",))
    )
    if not found.rows.width:
        return found
    known = pl.col("equipment").is_in(list(EQUIPMENTS))
    profession = pl.col("equipment").replace_strict(EQUIPMENTS, default=None).alias("profession")
    return Converted(found.rows.filter(known).with_columns(profession, _code()), found.problems)


def _professional_departement(published: Published) -> Converted:
    frame = published.frames.get("cnam_professionals", pl.DataFrame())
    if frame.width:
        frame = frame.with_columns(pl.col("code_departement").alias("code"))
    return Converted(frame, QUARANTINE.empty())


def _apl(published: Published, source: str) -> Converted:
    """Scores are averaged with their standardised population, which is added up (DREES weights its means so)."""
    columns = ("code_commune", "year", "profession", "age_limit", "apl", "population_standardised", "population")
    weight = "population_standardised"
    found = published.converted(source, columns, Measures(sums=(weight, "population"), means={"apl": weight}))
    return Converted(found.rows.with_columns(_code()) if found.rows.width else found.rows, found.problems)


def _zoning(published: Published) -> Converted:
    found = published.converted("ars_zonage", ("code_commune", "year", "zone"), Measures(labels=("zone",)))
    return Converted(found.rows.with_columns(_code()) if found.rows.width else found.rows, found.problems)


def _commune_statistic(published: Published, source: str) -> Converted:
    found = published.converted(source, ("code_commune", "year", "statistic", "value"), Measures(means={"value": ""}))
    if not found.rows.width:
        return found
    status = pl.when(pl.col("value").is_null()).then(pl.lit("missing")).otherwise(pl.lit("published")).alias("status")
    return Converted(found.rows.with_columns(_code(), pl.lit("commune").alias("level"), status), found.problems)


def _area_statistic(published: Published, source: str) -> Converted:
    """Figures published for bassins de vie and départements, whose codes need no conversion."""
    return Converted(published.frames.get(source, pl.DataFrame()), QUARANTINE.empty())


def _code() -> pl.Expr:
    return pl.col("code_commune").alias("code")
