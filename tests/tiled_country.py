"""Places that tiles could get wrong: islands, both sides of the antimeridian, borders of tiles, nobody and nothing."""

from __future__ import annotations

import numpy as np

from maillage.access import CarTravelModel, Decay, Points
from maillage.access.faults import FloatArray

CAR = CarTravelModel(2.222, 0.81)
LINE = Decay("line", "linear", (0, 20), (1, 0))
BORDERS = -180 + 360 * np.array([8192, 8256, 8320]) / 2**14  # squares of several sizes begin at these longitudes


def country(n: int = 3000, m: int = 400) -> tuple[Points, FloatArray, Points, FloatArray]:
    """Homes, their demand, places and their supply; some of each are nil, some homes out of reach of any supply."""
    rng = np.random.default_rng(11)
    west = np.concatenate(
        (rng.uniform(0, 4, n - 300), rng.uniform(55.2, 55.8, 100), rng.uniform(-54, -52, 100), np.full(100, 179.99))
    )
    west[-50:] *= -1
    south = np.concatenate(
        (rng.uniform(45, 48, n - 300), rng.uniform(-21.3, -20.9, 100), rng.uniform(3, 5, 100), np.full(100, -16.9))
    )
    at = rng.choice(n, m, replace=False)
    places = Points.at(np.append(west[at], BORDERS), np.append(south[at], [46.0, 46.0, 45.0]))
    offer = np.where(rng.random(m + 3) < 0.2, 0, rng.lognormal(3, 1, m + 3))
    offer[-3:] = 10.0
    need = np.where(rng.random(n) < 0.3, 0, rng.lognormal(5, 1, n))
    return Points.at(west, south, rng.uniform(0, 3, n)), need, places, offer
