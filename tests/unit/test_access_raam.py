"""Rational agents: nobody gains by another choice, and everybody goes somewhere they can reach."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.access import TravelMatrix, raam
from maillage.errors import ArrayInputError

TWO = TravelMatrix.from_pairs([0, 0], [0, 1], np.array([0.0, 30.0]), shape=(1, 2))


def test_one_town_shares_itself_until_both_places_cost_the_same():
    # ρ = 1, τ = 60: L0 = L1 + ½ × 100 and L0 + L1 = 100 over two places of 100, so 75 and 25 go, at a cost of ¾
    found = raam(TWO, [100], [100, 100], tau=60, rho=1)
    np.testing.assert_allclose(found.loads, [75, 25], rtol=1e-9)
    np.testing.assert_allclose(found.costs, [0.75], rtol=1e-9)
    assert found.gap <= 1e-6


def test_a_place_too_far_to_be_worth_the_way_gets_nobody():
    found = raam(TWO, [100], [100, 100], tau=10, rho=1)
    assert found.loads.tolist() == [100, 0]
    assert found.costs.tolist() == [1]


def test_mean_crowding_is_one_unless_told_otherwise():
    alone = TravelMatrix.from_pairs([0], [0], np.array([0.0]), shape=(1, 1))
    assert raam(alone, [500], [3]).costs.tolist() == [1]


def test_who_cannot_reach_a_place_with_supply_is_reported():
    travel = TravelMatrix.from_pairs([0, 1], [0, 1], np.array([5.0, 5.0]), shape=(3, 2))
    found = raam(travel, [10, 20, 30], [4, 0])
    assert found.unreached.tolist() == [1, 2]
    assert found.unreached_demand == 50
    assert np.isnan(found.costs[1:]).all()
    assert np.isfinite(found.costs[0])


@settings(max_examples=60)
@given(st.data())
def test_at_the_equilibrium_every_used_place_costs_the_least(data):
    n, m = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 5))
    numbers = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    kept = numbers.random((n, m)) < 0.7
    i, j = np.nonzero(kept)
    travel = TravelMatrix.from_pairs(i, j, numbers.uniform(0, 60, i.size), shape=(n, m))
    need, offer = numbers.uniform(0, 100, n), numbers.uniform(0.5, 10, m)
    found = raam(travel, need, offer, tolerance=1e-9)
    cost = found.loads[travel.indices] / (need.sum() / offer.sum() * offer[travel.indices]) + travel.minutes / 60
    used = found.flows > 1e-3 * need.sum()
    np.testing.assert_allclose(cost[used], found.costs[travel.rows][used], rtol=1e-4)
    np.testing.assert_allclose(np.bincount(travel.rows, found.flows, n), np.where(kept.any(1), need, 0), atol=1e-9)
    assert found.conservation_error < 1e-12
    assert (cost >= found.costs[travel.rows] * (1 - 1e-12)).all()


@pytest.mark.parametrize("parameter", [{"tau": 0}, {"rho": -1}, {"tolerance": 0}])
def test_parameters_should_be_positive(parameter):
    with pytest.raises(ArrayInputError, match="positive tau, rho and tolerance"):
        raam(TWO, [100], [100, 100], **parameter)
