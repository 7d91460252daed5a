"""Classes of the map: quantiles of territories, and colours that keep their order for every eye."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.web.atlas import Floats
from maillage.web.cards import Direction

# ColorBrewer BrBG (colour-blind safe), from difficulty to ease.
WORST_TO_BEST = ("#8c510a", "#cf9a4a", "#f0dfb8", "#c7e5df", "#5aaea2", "#01665e")
# ColorBrewer PuBu, for indicators of which no side is bad.
PALE_TO_DEEP = ("#f1eef6", "#d0d1e6", "#a6bddb", "#74a9cf", "#2b8cbe", "#045a8d")
MISSING = 255


@dataclass(frozen=True, slots=True)
class Classes:
    """``limits`` has one entry more than ``colours``; a class holds its lower limit, the last one both."""

    limits: tuple[float, ...]
    colours: tuple[str, ...]

    def of(self, values: Floats) -> NDArray[np.uint8]:
        """The class of each value, 255 where there is none."""
        rank = np.searchsorted(np.asarray(self.limits[1:-1]), values, side="right").astype(np.uint8)
        return np.where(np.isnan(values), MISSING, rank).astype(np.uint8)


def quantile_classes(values: Floats, worst: Direction, wanted: int = 6) -> Classes:
    """Classes of equal numbers of territories; fewer when many values are equal, none when all are missing."""
    known = values[~np.isnan(values)]
    if not known.size:
        return Classes((), ())
    distinct = np.unique(known)
    if distinct.size <= wanted:
        # One class a value: its limits are the value itself and the next.
        limits = [*distinct.tolist(), float(distinct[-1])]
    else:
        limits = np.unique(np.quantile(known, np.linspace(0, 1, wanted + 1))).tolist()
    return Classes(tuple(limits), _colours(len(limits) - 1, worst))


def _colours(count: int, worst: Direction) -> tuple[str, ...]:
    ramp = {"low": WORST_TO_BEST, "high": WORST_TO_BEST[::-1], "none": PALE_TO_DEEP}[worst]
    if count == 1:
        return (ramp[len(ramp) // 2],)
    places = np.linspace(0, len(ramp) - 1, count).round().astype(int)
    return tuple(ramp[place] for place in places)
