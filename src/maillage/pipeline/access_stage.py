"""The access of every commune to general practitioners, from the core tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from maillage.access import (
    CarTravelModel,
    CatchmentResult,
    Points,
    TravelMatrix,
    annual_acts,
    catchment,
    disc_inner_km,
    nearest_k,
    nearest_minutes,
    standardised_demand,
    travel_from_points,
)
from maillage.catalog.tables import ACCESS
from maillage.pipeline.access_conventions import Conventions, Places, TravelBuilder, band_ages, load_conventions
from maillage.text import LANGS, Text, format_number

KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class AccessStage:
    """Rows of the ``access`` table, figures about the computation, and what a person should know of it."""

    frame: pl.DataFrame
    summary: Mapping[str, Any]
    findings: tuple[Text, ...] = ()


def compute_access(
    territory: pl.DataFrame,
    population: pl.DataFrame,
    professional: pl.DataFrame,
    outlines: pl.DataFrame,
    *,
    conventions: Conventions | None = None,
    travel: TravelBuilder | None = None,
) -> AccessStage:
    """The computed APL of general practitioners for every commune with residents and a place on the map.

    Takes the core tables ``territory``, ``population``, ``professional`` and the outlines of communes (``code``,
    ``geometry_wkb``, and ``level`` where there are others), from which the area is taken. The last year of each is
    used; the row's ``year`` is that of the professionals. ``low`` and ``high`` are the range of the score over the
    declared conventions (decays, factors on travel times): a range over conventions, not a confidence interval.
    ``travel`` gives the minutes; without it, the calibrated car model does and ``nearest_min`` is not bounded (it is
    missing past the reach of the catchments otherwise). Without general practitioners or residents the frame is empty.

    Raises BrokenInvariantError when supply is not conserved, DefinitionError on a parameter or an age band.
    """
    rules = conventions or load_conventions()
    doctors = professional.filter(pl.col("profession") == "mg")
    year = doctors.get_column("year").max()
    doctors = doctors.filter(pl.col("year") == pl.col("year").max()).group_by("code").agg(pl.col("headcount").sum())
    people = population.filter(pl.col("level") == "commune")
    if doctors.is_empty() or people.is_empty():
        return AccessStage(ACCESS.empty(), {"communes": 0})
    communes = _communes(territory, _residents(people), outlines).join(doctors, on="code", how="left")
    communes = communes.with_columns(pl.col("headcount").fill_null(0.0)).sort("code")
    placed = communes.filter(pl.col("longitude").is_not_null())
    if _total(placed, "population") == 0:
        return AccessStage(ACCESS.empty(), {"communes": 0})
    scored, results = _score(placed, rules, travel)
    frame = scored.filter(pl.col("population") > 0).with_columns(
        pl.lit(year, dtype=pl.Int32).alias("year"), pl.lit("mg").alias("profession")
    )
    frame = frame.select(pl.col(f.name).cast(f.dtype) for f in ACCESS.fields)
    lost = _total(doctors, "headcount") - _total(placed, "headcount")
    summary = {**_summary(frame, placed, results, rules), "professionals_not_placed": lost}
    return AccessStage(frame, summary, _findings(summary))


def _score(
    placed: pl.DataFrame, rules: Conventions, builder: TravelBuilder | None
) -> tuple[pl.DataFrame, CatchmentResult]:
    """Scores, range, nearest and demand of the communes on the map, and the result of the declared convention."""
    practised = placed.get_column("headcount").to_numpy() > 0
    homes, practices = _places(placed, practised, rules)
    supply = annual_acts(placed.get_column("headcount").to_numpy()[practised], rules.activity)
    demand = _demand(placed, rules)
    longest = max(d.max_min for d in (rules.decay, *rules.range_decays)) / min(1.0, *rules.range_factors)
    travel = (builder or CarTravel(rules.car))(homes, practices, longest)
    result = catchment(travel, demand, supply, rules.decay)
    nearest = (
        nearest_k(travel, demand, supply).minutes[:, 0]
        if builder
        else nearest_minutes(homes.points, practices.points, model=rules.car)
    )
    variants = [result.scores]
    for factor in rules.range_factors:
        scaled = TravelMatrix(travel.indptr, travel.indices, travel.minutes * np.float32(factor), travel.n_supply)
        variants += [catchment(scaled, demand, supply, decay).scores for decay in rules.range_decays]
    scored = placed.with_columns(
        pl.Series("apl", result.scores),
        pl.Series("low", np.minimum.reduce(variants)),
        pl.Series("high", np.maximum.reduce(variants)),
        pl.Series("nearest_min", nearest).fill_nan(None),
        pl.Series("demand", demand),
    )
    return scored, result


@dataclass(frozen=True, slots=True)
class CarTravel:
    """Minutes by the car model, from the distance as the crow flies."""

    model: CarTravelModel

    def __call__(self, homes: Places, practices: Places, max_min: float) -> TravelMatrix:
        """Minutes of the pairs driven in at most ``max_min``."""
        return travel_from_points(homes.points, practices.points, model=self.model, max_min=max_min)


def _places(placed: pl.DataFrame, practised: NDArray[np.bool_], rules: Conventions) -> tuple[Places, Places]:
    area = placed.get_column("area_km2").to_numpy()
    inner = np.where(np.isnan(area), rules.inner_default_km, disc_inner_km(area, max_km=rules.inner_max_km))
    longitude, latitude = (placed.get_column(name).to_numpy() for name in ("longitude", "latitude"))
    practices = placed.filter(practised).get_column("code")
    return (
        Places(tuple(placed.get_column("code")), Points.at(longitude, latitude, inner)),
        Places(tuple(practices), Points.at(longitude[practised], latitude[practised])),
    )


def _residents(people: pl.DataFrame) -> pl.DataFrame:
    """One row a commune: its code and, for the last year, the population of each age band."""
    people = people.filter(pl.col("year") == pl.col("year").max())
    if "all" in people.get_column("sex"):
        people = people.filter(pl.col("sex") == "all")
    bands = people.pivot("age_band", index="code", values="population", aggregate_function="sum")
    return bands.select("code", pl.struct(sorted(set(bands.columns) - {"code"})).alias("bands"))


def _communes(territory: pl.DataFrame, residents: pl.DataFrame, outlines: pl.DataFrame) -> pl.DataFrame:
    """Communes with their point (town hall, else a point of their shape), area and population by age band."""
    bands = residents.get_column("bands").struct.fields
    numbers = [pl.col("bands").struct.field(band).fill_null(0.0) for band in bands]
    return (
        territory.filter(pl.col("level") == "commune")
        .select("code", "longitude", "latitude")
        .join(_measures(outlines), on="code", how="left", validate="1:1")
        .join(residents, on="code", how="left", validate="1:1")
        .with_columns(
            pl.coalesce("longitude", "middle_longitude").alias("longitude"),
            pl.coalesce("latitude", "middle_latitude").alias("latitude"),
            pl.struct(numbers).alias("bands"),
            pl.sum_horizontal(numbers).alias("population"),
        )
    )


def _measures(outlines: pl.DataFrame) -> pl.DataFrame:
    if "level" in outlines.columns:
        outlines = outlines.filter(pl.col("level") == "commune")
    drawn = shapely.from_wkb(outlines.get_column("geometry_wkb").to_list())
    middle = shapely.point_on_surface(drawn)
    longitude, latitude = shapely.get_x(middle), shapely.get_y(middle)
    area = shapely.area(drawn) * KM_PER_DEGREE**2 * np.cos(np.radians(latitude))
    return pl.DataFrame(
        {
            "code": outlines.get_column("code"),
            "area_km2": area,
            "middle_longitude": pl.Series(longitude).fill_nan(None),
            "middle_latitude": pl.Series(latitude).fill_nan(None),
        }
    )


def _demand(placed: pl.DataFrame, rules: Conventions) -> Any:
    people = placed.get_column("bands").struct.unnest()
    weights = [rules.age_weights.mean(*band_ages(label)) for label in people.columns]
    return standardised_demand(people.to_numpy(), weights)


def _summary(
    frame: pl.DataFrame, placed: pl.DataFrame, result: CatchmentResult, rules: Conventions
) -> Mapping[str, Any]:
    unreached = placed[result.unreached.tolist()]
    return {
        "communes": frame.height,
        "mean_apl": _total(frame.with_columns(pl.col("apl") * pl.col("demand")), "apl") / _total(frame, "demand"),
        "conservation_error": result.conservation_error,
        "unreached_communes": unreached.filter(pl.col("population") > 0).height,
        "unreached_population": _total(unreached, "population"),
        "places_without_demand": int(result.empty_places.size),
        "supply_without_demand_acts": result.empty_supply,
        "communes_without_population": placed.filter(pl.col("population") <= 0).height,
        "parameters": ["apl_gp", "travel_car", *sorted({d.name for d in (rules.decay, *rules.range_decays)})],
        "range_of": "declared conventions: decay and factor on travel times; not a confidence interval",
    }


def _findings(summary: Mapping[str, Any]) -> tuple[Text, ...]:
    """A sentence for each figure that is not nil."""
    names = ("unreached_communes", "unreached_population", "places_without_demand", "professionals_not_placed")
    counts = [round(summary[name]) for name in names]
    communes, _, places, lost = counts
    fr, en = ([format_number(count, 0, lang) for count in counts] for lang in LANGS)
    told = (
        (
            communes,
            f"Communes sans généraliste à portée : {fr[0]} ({fr[1]} habitants), dont le score est nul.",
            f"Communes without a general practitioner within reach: {en[0]} ({en[1]} inhabitants); they score 0.",
        ),
        (
            places,
            f"Communes de généralistes sans population connue alentour (offre comptée pour personne) : {fr[2]}.",
            f"Communes of general practitioners without known population around (supply for nobody): {en[2]}.",
        ),
        (
            lost,
            f"Généralistes d'une commune absente de la carte, non comptés : {fr[3]}.",
            f"General practitioners of a commune that is not on the map, not counted: {en[3]}.",
        ),
    )
    return tuple(Text(fr, en) for count, fr, en in told if count)


def _total(frame: pl.DataFrame, column: str) -> float:
    return float(frame.get_column(column).to_numpy().sum())
