"""Who is most like whom depends on the territories and not on how their figures are written or ordered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maillage.errors import ArrayInputError
from maillage.indicators.neighbours import covariates, nearest
from maillage.indicators.registry import load_indicators

TABLE = arrays(np.float64, (12, 3), elements=st.integers(0, 1000).map(float))
CODES = tuple(f"{n:05}" for n in range(12))


def found(table, at, codes=CODES, **options):
    near = nearest(table, at, codes, **options)
    return [codes[p] for p in near.position], near.distance


@given(TABLE, st.permutations(range(12)), st.integers(0, 11))
def test_the_order_of_the_territories_does_not_matter(table, order, at):
    codes, distances = found(table, at, count=5)
    moved = tuple(CODES[p] for p in order)
    again, same = found(table[list(order)], order.index(at), moved, count=5)
    assert again == codes
    np.testing.assert_allclose(same, distances, atol=1e-8)


@given(TABLE, st.integers(0, 11), st.floats(0.01, 100), st.floats(-1000, 1000), st.booleans())
def test_the_unit_of_a_covariate_does_not_matter(table, at, scale, shift, turned):
    _, distances = found(table, at, count=11)
    other = table.copy()
    other[:, 1] = (-scale if turned else scale) * other[:, 1] + shift
    np.testing.assert_allclose(found(other, at, count=11)[1], distances, atol=1e-6)


@given(TABLE, st.integers(0, 11))
def test_the_nearest_come_first_and_a_territory_is_not_its_own_neighbour(table, at):
    codes, distances = found(table, at, count=11)
    assert CODES[at] not in codes
    assert len(set(codes)) == 11
    assert (np.diff(distances) >= 0).all()


@given(TABLE, st.integers(0, 11), st.integers(0, 11))
def test_a_distance_is_the_same_both_ways(table, at, other):
    if at != other:
        forth, back = (dict(zip(*found(table, p, count=11), strict=True)) for p in (at, other))
        assert forth[CODES[other]] == pytest.approx(back[CODES[at]], abs=1e-8)


def test_ties_are_settled_by_code():
    codes, distances = found([[0.0], [1.0], [1.0], [-1.0]], 0, ("d", "c", "a", "b"))
    assert codes == ["a", "b", "c"]
    assert len(set(distances)) == 1


def test_a_covariate_without_weight_or_that_never_varies_tells_nothing():
    table = [[0.0, 9.0, 5.0], [1.0, 0.0, 5.0], [9.0, 9.0, 5.0]]
    assert found(table, 0, CODES[:3], weights=[1, 0, 1])[0] == [CODES[1], CODES[2]]
    assert found(table, 0, CODES[:3], weights=[0, 1, 1])[0] == [CODES[2], CODES[1]]


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ([[1.0], [np.nan]], {}, r"1 missing or infinite out of 2, the first at entry \(1, 0\)"),
        ([[1.0], [2.0]], {"weights": [0]}, "not all 0"),
        ([[1.0], [2.0]], {"weights": [1, 1]}, "one a covariate, 1"),
        ([[1.0]], {}, "one row a territory"),
    ],
)
def test_what_cannot_be_compared_says_why(table, options, said):
    with pytest.raises(ArrayInputError, match=said):
        nearest(table, 0, ("a", "b"), **options)


def test_the_declared_covariates_are_indicators():
    declared = covariates()
    assert len(declared) == 4
    assert {c.indicator for c in declared} <= set(load_indicators())
    assert [c.indicator for c in declared if c.log] == ["densite_habitants", "km_urgences"]
    assert declared[2].scaled([0.0])[0] == 0
