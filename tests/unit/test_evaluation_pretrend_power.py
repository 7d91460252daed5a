"""Power of the test before treatment: closed forms where there are any, draws where there are none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.pretrend_power import (
    bias_after_passing,
    mean_after_passing,
    passing,
    pretrend_power,
    slope_for_power,
)
from tests.unit.test_evaluation_power import panel


def test_one_estimate_is_a_test_of_one_normal():
    slope = slope_for_power(np.array([[0.25]]), np.array([-2.0]), 0.5)

    assert norm.sf(1.96 - 4 * slope) + norm.cdf(-1.96 - 4 * slope) == pytest.approx(0.5)
    assert passing(np.array([[0.25]]), np.zeros(1)) == pytest.approx(0.95, abs=1e-5)
    assert passing(np.eye(4), np.zeros(4)) == pytest.approx(passing(np.eye(1), np.zeros(1)) ** 4, abs=1e-6)


def test_the_mean_of_what_passes_is_that_of_draws():
    random = np.random.default_rng(1)
    root = random.normal(size=(4, 4))
    covariance, mean = root @ root.T, np.array([1.0, -0.5, 0.3, 2.0])
    drawn = random.multivariate_normal(mean, covariance, size=400_000)
    kept = drawn[(np.abs(drawn[:, :3]) <= 1.96 * np.sqrt(np.diag(covariance))[:3]).all(axis=1)]

    assert mean_after_passing(mean, covariance, 3) == pytest.approx(kept.mean(axis=0), abs=0.02)
    assert passing(covariance[:3, :3], mean[:3]) == pytest.approx(len(kept) / len(drawn), abs=0.005)


@pytest.mark.parametrize("base", ["universal", "varying"], ids=str)
@pytest.mark.parametrize("over", ["cell", "event"], ids=str)
def test_a_trend_leaves_in_the_effect_the_bias_foretold(base, over):
    given = panel()
    comparison = Comparison(base=base, anticipation=1)
    told = pretrend_power(given, comparison, over=over)
    line = told.slope_half * (given.cohort[:, None] > 0) * given.periods
    bare = group_time(given, comparison)
    moved = replace(given, outcome=given.outcome + line)
    gap = aggregate(group_time(moved, comparison), over).overall - aggregate(bare, over).overall

    assert gap == pytest.approx(told.bias_half)
    assert told.bias_most / told.slope_most == pytest.approx(gap / told.slope_half)
    assert told.slope_most > told.slope_half
    assert bias_after_passing(bare, given, told.slope_half, over=over)[0] == pytest.approx(gap)
    assert told.event.max() < -1


def test_keeping_what_passes_makes_the_bias_of_independent_units_larger():
    given = panel(900)
    comparison = Comparison(base="universal")
    told = pretrend_power(given, comparison)
    plain, passed = bias_after_passing(group_time(given, comparison), given, told.slope_half)

    assert passed > plain > 0


def test_more_units_find_a_smaller_slope():
    few, many = (pretrend_power(panel(n)).slope_half for n in (150, 1500))

    assert many < 0.5 * few


def test_a_test_that_cannot_be_made_is_refused():
    first = panel().select(panel().cohort <= 2013)
    with pytest.raises(ArrayInputError, match="No effect before treatment"):
        pretrend_power(replace(first, periods=np.arange(2012, 2021)))
    with pytest.raises(ArrayInputError, match="without any trend"):
        slope_for_power(np.eye(3), np.ones(3), 0.05)
    with pytest.raises(ArrayInputError, match="moves no estimate"):
        slope_for_power(np.eye(3), np.zeros(3), 0.5)
