"""Intervals agree with the values that PHEindicatormethods and FingertipsNext publish in their tests."""

import json

import numpy as np
import pytest

from maillage.indicators.intervals import poisson, wilson

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def vectors(real_data):
    return json.loads((real_data / "validation" / "public_health_statistics_vectors.json").read_text("utf-8"))


def test_wilson_limits_are_the_published_ones(vectors):
    for case in vectors["wilson"]:
        low, high = wilson([case["x"]], [case["n"]], confidence=case["conf"])
        np.testing.assert_allclose([low[0], high[0]], [case["lower"], case["upper"]], rtol=1e-9)


def test_byar_limits_are_the_published_ones(vectors):
    for case in vectors["byar"]:
        low, high = poisson([case["x"]], confidence=case["conf"])
        np.testing.assert_allclose([low[0], high[0]], [case["lower"], case["upper"]], rtol=1e-9)


def test_under_ten_events_the_limits_of_a_rate_are_exact(vectors):
    for case in vectors["crude_rate_exact"]:
        low, high = poisson([case["x"]], confidence=case["conf"])
        rate = case["mult"] / case["n"]
        np.testing.assert_allclose([low[0] * rate, high[0] * rate], [case["lower"], case["upper"]], rtol=1e-9)
