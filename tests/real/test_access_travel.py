"""The declared travel model is the one that the measured minutes give, and its stated error is true."""

import numpy as np
import pytest

from maillage.access import CarTravelModel, calibrate, travel_errors
from maillage.catalog.parameters import load_parameters
from maillage.sources.registry import frames, read_folder

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def measured(real_data):
    return frames(read_folder(real_data / "travel_time").reads)["measured_travel"].drop_nulls("crow_km")


@pytest.fixture(scope="module")
def declared():
    entries = load_parameters("travel_car")
    return CarTravelModel(entries["coefficient"].value, entries["exponent"].value)


def test_the_declared_parameters_are_those_of_the_fit(measured, declared):
    km, minutes, sets = (measured[c].to_numpy() for c in ("crow_km", "travel_min", "set"))
    found = calibrate(
        km, minutes, sets.astype(str), within_km=tuple(load_parameters("travel_car")["fit_within_km"].value)
    )
    assert round(found.coefficient, 3) == declared.coefficient
    assert round(found.exponent, 3) == declared.exponent


def test_three_sets_of_measures_are_read(measured):
    counts = dict(measured["set"].value_counts().iter_rows())
    assert counts == {"alsace": 8580, "gironde_metric": 2495, "gironde_osrm": 2500}


def test_the_stated_error_is_true_within_20_km(measured, declared):
    """Figures of docs/performance.md, in minutes: mean error near nil, mean absolute error about 15 %."""
    errors = travel_errors(declared, measured["crow_km"].to_numpy(), measured["travel_min"].to_numpy())[:3]
    assert [e.n for e in errors] == [82, 214, 794]
    for error in errors:
        assert abs(error.bias_min) < 0.6
    used = [e for e in errors if e.from_km > 0]
    relative = np.sum([e.mae_min * e.n for e in used]) / np.sum([e.mean_measured_min * e.n for e in used])
    assert 0.13 < relative < 0.17
