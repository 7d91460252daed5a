"""The catchment of ``access.tiles`` on Spark: cells of any number, places of supply sent to every worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maillage.access.catchment import supply_ratios
from maillage.access.faults import FloatArray
from maillage.access.tile_plan import TILE_POINTS, TilePlan, Tiling, buckets_of, cut_tiles, plan_tiles
from maillage.access.tiles import CarReach, TileDemand, conserved, merged, tile_demand, tile_scores
from maillage.errors import UsageError
from maillage.pipeline.spark_cells import SupplyPlaces, address, points_of, read_cells, read_places

PARTS_A_CORE = 8
CELL = "longitude double, latitude double, demand double, inner_km double"
FIRST_STEP = "tile long, places array<long>, weighted_demand array<double>, pairs long, unreached_demand double"
SECOND_STEP = "score double, reached boolean, given double"


@dataclass(frozen=True, slots=True)
class GridFiles:
    """Parquet files or folders, at any address that Spark reads.

    ``cells``: id, longitude, latitude (WGS 84, degrees), demand, and inner_km where it is known. ``places``: id,
    longitude, latitude, supply. An id is text or a whole number. ``output``, which should not exist yet, gets id, score
    and reached.
    """

    cells: str | Path
    places: str | Path
    output: str | Path


@dataclass(frozen=True, slots=True, eq=False)
class GridScores:
    """What ``catchment_by_tiles`` reports; the scores are in the output.

    ``place_ids`` rise; ``ratios`` and the positions ``empty_places`` follow them. ``unreached``: how many cells.
    """

    place_ids: NDArray[Any]
    ratios: FloatArray
    unreached: int
    unreached_demand: float
    empty_places: NDArray[np.int64]
    empty_supply: float
    conservation_error: float
    pairs: int


def plan_on_spark(spark: Any, files: GridFiles, reach: CarReach, *, tile_points: int = TILE_POINTS) -> TilePlan:
    """What ``catchment_on_spark`` will cost, from a count of the cells; raises as it does on what it reads."""
    tiling = _tiling(read_cells(spark, files.cells), tile_points)
    return plan_tiles(tiling, read_places(spark, files.places).points, model=reach.model, max_min=reach.max_min)


def catchment_on_spark(spark: Any, files: GridFiles, reach: CarReach, *, tile_points: int = TILE_POINTS) -> GridScores:
    """Write the scores of ``catchment_by_tiles`` on cells and places in the order of their ids: the same, to the bit.

    Cells are counted, sent to their tile, and kept on the workers' disks for the second step. This process holds the
    places and what each tile gives them, never a cell; a worker holds one tile.

    Raises UsageError when the output exists, UnreadableFileError and ArrayInputError as ``read_checked`` does,
    BrokenInvariantError when supply is not conserved (the output is then written, and wrong).
    """
    if Path(files.output).exists():
        raise UsageError(f"{files.output}: scores are written to a folder that does not exist yet.")
    cells, places = read_cells(spark, files.cells), read_places(spark, files.places)
    tiling = _tiling(cells, tile_points)
    with ExitStack() as held:
        sent = _sent(spark, (tiling, places, reach), held)
        tiled = _by_tile(spark, cells, tiling, sent, held)
        found = tiled.applyInArrow(_first_step(sent), FIRST_STEP).toArrow().sort_by("tile")
        weighted_demand, pairs, unreached_demand = merged(_parts(found), places.supply.size)
        ratios = supply_ratios(places.supply, weighted_demand, "unit")
        schema = f"id {cells.schema['id'].dataType.simpleString()}, {SECOND_STEP}"
        scored = tiled.applyInArrow(_second_step(sent, _sent(spark, ratios, held)), schema)
        given, unreached = _written(scored, address(files.output), float(places.supply.sum()))
    empty = (places.supply > 0) & ~(weighted_demand > 0)
    return GridScores(
        places.ids,
        ratios,
        unreached,
        unreached_demand,
        np.flatnonzero(empty),
        float(places.supply[empty].sum()),
        conserved(given, float(places.supply[~empty].sum())),
        pairs,
    )


def _tiling(cells: Any, tile_points: int) -> Tiling:
    """Tiles cut from the cells of each bucket, counted by the workers."""

    def counted(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            buckets, counts = np.unique(buckets_of(points_of(batch)), return_counts=True)
            yield pa.RecordBatch.from_arrays([pa.array(buckets), pa.array(counts)], ["bucket", "n"])

    parts = cells.mapInArrow(counted, "bucket long, n long")
    table = parts.groupBy("bucket").sum("n").toArrow().sort_by("bucket")
    return cut_tiles(*(column.to_numpy() for column in table.columns), tile_points=tile_points)


def _by_tile(spark: Any, cells: Any, tiling: Tiling, sent: Any, held: ExitStack) -> Any:
    """The cells grouped by tile, each tile whole in one part of the frame, kept on disk until ``held`` closes."""
    from pyspark import StorageLevel

    def labelled(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield batch.append_column("tile", pa.array(sent.value[0].tiles_of(points_of(batch))))

    schema = f"id {cells.schema['id'].dataType.simpleString()}, {CELL}, tile long"
    parts = max(1, min(tiling.cells.size, PARTS_A_CORE * spark.sparkContext.defaultParallelism))
    tiled = cells.mapInArrow(labelled, schema).repartition(parts, "tile").persist(StorageLevel.DISK_ONLY)
    held.callback(tiled.unpersist)
    return tiled.groupBy("tile")


def _first_step(sent: Any) -> Callable[[pa.Table], pa.Table]:
    def step(cells: pa.Table) -> pa.Table:
        _, places, reach = sent.value
        cells = cells.sort_by("id")
        found = tile_demand(points_of(cells), cells["demand"].to_numpy(), places.points, places.supply, reach)
        row = (cells["tile"][:1], found.places, found.weighted_demand, found.pairs, found.unreached_demand)
        names = [name.split()[0] for name in FIRST_STEP.split(", ")]
        return pa.table([row[0], *(pa.array([value]) for value in row[1:])], names=names)

    return step


def _second_step(sent: Any, ratios: Any) -> Callable[[pa.Table], pa.Table]:
    def step(cells: pa.Table) -> pa.Table:
        _, places, reach = sent.value
        cells = cells.sort_by("id")
        scores, reached = tile_scores(points_of(cells), places.points, places.supply, ratios.value, reach)
        given = scores * cells["demand"].to_numpy()
        return pa.table({"id": cells["id"], "score": scores, "reached": reached, "given": given})

    return step


def _parts(found: pa.Table) -> Iterator[TileDemand]:
    for row in range(found.num_rows):
        _, places, weighted_demand, pairs, unreached_demand = (column[row] for column in found.columns)
        yield TileDemand(
            places.values.to_numpy(), weighted_demand.values.to_numpy(), pairs.as_py(), unreached_demand.as_py()
        )


def _written(scored: Any, output: str, supplied: float) -> tuple[float, int]:
    """Write the scores; the supply that they make accessible, and the cells out of reach."""
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    totals = Observation()
    # Decimals, unlike floats, add up to the same in the order that tasks finish in.
    share = (f.col("given") / (supplied or 1.0)).cast("decimal(38,30)")
    watched = scored.observe(totals, f.sum(share).alias("share"), f.count_if(~f.col("reached")).alias("unreached"))
    watched.drop("given").write.parquet(output)
    return float(totals.get["share"] or 0) * supplied, int(totals.get["unreached"])


def _sent(spark: Any, value: tuple[Tiling, SupplyPlaces, CarReach] | FloatArray, held: ExitStack) -> Any:
    """A value sent once to each worker, until ``held`` closes."""
    broadcast = spark.sparkContext.broadcast(value)
    held.callback(broadcast.destroy)
    return broadcast
