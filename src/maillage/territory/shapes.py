"""Outlines simplified as a coverage, and dissolved into the upper levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from maillage.catalog.tables import SHAPE
from maillage.territory.levels import BASE_LEVEL, UPPER_LEVELS

Shapes = npt.NDArray[np.object_]
# Side of the triangles that simplification removes; about 200 m, the precision of the outlines that come in.
TOLERANCE_DEG = 0.002
# Neighbours less than this apart (about 10 m) have the same border, drawn twice.
GAP_DEG = 0.0001


def build_shapes(
    outlines: pl.DataFrame, membership: pl.DataFrame, *, tolerance_deg: float = TOLERANCE_DEG
) -> pl.DataFrame:
    """Draw communes and every upper level of ``membership`` (rows of the core table ``shape``).

    ``outlines`` has ``code, geometry_wkb`` of communes. Borders are simplified once, for communes, so that a territory
    is exactly the union of its communes and neighbours share their border, without gap or overlap. A commune counts in
    a territory that holds at least half of it.
    """
    communes = outlines.sort("code")
    codes = communes.get_column("code")
    shapes = mend(np.asarray(shapely.from_wkb(communes.get_column("geometry_wkb").to_list()), dtype=object))
    shapes = np.asarray(shapely.coverage_simplify(shapes, tolerance_deg), dtype=object)
    levels = [_rows(codes.to_list(), shapes, BASE_LEVEL)]
    places = pl.DataFrame({"child_code": codes, "place": np.arange(codes.len())})
    for level in UPPER_LEVELS:
        links = membership.filter(
            pl.col("child_level") == BASE_LEVEL, pl.col("parent_level") == level, pl.col("share") >= 0.5
        ).join(places, on="child_code")
        groups = links.sort("parent_code", "place").group_by("parent_code", maintain_order=True).agg("place")
        united = [shapely.coverage_union_all(shapes[place.to_numpy()]) for place in groups.get_column("place")]
        levels.append(_rows(groups.get_column("parent_code").to_list(), np.array(united, dtype=object), level))
    return pl.concat(levels)


def mend(shapes: Shapes) -> Shapes:
    """Make outlines an exact coverage where they are not: overlaps given to one side, slivers closed.

    Only the outlines at fault and their neighbours are touched.
    """
    faulty = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes, gap_width=GAP_DEG))
    if not faulty.any():
        return shapes
    _, near = shapely.STRtree(shapes).query(shapes[faulty], predicate="intersects")
    touched = np.unique(np.concatenate([near, np.nonzero(faulty)[0]]))
    mended = shapes.copy()
    mended[touched] = shapely.coverage_clean(shapes[touched], gap_width=GAP_DEG)
    return mended


def _rows(codes: list[str], shapes: Any, level: str) -> pl.DataFrame:
    wkb = [shapely.to_wkb(shape) for shape in shapely.normalize(shapes)] if codes else []
    return pl.DataFrame({"code": codes, "level": [level] * len(codes), "geometry_wkb": wkb}, schema=SHAPE.schema)
