"""Secondary suppression: withhold further cells until no sensitive one can be deduced, losing little.

Cells are first withheld one protection at a time, by linear programmes that prefer what is withheld already (the
linear heuristic of Kelly, Golden and Assad 1992, doi:10.1002/net.3230220407, and Fischetti and Salazar 2001,
doi:10.1287/mnsc.47.7.1008.9805), then published again where nothing needs them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from maillage.disclosure.evidence import Evidence, classes_of, swap_within_classes
from maillage.disclosure.linear import Flags, Indices, LinearTable, Needs, Role
from maillage.disclosure.moves import Mover

_GLANCES = 16


# Protections looked for again while cells are published back: a count, so that the pattern does not depend on the
# machine. What is left withheld past it is safe all the same.
_SEARCHES = 1_000


@dataclass(slots=True)
class Clock:
    """A cap on processor time: what is not proved when it strikes is withheld, so that it never weakens the protection.

    Processor time, so that a busy machine withholds no more than a quiet one; read once in a few glances, being slow.
    """

    until: float
    glances: int = 0
    last: float = 0.0

    @classmethod
    def lasting(cls, seconds: float) -> Clock:
        """A cap of so many seconds from now."""
        return cls(time.process_time() + seconds)

    def left(self) -> float:
        """Seconds left, nil or negative once struck."""
        if self.glances % _GLANCES == 0:
            self.last = self.until - time.process_time()
        self.glances += 1
        return self.last


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Which cells are withheld; ``open`` are sensitive cells that this pattern does not protect; ``in_time``."""

    hidden: Flags
    open: Indices
    in_time: bool


def suppress(table: LinearTable, needs: Needs, thin: float, clock: Clock) -> Pattern:
    """Choose the cells to withhold.

    ``thin`` is the least count that a total minus its published parts may come to (0: not looked at).
    """
    evidence = Evidence(table, needs.sensitive | (table.role == Role.VIRTUAL))
    _cover_thin(evidence, thin)
    in_time = _protect(evidence, needs, clock)
    _cover_thin(evidence, thin)
    # Half of what is left: the audit needs its share.
    in_time = in_time and _publish_again(evidence, needs, thin, Clock.lasting(clock.left() / 2))
    return Pattern(evidence.hidden, np.flatnonzero(evidence.open_needs(needs)), in_time)


def steps_of(table: LinearTable, needs: Needs, cell: int) -> tuple[tuple[float, ...], ...]:
    """Ways to protect a cell, each a set of moves to find: at its best side first."""
    up, down, width = (float(a[cell]) for a in (needs.up, needs.down, needs.width))
    if up > 0 or down > 0:
        return (tuple(m for m in (up, -down) if m),)
    above = float(table.upper[cell] - table.values[cell])
    below = float(table.values[cell] - table.lower[cell])
    ways: list[tuple[float, ...]] = []
    if above >= width:
        ways.append((width,))
    if below >= width:
        ways.append((-width,))
    if above + below >= width:
        rise = min(above, width / 2 if not table.integral else float(np.ceil(width / 2)))
        rise = max(rise, width - below)
        if 0 < rise < width:
            ways.append((rise, -(width - rise)))
    return tuple(ways)


def thin_equations(table: LinearTable, hidden: Flags, thin: float) -> Indices:
    """Equations whose withheld cells, all on one side, add up to a sum above 0 and under ``thin``: anybody gets it."""
    matrix = table.matrix[:, np.flatnonzero(hidden)]
    values = table.values[hidden]
    sums, gross = matrix @ values, abs(matrix) @ values
    slack = 1e-9 * np.maximum(gross, 1.0)
    return np.flatnonzero((gross > slack) & (gross < thin - slack) & (np.abs(sums) >= gross - slack))


def _cover_thin(evidence: Evidence, thin: float) -> None:
    table = evidence.table
    matrix = table.matrix
    for row in thin_equations(table, evidence.hidden, thin).tolist():
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells = matrix.indices[at]
        if evidence.hidden[cells][table.values[cells] >= thin].any():
            continue
        free = cells[(table.role[cells] == Role.CANDIDATE) & ~evidence.hidden[cells] & (table.values[cells] >= thin)]
        if free.size:
            evidence.hidden[free[np.lexsort((free, table.weight[free]))[0]]] = True


def _protect(evidence: Evidence, needs: Needs, clock: Clock) -> bool:
    table = evidence.table
    swap_within_classes(evidence, needs, classes_of(table, np.flatnonzero(evidence.hidden)))
    mover, spare = Mover(table), table.role == Role.CANDIDATE
    for cell in _in_order(needs, np.flatnonzero(evidence.open_needs(needs))):
        if clock.left() <= 0:
            return False
        if evidence.is_open(needs, cell):
            protect_cell(evidence, needs, cell, mover, spare)
    return True


def protect_cell(evidence: Evidence, needs: Needs, cell: int, mover: Mover, spare: Flags | None) -> bool:
    """Find witnesses for one cell, withholding cells of ``spare`` where that is needed; False where it cannot be."""
    for way in steps_of(evidence.table, needs, cell):
        for step in way:
            for move in mover.cheapest(cell, step, evidence.hidden, spare=spare):
                if spare is not None:
                    evidence.hidden[move.cells] = True
                if evidence.offer(move.cells, move.by):
                    break
            else:
                break
        if not evidence.is_open(needs, cell):
            return True
    return False


def _publish_again(evidence: Evidence, needs: Needs, thin: float, clock: Clock) -> bool:
    """Publish, the heaviest first, each cell that no sensitive one needs, as far as ``_SEARCHES`` allow."""
    table, mover = evidence.table, Mover(evidence.table)
    extra = np.flatnonzero(evidence.hidden & ~needs.sensitive & (table.role == Role.CANDIDATE))
    settled, searches = ~evidence.open_needs(needs), 0
    for cell in extra[np.lexsort((extra, -table.weight[extra]))].tolist():
        if clock.left() <= 0:
            return False
        if _sole_cover(evidence, needs, cell, mover):
            continue
        if searches > _SEARCHES:
            break
        kept = thin_equations(table, evidence.hidden, thin).size
        fallen = evidence.publish(cell)
        again = [c for c in fallen.lost.tolist() if settled[c] and evidence.is_open(needs, c)]
        searches += len(again)
        if thin_equations(table, evidence.hidden, thin).size > kept or not all(
            protect_cell(evidence, needs, c, mover, None) for c in again
        ):
            evidence.withhold_again(fallen)
    return True


def _sole_cover(evidence: Evidence, needs: Needs, cell: int, mover: Mover) -> bool:
    """Whether an equation withholds this cell and one sensitive cell alone: published, it would give the other."""
    matrix = evidence.table.matrix
    for row in mover.equations_of(cell).tolist():
        cells = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        mine = cells[evidence.hidden[cells] & (cells != cell)]
        if mine.size == 1 and needs.sensitive[mine[0]]:
            return True
    return False


def _in_order(needs: Needs, cells: Indices) -> list[int]:
    wanted = np.maximum(np.maximum(needs.up, needs.down), needs.width)[cells]
    return list(cells[np.lexsort((cells, -wanted))].tolist())
