"""What an attacker gets for next to nothing: each equation bounds each of its unknowns by the others."""

from __future__ import annotations

import numpy as np

from maillage.disclosure.linear import Flags, Floats, Indices, LinearTable

_ROUNDS = 20
_GAIN = 1e-9


def propagate(table: LinearTable, hidden: Flags) -> tuple[Floats, Floats]:
    """Bounds (low, high) of every cell from the published ones, equation by equation, until nothing moves.

    They hold whatever the true values are; the attacker's interval lies within them. Published cells are their value.
    """
    low = np.where(hidden, table.lower, table.values)
    high = np.where(hidden, table.upper, table.values)
    matrix = table.matrix.tocsr()
    row_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    cells, share = matrix.indices.astype(np.int64), matrix.data
    unknown = hidden[cells]
    for _ in range(_ROUNDS):
        least = np.where(share > 0, share * low[cells], share * high[cells])
        most = np.where(share > 0, share * high[cells], share * low[cells])
        # share × cell = −(the others): at most minus their least, at least minus their most.
        above = -_others(least, row_of, matrix.shape[0])
        below = -_others(most, row_of, matrix.shape[0])
        from_above, from_below = above / share, below / share
        top, bottom = np.where(share > 0, from_above, from_below), np.where(share > 0, from_below, from_above)
        before = (low.copy(), high.copy())
        np.minimum.at(high, cells[unknown], top[unknown])
        np.maximum.at(low, cells[unknown], bottom[unknown])
        scale = np.maximum(np.abs(table.values), 1.0)
        if not ((high < before[1] - _GAIN * scale) | (low > before[0] + _GAIN * scale)).any():
            break
    return np.minimum(low, table.values), np.maximum(high, table.values)


def _others(terms: Floats, row_of: Indices, rows: int) -> Floats:
    """For each term of an equation, the sum of the others; infinite where one of them is."""
    endless = ~np.isfinite(terms)
    finite = np.where(endless, 0.0, terms)
    total = np.bincount(row_of, weights=finite, minlength=rows)
    missing = np.bincount(row_of, weights=endless, minlength=rows)
    sign = np.where(terms[endless][0] > 0, np.inf, -np.inf) if endless.any() else 0.0
    left = total[row_of] - finite
    return np.where(missing[row_of] - endless > 0, sign, left)
