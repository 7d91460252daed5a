"""What a travel matrix refuses, and what it keeps."""

import numpy as np
import pytest

from maillage.access import CarTravelModel, Points, TravelMatrix, nearest_minutes, travel_from_points
from maillage.errors import ArrayInputError


def pairs(demand, supply, minutes, shape=(3, 2)):
    return TravelMatrix.from_pairs(np.array(demand), np.array(supply), np.array(minutes, dtype=float), shape=shape)


def test_pairs_in_any_order_make_sorted_rows():
    travel = pairs([2, 0, 2], [1, 1, 0], [7, 5, 3])
    assert travel.shape == (3, 2)
    assert travel.indptr.tolist() == [0, 1, 1, 3]
    assert travel.indices.tolist() == [1, 0, 1]
    assert travel.minutes.tolist() == [5, 3, 7]
    assert travel.rows.tolist() == [0, 2, 2]


def test_arrays_are_compact():
    travel = TravelMatrix.from_pairs(np.array([0]), np.array([0]), np.array([1], dtype=np.float32), shape=(1, 1))
    assert (travel.indptr.dtype, travel.indices.dtype, travel.minutes.dtype) == (np.int32, np.int32, np.float32)


@pytest.mark.parametrize("value", [np.nan, -1.0, np.inf])
def test_a_time_that_is_no_time_names_the_pair(value):
    with pytest.raises(ArrayInputError, match=r"minutes for the pair \(1, 1\) \(2 such in all\)"):
        pairs([0, 1, 2], [0, 1, 0], [3, value, value])


def test_a_pair_given_twice_is_named():
    with pytest.raises(ArrayInputError, match=r"given once: found the pair \(2, 0\) \(1 such in all\)"):
        pairs([2, 0, 2], [0, 0, 0], [3, 4, 3])


@pytest.mark.parametrize(
    ("demand", "supply", "first"), [([1, 0, 2], [0, 2, 9], r"\(0, 2\)"), ([1, 3, -1], [0, 0, 0], r"\(3, 0\)")]
)
def test_a_place_that_does_not_exist_is_named(demand, supply, first):
    with pytest.raises(ArrayInputError, match=rf"within \(3, 2\): found the pair {first} \(2 such in all\)"):
        pairs(demand, supply, [3, 3, 3])


@pytest.mark.parametrize("wrong", [0.5, np.nan, 2**40])
def test_a_position_that_is_no_whole_number_is_named(wrong):
    with pytest.raises(ArrayInputError, match=r"places of supply should be whole numbers.* at position 1 \(1 such"):
        TravelMatrix(np.array([0, 2]), np.array([0, wrong]), np.ones(2), 3)
    with pytest.raises(ArrayInputError, match="places of demand should be whole numbers"):
        TravelMatrix.from_pairs([0, wrong], [0, 0], [1.0, 1.0], shape=(2, 1))


def test_what_is_no_number_is_refused_in_one_sentence():
    with pytest.raises(ArrayInputError, match="travel times should be numbers: could not convert"):
        TravelMatrix.from_pairs([0], [0], ["far"], shape=(1, 1))
    with pytest.raises(ArrayInputError, match="found the text '01001': travel_from_pairs takes identifiers"):
        TravelMatrix.from_pairs(["01001"], [0], [1.0], shape=(1, 1))


def test_pairs_of_unequal_lengths_are_refused():
    with pytest.raises(ArrayInputError, match="found 2, 1 and 1"):
        pairs([0, 1], [0], [3])


@pytest.mark.parametrize(
    ("indptr", "indices", "minutes", "message"),
    [
        ([0, 3, 5], [1, 0, 1, 1, 0], [1.0] * 5, r"rise within a row .*: found the pair \(0, 0\) \(2 such in all\)"),
        ([0, 2], [1, 1], [1.0, 1.0], r"given once: found the pair \(0, 1\) \(1 such in all\)"),
        ([0, 1, 2], [0, 1], [1.0, np.inf], r"found inf minutes for the pair \(1, 1\) \(1 such in all\)"),
        ([0, 1], [0, 1], [1.0, 1.0], "Row limits"),
        ([], [], [], "Row limits"),
        ([0, 2], [0, 1], [1.0], "needs one time"),
        ([0, 1], [-1], [1.0], r"There are 2 places of supply: found the pair \(0, -1\) \(1 such in all\)"),
    ],
)
def test_rows_that_do_not_fit_together_are_refused(indptr, indices, minutes, message):
    with pytest.raises(ArrayInputError, match=message):
        TravelMatrix(np.array(indptr), np.array(indices), np.array(minutes), 2)


MODEL = CarTravelModel(2.0, 0.8)


def test_points_on_one_meridian_are_a_degree_apart():
    demand, supply = Points.at([2.0, 2.0], [48.0, 48.1]), Points.at([2.0], [48.0])
    travel = travel_from_points(demand, supply, model=MODEL, max_min=60)
    km = 6371.0088 * np.pi / 1800
    np.testing.assert_allclose(travel.minutes, [0, 2 * km**0.8], rtol=1e-5)


def test_residents_spread_around_their_point_never_travel_for_nothing():
    demand = Points.at([2.0], [48.0], [3.0])
    travel = travel_from_points(demand, Points.at([2.0], [48.0]), model=MODEL, max_min=60)
    np.testing.assert_allclose(travel.minutes, [2 * 3**0.8], rtol=1e-5)


def test_pairs_too_far_are_absent_yet_the_nearest_is_known():
    demand, supply = Points.at([2.0, 55.5], [48.0, -21.0]), Points.at([2.0], [48.0])
    travel = travel_from_points(demand, supply, model=MODEL, max_min=20)
    assert travel.indptr.tolist() == [0, 1, 1]
    assert nearest_minutes(demand, supply, model=MODEL)[1] > 1000
    assert np.isnan(nearest_minutes(demand, Points.at([], []), model=MODEL)).all()


def test_a_point_without_coordinates_is_named():
    with pytest.raises(ArrayInputError, match=r"found \(nan, 48\) at position 1 \(1 such in all\)"):
        Points.at([2.0, np.nan], [48.0, 48.0])
