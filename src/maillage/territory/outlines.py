"""The outline of each commune of a geography, from those that the carried package has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely

from maillage.territory.changes import MERGERS
from maillage.territory.vintages import LAST, PIVOT, CommuneHistory

Shapes = dict[str, Any]
# An enclosed hole smaller than this (some 0.4 km²) is a flaw of drawing, not a commune.
_HOLE_MIN_DEG2 = 5e-5
# A commune left out of the drawing is enclosed by communes that are within this distance of the one that took it.
_AROUND_DEG = 0.25


@dataclass(frozen=True, slots=True)
class Outlines:
    """``rows`` (``code, geometry_wkb``) in WGS 84, and the codes that have none (``missing``)."""

    rows: pl.DataFrame
    missing: pl.Series


def commune_outlines(communes: pl.DataFrame, history: CommuneHistory) -> Outlines:
    """Draw the communes of ``history.millesime`` from the frame ``geo_commune``.

    The package draws communes as they were in 2024 and leaves a hole where one joined another in 2025: the commune that
    took it is the union of its parts that are drawn and of the holes that it borders. A commune of an earlier year is
    drawn by itself where it did not change, else by its delegated communes. One that was never drawn is missing.
    """
    own = _shapes(communes.filter(pl.col("kind").is_in(["COM", "ARM"])))
    parts = communes.filter(pl.col("kind").is_in(["COMD", "COMA"])).unique("code_commune", keep="first")
    codes = history.codes(history.millesime)
    drawn = _of_2025(own, parts) if history.millesime == LAST else _of_earlier(own, parts, history)
    kept = [code for code in codes if code in drawn]
    rows = pl.DataFrame(
        {"code": kept, "geometry_wkb": shapely.to_wkb([drawn[code] for code in kept]).tolist()},
        schema={"code": pl.String, "geometry_wkb": pl.Binary},
    )
    return Outlines(rows, codes.filter(~codes.is_in(rows.get_column("code").implode())))


def _shapes(communes: pl.DataFrame) -> Shapes:
    drawn = communes.drop_nulls("geometry_wkb").sort("code_commune")
    shapes = shapely.from_wkb(drawn.get_column("geometry_wkb").to_list())
    return dict(zip(drawn.get_column("code_commune"), shapes, strict=True))


def _of_2025(own: Shapes, parts: pl.DataFrame) -> Shapes:
    """Add to each commune the delegated communes that lie outside its outline, then the holes of simple mergers."""
    pieces = _shapes(parts)
    parents = dict(parts.select("code_commune", "code_parent").iter_rows())
    outside: dict[str, list[Any]] = {}
    for code in sorted(pieces):
        parent = parents[code]
        if parent not in own or not own[parent].intersects(pieces[code].representative_point()):
            outside.setdefault(parent, []).append(pieces[code])
    drawn = dict(own)
    for parent, added in outside.items():
        drawn[parent] = shapely.union_all([*([own[parent]] if parent in own else []), *added])
    undrawn = set(parts.filter(pl.col("geometry_wkb").is_null()).get_column("code_parent"))
    _fill_holes(drawn, sorted((undrawn | {merger.code_after for merger in MERGERS}) & set(drawn)))
    return drawn


def _fill_holes(drawn: Shapes, takers: list[str]) -> None:
    """Give each enclosed hole to the one of ``takers`` that shares the longest border with it."""
    shapes = np.array(list(drawn.values()), dtype=object)
    tree = shapely.STRtree(shapes)
    best: dict[bytes, tuple[float, str, Any]] = {}
    for code in takers:
        block = shapely.union_all(shapes[np.sort(tree.query(drawn[code], predicate="dwithin", distance=_AROUND_DEG))])
        for ring in (ring for part in shapely.get_parts(block) for ring in part.interiors):
            hole = shapely.normalize(shapely.difference(shapely.Polygon(ring), block))
            border = hole.boundary.intersection(drawn[code].boundary).length if hole.area > _HOLE_MIN_DEG2 else 0.0
            if border > 0:
                key = shapely.to_wkb(shapely.set_precision(hole.representative_point(), 1e-6))
                best[key] = max(best.get(key, (0.0, "", None)), (border, code, hole), key=lambda found: found[:2])
    for _, code, hole in best.values():
        drawn[code] = shapely.union(drawn[code], hole)


def _of_earlier(own: Shapes, parts: pl.DataFrame, history: CommuneHistory) -> Shapes:
    links = history.links(history.millesime, PIVOT)
    alone = links.filter((pl.len().over("code_from") == 1) & (pl.len().over("code_to") == 1))
    drawn = {code: own[after] for code, after in alone.select("code_from", "code_to").iter_rows() if after in own}
    first = history.links(history.years[0], history.millesime).filter(pl.col("share") == 1)
    holders = dict(first.select("code_from", "code_to").iter_rows())
    pieces = _shapes(parts)
    known = set(history.codes(history.millesime))
    held: dict[str, list[Any]] = {}
    for code in sorted(pieces):
        holder = code if code in known else holders.get(code)
        if holder is not None and holder not in drawn:
            held.setdefault(holder, []).append(pieces[code])
    return drawn | {code: shapely.union_all(shapes) for code, shapes in held.items()}
