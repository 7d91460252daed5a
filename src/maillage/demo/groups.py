"""Sums of places by group."""

from __future__ import annotations

import numpy as np

from maillage.demo.places import Floats, Ints


def totals(group: Ints, values: Floats | Ints) -> Floats:
    """The sum of ``values`` in each group, groups being numbered from 0."""
    return np.asarray(np.bincount(group, values), dtype=np.float64)
