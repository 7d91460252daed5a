"""Travel times given pair by pair, between places named by identifiers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.access.faults import refuse
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError


def travel_from_pairs(
    origins: Any, destinations: Any, minutes: Any, *, demand_ids: Any, supply_ids: Any
) -> TravelMatrix:
    """The travel matrix of ``demand_ids`` × ``supply_ids``, in their order, from one entry a pair in any order.

    ``origins`` and ``destinations`` hold identifiers, of the kind of ``demand_ids`` and ``supply_ids``; ``minutes``
    keeps float32 and otherwise becomes float64. A pair that is not given is out of reach.

    Raises ArrayInputError, naming the first pair at fault by its identifiers and saying how many there are, on an
    identifier that is not among the places, a time that is NaN, infinite or negative, a pair given twice; also on
    arrays of unequal lengths and on a place listed twice.
    """
    starts, ends, times = np.asarray(origins), np.asarray(destinations), np.asarray(minutes)
    if not starts.shape == ends.shape == times.shape or starts.ndim != 1:
        raise ArrayInputError(
            f"A pair has an origin, a destination and a time: found {starts.size}, {ends.size} and {times.size}."
        )

    def pair(k: int) -> str:
        return f"the pair from {starts[k]} to {ends[k]}"

    rows, places = np.asarray(demand_ids), np.asarray(supply_ids)
    row = _positions(starts, rows, side="demand")
    refuse(row < 0, pair, expected="Origins should be among the places of demand")
    column = _positions(ends, places, side="supply")
    refuse(column < 0, pair, expected="Destinations should be among the places of supply")
    refuse(
        ~(np.isfinite(times) & (times >= 0)),
        lambda k: f"{times[k]:g} minutes for {pair(k)}",
        expected="Travel times should be finite and not negative",
    )
    refuse(_repeated(row, column, places.size), pair, expected="A pair should be given once")
    return TravelMatrix.from_pairs(row, column, times, shape=(rows.size, places.size))


def _positions(wanted: NDArray[Any], ids: NDArray[Any], *, side: str) -> NDArray[np.int64]:
    """The position of each wanted identifier among ``ids``, -1 where it is not there."""
    order = np.argsort(ids, kind="stable")
    known = ids[order]
    twice = np.zeros(ids.size, dtype=np.bool_)
    twice[order[1:]] = known[1:] == known[:-1]
    refuse(twice, lambda k: f"{ids[k]} at position {k}", expected=f"Places of {side} should be listed once")
    if ids.size == 0:
        return np.full(wanted.size, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, wanted), ids.size - 1)
    return np.where(known[at] == wanted, order[at], -1)


def _repeated(row: NDArray[np.int64], column: NDArray[np.int64], n_places: int) -> NDArray[np.bool_]:
    """Which pairs were given before, in the order of the entries."""
    key = row * n_places + column
    order = np.argsort(key, kind="stable")
    again = np.zeros(key.size, dtype=np.bool_)
    again[order[1:]] = np.diff(key[order]) == 0
    return again
