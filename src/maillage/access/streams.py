"""Scores that go by one after the other, kept for as many places at a time as memory allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from maillage.access.faults import FloatArray

BLOCK_PLACES = 2048


def quantiles_by_place(
    stream: Callable[[], Iterator[tuple[FloatArray, float]]],
    shape: tuple[int, int],
    levels: tuple[float, ...],
    *,
    memory_mb: float,
    seen: Callable[[int, FloatArray, float], None],
) -> FloatArray:
    """Quantiles of the scores of each place, levels × places.

    ``stream`` gives the scores of all places and their conservation error, the same at each call; ``shape`` says how
    many times, and how many places there are. Scores are kept as float32 for as many places as ``memory_mb`` holds, the
    stream being run again for the next ones. ``seen`` gets each position, its scores and its error once.
    """
    runs, places = shape
    at_once = max(1, int(memory_mb * 2**20 / (4 * runs)))
    found = np.empty((len(levels), places))
    for first in range(0, places, at_once):
        last = min(first + at_once, places)
        kept = np.empty((runs, last - first), dtype=np.float32)
        for k, (scores, error) in enumerate(stream()):
            kept[k] = scores[first:last]
            if first == 0:
                seen(k, scores, error)
        found[:, first:last] = _quantiles(kept, levels)
    return found


def _quantiles(kept: NDArray[np.float32], levels: tuple[float, ...]) -> FloatArray:
    """Quantiles over the first axis, a few places at a time so that no copy of the whole is made."""
    found = np.empty((len(levels), kept.shape[1]))
    for first in range(0, kept.shape[1], BLOCK_PLACES):
        block = np.ascontiguousarray(kept[:, first : first + BLOCK_PLACES].T, dtype=np.float64)
        found[:, first : first + BLOCK_PLACES] = np.quantile(block, levels, axis=1, overwrite_input=True)
    return found
