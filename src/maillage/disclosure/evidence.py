"""Proof that a withheld cell is not deducible: other tables that agree with everything that is published.

A *witness* is a vector of deviations d, nil on published cells, with ``matrix @ d = 0`` and ``values + d`` within
bounds: the table ``values + d`` looks the same from outside, so an attacker cannot tell it from the true one. The
values that a cell takes over the witnesses are all in the attacker's interval. For counts witnesses are whole, and the
check is exact, so the proof holds against an attacker who knows that counts are integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from maillage.disclosure.linear import Flags, Floats, Indices, LinearTable, Needs

_FEASIBLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """Deviations ``by`` of the cells ``cells`` (ascending), nil elsewhere."""

    cells: Indices
    by: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Retraction:
    """What fell when ``cell`` was published: the cells that lost evidence, what they had, the witnesses."""

    cell: int
    lost: Indices
    before: tuple[Floats, Floats, Indices, Indices]
    fallen: tuple[tuple[int, Witness], ...]


@dataclass(slots=True, eq=False)
class Evidence:
    """What the witnesses found so far prove: each cell may be from ``low`` to ``high``, and by which witness."""

    table: LinearTable
    hidden: Flags
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    low_by: Indices = field(init=False)
    high_by: Indices = field(init=False)
    witnesses: list[Witness | None] = field(init=False, default_factory=list)
    of_cell: dict[int, list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.low, self.high = self.table.values.copy(), self.table.values.copy()
        self.low_by = np.full(self.table.size, -1, dtype=np.int64)
        self.high_by = self.low_by.copy()

    def open_needs(self, needs: Needs) -> Flags:
        """Sensitive cells that no witness protects yet."""
        return ~needs.met(self.table.values, self.low, self.high)

    def is_open(self, needs: Needs, cell: int) -> bool:
        """Whether a sensitive cell lacks a witness still."""
        one = np.array([cell])
        return bool(~needs.at(one).met(self.table.values[one], self.low[one], self.high[one])[0])

    def offer(self, cells: Indices, by: Floats) -> bool:
        """Check a witness and keep it; False, and nothing kept, where it does not look the same from outside."""
        table = self.table
        if table.integral:
            rounded = np.round(by)
            if np.abs(rounded - by).max(initial=0.0) > _FEASIBLE:
                return False
            by = rounded
        moved = np.abs(by) > (0.0 if table.integral else _FEASIBLE)
        cells, by = cells[moved], by[moved]
        if not cells.size or not self._looks_the_same(cells, by):
            return False
        self._keep(cells, by)
        return True

    def _looks_the_same(self, cells: Indices, by: Floats) -> bool:
        table = self.table
        if not self.hidden[cells].all():
            return False
        after = table.values[cells] + by
        slack = _FEASIBLE * np.maximum(np.abs(table.values[cells]), 1.0)
        if ((after < table.lower[cells] - slack) | (after > table.upper[cells] + slack)).any():
            return False
        deviation = np.zeros(table.size)
        deviation[cells] = by
        off = np.abs(table.matrix @ deviation)
        return bool((off <= _FEASIBLE * np.maximum(np.abs(by).max(), 1.0)).all())

    def _keep(self, cells: Indices, by: Floats) -> None:
        number = len(self.witnesses)
        if self._widen(cells, by, number):
            self.witnesses.append(Witness(cells, by))
            for cell in cells.tolist():
                self.of_cell.setdefault(cell, []).append(number)

    def _widen(self, cells: Indices, by: Floats, number: int) -> bool:
        after = self.table.values[cells] + by
        lower, higher = after < self.low[cells], after > self.high[cells]
        self.low[cells[lower]], self.low_by[cells[lower]] = after[lower], number
        self.high[cells[higher]], self.high_by[cells[higher]] = after[higher], number
        return bool(lower.any() or higher.any())

    def publish(self, cell: int) -> Retraction:
        """Publish a withheld cell after all: the witnesses that move it fall, and what they alone proved."""
        fallen = [n for n in self.of_cell.get(cell, ()) if self.witnesses[n] is not None]
        witnesses = [w for n in fallen if (w := self.witnesses[n]) is not None]
        touched = np.unique(np.concatenate([w.cells for w in witnesses] or [np.zeros(0, np.int64)]))
        lost = touched[np.isin(self.low_by[touched], fallen) | np.isin(self.high_by[touched], fallen)]
        before = (self.low[lost], self.high[lost], self.low_by[lost], self.high_by[lost])
        for n in fallen:
            self.witnesses[n] = None
        self.hidden[cell] = False
        self.low[lost] = self.high[lost] = self.table.values[lost]
        self.low_by[lost] = self.high_by[lost] = -1
        for one in lost.tolist():
            for n in self.of_cell[one]:
                if (kept := self.witnesses[n]) is not None:
                    at = kept.cells == one
                    self._widen(kept.cells[at], kept.by[at], n)
        return Retraction(cell, lost, before, tuple(zip(fallen, witnesses, strict=True)))

    def withhold_again(self, retraction: Retraction) -> None:
        """Undo ``publish``; witnesses found since stay."""
        self.hidden[retraction.cell] = True
        for number, witness in retraction.fallen:
            self.witnesses[number] = witness
        low, high, low_by, high_by = retraction.before
        at = retraction.lost
        lower, higher = low < self.low[at], high > self.high[at]
        self.low[at[lower]], self.low_by[at[lower]] = low[lower], low_by[lower]
        self.high[at[higher]], self.high_by[at[higher]] = high[higher], high_by[higher]


def classes_of(table: LinearTable, cells: Indices) -> list[Indices]:
    """Groups of two or more of ``cells`` that stand in the same equations with the same coefficients, in order.

    What one of them loses another may gain without any equation noticing.
    """
    columns = table.matrix.tocsc()
    columns.sort_indices()
    starts, places, data = columns.indptr, columns.indices, columns.data
    groups: dict[tuple[bytes, bytes], list[int]] = {}
    for cell in cells.tolist():
        at = slice(starts[cell], starts[cell + 1])
        groups.setdefault((places[at].tobytes(), data[at].tobytes()), []).append(cell)
    return [np.array(g, dtype=np.int64) for g in groups.values() if len(g) > 1]


def swap_within_classes(evidence: Evidence, needs: Needs, groups: Iterable[Indices]) -> None:
    """Offer, for each sensitive cell not yet protected, what its class alone allows."""
    for group in groups:
        mine = group[evidence.hidden[group]]
        if mine.size < 2:
            continue
        for cell in mine[needs.sensitive[mine]].tolist():
            if evidence.is_open(needs, cell):
                _swap(evidence, needs, mine, cell)


def _swap(evidence: Evidence, needs: Needs, group: Indices, cell: int) -> None:
    table = evidence.table
    others = group[group != cell]
    room_up, room_down = table.upper - table.values, table.values - table.lower
    wanted = max(needs.up[cell], needs.down[cell], needs.width[cell])
    for sign, mine, theirs in ((1.0, room_up, room_down), (-1.0, room_down, room_up)):
        step = min(wanted, mine[cell])
        before = np.concatenate([[0.0], np.cumsum(np.minimum(theirs[others], step))])
        taken = np.clip(step - before[:-1], 0.0, np.minimum(theirs[others], step))
        total = float(taken.sum())
        cells, by = np.append(others, cell), np.append(-sign * taken, sign * total)
        order = np.argsort(cells)
        evidence.offer(cells[order], by[order])
