"""Panels whose treatment reaches neighbours, drawn from a seed: what the naive and the modelled estimates recover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.evaluation.exposure import Exposure, Neighbours, exposure
from maillage.evaluation.panel import Panel, Rows

DATES = (0, 0, 0, 4, 6)  # of the clusters, dealt in equal shares; 0 is never
PERIODS = 9


@dataclass(frozen=True, slots=True)
class Spilled:
    """A simulated panel, its exposure, where units stand (n, 2), and the true effects of every cell of each kind."""

    panel: Panel
    exposure: Exposure
    position_km: NDArray[np.float64]
    direct: float
    spilled: float


def draw(
    seed: int,
    *,
    clusters: int = 80,
    size: int = 10,
    direct: float = 1.0,
    spilled: float = 0.5,
    shock: float = 0.3,
    reach_km: float = 4.0,
) -> Spilled:
    """``clusters`` squares of 10 km, ``size`` units in each, treated together; ``shock`` in each cluster and period.

    Untreated units within ``reach_km`` of a treated one change by ``spilled`` from its treatment on.
    """
    random = np.random.default_rng(seed)
    n, wide = clusters * size, int(np.ceil(np.sqrt(clusters)))
    cluster = np.repeat(np.arange(clusters), size)
    corner = 10.0 * np.stack([cluster % wide, cluster // wide], axis=1)
    position = corner + 10.0 * random.random((n, 2))
    date = random.permutation(np.resize(DATES, clusters))[cluster]
    apart = np.sqrt(((position[:, None, :] - position[None, :, :]) ** 2).sum(axis=2))
    left, right = np.nonzero((apart <= reach_km) & ~np.eye(n, dtype=bool))
    periods = np.arange(1, PERIODS + 1)
    found = exposure(Neighbours(left, right, np.ones(left.size)), date, periods, reach="any")
    treated = (date[:, None] > 0) & (date[:, None] <= periods)
    noise = random.normal(size=(n, PERIODS)) + shock * random.normal(size=(clusters, PERIODS))[cluster]
    outcome = random.normal(size=(n, 1)) + 0.2 * periods + noise
    outcome = outcome + direct * treated + spilled * (found.value > 0) * ~treated
    long = {"cohort": np.repeat(date, PERIODS), "cluster": np.repeat(cluster, PERIODS)}
    panel = Panel.of(Rows(np.repeat(np.arange(n), PERIODS), np.tile(periods, n), outcome.ravel(), **long))
    return Spilled(panel, found, position, direct, spilled)
