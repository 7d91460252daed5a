"""Pairs of points within a distance, by a grid hash in space: every pair, and no other, in row order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maillage.access.compiled import compiled
from maillage.access.faults import FloatArray
from maillage.errors import ArrayInputError

MAX_CELLS = 2.0**20  # along an axis: three of them then fit in 63 bits
MAX_PAIRS = 2**31 - 1
WIDER = 1 + 1e-9  # a cell is a little wider than the reach, so that rounding never puts a pair two cells apart


def pairs_within(
    origins: FloatArray, places: FloatArray, reach: FloatArray
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The places within reach of each origin, as compressed rows: ``indptr`` and ``indices``, rising within a row.

    ``origins`` (n × 3) and ``places`` (m × 3) are positions in space; ``reach`` (n) is the straight distance that each
    origin covers, in the same unit, nothing where it is negative. No distance matrix is made and no pair is sorted:
    origins are put by cell, then places are walked in their order, so that rows fill in order. Four bytes a pair.

    Raises ArrayInputError past 2 147 483 647 pairs, which int32 cannot number.
    """
    indptr = np.zeros(len(origins) + 1, dtype=np.int64)
    if not (len(origins) and len(places) and (reach >= 0).any()):
        return indptr.astype(np.int32), np.empty(0, dtype=np.int32)
    corner = np.minimum(origins.min(axis=0), places.min(axis=0))
    extent = float((np.maximum(origins.max(axis=0), places.max(axis=0)) - corner).max())
    side = max(float(reach.max()), extent / MAX_CELLS, 1e-9) * WIDER
    size = int(extent / side) + 4
    keys = _keys(origins, corner, side, size)
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    cells = (found, np.append(starts, len(order)), size)
    homes = (np.ascontiguousarray(origins[order].T), np.where(reach >= 0, reach**2, -1.0)[order])
    at = _keys(places, corner, side, size)
    cursor = np.zeros(len(order), dtype=np.int64)
    _walk(places, at, cells, homes, cursor, np.empty(0, dtype=np.int32))
    indptr[1 + order] = cursor
    np.cumsum(indptr, out=indptr)
    if indptr[-1] > MAX_PAIRS:
        raise ArrayInputError(
            f"A travel matrix holds at most {MAX_PAIRS} pairs, found {indptr[-1]}: shorten the reach or cut into tiles."
        )
    indices = np.empty(int(indptr[-1]), dtype=np.int32)
    _walk(places, at, cells, homes, indptr[order], indices)
    return indptr.astype(np.int32), indices


def _keys(positions: FloatArray, corner: FloatArray, side: float, size: int) -> NDArray[np.int64]:
    """One number a cell; those of cells that follow one another along the first axis follow one another."""
    x, y, z = np.floor((positions - corner) / side).astype(np.int64).T + 1
    return np.asarray((z * size + y) * size + x, dtype=np.int64)


@compiled
def _walk(
    places: FloatArray,
    at: NDArray[np.int64],
    cells: tuple[NDArray[np.int64], NDArray[np.int64], int],
    homes: tuple[FloatArray, FloatArray],
    cursor: NDArray[np.int64],
    indices: NDArray[np.int32],
) -> None:
    """Move ``cursor`` of an origin by one for each place that it reaches, written there unless ``indices`` is empty."""
    found, starts, size = cells
    (xs, ys, zs), limits = homes
    for j in range(len(places)):
        px, py, pz = places[j, 0], places[j, 1], places[j, 2]
        for side in range(9):
            middle = at[j] + ((side // 3 - 1) * size + side % 3 - 1) * size
            cell = np.searchsorted(found, middle - 1)
            first = starts[cell]
            while cell < found.size and found[cell] <= middle + 1:
                cell += 1
            if indices.size == 0:
                for k in range(first, starts[cell]):
                    x, y, z = xs[k] - px, ys[k] - py, zs[k] - pz
                    cursor[k] += x * x + y * y + z * z <= limits[k]
            else:
                for k in range(first, starts[cell]):
                    x, y, z = xs[k] - px, ys[k] - py, zs[k] - pz
                    if x * x + y * y + z * z <= limits[k]:
                        indices[cursor[k]] = j
                        cursor[k] += 1


@compiled
def straight_distance(
    origins: FloatArray, places: FloatArray, indptr: NDArray[np.int32], indices: NDArray[np.int32]
) -> FloatArray:
    """The straight distance of each pair of the rows that ``indptr`` limits, in the unit of the positions."""
    out = np.empty(indptr[-1] - indptr[0])
    for i in range(len(origins)):
        for pair in range(indptr[i], indptr[i + 1]):
            j = indices[pair]
            x, y, z = origins[i, 0] - places[j, 0], origins[i, 1] - places[j, 1], origins[i, 2] - places[j, 2]
            out[pair - indptr[0]] = np.sqrt(x * x + y * y + z * z)
    return out
