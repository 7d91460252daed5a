"""The real places on which the demonstration draws: communes, their town halls and their inhabitants by age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from maillage.errors import UsageError
from maillage.territory.town_halls import placed_within

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]

EARTH_RADIUS_KM = 6371.0088
AGE_BANDS = ("0-19", "20-64", "65+")


@dataclass(frozen=True, slots=True)
class Places:
    """Communes (municipal arrondissements for Paris, Lyon and Marseille), sorted by code.

    ``population`` has one column for each of AGE_BANDS. ``censused`` is False where the carried census says nothing
    (Mayotte, communes re-established since): the population is then the legal one, spread as the country is.
    ``town`` is the whole commune: another code for the arrondissements only. Codes are INSEE codes.
    """

    code: Texts
    name: Texts
    town: Texts
    departement: Texts
    region: Texts
    epci: Texts
    postcode: Texts
    longitude: Floats
    latitude: Floats
    population: Floats
    censused: npt.NDArray[np.bool_]

    @property
    def inhabitants(self) -> Floats:
        """Residents of all ages."""
        return np.asarray(self.population.sum(axis=1), dtype=np.float64)

    @property
    def arrondissement(self) -> npt.NDArray[np.bool_]:
        """True for the municipal arrondissements."""
        return np.asarray(self.code != self.town, dtype=np.bool_)

    @property
    def position_km(self) -> Floats:
        """Points on the sphere (three columns, km): chords are distances, good to 0.1 % under 200 km."""
        lon, lat = np.radians(self.longitude), np.radians(self.latitude)
        unit = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        return np.asarray(EARTH_RADIUS_KM * unit, dtype=np.float64)

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: npt.NDArray[Any]) -> Places:
        """The places at these rows (indices or mask)."""
        return Places(*(getattr(self, f.name)[rows] for f in fields(self)))


def places_from_frames(frames: Mapping[str, pl.DataFrame]) -> Places:
    """Places from the carried sources: communes, départements, postcodes and the census of the IRIS.

    Inhabitants counted in a delegated or associated commune go to the commune that it became part of.
    """
    communes, _ = placed_within(frames["geo_commune"])
    parents = communes.filter(pl.col("kind") == "ARM").get_column("code_parent").unique().implode()
    whole = (pl.col("kind") == "COM") & ~pl.col("code_commune").is_in(parents)
    base = communes.filter(whole | (pl.col("kind") == "ARM"))
    inherited = communes.filter(pl.col("code_parent").is_not_null()).select(
        pl.col("code_parent").alias("town"), pl.col("code_commune")
    )
    towns = communes.filter(pl.col("kind") == "COM").select(
        pl.col("code_commune").alias("town"), pl.col("code_epci"), pl.col("code_departement")
    )
    base = (
        base.select(
            "code_commune", "kind", "name", "code_parent", "population", "longitude", "latitude", "geometry_wkb"
        )
        .with_columns(
            pl.when(pl.col("kind") == "ARM").then("code_parent").otherwise("code_commune").alias("town"),
        )
        .join(towns, on="town", how="left")
        .join(
            frames["geo_departement"].select(pl.col("code").alias("code_departement"), "code_region"),
            on="code_departement",
            how="left",
        )
        .join(_first_postcode(frames["geo_postcode"], towns, inherited), on="code_commune", how="left")
        .join(_census(frames["insee_iris_population"], base, inherited), on="code_commune", how="left")
        .sort("code_commune")
    )
    return _places(base)


def restrict(places: Places, departements: tuple[str, ...]) -> Places:
    """The places of these départements, all when none is named; raises UsageError for one that does not exist."""
    unknown = sorted(set(departements) - set(places.departement.tolist()))
    if unknown:
        raise UsageError(f"No département is called {', '.join(unknown)}.")
    return places.take(np.isin(places.departement.astype(str), departements)) if departements else places


def whole_towns(places: Places) -> tuple[Places, Ints]:
    """Places with the arrondissements put together, and for each place the row of its town."""
    codes, first, of_place = np.unique(places.town.astype(str), return_index=True, return_inverse=True)
    one = places.take(first)
    population = np.zeros((len(codes), len(AGE_BANDS)))
    np.add.at(population, of_place, places.population)
    share = places.inhabitants / np.maximum(population.sum(axis=1)[of_place], 1.0)
    split = np.bincount(of_place) > 1
    name = np.array([n.split(" ")[0] if s else n for n, s in zip(one.name, split, strict=True)], dtype=object)
    towns = Places(
        code=codes.astype(object),
        name=name,
        town=codes.astype(object),
        departement=one.departement,
        region=one.region,
        epci=one.epci,
        postcode=one.postcode,
        longitude=np.where(split, np.bincount(of_place, places.longitude * share), one.longitude),
        latitude=np.where(split, np.bincount(of_place, places.latitude * share), one.latitude),
        population=population,
        censused=one.censused,
    )
    return towns, of_place.astype(np.int64)


def _first_postcode(postcodes: pl.DataFrame, towns: pl.DataFrame, inherited: pl.DataFrame) -> pl.DataFrame:
    first = postcodes.group_by("code_commune").agg(pl.col("postcode").min())
    of_town = first.join(towns.select(pl.col("town").alias("code_commune")), on="code_commune", how="semi")
    of_part = inherited.join(first, on="code_commune").select("code_commune", "postcode")
    return pl.concat([of_town, of_part]).unique("code_commune", keep="first", maintain_order=True)


def _census(iris: pl.DataFrame, base: pl.DataFrame, inherited: pl.DataFrame) -> pl.DataFrame:
    moved = inherited.join(base.select("code_commune"), on="code_commune", how="anti")
    return (
        iris.join(moved, on="code_commune", how="left")
        .with_columns(pl.coalesce("town", "code_commune").alias("code_commune"))
        .group_by("code_commune")
        .agg(pl.col("population").filter(pl.col("age_band") == band).sum().alias(band) for band in AGE_BANDS)
    )


def _places(base: pl.DataFrame) -> Places:
    census = base.select(pl.col(band).fill_null(0.0) for band in AGE_BANDS).to_numpy().astype(np.float64)
    legal = base.get_column("population").fill_null(0.0).to_numpy().astype(np.float64)
    counted = census.sum(axis=1) > 0
    country = census.sum(axis=0) / max(census.sum(), 1.0)
    longitude, latitude = _points(base)
    texts = {
        name: base.get_column(column).fill_null("").to_numpy().astype(object)
        for name, column in {
            "code": "code_commune",
            "name": "name",
            "town": "town",
            "departement": "code_departement",
            "region": "code_region",
            "epci": "code_epci",
            "postcode": "postcode",
        }.items()
    }
    return Places(
        **texts,
        longitude=longitude,
        latitude=latitude,
        population=np.where(counted[:, None], census, legal[:, None] * country),
        censused=counted,
    )


def _points(base: pl.DataFrame) -> tuple[Floats, Floats]:
    """Town halls; where one is unknown a point inside the outline, else the mean of the département."""
    lon = base.get_column("longitude").cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    lat = base.get_column("latitude").cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    outlines = base.get_column("geometry_wkb")
    for row in np.flatnonzero(np.isnan(lon) | np.isnan(lat)):
        if outlines[int(row)] is not None:
            inside = shapely.from_wkb(outlines[int(row)]).representative_point()
            lon[row], lat[row] = inside.x, inside.y
    filled = pl.DataFrame({"lon": lon, "lat": lat, "dep": base.get_column("code_departement")}, nan_to_null=True)
    filled = filled.select(pl.col(c).fill_null(pl.col(c).mean().over("dep")) for c in ("lon", "lat"))
    return filled.get_column("lon").to_numpy(), filled.get_column("lat").to_numpy()
