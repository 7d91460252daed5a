"""Supply: the acts that the professionals of a place can give in a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from maillage.access.catchment import CatchmentResult, sparse
from maillage.access.faults import FloatArray, quantities
from maillage.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Activity:
    """Annual acts (or full-time equivalents) of a professional: bounds, and a declared value when they are not known.

    ``elasticity``: by how many % they fall where the supply around is 1 % denser (see ``acts_by_density``).
    Raises DefinitionError when the three do not stand in order: floor, default, cap; or on an elasticity out of [0, 1[.
    """

    floor_acts: float
    cap_acts: float
    default_acts: float
    elasticity: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.elasticity < 1:
            raise DefinitionError(f"The elasticity of activity should lie within [0, 1[, found {self.elasticity:g}.")
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


def supply_around(result: CatchmentResult) -> FloatArray:
    """How dense the supply is around each place: the mean score of those it serves, Σ_i u_ij D_i A_i / Σ_i u_ij D_i.

    It counts every place that they reach, this one included; 0 for a place whose catchment has no demand.
    """
    served = result.weighted_demand
    weighted = sparse(result.travel, result.weights.to_place).T @ (result.demand * result.scores)
    return np.asarray(np.divide(weighted, served, out=np.zeros(served.size), where=served > 0))


def acts_by_density(headcount: Any, around: Any, activity: Activity) -> FloatArray:
    """Acts a year by place when a professional gives fewer of them the denser the supply around.

    One professional of place j gives c × N_j^−ε acts, floored and capped: N is ``around`` (see ``supply_around``), ε
    the elasticity, and c is such that all of them together give what they would at the declared default. Where N is 0
    the default stands. Raises ArrayInputError as ``annual_acts`` does.
    """
    heads = quantities(headcount, name="headcounts")
    density = quantities(around, name="supply around each place", length=heads.size)
    used = (heads > 0) & (density > 0)
    acts = np.full(heads.size, activity.default_acts, dtype=np.float64)
    if activity.elasticity == 0 or not used.any() or activity.floor_acts == activity.cap_acts:
        return heads * acts
    shape = (density[used] / density[used].mean()) ** -activity.elasticity
    due = heads[used].sum() * activity.default_acts

    def bounded(scale: float) -> FloatArray:
        return np.asarray(np.clip(scale * shape, activity.floor_acts, activity.cap_acts))

    def missing(scale: float) -> float:
        return float(heads[used] @ bounded(scale) - due)

    lowest, highest = activity.floor_acts / shape.max(), activity.cap_acts / shape.min()
    acts[used] = bounded(brentq(missing, lowest, highest, rtol=1e-15))
    return heads * acts
