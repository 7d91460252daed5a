"""Decay: how much less a place counts as it is farther, declared as a table of times and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from maillage.access.faults import FloatArray
from maillage.errors import DefinitionError

Closed = Literal["left", "right"]
BLOCK = 1 << 15  # times are weighed by blocks that stay in cache


class DecayFunction(Protocol):
    """What every decay offers: a name, the time after which a place counts for nothing, a weight for each time."""

    @property
    def name(self) -> str:
        """What the decay is called in results and reports."""

    @property
    def max_min(self) -> float:
        """The time after which a place counts for nothing."""

    def __call__(self, minutes: NDArray[Any]) -> FloatArray:
        """The weight of each travel time, as float64."""


@dataclass(frozen=True, slots=True)
class Decay:
    """A declared decreasing weight of travel time.

    ``steps``: ``weights[k]`` up to ``minutes[k]``, nothing after the last; ``closed`` says which class owns a limit:
    ``left``, classes [0, 5[, [5, 10[ …, or ``right``, classes [0, 5], ]5, 10] ….
    ``linear``: straight lines through the points (``minutes[k]``, ``weights[k]``), the first weight before them,
    nothing after the last; the last limit still has its own weight.

    Raises DefinitionError when limits do not rise or weights leave [0, 1] or rise.
    """

    name: str
    shape: Literal["steps", "linear"]
    minutes: tuple[float, ...]
    weights: tuple[float, ...]
    closed: Closed = "left"

    def __post_init__(self) -> None:
        limits, weights = np.asarray(self.minutes, dtype=np.float64), np.asarray(self.weights, dtype=np.float64)
        if limits.size == 0 or limits.shape != weights.shape or not np.isfinite(limits).all() or limits[0] < 0:
            raise DefinitionError(f"Decay {self.name!r} needs one weight for each limit in minutes.")
        if (np.diff(limits) <= 0).any():
            raise DefinitionError(f"The limits of decay {self.name!r} should rise, found {self.minutes}.")
        if not ((weights >= 0) & (weights <= 1)).all() or (np.diff(weights) > 0).any():
            raise DefinitionError(
                f"The weights of decay {self.name!r} should fall within 1 to 0, found {self.weights}."
            )
        if self.shape not in ("steps", "linear") or self.closed not in ("left", "right"):
            raise DefinitionError(f"Decay {self.name!r} has an unknown shape or boundary: {self.shape}, {self.closed}.")

    @property
    def max_min(self) -> float:
        """The time after which a place counts for nothing."""
        return float(self.minutes[-1])

    def __call__(self, minutes: NDArray[Any]) -> FloatArray:
        """The weight of each travel time, as float64; times in float32 are weighed as they are."""
        times = np.asarray(minutes)
        times = times if times.dtype == np.float32 else times.astype(np.float64, copy=False)
        flat, found = times.ravel(), np.empty(times.size)
        weigh = self._on_lines if self.shape == "linear" else self._in_classes
        for first in range(0, flat.size, BLOCK):
            weigh(flat[first : first + BLOCK], found[first : first + BLOCK])
        return found.reshape(times.shape)

    def _on_lines(self, times: NDArray[Any], found: FloatArray) -> None:
        found[:] = np.interp(times, self.minutes, self.weights, right=0.0)

    def _in_classes(self, times: NDArray[Any], found: FloatArray) -> None:
        """The weight of the class of each time, found by counting the limits that are still ahead of it."""
        ahead = np.zeros(times.size, dtype=np.min_scalar_type(len(self.minutes)))
        for limit in self.minutes:
            bound = _bound(limit, times.dtype, self.closed)
            ahead += times < bound if self.closed == "left" else times <= bound
        np.take(np.array((0.0, *self.weights[::-1])), ahead, out=found, mode="clip")


def _bound(limit: float, kind: np.dtype[Any], closed: Closed) -> Any:
    """The limit among the numbers of that kind which parts them as the exact limit does.

    For t < limit it is the first number from the limit on, for t ≤ limit the last one up to it.
    """
    with np.errstate(over="ignore"):
        bound = kind.type(limit)
    if closed == "left":
        return np.nextafter(bound, kind.type(np.inf)) if float(bound) < limit else bound
    return np.nextafter(bound, kind.type(-np.inf)) if float(bound) > limit else bound


def binary(max_min: float, *, closed: Closed = "right", name: str = "") -> Decay:
    """All or nothing: 1 up to ``max_min``, which counts when ``closed`` is ``right`` and does not when ``left``."""
    return Decay(name or f"binary {max_min:g}", "steps", (max_min,), (1.0,), closed)


def steps(minutes: tuple[float, ...], weights: tuple[float, ...], *, closed: Closed = "left", name: str = "") -> Decay:
    """Classes of time: ``weights[k]`` up to ``minutes[k]``; ``closed`` says which class owns a limit (see Decay)."""
    return Decay(name or "steps " + "-".join(f"{m:g}" for m in minutes), "steps", minutes, weights, closed)


def linear(max_min: float, *, flat_min: float = 0.0, name: str = "") -> Decay:
    """1 up to ``flat_min``, then a straight line to nothing at ``max_min``."""
    return Decay(name or f"linear {flat_min:g}-{max_min:g}", "linear", (flat_min, max_min), (1.0, 0.0))


def piecewise_linear(minutes: tuple[float, ...], weights: tuple[float, ...], *, name: str = "") -> Decay:
    """Straight lines through the points (``minutes[k]``, ``weights[k]``), nothing after the last."""
    return Decay(name or "lines " + "-".join(f"{m:g}" for m in minutes), "linear", minutes, weights)
