"""The example of R ``pretrends``: estimates of He and Wang (2017), figure 2C, as it and its Stata port print them.

R's root is found to 1e-4 and its probabilities come from random points: digits past the fourth are theirs.
"""

import numpy as np
import pytest

from maillage.evaluation.pretrend_power import mean_after_passing, passing, slope_for_power

TIMES = np.array([-4, -3, -2, 0, 1, 2, 3])
LOWER = """
0.0089065712
0.0044883136 0.0059369169
0.0014587025 0.0027500791 0.0030386248
0.0012157689 0.0013505858 0.0009056166 0.0039247409
0.0020327645 0.0014315459 0.0006791299 0.002596118 0.008065897
0.0013225015 0.0012067792 0.0010167636 0.0017326149 0.0058753751 0.007881579
0.0019617728 0.0013847158 0.0007090144 0.0022345525 0.0037414359 0.0036507095 0.0097884266
"""
SLOPE = 0.05205871
AFTER_PASSING = [-0.09230764, -0.05555285, -0.02790950, 0.06490184, 0.12084694, 0.16946498, 0.22453827]


@pytest.fixture(scope="module")
def covariance():
    half = np.zeros((7, 7))
    half[np.tril_indices(7)] = [float(each) for each in LOWER.split()]
    return half + np.tril(half, -1).T


def test_the_slope_found_half_the_time(covariance):
    assert slope_for_power(covariance[:3, :3], TIMES[:3] + 1.0, 0.5) == pytest.approx(SLOPE, abs=2e-5)


def test_power_and_bayes_factor(covariance):
    line, curve = SLOPE * (TIMES[:3] + 1.0), 0.024 * (TIMES[:3] + 1.0) ** 2
    parallel, straight, bent = (passing(covariance[:3, :3], mean) for mean in (np.zeros(3), line, curve))

    assert (1 - straight, straight / parallel) == pytest.approx((0.4999776, 0.56901), abs=2e-4)
    assert (1 - bent, bent / parallel) == pytest.approx((0.6624282, 0.3841516), abs=2e-4)


def test_what_estimates_look_like_once_the_test_is_passed(covariance):
    found = mean_after_passing(SLOPE * (TIMES + 1.0), covariance, 3)

    assert found == pytest.approx(AFTER_PASSING, abs=5e-6)
