"""RAAM: rational agents weigh the way against the crowd, until nobody gains by going elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.access.compiled import compiled
from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError, BrokenInvariantError

MAX_SWEEPS = 10_000
# Row limits, place and way of each pair, demand, capacity of each place.
Game = tuple[NDArray[np.int64], NDArray[np.int32], FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class RaamResult:
    """Costs at the equilibrium, and how near to it the computation came.

    ``costs`` (n_demand): what one unit of demand bears, crowding plus travel in units of ``tau``; less is better,
    and NaN where no place with supply is within reach. ``loads`` (n_supply): demand that goes to each place. ``flows``
    (one a pair): demand that takes it. ``gap``: the mean cost, over all who go somewhere, that a change of place
    could still save. ``sweeps``: passes over the places of demand. ``unreached``, ``unreached_demand``: who cannot go.
    ``conservation_error``: |Σ loads − demand reached| / demand reached.
    """

    costs: FloatArray
    loads: FloatArray
    flows: FloatArray
    gap: float
    sweeps: int
    unreached: NDArray[np.int64]
    unreached_demand: float
    conservation_error: float


def raam(
    travel: TravelMatrix,
    demand: Any,
    supply: Any,
    *,
    tau: float = 60.0,
    rho: float | None = None,
    tolerance: float = 1e-6,
) -> RaamResult:
    """Scores of the rational agent access model (Saxon and Snow 2020, doi:10.1080/24694452.2019.1629870).

    A unit of demand at i that goes to j bears L_j / (ρ S_j) + t_ij / τ, L_j being all who go there; at the equilibrium
    no other place costs less. ``rho`` is demand over supply unless given, ``tau`` the minutes that weigh as much as
    mean crowding. The equilibrium is the least of a convex function, reached here place by place: each in turn shares
    its demand at best given the others, until the mean that a change could save is under ``tolerance``. No dense
    matrix is made.

    Raises ArrayInputError on arrays that do not fit or a parameter that is not positive, BrokenInvariantError when the
    equilibrium is not reached in 10 000 passes.
    """
    need = quantities(demand, name="demand", length=travel.n_demand)
    offer = quantities(supply, name="supply", length=travel.n_supply)
    crowd = float(need.sum() / offer.sum()) if rho is None and need.sum() > 0 and offer.sum() > 0 else (rho or 1.0)
    if not (tau > 0 and crowd > 0 and tolerance > 0):
        raise ArrayInputError(f"A positive tau, rho and tolerance were expected: {tau:g}, {crowd:g}, {tolerance:g}.")
    usable = offer[travel.indices] > 0
    rows, places = travel.rows[usable], travel.indices[usable]
    limits = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=travel.n_demand)))).astype(np.int64)
    way = travel.minutes[usable].astype(np.float64) / tau
    capacity = crowd * np.where(offer > 0, offer, 1.0)
    game = (limits, places, way, need, capacity)
    flows, loads, costs, gap, sweeps = _equilibrium(game, tolerance)
    if gap > tolerance:
        raise BrokenInvariantError(f"An equilibrium within {tolerance:g} was expected, found {gap:.2g}.")
    all_flows = np.zeros(travel.indices.size)
    all_flows[usable] = flows
    alone = np.diff(limits) == 0
    going, unreached = float(need[~alone].sum()), np.flatnonzero(alone)
    error = abs(float(loads.sum()) - going) / going if going > 0 else 0.0
    return RaamResult(costs, loads, all_flows, gap, sweeps, unreached, float(need[alone].sum()), error)


def _equilibrium(game: Game, tolerance: float) -> tuple[FloatArray, FloatArray, FloatArray, float, int]:
    """Flows, loads, costs, the mean that a change could still save, and the passes made."""
    _, places, _, need, capacity = game
    flows, loads, costs = np.zeros(places.size), np.zeros(capacity.size), np.full(need.size, np.nan)
    sweeps, gap = 0, np.inf
    while gap > tolerance and sweeps < MAX_SWEEPS:
        sweeps += 1
        _respond(game, flows, loads)
        # Loads are added up again at each pass, so that rounding does not build up.
        loads[:] = np.bincount(places, flows, minlength=capacity.size)
        gap = _saving(game, flows, loads, costs)
    return flows, loads, costs, gap, sweeps


@compiled
def _respond(game: Game, flows: FloatArray, loads: FloatArray) -> None:
    """Each place of demand in turn shares itself at best given the others; ``flows`` and ``loads`` in place."""
    limits, places, way, need, capacity = game
    for i in range(need.size):
        first, last = limits[i], limits[i + 1]
        if first == last or need[i] <= 0:
            continue
        here = places[first:last]
        loads[here] -= flows[first:last]
        base = loads[here] / capacity[here] + way[first:last]
        order = np.argsort(base)
        # Fill the cheapest places to one level: need = sum over the places used of (level - base) x capacity.
        wide, filled, level = 0.0, 0.0, 0.0
        for k in range(order.size):
            j = order[k]
            if k > 0 and base[j] >= level:
                break
            wide += capacity[here[j]]
            filled += base[j] * capacity[here[j]]
            level = (need[i] + filled) / wide
        for k in range(here.size):
            flows[first + k] = max(level - base[k], 0.0) * capacity[here[k]]
        loads[here] += flows[first:last]


@compiled
def _saving(game: Game, flows: FloatArray, loads: FloatArray, costs: FloatArray) -> float:
    """Fill ``costs`` with the least that each place of demand could bear; the mean that a change would save."""
    limits, places, way, need, capacity = game
    saved, going = 0.0, 0.0
    for i in range(need.size):
        if limits[i] == limits[i + 1]:
            continue
        costs[i] = np.inf
        for k in range(limits[i], limits[i + 1]):
            costs[i] = min(costs[i], loads[places[k]] / capacity[places[k]] + way[k])
        for k in range(limits[i], limits[i + 1]):
            saved += flows[k] * (loads[places[k]] / capacity[places[k]] + way[k] - costs[i])
        going += need[i]
    return saved / going if going > 0 else 0.0
