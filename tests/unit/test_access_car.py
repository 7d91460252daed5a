"""The calibration finds the model that made the minutes, and says its error."""

import numpy as np
import pytest

from maillage.access import CarTravelModel, calibrate, travel_errors
from maillage.errors import ArrayInputError

KM = np.geomspace(0.5, 60, 200)
SETS = np.where(np.arange(200) % 2 == 0, "a", "b")


def test_a_model_is_found_again_from_its_own_minutes():
    truth = CarTravelModel(2.5, 0.75)
    found = calibrate(KM, truth.minutes(KM), SETS, within_km=(0.3, 40))
    assert found.coefficient == pytest.approx(2.5, rel=1e-6)
    assert found.exponent == pytest.approx(0.75, rel=1e-6)


def test_a_large_set_weighs_no_more_than_a_small_one():
    minutes = np.where(SETS == "a", 2.0, 3.0) * KM**0.8
    once = calibrate(KM, minutes, SETS, within_km=(0.3, 40))
    many = np.concatenate((np.arange(200), np.repeat(np.flatnonzero(SETS == "a"), 9)))
    again = calibrate(KM[many], minutes[many], SETS[many], within_km=(0.3, 40))
    assert again.coefficient == pytest.approx(once.coefficient, rel=1e-6)


def test_errors_are_those_of_each_class():
    model = CarTravelModel(2.0, 1.0)
    first, second = travel_errors(model, np.array([1.0, 2.0, 5.0]), np.array([3.0, 3.0, 10.0]))
    assert (first.from_km, first.to_km, first.n) == (0, 5, 2)
    assert (first.bias_min, first.mae_min, first.rmse_min) == (0, 1, 1)
    assert (second.from_km, second.n, second.bias_min) == (5, 1, 0)


def test_minutes_and_km_are_inverse_of_one_another():
    model = CarTravelModel(2.1, 0.82)
    assert model.km(float(model.minutes(np.array([7.0]))[0])) == pytest.approx(7)
    assert model.minutes(np.array([0.0])).tolist() == [0]


def test_too_few_pairs_are_refused():
    with pytest.raises(ArrayInputError, match="ten pairs"):
        calibrate(KM[:5], KM[:5], SETS[:5], within_km=(0.3, 40))
    with pytest.raises(ArrayInputError, match="exponent"):
        CarTravelModel(2.0, 1.5)
