"""Rational agents against two oracles that share nothing with the engine: a convex programme, and agents one by one."""

import highspy
import numpy as np
import pytest

from maillage.access import TravelMatrix, raam

TAU = 60.0


def draw(seed, n=5, m=5):
    """Times (n × m, infinite where out of reach), demand, supply."""
    numbers = np.random.default_rng(seed)
    times = np.where(numbers.random((n, m)) < 0.75, numbers.uniform(0, 60, (n, m)), np.inf)
    times[np.arange(n), numbers.integers(0, m, n)] = numbers.uniform(0, 60, n)
    return times, numbers.uniform(5, 100, n), numbers.uniform(1, 10, m)


def engine(times, need, offer):
    i, j = np.nonzero(np.isfinite(times))
    travel = TravelMatrix.from_pairs(i, j, times[i, j], shape=times.shape)
    return raam(travel, need, offer, tau=TAU, tolerance=1e-9)


def by_convex_programme(times, need, offer):
    """Loads at the least of Σ_j L_j² / 2ρS_j + Σ_ij f_ij t_ij / τ, by the quadratic solver of HiGHS."""
    i, j = np.nonzero(np.isfinite(times))
    solver = highspy.Highs()
    solver.silent()
    flows = [solver.addVariable(lb=0, obj=minutes / TAU) for minutes in times[i, j]]
    loads = [solver.addVariable(lb=0) for _ in offer]
    for home, amount in enumerate(need):
        solver.addConstr(sum(flows[k] for k in np.flatnonzero(i == home)) == amount)
    for place, load in enumerate(loads):
        solver.addConstr(sum(flows[k] for k in np.flatnonzero(j == place)) - load == 0)
    curved = np.array([load.index for load in loads])
    limits = np.concatenate((np.zeros(len(flows), dtype=int), np.arange(offer.size + 1)))
    slope = offer.sum() / need.sum() / offer
    solver.passHessian(len(flows) + offer.size, offer.size, 1, limits, curved, slope)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return np.array(solver.getSolution().col_value)[curved]


def by_single_agents(times, need, offer, agents=300):
    """Loads after equal agents of each home, one by one, have gone where it costs them least, until none moves."""
    capacity = need.sum() / offer.sum() * offer
    loads, where = np.zeros(offer.size), {}
    moved = True
    while moved:
        moved = False
        for home, agent in np.ndindex(need.size, agents):
            part, at = need[home] / agents, where.get((home, agent))
            if at is not None:
                loads[at] -= part
            cost = (loads + part) / capacity + times[home] / TAU
            best = int(cost.argmin())
            if at is not None and cost[at] <= cost[best] + 1e-12:
                best = at
            moved |= best != at
            where[home, agent] = best
            loads[best] += part
    return loads


@pytest.mark.parametrize("seed", range(40))
def test_loads_and_costs_are_those_of_the_convex_programme(seed):
    times, need, offer = draw(seed)
    found, loads = engine(times, need, offer), by_convex_programme(times, need, offer)
    np.testing.assert_allclose(found.loads, loads, rtol=1e-4, atol=1e-4 * need.sum())
    costs = (loads / (need.sum() / offer.sum() * offer) + times / TAU).min(axis=1)
    np.testing.assert_allclose(found.costs, costs, rtol=1e-3)


@pytest.mark.parametrize("seed", range(100, 104))
def test_agents_who_move_one_by_one_end_at_the_same_loads(seed):
    times, need, offer = draw(seed)
    loads = by_single_agents(times, need, offer)
    np.testing.assert_allclose(engine(times, need, offer).loads, loads, atol=0.01 * need.sum())
