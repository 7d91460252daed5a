"""What units were like before the measure: indicators in a year that no treatment could touch."""

from __future__ import annotations

import polars as pl

from maillage.catalog.tables import OBSERVATION
from maillage.evaluation.protocol import Protocol
from maillage.indicators.registry import load_indicators
from maillage.pipeline.studies.ground import Ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.units import Units
from maillage.pipeline.studies.words import indicator_words
from maillage.text import Text


def observed_years(ground: Ground, indicator: str, level: str) -> pl.DataFrame:
    """``code, year, value`` of an indicator, whole, as published."""
    rows = pl.scan_parquet(ground.version.tables / f"{OBSERVATION.name}.parquet").filter(
        pl.col("indicator") == indicator,
        pl.col("slice") == "",
        pl.col("level") == level,
        pl.col("value").is_not_null(),
        pl.col("period").str.contains(r"^\d{4}$"),
    )
    return rows.select("code", "value", year=pl.col("period").cast(pl.Int64)).collect().sort("code", "year")


def constants_of(
    ground: Ground, units: Units, protocol: Protocol, first_treated: int | None, said: Said
) -> pl.DataFrame:
    """``code`` and a column for each covariate, in its year or in the last one before the first treatment.

    Refuses a covariate measured once a unit is treated, and one that the store does not have.
    """
    found = units.rows.select("code")
    for covariate in protocol.estimator.covariates:
        name = covariate.indicator
        if name not in load_indicators():
            continue  # refused with the other names
        rows = observed_years(ground, name, units.level)
        years = rows.get_column("year").unique().sort().to_list()
        early = [year for year in years if first_treated is None or year < first_treated]
        year = covariate.period or (early[-1] if early else None)
        if year is not None and first_treated is not None and year >= first_treated:
            refuse_late(name, year, first_treated, said)
        elif year is None or year not in years:
            _refuse_absent(name, covariate.period, years, first_treated, said)
        then = rows.filter(pl.col("year") == (year or 0)).select("code", pl.col("value").alias(name))
        found = found.join(then, on="code", how="left", maintain_order="left")
    return found


def refuse_late(name: str, year: int, first: int, said: Said) -> None:
    """Refuse (``covariate_after_treatment``) a covariate of ``year`` when units are treated since ``first``."""
    told = indicator_words(name)
    said.refuse(
        "covariate_after_treatment",
        Text(
            f"La covariable {told.fr} est mesurée en {year}, quand des unités sont traitées depuis {first} : elle peut "
            "déjà porter l’effet.",
            f"The covariate {told.en} is measured in {year}, when units are treated since {first}: it may "
            "already carry the effect.",
        ),
        Text(f"La prendre avant {first}.", f"Take it before {first}."),
    )


def _refuse_absent(name: str, asked: int | None, years: list[int], first: int | None, said: Said) -> None:
    known = ", ".join(map(str, years)) or "—"
    when = Text(f"en {asked}", f"in {asked}") if asked else Text(f"avant {first}", f"before {first}")
    told = indicator_words(name)
    said.refuse(
        "covariate_absent",
        Text(
            f"La covariable {told.fr} n’est pas connue {when.fr} à ce niveau : années connues {known}.",
            f"The covariate {told.en} is not known {when.en} at this level: years known {known}.",
        ),
        Text(
            "Choisir une année connue, ou une autre covariable.", "Choose a year that is known, or another covariate."
        ),
    )
