"""Draws: the same seed gives the same intervals, and nothing unsure gives the score itself."""

from dataclasses import replace

import numpy as np
import pytest

from maillage.access import (
    Draws,
    TravelMatrix,
    Uncertainty,
    balanced,
    catchment,
    gravity,
    linear,
    modified,
    three_step,
    uncertain_scores,
)
from maillage.errors import ArrayInputError, BrokenInvariantError

NUMBERS = np.random.default_rng(3)
TIMES = NUMBERS.uniform(0, 40, (40, 15))
PAIRS = np.nonzero(TIMES < 30)
TRAVEL = TravelMatrix.from_pairs(*PAIRS, TIMES[PAIRS], shape=TIMES.shape)
AMOUNTS = NUMBERS.uniform(1, 100, 40), NUMBERS.uniform(1, 9, 15)
DRAWS = Draws(400, seed=11, thresholds=(0.03, 0.05), complete_min=30)
SCORES = catchment(TRAVEL, *AMOUNTS, linear(20)).scores


def drawn(draws=DRAWS, amounts=AMOUNTS, **unsure):
    return uncertain_scores(TRAVEL, amounts, linear(20), Uncertainty(**unsure), draws)


def test_nothing_unsure_gives_the_score_itself():
    found = drawn()
    for values in (found.low, found.median, found.high):
        np.testing.assert_allclose(values, SCORES, rtol=1e-6)
    for k, threshold in enumerate((0.03, 0.05)):
        np.testing.assert_array_equal(found.zone_share[k], (threshold > SCORES).astype(float))
        np.testing.assert_allclose(found.zone_size[k], AMOUNTS[0][threshold > SCORES].sum())
        np.testing.assert_array_equal(found.membership(k), np.where(threshold > SCORES, 1, -1))


def test_the_same_seed_gives_the_same_intervals_whatever_the_memory_and_another_seed_others():
    one = drawn(supply=0.3, travel=0.1)
    again = drawn(replace(DRAWS, memory_mb=0.01), supply=0.3, travel=0.1)  # 6 places at a time
    other = drawn(Draws(400, seed=12, thresholds=(0.03,)), supply=0.3, travel=0.1)
    np.testing.assert_array_equal(one.low, again.low)
    np.testing.assert_array_equal(one.zone_share, again.zone_share)
    np.testing.assert_array_equal(one.zone_size, again.zone_size)
    assert (one.low != other.low).any()


def test_one_place_alone_has_the_interval_of_its_supply():
    alone = TravelMatrix.from_pairs([0], [0], np.array([0.0]), shape=(1, 1))
    spread = np.sqrt(np.log1p(0.2**2))
    found = uncertain_scores(alone, ([1], [10]), linear(20), Uncertainty(supply=0.2), Draws(40_000, 5, (10.0,)))
    expected = 10 * np.exp(-(spread**2) / 2 + spread * np.array([-1.959964, 0, 1.959964]))
    np.testing.assert_allclose([found.low[0], found.median[0], found.high[0]], expected, rtol=0.02)
    # Under its mean more often than not, as a log-normal is: Φ(spread / 2)
    assert found.zone_share[0, 0] == pytest.approx(0.539, abs=0.01)


@pytest.mark.parametrize("unsure", [{"supply": 0.3}, {"demand": 0.3}, {"travel": 0.15}])
def test_each_thing_unsure_widens_the_interval_around_the_score(unsure):
    found = drawn(**unsure)
    reached = SCORES > 0
    assert (found.high > found.low)[reached].all()
    assert ((found.low <= SCORES) & (found.high >= SCORES))[reached].mean() > 0.9
    assert ((found.zone_share > 0) & (found.zone_share < 1)).any(axis=1).all()
    assert (found.membership(0) == 0).any()
    for share, member in zip(found.zone_share, (found.membership(0), found.membership(1)), strict=True):
        assert (share[member == 1] >= 0.97).all()
        assert (share[member == -1] <= 0.03).all()


@pytest.mark.parametrize("method", ["3sfca", "m2sfca", "bfca", "gravity"])
def test_every_two_step_method_can_be_drawn(method):
    score = {"3sfca": three_step, "m2sfca": modified, "bfca": balanced, "gravity": gravity}[method]
    expected = score(TRAVEL, *AMOUNTS, linear(20)).scores
    sure = uncertain_scores(TRAVEL, AMOUNTS, linear(20), Uncertainty(), Draws(2, 1, (0.03,)), method)
    np.testing.assert_allclose(sure.median, expected, rtol=1e-6)
    unsure = uncertain_scores(TRAVEL, AMOUNTS, linear(20), Uncertainty(0.2, 0.1, 0.2), DRAWS, method)
    assert ((unsure.low < expected) & (expected < unsure.high))[expected > 0].mean() > 0.9


def test_a_place_of_many_doctors_is_surer_than_a_place_of_one():
    apart = TravelMatrix.from_pairs([0, 1], [0, 1], np.array([1.0, 1.0]), shape=(2, 2))
    unsure = Uncertainty(supply=0.4 / np.sqrt([1, 16]))
    found = uncertain_scores(apart, ([1, 1], [10, 10]), linear(20), unsure, Draws(2000, 3, ()))
    assert (found.high - found.low)[0] > 3 * (found.high - found.low)[1]


def test_unreached_demand_stays_at_nothing():
    travel = TravelMatrix.from_pairs([0], [0], np.array([5.0]), shape=(2, 1))
    found = uncertain_scores(travel, ([1, 1], [3]), linear(20), Uncertainty(0.2, 0.1, 0.2), Draws(50, 1, (0.5,)))
    assert found.high[1] == 0
    assert found.zone_share[0, 1] == 1
    assert found.unreached.tolist() == [1]
    assert found.unreached_demand == 1
    assert found.conservation_error < 1e-12


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Uncertainty(supply=-0.1), "coefficient of variation of supply should be finite and not negative"),
        (lambda: Uncertainty(demand=[0.1, np.nan]), "of demand .* found nan at position 1"),
        (lambda: drawn(supply=[0.1, 0.2]), "coefficient of variation of supply should have 15 values"),
        (lambda: Draws(9, 1, 2.5), "thresholds of draws should have one dimension"),
        (lambda: uncertain_scores(TRAVEL, AMOUNTS, linear(20), Uncertainty(), DRAWS, "raam"), "found 'raam'"),
        (lambda: Uncertainty(travel_within=(1.1, 1.4)), "around 1"),
        (lambda: Draws(1, 0, (1.0,)), "Two draws"),
        (lambda: drawn(travel=0.1, draws=Draws(10, 1, (1.0,), complete_min=20)), "complete up to 20"),
        (lambda: drawn(amounts=([1.0], [1.0])), "The demand should have 40 values"),
    ],
)
def test_what_cannot_be_drawn_is_refused(build, message):
    with pytest.raises(ArrayInputError, match=message):
        build()


def test_a_score_that_overflows_is_refused():
    alone = TravelMatrix.from_pairs([0], [0], np.array([0.0]), shape=(1, 1))
    with pytest.raises(BrokenInvariantError, match="add up to the supply reached"):
        uncertain_scores(alone, ([1e-310], [1e3]), linear(20), Uncertainty(), Draws(2, 1, ()))
