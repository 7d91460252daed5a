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
EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
# Larger territories are dissolved from these rather than from communes, which gives the same outline sooner.
_NESTED = {"region": "departement", "france": "region"}


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
    drawn = {BASE_LEVEL: pl.DataFrame({"code": codes, "place": np.arange(codes.len())})}
    pieces = {BASE_LEVEL: shapes}
    links = membership.filter(pl.col("child_level") == BASE_LEVEL, pl.col("share") >= 0.5)
    links = links.join(drawn[BASE_LEVEL].select(child_code="code"), on="child_code", how="semi")
    for level in UPPER_LEVELS:
        smaller = _NESTED.get(level, BASE_LEVEL)
        if not _nests(_parents(links, smaller, level)):
            smaller = BASE_LEVEL
        parents = _parents(links, smaller, level).join(drawn[smaller], on="code").sort("parent", "place")
        groups = parents.group_by("parent", maintain_order=True).agg("place")
        united = [shapely.coverage_union_all(pieces[smaller][place.to_numpy()]) for place in groups["place"]]
        drawn[level] = groups.select(code="parent").with_columns(place=pl.int_range(pl.len()))
        pieces[level] = np.array(united, dtype=object)
    return pl.concat(_rows(drawn[level].get_column("code").to_list(), pieces[level], level) for level in drawn)


def _parents(links: pl.DataFrame, smaller: str, level: str) -> pl.DataFrame:
    """``code, parent``: the territories of ``smaller`` and those of ``level`` that hold their communes."""
    upper = links.filter(pl.col("parent_level") == level).select("child_code", parent="parent_code")
    if smaller == BASE_LEVEL:
        return upper.select("parent", code="child_code")
    lower = links.filter(pl.col("parent_level") == smaller).select("child_code", code="parent_code")
    return upper.join(lower, on="child_code", how="full").select("code", "parent").unique().sort("code", "parent")


def _nests(parents: pl.DataFrame) -> bool:
    """Whether each smaller territory lies whole in one larger, and each commune in both."""
    whole = parents.select(pl.col("code").is_unique().all() & (pl.sum_horizontal(pl.all().null_count()) == 0)).item()
    return bool(whole)


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


def area_km2(shapes: Shapes) -> npt.NDArray[np.float64]:
    """Surface of outlines in WGS 84 on a sphere, km2, by Lambert's cylindrical equal-area projection."""

    def flat(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        angles = np.radians(degrees)
        return EARTH_RADIUS_KM * np.column_stack([angles[:, 0], np.sin(angles[:, 1])])

    return np.asarray(shapely.area(shapely.transform(shapes, flat)), dtype=np.float64)


def _rows(codes: list[str], shapes: Any, level: str) -> pl.DataFrame:
    wkb = shapely.to_wkb(shapely.normalize(shapes)).tolist() if codes else []
    columns = {"code": codes, "level": [level] * len(codes), "geometry_wkb": wkb, "area_km2": area_km2(shapes)}
    return pl.DataFrame(columns, schema=SHAPE.schema)
