"""Intervals and tests agree with the values that PHEindicatormethods and FingertipsNext publish in their tests."""

import json

import numpy as np
import pytest

from maillage.indicators.intervals import poisson, wilson
from maillage.indicators.standardise import direct, dobson, indirect, ratio_limits
from maillage.indicators.trend import trend

pytestmark = pytest.mark.real
PER_100_000 = 100_000
# The reference of the indirectly standardised rates: events and people by band of age; one band has no event.
REFERENCE_EVENTS = (
    *(10303, 2824, 0, 3615, 3641, 3490, 3789, 3213, 3031, 2771),
    *(3089, 3490, 3595, 4745, 5514, 7125, 5694, 6210, 5757),
)
REFERENCE_PEOPLE = (
    *(50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463),
    *(60479, 49974, 44140, 40888, 37239, 30819, 18136, 15325, 13918),
)


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


def test_dobson_limits_of_a_standardised_rate_are_the_published_ones(vectors):
    """The bands behind the rate are not given: the lower limit tells their variance, which gives the upper one."""
    for case in vectors["dsr_esp2013_per_100000"]:
        if case["value"] is None:
            continue
        shift = poisson(case["O"])[0][0] - case["O"]
        variance = case["O"] * ((case["lower95"] - case["value"]) / shift) ** 2
        low, high = dobson(case["value"], variance, case["O"])
        np.testing.assert_allclose([low[0], high[0]], [case["lower95"], case["upper95"]], rtol=1e-12)


def test_a_standardised_rate_of_too_few_events_is_not_given(vectors):
    (tiny,) = (case for case in vectors["dsr_esp2013_per_100000"] if case["value"] is None)
    found = direct([tiny["O"], 0], [100, 100], [1, 1])
    assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()
    assert found.events[0] == tiny["O"]


def test_indirectly_standardised_rates_are_the_published_ones(vectors):
    reference = vectors["isr_per_100000"][0]["ref_rate"]
    found = indirect([0], [REFERENCE_PEOPLE], REFERENCE_EVENTS, REFERENCE_PEOPLE)
    assert found.reference_rate * PER_100_000 == pytest.approx(reference, rel=1e-12)
    for case in vectors["isr_per_100000"]:
        rates = [limit[0] * reference for limit in ratio_limits([case["O"]], [case["E"]])]
        np.testing.assert_allclose(rates, [case["value"], case["lower95"], case["upper95"]], rtol=1e-9)


def test_trends_are_called_as_published(vectors):
    for case in vectors["trend_chi2"]:
        found = trend(case["values"], case["lower95"], case["upper95"])
        assert bool(found.direction[0]) == case["significant"]
        if "chi2_2dp" in case:
            assert round(float(found.chi2[0]), 2) == case["chi2_2dp"]
