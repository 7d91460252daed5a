"""Travel times between places of demand and places of supply, sparse by construction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.access.faults import numbers, positions, refuse
from maillage.errors import ArrayInputError


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Minutes from each place of demand to the places of supply it can reach, in compressed sparse rows.

    ``indptr`` (n_demand + 1) and ``indices`` (one a pair, the place of supply, rising within a row) are int32;
    ``minutes`` (one a pair) keeps float32, anything else becomes float64. A pair that is absent is out of reach.

    Raises ArrayInputError on arrays that do not fit together, on a time that is NaN, infinite or negative, on a place
    that does not exist or is no whole number, and on pairs that are duplicated or out of order.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    minutes: NDArray[Any]
    n_supply: int

    def __post_init__(self) -> None:
        minutes = np.asarray(self.minutes)
        kept = minutes if minutes.dtype == np.float32 else numbers(minutes, name="travel times")
        object.__setattr__(self, "indptr", positions(self.indptr, name="row limits"))
        object.__setattr__(self, "indices", positions(self.indices, name="places of supply"))
        object.__setattr__(self, "minutes", kept)
        _check_layout(self)
        _check_pairs(self)

    @property
    def n_demand(self) -> int:
        """How many places of demand there are, reached or not."""
        return self.indptr.size - 1

    @property
    def shape(self) -> tuple[int, int]:
        """Places of demand, places of supply."""
        return self.n_demand, self.n_supply

    @property
    def rows(self) -> NDArray[np.int32]:
        """The place of demand of each pair."""
        return np.repeat(np.arange(self.n_demand, dtype=np.int32), np.diff(self.indptr))

    @classmethod
    def from_pairs(
        cls, demand: NDArray[Any], supply: NDArray[Any], minutes: NDArray[Any], *, shape: tuple[int, int]
    ) -> TravelMatrix:
        """Build from one entry a pair, in any order: positions of demand and of supply, and minutes.

        Raises ArrayInputError as the class does, and when the three arrays differ in length.
        """
        origin, place = positions(demand, name="places of demand"), positions(supply, name="places of supply")
        times = np.asarray(minutes)
        if not origin.shape == place.shape == times.shape or origin.ndim != 1:
            raise ArrayInputError(
                f"A pair has a demand, a supply and a time: found {origin.size}, {place.size} and {times.size} of them."
            )
        outside = (origin < 0) | (origin >= shape[0]) | (place < 0) | (place >= shape[1])
        refuse(outside, lambda k: f"the pair ({origin[k]}, {place[k]})", expected=f"Pairs should lie within {shape}")
        order = np.lexsort((place, origin))
        indptr = np.zeros(shape[0] + 1, dtype=np.int32)
        np.cumsum(np.bincount(origin, minlength=shape[0]), out=indptr[1:])
        return cls(indptr, place[order], times[order], shape[1])


def _check_layout(travel: TravelMatrix) -> None:
    indptr, pairs = travel.indptr, travel.indices.size
    if indptr.size == 0 or indptr[0] != 0 or indptr[-1] != pairs or (np.diff(indptr) < 0).any():
        raise ArrayInputError(f"Row limits should rise from 0 to the {pairs} pairs, found {indptr[:5].tolist()}….")
    if travel.minutes.shape != (pairs,):
        raise ArrayInputError(f"Each of the {pairs} pairs needs one time, found the shape {travel.minutes.shape}.")


def _check_pairs(travel: TravelMatrix) -> None:
    rows, places, minutes = travel.rows, travel.indices, travel.minutes

    def pair(k: int) -> str:
        return f"the pair ({rows[k]}, {places[k]})"

    refuse((places < 0) | (places >= travel.n_supply), pair, expected=f"There are {travel.n_supply} places of supply")
    expected = "Travel times should be finite and not negative"
    refuse(
        ~(np.isfinite(minutes) & (minutes >= 0)), lambda k: f"{minutes[k]:g} minutes for {pair(k)}", expected=expected
    )
    same_row = np.diff(rows) == 0
    step = np.diff(places)
    refuse(same_row & (step == 0), lambda k: pair(k + 1), expected="A pair should be given once")
    refuse(same_row & (step < 0), lambda k: pair(k + 1), expected="Places should rise within a row (see from_pairs)")
