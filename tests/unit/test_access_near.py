"""Pairs within a distance: all of them, no other, in row order, wherever on the globe."""

import subprocess
import sys

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from maillage.access import CarTravelModel, Points, near, travel_from_points
from maillage.access.compiled import compiled
from maillage.access.near import pairs_within, straight_distance
from maillage.errors import ArrayInputError

REGIONS = {
    "france": ((-5, 9), (42, 51)),
    "antimeridian": ((179.5, 180), (-18, -17)),
    "pole": ((-180, 180), (89, 90)),
    "globe": ((-180, 180), (-90, 90)),
}


def draw(seed, n, region):
    rng = np.random.default_rng(seed)
    (west, east), (south, north) = REGIONS[region]
    longitude = rng.uniform(west, east, n)
    if region == "antimeridian":
        longitude = np.where(rng.random(n) < 0.5, longitude, -longitude)
    points = Points.at(longitude, rng.uniform(south, north, n))
    return points.xyz_km


def by_tree(origins, places, km):
    found = cKDTree(origins).sparse_distance_matrix(cKDTree(places), km, output_type="ndarray")
    order = np.lexsort((found["j"], found["i"]))
    return found["i"][order], found["j"][order], found["v"][order]


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10_000),
    st.integers(1, 120),
    st.integers(1, 120),
    st.sampled_from(sorted(REGIONS)),
    st.floats(0, 900),
)
def test_the_grid_finds_the_pairs_of_a_tree(seed, n, m, region, km):
    origins, places = draw(seed, n, region), np.vstack((draw(seed + 1, m, region), draw(seed, n, region)[:3]))
    indptr, indices = pairs_within(origins, places, np.full(n, km))
    i, j, distance = by_tree(origins, places, km)
    np.testing.assert_array_equal(np.repeat(np.arange(n), np.diff(indptr)), i)
    np.testing.assert_array_equal(indices, j)
    np.testing.assert_allclose(straight_distance(origins, places, indptr, indices), distance, rtol=1e-12)


def test_each_origin_has_its_own_reach_and_none_when_negative():
    line = np.column_stack((np.arange(5.0), np.zeros(5), np.zeros(5)))
    indptr, indices = pairs_within(line, line, np.array([0.0, 1.0, -1.0, 2.0, 9.0]))
    assert indptr.tolist() == [0, 1, 4, 4, 8, 13]
    assert indices.tolist() == [0, 0, 1, 2, 1, 2, 3, 4, 0, 1, 2, 3, 4]


@pytest.mark.parametrize(("n", "m", "reach"), [(0, 3, 1.0), (3, 0, 1.0), (2, 2, -1.0)])
def test_without_origin_place_or_reach_there_is_no_pair(n, m, reach):
    indptr, indices = pairs_within(np.zeros((n, 3)), np.zeros((m, 3)), np.full(n, reach))
    assert indptr.tolist() == [0] * (n + 1)
    assert indices.size == 0


def test_more_pairs_than_can_be_numbered_are_refused(monkeypatch):
    monkeypatch.setattr(near, "MAX_PAIRS", 3)
    with pytest.raises(ArrayInputError, match="at most 3 pairs, found 4"):
        pairs_within(np.zeros((2, 3)), np.zeros((2, 3)), np.ones(2))


def test_minutes_are_float32_and_never_past_the_limit():
    rng = np.random.default_rng(5)
    towns = Points.at(rng.uniform(1, 3, 3000), rng.uniform(47, 49, 3000), rng.uniform(0, 3, 3000))
    travel = travel_from_points(towns, towns, model=CarTravelModel(2.2, 0.8), max_min=20)
    assert travel.minutes.dtype == np.float32
    assert 19.9 < travel.minutes.max() <= 20
    assert travel.minutes.size > 131_072


def test_residents_who_live_past_the_limit_reach_nothing():
    travel = travel_from_points(
        Points.at([2.0, 2.0], [48.0, 48.0], [0.0, 50.0]),
        Points.at([2.0], [48.0]),
        model=CarTravelModel(2, 0.8),
        max_min=20,
    )
    assert travel.indptr.tolist() == [0, 1, 1]


def test_what_cannot_be_cached_is_compiled_all_the_same(monkeypatch):
    njit = numba.njit

    def read_only(*args, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*args, **options)

    monkeypatch.setattr(numba, "njit", read_only)

    @compiled
    def double(x):
        return 2 * x

    assert double(21) == 42


def test_importing_access_does_not_load_the_compiler():
    script = "import sys, maillage.access; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
