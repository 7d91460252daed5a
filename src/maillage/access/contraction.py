"""Roads with fewer points and the same shortest times: what lies between two junctions becomes one segment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.access.compiled import compiled
from maillage.access.shortest import Roads


def contracted(roads: Roads, kept: NDArray[np.bool_]) -> tuple[Roads, NDArray[np.int64]]:
    """The roads between the ``kept`` points and the junctions, and the new number of each point (-1: gone).

    A point goes when it is not kept and no choice is made there: on a dead end that leads to no kept point, or between
    two neighbours only, both driven both ways or one towards the other. Minutes of the segments in between add up, so
    the shortest time between two kept points stays what it was. ``roads`` holds a segment between two points once.
    """
    indptr, heads, _ = roads
    n = kept.size
    ways = csr_array((np.ones(heads.size, dtype=np.int8), heads, indptr), shape=(n, n))
    either = (ways + ways.T).tocsr()
    gone = _dead_ends(either.indptr.astype(np.int64), either.indices.astype(np.int64), kept)
    links = np.flatnonzero(~gone[np.repeat(np.arange(n), np.diff(indptr))] & ~gone[heads])
    tails = np.repeat(np.arange(n), np.diff(indptr))[links]
    out, into = np.bincount(tails, minlength=n), np.bincount(heads[links], minlength=n)
    around = np.repeat(np.arange(n), np.diff(either.indptr))
    beside = np.bincount(around[~gone[around] & ~gone[either.indices]], minlength=n)
    passed = ~kept & ~gone & (beside == 2) & (out == into) & ((out == 1) | (out == 2))
    stays = ~gone & ~passed
    number = np.where(stays, np.cumsum(stays) - 1, -1)
    return _chains(roads, stays, passed, number), number


@compiled
def _dead_ends(indptr: NDArray[np.int64], beside: NDArray[np.int64], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Points that only lead to a dead end without a kept point, from its end back to the last junction."""
    left = indptr[1:] - indptr[:-1]
    gone = np.zeros(kept.size, dtype=np.bool_)
    for first in range(kept.size):
        point = first
        while point >= 0 and not kept[point] and not gone[point] and left[point] <= 1:
            gone[point] = True
            after = -1
            for k in range(indptr[point], indptr[point + 1]):
                if not gone[beside[k]]:
                    after = beside[k]
                    left[after] -= 1
            point = after
    return gone


@compiled
def _chains(
    roads: Roads, stays: NDArray[np.bool_], passed: NDArray[np.bool_], number: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Drive from each point that stays through those that are passed, to the next one that stays."""
    indptr, heads, minutes = roads
    limits = np.zeros(stays.sum() + 1, dtype=np.int64)
    ends, times = np.empty(heads.size, dtype=np.int32), np.empty(heads.size, dtype=np.float64)
    filled = 0
    for start in np.flatnonzero(stays):
        for first in range(indptr[start], indptr[start + 1]):
            before, point, total = start, np.int64(heads[first]), minutes[first]
            while passed[point]:
                for k in range(indptr[point], indptr[point + 1]):
                    after = np.int64(heads[k])
                    if after != before and (stays[after] or passed[after]):
                        before, point, total = point, after, total + minutes[k]
                        break
            if stays[point] and point != start:
                ends[filled], times[filled] = number[point], total
                filled += 1
        limits[number[start] + 1] = filled
    return limits, ends[:filled].copy(), times[:filled].copy()
