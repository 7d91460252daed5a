"""Exposure counts treated neighbours in time, one's own treatment aside."""

import numpy as np
import pytest

from maillage.access.decay import binary, linear
from maillage.errors import ArrayInputError
from maillage.evaluation.exposure import Exposure, Neighbours, exposure

PERIODS = np.arange(2018, 2023)
COHORT = np.array([0, 2020, 2021, 0, 2016])  # the last was treated before the data begin


def pairs(left=(0, 0, 2), right=(1, 2, 1), weight=(3.0, 1.0, 2.0)):
    return Neighbours(np.array(left), np.array(right), np.array(weight, dtype=np.float64))


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        ("share", [0, 0, 0.75, 1, 1]),
        ("sum", [0, 0, 3, 4, 4]),
        ("max", [0, 0, 3, 3, 3]),
        ("any", [0, 0, 1, 1, 1]),
    ],
    ids=["share", "sum", "max", "any"],
)
def test_exposure_grows_as_neighbours_are_treated(reach, expected):
    found = exposure(pairs(), COHORT, PERIODS, reach=reach)

    assert found.value[0].tolist() == expected
    assert (found.value[[1, 3, 4]] == 0).all()  # no neighbour of theirs exposes them
    assert found.onset.tolist() == [2020, 0, 2020, 0, 0]
    assert np.flatnonzero(found.exposed).tolist() == [0]
    assert np.flatnonzero(found.clean).tolist() == [3]
    assert np.flatnonzero(found.early).tolist() == [2]


def test_exposure_is_above_a_threshold_or_is_none():
    assert exposure(pairs(), COHORT, PERIODS, threshold=0.75).onset[0] == 2021
    assert exposure(pairs(), COHORT, PERIODS, threshold=1.0).onset[0] == 0


def test_a_neighbour_treated_before_the_data_exposes_from_the_first_period():
    found = exposure(pairs((3,), (4,), (1.0,)), COHORT, PERIODS)
    assert found.value[3].tolist() == [1] * 5
    assert found.onset[3] == 2018


def test_a_unit_treated_at_the_same_date_as_its_neighbours_was_never_exposed_untreated():
    found = exposure(pairs((0, 1), (1, 0), (1.0, 1.0)), np.array([2020, 2020]), PERIODS)
    assert found.onset.tolist() == [0, 0]
    assert found.value[0].tolist() == [0, 0, 1, 1, 1]


def test_units_that_touch_expose_each_other_once():
    found = Neighbours.touching(np.array([0, 1, 2]), np.array([1, 0, 3]))
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 1), (1, 0), (2, 3), (3, 2)]


def test_travel_is_cut_or_weighed_by_its_decay():
    left, right, travel_min = np.array([0, 0, 0]), np.array([0, 1, 2]), np.array([0.0, 15.0, 25.0])
    assert Neighbours.within(left, right, travel_min, binary(20)).right.tolist() == [1]
    assert Neighbours.within(left, right, travel_min, linear(30)).weight == pytest.approx([0.5, 1 / 6])


def test_flows_add_the_places_of_a_unit_and_leave_care_at_home_in_the_whole():
    flows = Neighbours.by_flow(np.array([0, 0, 0, 0]), np.array([0, 1, 1, 3]), np.array([0.5, 0.2, 0.1, 0.2]))
    found = exposure(flows, COHORT, PERIODS, reach="sum", threshold=0.25)

    assert found.value[0] == pytest.approx([0, 0, 0.3, 0.3, 0.3])
    assert found.onset[0] == 2020


def test_no_flow_at_all_exposes_nobody():
    nothing = np.zeros(0)
    assert not exposure(Neighbours.by_flow(nothing, nothing, nothing), COHORT, PERIODS).value.any()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"right": (1, 2, 2)}, "1 pairs of neighbours join a unit to itself, first 2 and 2"),
        ({"left": (0, -1, 2)}, "below 0, first -1 and 2"),
        ({"right": (1, 1, 1)}, "given twice, first 0 and 1"),
        ({"weight": (1, np.nan, 1)}, "have no weight, first 0 and 2"),
        ({"weight": (1, -2, 1)}, "negative weight, first 0 and 2"),
        ({"weight": (1, 1)}, "one length"),
    ],
    ids=["itself", "below", "twice", "missing", "negative", "length"],
)
def test_pairs_that_cannot_be_are_refused_and_named(given, reason):
    with pytest.raises(ArrayInputError, match=reason) as refused:
        pairs(**given)
    assert refused.value.fr


def test_a_pair_beyond_the_units_is_refused():
    with pytest.raises(ArrayInputError, match="go beyond the 2 units, first 0 and 2"):
        exposure(pairs(), COHORT[:2], PERIODS)


def test_an_exposure_that_does_not_fit_its_units_is_refused():
    with pytest.raises(ArrayInputError, match="5 units and 5 periods"):
        Exposure.of(np.zeros((5, 4)), COHORT, PERIODS)
    with pytest.raises(ArrayInputError, match="1 missing"):
        Exposure.of(np.where(np.arange(25).reshape(5, 5) == 7, np.nan, 0.0), COHORT, PERIODS)
