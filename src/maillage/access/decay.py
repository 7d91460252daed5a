"""Decay: how much less a place counts as it is farther, declared as a table of times and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from maillage.access.faults import FloatArray
from maillage.errors import DefinitionError

Closed = Literal["left", "right"]


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
        """The weight of each travel time, as float64."""
        times = np.asarray(minutes, dtype=np.float64)
        limits = np.asarray(self.minutes, dtype=np.float64)
        weights = np.asarray(self.weights, dtype=np.float64)
        if self.shape == "linear":
            return np.asarray(np.interp(times, limits, weights, right=0.0), dtype=np.float64)
        classes = np.searchsorted(limits, times, side="right" if self.closed == "left" else "left")
        return np.append(weights, 0.0)[classes]


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
