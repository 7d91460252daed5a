"""Groups of units in which effects may differ, and the score that a threshold cuts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.evaluation.protocol import Protocol
from maillage.indicators.registry import load_indicators
from maillage.pipeline.studies.covariates import observed_years
from maillage.pipeline.studies.ground import HOMES, Ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.units import Units
from maillage.pipeline.studies.words import indicator_words
from maillage.text import Text

LOW, MIDDLE, HIGH = "low", "middle", "high"
RURAL, URBAN = "rural", "urban"


def groups(ground: Ground, units: Units, protocol: Protocol) -> pl.DataFrame:
    """``code`` and the groups of each unit, empty where unknown: HOMES larger than it (régions by name), and classes.

    ``access`` (``low``, ``middle``, ``high`` published APL of GPs), ``deprivation`` (thirds of the units by FEDI, else
    by poverty) and ``rural`` (``rural``, ``urban`` by density) are of the last year before the outcome ends that is
    known, else of the first.
    """
    parameters, last = load_parameters("evaluation"), protocol.outcome.last
    rows = units.rows.select("code", *(level for level in HOMES if level != units.level))
    if "region" in rows.columns:
        named = (
            ground.version.read("territory").filter(pl.col("level") == "region").select(region="code", called="name")
        )
        rows = rows.join(named, on="region", how="left", maintain_order="left")
        rows = rows.with_columns(region=pl.coalesce("called", "region")).drop("called")
    access = _classed(_latest(ground, units, ("apl_mg",), last), parameters["access_classes"].value)
    rows = rows.join(access.rename({"class": "access"}), on="code", how="left", maintain_order="left")
    poor = _latest(ground, units, ("fedi", "taux_pauvrete"), last)
    shares = parameters["deprivation_shares"].value
    ranked = poor.with_columns(value=pl.col("value").rank("average") / pl.len())
    deprivation = _classed(ranked, shares).rename({"class": "deprivation"})
    rows = rows.join(deprivation, on="code", how="left", maintain_order="left")
    dense = _latest(ground, units, ("densite_habitants",), last)
    sparse = pl.when(pl.col("value") < parameters["rural_density_max"].value).then(pl.lit(RURAL))
    density = dense.select("code", rural=sparse.otherwise(pl.lit(URBAN)))
    whole = rows.join(density, on="code", how="left", maintain_order="left")
    known = [c for c in whole.columns if c == "code" or whole.get_column(c).drop_nulls().len()]
    return whole.select(known)


def running_score(ground: Ground, units: Units, protocol: Protocol, said: Said) -> pl.DataFrame | None:
    """``code, running``: the indicator that the threshold of a discontinuity cuts, in its year."""
    cut = protocol.threshold
    if cut is None or cut.running not in load_indicators():
        return None
    rows = observed_years(ground, cut.running, units.level).join(units.rows, on="code", how="semi")
    years = rows.get_column("year").unique().sort().to_list()
    year = cut.period or (years[-1] if years else None)
    if year not in years:
        known = ", ".join(map(str, years)) or "—"
        told = indicator_words(cut.running)
        said.refuse(
            "running_absent",
            Text(
                f"Le score {told.fr} du seuil n’est pas connu en {year} à ce niveau : années connues {known}.",
                f"The score {told.en} of the threshold is not known in {year} at this level: years known {known}.",
            ),
            Text("Choisir une année connue.", "Choose a year that is known."),
        )
        return None
    return rows.filter(pl.col("year") == year).select("code", running="value").sort("code")


def _latest(ground: Ground, units: Units, indicators: Sequence[str], last: int) -> pl.DataFrame:
    """``code, value`` of the first of the indicators that the store has, in the year that suits."""
    for name in indicators:
        rows = observed_years(ground, name, units.level).join(units.rows, on="code", how="semi")
        years = rows.get_column("year").unique().sort().to_list()
        if years:
            year = max((y for y in years if y <= last), default=years[0])
            return rows.filter(pl.col("year") == year).select("code", "value")
    return pl.DataFrame(schema={"code": pl.String, "value": pl.Float64})


def _classed(rows: pl.DataFrame, limits: Sequence[float]) -> pl.DataFrame:
    """``code, class`` by two limits."""
    low, high = limits
    value = pl.col("value")
    classed = pl.when(value < low).then(pl.lit(LOW)).when(value <= high).then(pl.lit(MIDDLE)).otherwise(pl.lit(HIGH))
    return rows.select("code", classed.alias("class"))
