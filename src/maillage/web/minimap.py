"""A still map made on the server: it needs no script, prints well and weighs a few kilobytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

GRID = 640


@dataclass(frozen=True, slots=True)
class Region:
    """One outline: its path, fill and whether it is the territory of the page."""

    path: str
    fill: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Minimap:
    """Outlines in a drawing ``width`` by ``height``."""

    regions: tuple[Region, ...]
    width: int
    height: int


def draw(
    shapes: pl.DataFrame, codes: Sequence[str], fills: Mapping[str, str], chosen: str, no_value: str
) -> Minimap | None:
    """Draw the shapes of ``codes`` (a level's frame of code, geometry_wkb); None when none has a shape."""
    rows = shapes.filter(pl.col("code").is_in(list(codes))).sort("code")
    if not rows.height:
        return None
    outlines = shapely.from_wkb(rows.get_column("geometry_wkb").to_numpy())
    west, south, east, north = shapely.total_bounds(outlines)
    squeeze = float(np.cos(np.radians((south + north) / 2)))
    scale = GRID / max((east - west) * squeeze, north - south, 1e-9)
    origin, factor = np.array([west, north]), np.array([squeeze * scale, -scale])
    drawn = shapely.transform(outlines, lambda points: (points - origin) * factor)
    # Half a unit of a drawing of 640: lines of neighbours move together because the grid is common.
    drawn = shapely.simplify(drawn, 0.5, preserve_topology=True)
    found = [
        Region(_path(shape), fills.get(code, no_value), code == chosen)
        for code, shape in zip(rows.get_column("code"), drawn, strict=True)
    ]
    found.sort(key=lambda region: region.chosen)
    return Minimap(tuple(found), round((east - west) * squeeze * scale) + 1, round((north - south) * scale) + 1)


def _path(shape: shapely.Geometry) -> str:
    rings = []
    for polygon in shapely.get_parts(shape):
        for ring in [polygon.exterior, *polygon.interiors]:
            points = np.rint(shapely.get_coordinates(ring)).astype(int)
            kept = points[np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]]
            rings.append("M" + "L".join(f"{x} {y}" for x, y in kept) + "Z")
    return "".join(rings)
