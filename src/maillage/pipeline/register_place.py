"""Registers on the run's geography: the commune of each row, and the territories that payments are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import LINE
from maillage.pipeline.held import Held
from maillage.sources.records.batch import FAULTS
from maillage.territory.levels import BASE_LEVEL
from maillage.territory.residence import Communes, placed
from maillage.territory.vintages import LAST


@dataclass(frozen=True, slots=True)
class Ground:
    """What registers are placed on: communes through time, and the territories of the run (TERRITORY)."""

    communes: Communes
    territory: pl.DataFrame

    @property
    def members(self) -> pl.DataFrame:
        """``code, code_departement`` of the communes."""
        return self.territory.filter(pl.col("level") == BASE_LEVEL).select("code", "code_departement")

    def lookup(self, codes: pl.Series, on: date) -> pl.DataFrame:
        """``code_commune, code, reason`` of each code of a commune, as it was on a day; ``code`` is the run's."""
        pairs = codes.unique().sort().alias("code_commune").to_frame().drop_nulls()
        year = pl.lit(str(min(on.year, LAST))).alias("year")
        return placed(self.communes, pairs.with_columns(year, postcode=pl.lit(None, pl.String))).select(
            "code_commune", "code", "reason"
        )


def place_rows(held: Held, rows: pl.DataFrame, ground: Ground, on: date) -> pl.DataFrame:
    """Rows with the run's code of their commune; those of an unknown one go to the faults of their batch."""
    if "code_commune" not in rows.columns:
        held.written += rows.height
        return rows
    found = ground.lookup(rows.get_column("code_commune"), on)
    here = rows.join(found, on="code_commune", how="left", maintain_order="left")
    lost = here.filter(pl.col("code_commune").is_not_null(), pl.col("code").is_null())
    _tell(held, lost, "code_commune")
    kept = here.filter(pl.col("code_commune").is_null() | pl.col("code").is_not_null())
    held.written += kept.height
    return kept.with_columns(pl.col("code").alias("code_commune")).select(rows.columns)


def place_payments(held: Held, rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Rows of the layout ``paiements`` with the run's code of their territory (``places``, of ``payment_places``)."""
    here = _at_places(rows, places)
    _tell(held, here.filter(pl.col("placed").is_null()), "code")
    kept = placed_payments(rows, places)
    held.written += kept.height
    return kept


def placed_payments(rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The rows of the layout ``paiements`` whose territory is known, with the run's code of it."""
    kept = _at_places(rows, places).filter(pl.col("placed").is_not_null())
    return kept.with_columns(pl.col("placed").alias("code")).select(rows.columns)


def _at_places(rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    return rows.join(places, on=["territory_level", "code"], how="left", maintain_order="left")


def payment_places(met: pl.DataFrame, ground: Ground, on: date) -> pl.DataFrame:
    """``territory_level, code, placed, reason`` of each distinct ``territory_level, code`` that payments name."""
    commune = pl.col("territory_level") == BASE_LEVEL
    codes = ground.lookup(met.filter(commune).get_column("code"), on).rename({"code": "placed", "code_commune": "code"})
    small = met.filter(commune).join(codes, on="code", how="left", maintain_order="left")
    known = ground.territory.select("code", territory_level="level", placed="code")
    large = met.filter(~commune).join(known, on=["territory_level", "code"], how="left", maintain_order="left")
    reason = pl.when(pl.col("placed").is_null()).then(pl.lit(reasons.STRANGE_TERRITORY.en))
    columns = ("territory_level", "code", "placed", "reason")
    return pl.concat([small.select(columns), large.with_columns(reason=reason).select(columns)])


def _tell(held: Held, lost: pl.DataFrame, field: str) -> None:
    if lost.height:
        told = lost.select(pl.col(LINE), pl.lit(field).alias("field"), pl.col(field).alias("found"), "reason")
        held.faults.append(told.select(*FAULTS))
