"""Poles of services and the basins around them, from population and distance alone."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from maillage.demo.places import Floats, Ints

# Each pole clears a disc whose radius grows with its population, so that large towns hold their suburbs.
GROWTH = 0.12
RADIUS_KM = (0.5, 60.0)
CANDIDATES = 8


def choose_poles(position_km: Floats, population: Floats, count: int) -> Ints:
    """Rows of about ``count`` poles: the most populated places first, none within the disc of another.

    The radius (km) of the disc of a pole of 10 000 inhabitants is found by bisection; ties go to the lower row.
    """
    tree = cKDTree(position_km)
    order = np.argsort(-population, kind="stable")
    reach = (np.maximum(population, 1.0) / 10_000.0) ** GROWTH
    low, high = RADIUS_KM
    best = _spread(tree, order, reach * high)
    for _ in range(14):
        middle = (low * high) ** 0.5
        poles = _spread(tree, order, reach * middle)
        if abs(len(poles) - count) < abs(len(best) - count):
            best = poles
        if len(poles) == count:
            break
        low, high = (middle, high) if len(poles) > count else (low, middle)
    return np.sort(best)


def assign(position_km: Floats, poles: Ints, attraction: Floats) -> Ints:
    """For each place the index (in ``poles``) of the pole that draws it most: attraction over squared distance.

    ``attraction`` has one positive value a pole; only the nearest few poles compete, and a pole belongs to itself.
    """
    neighbours = min(CANDIDATES, len(poles))
    distance, near = cKDTree(position_km[poles]).query(position_km, k=neighbours)
    distance, near = distance.reshape(len(position_km), neighbours), near.reshape(len(position_km), neighbours)
    pull = attraction[near] / (distance + 1.0) ** 2
    chosen = near[np.arange(len(position_km)), pull.argmax(axis=1)]
    chosen[poles] = np.arange(len(poles))
    return np.asarray(chosen, dtype=np.int64)


def _spread(tree: cKDTree, order: Ints, radius_km: Floats) -> Ints:
    free = np.ones(len(order), dtype=np.bool_)
    poles = []
    for row in order:
        if free[row]:
            poles.append(row)
            free[tree.query_ball_point(tree.data[row], radius_km[row])] = False
    return np.array(poles, dtype=np.int64)
