"""The access of every commune to the professionals of five professions, from the core tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.access import (
    CatchmentResult,
    PairWeights,
    Points,
    TravelMatrix,
    acts_by_density,
    annual_acts,
    floating,
    nearest_minutes,
    standardised_demand,
    supply_around,
)
from maillage.access.catchment import sparse
from maillage.catalog.tables import ACCESS, ACCESS_STABILITY
from maillage.pipeline.access_conventions import (
    AplConvention,
    Conventions,
    Places,
    TravelBuilder,
    band_ages,
    load_conventions,
)
from maillage.pipeline.access_findings import Scored, doubtful_headcounts, findings, summary
from maillage.pipeline.access_places import CarTravel, homes_of, locate, practices_of
from maillage.pipeline.access_stability import Amounts, access_stability
from maillage.text import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AccessStage:
    """Rows of ``access`` and ``access_stability``, figures about the computation, and what a person should know."""

    frame: pl.DataFrame
    summary: Mapping[str, Any]
    findings: tuple[Text, ...] = ()
    stability: pl.DataFrame = field(default_factory=ACCESS_STABILITY.empty)


def compute_access(
    territory: pl.DataFrame,
    population: pl.DataFrame,
    professional: pl.DataFrame,
    outlines: pl.DataFrame,
    *,
    membership: pl.DataFrame | None = None,
    conventions: Conventions | None = None,
    travel: TravelBuilder | None = None,
) -> AccessStage:
    """The computed APL of each profession for every commune with residents and a place on the map.

    Takes the core tables ``territory``, ``population``, ``professional`` and the outlines of communes (``code``,
    ``geometry_wkb``, and ``level`` where there are others), from which the area is taken. The last year of each is
    used; the row's ``year`` is that of the professionals. One travel matrix serves all. ``low`` and ``high``
    are the range of the score over the declared conventions (decays, factors on travel times): a range over
    conventions, not a confidence interval. ``travel`` gives the minutes; without it, the calibrated car model does and
    ``nearest_min`` is not bounded (it is missing past the reach of the catchments otherwise). A profession without
    anybody has no row; without residents the frame is empty. With the core table ``membership``, the stability of the
    general practitioners' score over the conventions is told for every territory.

    Raises BrokenInvariantError when supply is not conserved, DefinitionError on a parameter or an age band.
    """
    rules = conventions or load_conventions()
    heads, years = _headcounts(professional, [one.profession for one in rules.sets])
    sets = tuple(one for one in rules.sets if one.profession in years)
    if not sets or population.filter(pl.col("level") == "commune").is_empty():
        return AccessStage(ACCESS.empty(), {"communes": 0})
    placed = locate(territory, population, outlines, heads)
    if placed.get_column("population").sum() == 0:
        return AccessStage(ACCESS.empty(), {"communes": 0})
    scored = _score(placed, sets, rules, travel)
    frame = pl.concat([_rows(placed, one, years[one.convention.profession]) for one in scored])
    figures = summary(placed, scored, rules, heads)
    doubted = doubtful_headcounts(placed, territory, rules)
    stable = ACCESS_STABILITY.empty() if membership is None else _stability(placed, scored, rules, membership)
    return AccessStage(frame, figures, (*findings(figures), *doubted), stable)


def _stability(
    placed: pl.DataFrame, scored: Sequence[Scored], rules: Conventions, membership: pl.DataFrame
) -> pl.DataFrame:
    """The share of the conventions under which territories lack general practitioners (``access_stability``)."""
    doctors = next((s for s in scored if s.convention.profession == "mg"), None)
    if doctors is None:
        return ACCESS_STABILITY.empty()
    one, result = doctors.convention, doctors.result
    heads = placed.select(s.convention.profession for s in scored).to_numpy()
    count = placed.get_column("mg").to_numpy()[(heads > 0).any(axis=1)]
    people = placed.get_column("population").to_numpy()
    demands = {"by_age": result.demand, "uniform": people * result.demand.sum() / people.sum()}
    supplies = {"by_density": result.supply, "uniform": annual_acts(count, one.activity)}
    amounts = Amounts(
        {name: demands[name] for name in rules.stability_demands},
        {name: supplies[name] for name in rules.stability_supplies},
    )
    return access_stability(placed.get_column("code"), membership, result, one, rules, amounts)


def _headcounts(professional: pl.DataFrame, professions: Sequence[str]) -> tuple[pl.DataFrame, Mapping[str, int]]:
    """One row a commune, its professionals by profession in the last year of each; and that year."""
    of_ours = professional.filter(pl.col("profession").is_in(professions))
    last = of_ours.filter(pl.col("year") == pl.col("year").max().over("profession"))
    years = dict(last.select("profession", "year").unique().iter_rows())
    wide = last.pivot("profession", index="code", values="headcount", aggregate_function="sum")
    found = [p for p in professions if p in years]
    return wide.select("code", *(pl.col(p).cast(pl.Float64).fill_null(0.0) for p in found)), years


def _score(
    placed: pl.DataFrame, sets: Sequence[AplConvention], rules: Conventions, builder: TravelBuilder | None
) -> list[Scored]:
    """Scores, range, nearest and demand of the communes on the map, by profession, on one travel matrix."""
    homes = homes_of(placed, rules.car)
    heads = placed.select(one.profession for one in sets).to_numpy()
    practised = np.asarray((heads > 0).any(axis=1))
    practices = practices_of(homes, practised)
    travel = (builder or CarTravel(rules.car))(homes, practices, rules.longest_min)
    results = _in_force(placed, sets, heads[practised], travel)
    return [
        Scored(one, result, low, high, _nearest(result, (homes, practices), rules, builder))
        for one, result, (low, high) in zip(sets, results, _ranges(results, rules), strict=True)
    ]


def _in_force(
    placed: pl.DataFrame, sets: Sequence[AplConvention], heads: Floats, travel: TravelMatrix
) -> list[CatchmentResult]:
    """The result of each set, its supply following the density of supply around."""
    weights = {one.decay: one.decay(travel.minutes) for one in sets}
    results = []
    for one, count in zip(sets, heads.T, strict=True):
        demand, pairs = _demand(placed, one), PairWeights("e2sfca", weights[one.decay], weights[one.decay])
        result = floating(travel, demand, annual_acts(count, one.activity), pairs)
        if one.activity.elasticity:
            result = floating(travel, demand, acts_by_density(count, supply_around(result), one.activity), pairs)
        results.append(result)
    return results


def _ranges(results: Sequence[CatchmentResult], rules: Conventions) -> list[tuple[Floats, Floats]]:
    """The least and the greatest score of each profession over the declared decays and factors on travel times."""
    scores, travel = np.column_stack([r.scores for r in results]), results[0].travel
    demand, supply = (np.column_stack([getattr(r, side) for r in results]) for side in ("demand", "supply"))
    low, high = scores.copy(), scores.copy()
    for factor in rules.range_factors:
        for decay in rules.range_decays:
            pairs = sparse(travel, decay(travel.minutes * np.float32(factor)))
            served = pairs.T @ demand
            scores = pairs @ np.divide(supply, served, out=np.zeros(served.shape), where=served > 0)
            np.minimum(low, scores, out=low)
            np.maximum(high, scores, out=high)
    return list(zip(low.T, high.T, strict=True))


def _nearest(
    result: CatchmentResult, places: tuple[Places, Places], rules: Conventions, builder: TravelBuilder | None
) -> Floats:
    """Minutes to the nearest place with supply; past the matrix, those of the car model, where it made the matrix."""
    homes, practices = places
    travel, open_ = result.travel, result.supply > 0
    usable = np.where(open_[travel.indices], travel.minutes.astype(np.float64), np.inf)
    minutes = np.full(travel.n_demand, np.inf)
    filled = np.diff(travel.indptr) > 0
    minutes[filled] = np.minimum.reduceat(usable, travel.indptr[:-1][filled]) if filled.any() else np.inf
    far = np.isinf(minutes)
    minutes[far] = np.nan
    if builder is None and far.any():
        away = Points(homes.points.longitude[far], homes.points.latitude[far], homes.points.inner_km[far])
        near = practices_of(practices, open_).points
        minutes[far] = np.maximum(nearest_minutes(away, near, model=rules.car.model), rules.longest_min)
    return minutes


def _demand(placed: pl.DataFrame, one: AplConvention) -> Floats:
    people = placed.get_column("bands").struct.unnest()
    weights = [one.age_weights.mean(*band_ages(label)) for label in people.columns]
    return standardised_demand(people.to_numpy(), weights) * one.demand_share


def _rows(placed: pl.DataFrame, scored: Scored, year: int) -> pl.DataFrame:
    """The rows of one profession: a score refers to as many inhabitants as its set declares."""
    unit = scored.convention.per_inhabitants
    frame = placed.select(
        "code",
        pl.lit(year).alias("year"),
        pl.lit(scored.convention.profession).alias("profession"),
        pl.Series("apl", scored.result.scores * unit),
        pl.Series("low", scored.low * unit),
        pl.Series("high", scored.high * unit),
        pl.Series("nearest_min", scored.nearest_min).fill_nan(None),
        pl.Series("demand", scored.result.demand),
    ).filter(placed.get_column("population") > 0)
    return frame.select(pl.col(f.name).cast(f.dtype) for f in ACCESS.fields)
