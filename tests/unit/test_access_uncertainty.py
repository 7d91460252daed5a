"""Draws: the same seed gives the same intervals, and nothing unsure gives the score itself."""

import numpy as np
import pytest

from maillage.access import Draws, TravelMatrix, Uncertainty, catchment, linear, uncertain_scores
from maillage.errors import ArrayInputError

NUMBERS = np.random.default_rng(3)
TIMES = NUMBERS.uniform(0, 40, (40, 15))
PAIRS = np.nonzero(TIMES < 30)
TRAVEL = TravelMatrix.from_pairs(*PAIRS, TIMES[PAIRS], shape=TIMES.shape)
AMOUNTS = NUMBERS.uniform(1, 100, 40), NUMBERS.uniform(1, 9, 15)
DRAWS = Draws(400, seed=11, threshold=0.03, complete_min=30)
SCORES = catchment(TRAVEL, *AMOUNTS, linear(20)).scores


def drawn(draws=DRAWS, amounts=AMOUNTS, **unsure):
    return uncertain_scores(TRAVEL, amounts, linear(20), Uncertainty(**unsure), draws)


def test_nothing_unsure_gives_the_score_itself():
    found = drawn()
    for values in (found.low, found.median, found.high):
        np.testing.assert_allclose(values, SCORES, rtol=1e-6)
    np.testing.assert_array_equal(found.zone_share, (SCORES < 0.03).astype(float))
    assert found.zone_size == (AMOUNTS[0][SCORES < 0.03].sum(),) * 3


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others():
    one, again = drawn(supply=0.3, travel=0.1), drawn(supply=0.3, travel=0.1)
    other = drawn(Draws(400, seed=12, threshold=0.03), supply=0.3, travel=0.1)
    np.testing.assert_array_equal(one.low, again.low)
    np.testing.assert_array_equal(one.zone_share, again.zone_share)
    assert (one.low != other.low).any()


def test_one_place_alone_has_the_interval_of_its_supply():
    alone = TravelMatrix.from_pairs([0], [0], np.array([0.0]), shape=(1, 1))
    spread = np.sqrt(np.log1p(0.2**2))
    found = uncertain_scores(alone, ([1], [10]), linear(20), Uncertainty(supply=0.2), Draws(40_000, 5, 10.0))
    expected = 10 * np.exp(-(spread**2) / 2 + spread * np.array([-1.959964, 0, 1.959964]))
    np.testing.assert_allclose([found.low[0], found.median[0], found.high[0]], expected, rtol=0.02)
    # Under its mean more often than not, as a log-normal is: Φ(spread / 2)
    assert found.zone_share[0] == pytest.approx(0.539, abs=0.01)


@pytest.mark.parametrize("unsure", [{"supply": 0.3}, {"demand": 0.3}, {"travel": 0.15}])
def test_each_thing_unsure_widens_the_interval_around_the_score(unsure):
    found = drawn(**unsure)
    reached = SCORES > 0
    assert (found.high > found.low)[reached].all()
    assert ((found.low <= SCORES) & (found.high >= SCORES))[reached].mean() > 0.9
    assert ((found.zone_share > 0) & (found.zone_share < 1)).any()


def test_unreached_demand_stays_at_nothing():
    travel = TravelMatrix.from_pairs([0], [0], np.array([5.0]), shape=(2, 1))
    found = uncertain_scores(travel, ([1, 1], [3]), linear(20), Uncertainty(0.2, 0.1, 0.2), Draws(50, 1, 0.5))
    assert found.high[1] == 0
    assert found.zone_share[1] == 1


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Uncertainty(supply=-0.1), "Coefficients of variation"),
        (lambda: Uncertainty(travel_within=(1.1, 1.4)), "around 1"),
        (lambda: Draws(1, 0, 1.0), "Two draws"),
        (lambda: drawn(travel=0.1, draws=Draws(10, 1, 1.0, complete_min=20)), "complete up to 20"),
        (lambda: drawn(amounts=([1.0], [1.0])), "The demand should have 40 values"),
    ],
)
def test_what_cannot_be_drawn_is_refused(build, message):
    with pytest.raises(ArrayInputError, match=message):
        build()
