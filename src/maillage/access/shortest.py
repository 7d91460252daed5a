"""Shortest paths from many origins, each stopped at the limit (Dijkstra 1959, doi:10.1007/BF01386390)."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from maillage.access.compiled import compiled
from maillage.access.faults import FloatArray

Roads = tuple[NDArray[np.int64], NDArray[np.int32], FloatArray]
Ends = tuple[NDArray[np.int64], FloatArray]
PAIRS_AT_ONCE = 1 << 20


def shortest_within(
    roads: Roads, origins: Ends, places: Ends, *, max_min: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Origin, place and minutes of every pair within ``max_min``, minutes to and from the road included.

    ``roads``: indptr, heads and minutes of the segments by start. ``origins`` and ``places``: the road point of each
    (-1: none, no pair) and the minutes between it and the road. Memory beside the pairs: the size of the network.
    """
    indptr, (nodes, extra) = roads[0], places
    placed = np.flatnonzero(nodes >= 0)
    order = placed[np.argsort(nodes[placed], kind="stable")]
    starts = np.searchsorted(nodes[order], np.arange(indptr.size))
    size = max(PAIRS_AT_ONCE, order.size)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]] = []
    first = 0
    while first < origins[0].size:
        out = (np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.float32))
        first, filled = _search(roads, origins, (starts, order, extra), max_min, first, out)
        found.append((out[0][:filled], out[1][:filled], out[2][:filled]))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    rows, columns, minutes = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, columns, minutes


@compiled
def _search(
    roads: Roads,
    origins: Ends,
    places: tuple[NDArray[np.int64], NDArray[np.int64], FloatArray],
    max_min: float,
    first: int,
    out: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]],
) -> tuple[int, int]:
    """Fill ``out`` origin by origin from ``first``; the origin to go on from, and how many pairs were filled."""
    indptr, heads, minutes = roads
    starts, order, extra = places
    best = np.full(indptr.size - 1, np.inf)
    filled = 0
    for origin in range(first, origins[0].size):
        if origins[0][origin] < 0 or origins[1][origin] > max_min:
            continue
        if filled + order.size > out[0].size:
            return origin, filled
        best[origins[0][origin]] = origins[1][origin]
        seen = [origins[0][origin]]
        heap = [(origins[1][origin], origins[0][origin])]
        while heap:
            reached, node = heappop(heap)
            if reached > best[node]:
                continue  # a shorter way came first
            for k in range(starts[node], starts[node + 1]):
                if reached + extra[order[k]] <= max_min:
                    out[0][filled], out[1][filled], out[2][filled] = origin, order[k], reached + extra[order[k]]
                    filled += 1
            for road in range(indptr[node], indptr[node + 1]):
                head, further = np.int64(heads[road]), reached + minutes[road]
                if further < best[head] and further <= max_min:
                    best[head] = further
                    seen.append(head)
                    heappush(heap, (further, head))
        for node in seen:
            best[node] = np.inf
    return origins[0].size, filled
