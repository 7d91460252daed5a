"""A smooth random surface: neighbours get like values, far places independent ones."""

from __future__ import annotations

import numpy as np

from maillage.demo.places import Floats

WAVES = 64


def smooth_field(rng: np.random.Generator, position_km: Floats, range_km: float) -> Floats:
    """Values of mean 0 and variance 1 whose correlation falls as a Gaussian of scale ``range_km``.

    A sum of random cosines (Rahimi and Recht, Random features for large-scale kernel machines, 2007).
    """
    waves = rng.normal(scale=1.0 / range_km, size=(3, WAVES))
    phase = rng.uniform(0.0, 2.0 * np.pi, size=WAVES)
    return np.asarray(np.sqrt(2.0 / WAVES) * np.cos(position_km @ waves + phase).sum(axis=1), dtype=np.float64)
