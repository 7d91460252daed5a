"""The cheapest way to move one cell without any published cell moving: a small linear programme around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from maillage.disclosure.linear import Flags, Floats, Indices, LinearTable, Role
from maillage.disclosure.solver import Programme

# How many cells may move, tried in turn: most cells are protected by their neighbours.
_REACH = (60, 600, 6000)
# A movement of a cell already withheld costs next to nothing: it only keeps witnesses short.
_IDLE = 1e-4
_MOVED = 1e-7
_NODES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """Deviations ``by`` of ``cells`` (ascending)."""

    cells: Indices
    by: Floats


@dataclass(slots=True, eq=False)
class Mover:
    """Looks for moves in a table, nearest cells first."""

    table: LinearTable
    columns: sparse.csc_array = field(init=False)
    known: Flags = field(init=False)

    def __post_init__(self) -> None:
        self.columns = self.table.matrix.tocsc()
        self.known = self.table.role == Role.KNOWN

    def cheapest(self, cell: int, by: float, hidden: Flags, *, spare: Flags | None = None) -> Iterator[Move]:
        """Moves of ``cell`` by ``by``, from a neighbourhood that grows until one is found.

        Cells of ``hidden`` move for next to nothing, those of ``spare`` (none by default) for their weight, the others
        do not. For counts the move is in whole numbers. A caller that refuses a move gets one from farther away.
        """
        movable = (hidden if spare is None else hidden | spare) & ~self.known
        before = 0
        for cells in self._around(cell, movable):
            if cells.size == before:
                continue
            before = cells.size
            move = self._solve(cells, cell, by, hidden)
            if move is not None:
                yield move

    def equations_of(self, cell: int) -> Indices:
        """The equations that a cell stands in."""
        return np.asarray(self.columns.indices[self.columns.indptr[cell] : self.columns.indptr[cell + 1]])

    def _around(self, cell: int, movable: Flags) -> Iterator[Indices]:
        """Rings of movable cells around ``cell``; the last is all that it is tied to."""
        matrix = self.table.matrix
        inside = np.zeros(self.table.size, dtype=bool)
        inside[cell] = True
        front = np.array([cell])
        seen = np.zeros(matrix.shape[0], dtype=bool)
        targets = iter(_REACH)
        target = next(targets)
        while front.size:
            rows = np.unique(self.columns.indices[_places(self.columns.indptr, front)])
            rows = rows[~seen[rows]]
            seen[rows] = True
            ring = np.unique(matrix.indices[_places(matrix.indptr, rows)])
            front = ring[movable[ring] & ~inside[ring]]
            inside[front] = True
            while target is not None and inside.sum() >= target:
                yield np.flatnonzero(inside)
                target = next(targets, None)  # type: ignore[assignment]
        yield np.flatnonzero(inside)

    def _solve(self, cells: Indices, cell: int, by: float, hidden: Flags) -> Move | None:
        table = self.table
        starts = self.columns.indptr
        at = _places(starts, cells)
        rows, places = np.unique(self.columns.indices[at], return_inverse=True)
        ends = np.cumsum(starts[cells + 1] - starts[cells])
        room = np.concatenate([(table.upper - table.values)[cells], (table.values - table.lower)[cells]])
        lower, place = np.zeros(room.size), int(np.searchsorted(cells, cell))
        forward, backward = (place, place + cells.size) if by > 0 else (place + cells.size, place)
        if room[forward] < abs(by):
            return None
        lower[forward] = room[forward] = abs(by)
        room[backward] = 0.0
        cost = np.tile(np.where(hidden[cells], _IDLE, table.weight[cells] + _IDLE), 2) / abs(by)
        pieces = (
            np.tile(self.columns.data[at], 2) * np.repeat([1.0, -1.0], at.size),
            np.tile(places, 2),
            np.concatenate([[0], ends, ends + at.size]),
        )
        matrix = sparse.csc_array(pieces, shape=(rows.size, room.size))
        still = np.zeros(rows.size)
        for integers in (None, np.ones(room.size, dtype=bool)):
            programme = Programme(matrix, cost, (lower, room), (still, still), integers)
            if integers is not None:
                programme.set_limits(nodes=_NODES, seconds=10.0)
            found = programme.solve()
            if found is None:
                return None
            moved = found.point[: cells.size] - found.point[cells.size :]
            if not table.integral or np.abs(moved - np.round(moved)).max() < _MOVED:
                return _trimmed(cells, np.round(moved) if table.integral else moved)
        return None


def _trimmed(cells: Indices, by: Floats) -> Move:
    moved = np.abs(by) > _MOVED
    return Move(cells[moved], by[moved])


def _places(starts: Indices, chosen: Indices) -> Indices:
    """Where a compressed matrix keeps the entries of some of its rows (or columns), one after the other."""
    counts = starts[chosen + 1] - starts[chosen]
    offsets = np.repeat(starts[chosen] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return np.asarray(offsets + np.arange(counts.sum()), dtype=np.int64)
