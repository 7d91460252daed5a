"""Communes as places of demand and of supply: points, inner distances, densities, and the minutes between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from maillage.access import Points, TravelMatrix, disc_inner_km, travel_from_points
from maillage.pipeline.access_conventions import CarConventions, Places

KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class CarTravel:
    """Minutes by the car model, from the distance as the crow flies, longer in dense places."""

    conventions: CarConventions

    def __call__(self, homes: Places, practices: Places, max_min: float) -> TravelMatrix:
        """Minutes of the pairs driven in at most ``max_min``."""
        car = self.conventions
        travel = travel_from_points(homes.points, practices.points, model=car.model, max_min=max_min)
        if homes.people_per_km2 is None or practices.people_per_km2 is None:
            return travel
        return car.slowing.slow(travel, homes.people_per_km2, practices.people_per_km2, max_min=max_min)


def practices_of(homes: Places, chosen: NDArray[np.bool_]) -> Places:
    """The chosen communes as places of practice."""
    points = Points.at(homes.points.longitude[chosen], homes.points.latitude[chosen])
    density = None if homes.people_per_km2 is None else homes.people_per_km2[chosen]
    return Places(tuple(np.asarray(homes.codes, dtype=object)[chosen].tolist()), points, density)


def locate(
    territory: pl.DataFrame, population: pl.DataFrame, outlines: pl.DataFrame, heads: pl.DataFrame
) -> pl.DataFrame:
    """The communes that have a point (town hall, else one of their shape), by code.

    Columns: code, longitude, latitude, area_km2 (null where unknown), bands (a struct, inhabitants by age band, last
    year), population, and those of ``heads`` (one row a commune, its code and a number for each profession), 0 where
    it says nothing.
    """
    residents = _residents(population.filter(pl.col("level") == "commune"))
    bands = residents.get_column("bands").struct.fields
    numbers = [pl.col("bands").struct.field(band).fill_null(0.0) for band in bands]
    return (
        territory.filter(pl.col("level") == "commune")
        .select("code", "longitude", "latitude")
        .join(_measures(outlines), on="code", how="left", validate="1:1")
        .join(residents, on="code", how="left", validate="1:1")
        .join(heads, on="code", how="left", validate="1:1")
        .with_columns(
            pl.coalesce("longitude", "middle_longitude").alias("longitude"),
            pl.coalesce("latitude", "middle_latitude").alias("latitude"),
            pl.struct(numbers).alias("bands"),
            pl.sum_horizontal(numbers).alias("population"),
            pl.exclude(
                "code", *territory.columns, "bands", "area_km2", "middle_longitude", "middle_latitude"
            ).fill_null(0.0),
        )
        .filter(pl.col("longitude").is_not_null())
        .sort("code")
    )


def homes_of(placed: pl.DataFrame, car: CarConventions) -> Places:
    """The communes as places of demand, their residents living around them as declared."""
    area = placed.get_column("area_km2").to_numpy()
    even = np.where(np.isnan(area), car.inner_default_km, disc_inner_km(area, max_km=car.inner_max_km))
    longitude, latitude, people = (placed.get_column(c).to_numpy() for c in ("longitude", "latitude", "population"))
    density = np.divide(people, area, out=np.zeros(people.size), where=area > 0)
    inner = np.sqrt(car.inner_spread) * even
    return Places(tuple(placed.get_column("code")), Points.at(longitude, latitude, inner), density)


def _residents(people: pl.DataFrame) -> pl.DataFrame:
    """One row a commune: its code and, for the last year, the population of each age band."""
    people = people.filter(pl.col("year") == pl.col("year").max())
    if "all" in people.get_column("sex"):
        people = people.filter(pl.col("sex") == "all")
    bands = people.pivot("age_band", index="code", values="population", aggregate_function="sum")
    return bands.select("code", pl.struct(sorted(set(bands.columns) - {"code"})).alias("bands"))


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
