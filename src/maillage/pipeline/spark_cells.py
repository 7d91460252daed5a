"""Cells and places of supply as Spark reads them from Parquet, refused where nothing can be computed on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maillage.access.faults import FloatArray
from maillage.access.points import Points
from maillage.errors import ArrayInputError, UnreadableFileError

POINT = ("longitude", "latitude")
IDS = ("string", "bigint", "int", "smallint", "tinyint")


@dataclass(frozen=True, slots=True, eq=False)
class SupplyPlaces:
    """Places of supply by rising id."""

    ids: NDArray[Any]
    points: Points
    supply: FloatArray


def read_cells(spark: Any, path: str | Path) -> Any:
    """The cells as a Spark frame: id, longitude, latitude, demand, inner_km (nil where the file has none).

    Raises as ``read_checked`` does.
    """
    return read_checked(spark, path, "demand")


def read_places(spark: Any, path: str | Path) -> SupplyPlaces:
    """The places of supply, which this process holds; raises as ``read_checked`` does."""
    table = read_checked(spark, path, "supply").toArrow().sort_by("id")
    return SupplyPlaces(table["id"].to_numpy(), points_of(table), table["supply"].to_numpy())


def address(path: str | Path) -> str:
    """What Spark should be told: a path of this machine is made whole, since a JVM keeps the folder it started in."""
    return str(path) if "://" in str(path) else str(Path(path).absolute())


def points_of(table: pa.Table | pa.RecordBatch) -> Points:
    """The points of some rows."""
    return Points(*(np.asarray(table.column(name)) for name in (*POINT, "inner_km")))


def read_checked(spark: Any, path: str | Path, quantity: str) -> Any:
    """A Spark frame of id, longitude, latitude, ``quantity`` and inner_km, checked.

    Raises UnreadableFileError on a file that is not there, is no Parquet or lacks a column; ArrayInputError on an id
    that is missing or given twice, a point off the globe, a quantity that is negative or not finite: the first by its
    id, and how many there are.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql import functions as f

    try:
        frame = spark.read.parquet(address(path))
    except PySparkException as problem:
        reason = str(problem).splitlines()[0]
        raise UnreadableFileError(
            f"{path}: Parquet with id, longitude, latitude, {quantity} was expected: {reason}"
        ) from problem
    found = dict(frame.dtypes)
    missing = [name for name in ("id", *POINT, quantity) if name not in found]
    if missing or found["id"] not in IDS:
        lacking = f"no column {', '.join(missing)}" if missing else f"ids of type {found['id']}"
        raise UnreadableFileError(
            f"{path}: ids (text or whole numbers), {', '.join(POINT)} and {quantity} were expected, found {lacking}."
        )
    inner = f.col("inner_km") if "inner_km" in found else f.lit(0.0)
    numbers = [f.col(name).cast("double").alias(name) for name in (*POINT, quantity)]
    frame = frame.select("id", *numbers, inner.cast("double").alias("inner_km"))
    _refuse_faulty(frame, path, quantity)
    _refuse_twins(frame, path)
    return frame


def _refuse_faulty(frame: Any, path: str | Path, quantity: str) -> None:
    from pyspark.sql import functions as f

    good = f.col("id").isNotNull() & f.col("longitude").between(-180, 180) & f.col("latitude").between(-90, 90)
    for name in (quantity, "inner_km"):
        good = good & (f.col(name) >= 0) & (f.col(name) < float("inf"))  # to Spark, NaN is above the infinite
    bad = ~f.coalesce(good, f.lit(False))  # noqa: FBT003
    found = frame.agg(f.count_if(bad), f.min(f.when(bad, f.struct("*")))).first()
    if found[0]:
        row = ", ".join(f"{name} {value}" for name, value in found[1].asDict().items())
        raise ArrayInputError(
            f"{path}: each row should have an id, a point on the globe and a finite {quantity} that is not negative:"
            f" found {row} ({found[0]} such in all)."
        )


def _refuse_twins(frame: Any, path: str | Path) -> None:
    from pyspark.sql import functions as f

    found = frame.groupBy("id").count().filter("count > 1").agg(f.count("*"), f.min("id")).first()
    if found[0]:
        raise ArrayInputError(f"{path}: an id should be given once: found {found[1]} again ({found[0]} such in all).")
