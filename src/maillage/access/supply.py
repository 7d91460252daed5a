"""Supply: the acts that the professionals of a place can give in a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maillage.access.faults import FloatArray, quantities
from maillage.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Activity:
    """Annual acts of a professional: bounds when they are known, a declared value when they are not.

    Raises DefinitionError when the three do not stand in order: floor, default, cap.
    """

    floor_acts: float
    cap_acts: float
    default_acts: float

    def __post_init__(self) -> None:
        if not 0 <= self.floor_acts <= self.default_acts <= self.cap_acts:
            raise DefinitionError(
                "Activity should read floor ≤ default ≤ cap,"
                f" found {self.floor_acts:g}, {self.default_acts:g}, {self.cap_acts:g}."
            )


def annual_acts(headcount: Any, activity: Activity, acts: Any = None) -> FloatArray:
    """Acts a year by place: professionals times their annual acts, floored and capped.

    ``headcount`` has one entry a place (or a professional); ``acts``, of the same length, holds the known annual acts
    of each of them, NaN where unknown; where unknown, or all of them when None, the declared default stands.
    Raises ArrayInputError on negative, NaN or infinite headcounts, or negative acts.
    """
    heads = quantities(headcount, name="headcounts")
    if acts is None:
        return heads * activity.default_acts
    known = np.asarray(acts, dtype=np.float64)
    quantities(np.nan_to_num(known, nan=activity.default_acts), name="annual acts", length=heads.size)
    bounded = np.clip(known, activity.floor_acts, activity.cap_acts)
    return heads * np.where(np.isnan(known), activity.default_acts, bounded)
