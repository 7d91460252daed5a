"""Simplified outlines stay a coverage: no gap, no overlap, larger territories made of the smaller ones."""

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.territory.shapes import EARTH_RADIUS_KM, area_km2, build_shapes, mend


@st.composite
def mosaics(draw):
    """A grid of cells whose inner borders are ragged, grouped at random into two levels."""
    n = draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    seeds = shapely.MultiPoint(rng.random((n * n, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, 1, 1), ordered=True))
    clipped = shapely.coverage_clean(shapely.segmentize(shapely.intersection(cells, shapely.box(0, 0, 1, 1)), 0.05))
    codes = [f"{i:05d}" for i in range(len(clipped))]
    parents = draw(st.lists(st.sampled_from("AB"), min_size=len(codes), max_size=len(codes)))
    return codes, clipped, parents


def member(codes, parents, level):
    return pl.DataFrame(
        {
            "child_code": codes,
            "child_level": ["commune"] * len(codes),
            "parent_code": parents,
            "parent_level": [level] * len(codes),
            "share": [1.0] * len(codes),
        }
    )


@given(mosaics(), st.floats(0, 0.1))
@settings(max_examples=25, deadline=None)
def test_a_territory_is_exactly_the_union_of_its_communes(case, tolerance):
    codes, cells, parents = case
    outlines = pl.DataFrame({"code": codes, "geometry_wkb": shapely.to_wkb(cells).tolist()})
    links = pl.concat([member(codes, parents, "departement"), member(codes, ["FRA"] * len(codes), "france")])
    rows = build_shapes(outlines, links, tolerance_deg=tolerance)
    drawn = {(lv, c): shapely.from_wkb(g) for c, lv, g, _ in rows.iter_rows()}
    communes = np.array([drawn["commune", c] for c in codes], dtype=object)
    assert shapely.coverage_is_valid(communes)
    assert np.isclose(drawn["france", "FRA"].area, shapely.area(communes).sum())
    for parent in set(parents):
        mine = communes[np.array(parents) == parent]
        assert drawn["departement", parent].equals(shapely.union_all(mine))


@given(mosaics(), st.floats(1e-7, 5e-5))
@settings(max_examples=15, deadline=None)
def test_outlines_that_overlap_or_gape_a_little_are_mended(case, shift):
    _, cells, _ = case
    moved = cells.copy()
    moved[0] = shapely.transform(cells[0], lambda xy: xy + shift)
    mended = mend(moved)
    assert shapely.coverage_is_valid(mended)
    assert np.allclose(shapely.area(mended), shapely.area(moved), atol=1e-3)


def test_the_surface_of_an_outline_is_that_of_the_sphere_and_adds_up():
    cells = np.array([shapely.box(4 + i, 45, 5 + i, 46) for i in range(3)], dtype=object)
    ring = EARTH_RADIUS_KM**2 * np.radians(1) * (np.sin(np.radians(46)) - np.sin(np.radians(45)))
    assert area_km2(cells) == pytest.approx(np.full(3, ring))
    assert area_km2(np.array([shapely.union_all(cells)]))[0] == pytest.approx(3 * ring)
