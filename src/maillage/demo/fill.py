"""Take units in an order until they hold a given weight."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from maillage.demo.places import Floats, Ints


def fill_to(order: Ints, weight: Floats, goal: float) -> npt.NDArray[np.bool_]:
    """Mask of the units taken, in this order, each kept only if the total stays at or under ``goal``.

    A unit too heavy for what is left is passed over, so that the smaller ones behind it complete the total.
    """
    taken = np.zeros(len(weight), dtype=np.bool_)
    left = goal
    for unit in order:
        if weight[unit] <= left:
            taken[unit] = True
            left -= weight[unit]
    return taken
