"""The attacker: what can be deduced of each withheld cell from all that is published.

The attacker knows the equations, every published cell, that cells are within their bounds, and the code of each
withheld cell; not which algorithm chose it. Intervals are those of linear programming; counts being integers is no help
to the attacker where a witness in whole numbers exists, which is what the audit asks for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from maillage.disclosure.bounds import propagate
from maillage.disclosure.evidence import Evidence, classes_of, swap_within_classes
from maillage.disclosure.linear import Flags, Floats, Indices, LinearTable, Needs, hidden_components
from maillage.disclosure.moves import Mover
from maillage.disclosure.secondary import Clock, protect_cell
from maillage.disclosure.solver import Programme


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """What the attacker finds, in arrays of one entry a cell.

    The attacker's interval of a withheld cell holds [``proven_low``, ``proven_high``], shown by other tables that look
    the same, and is held in [``low``, ``high``]; the two agree where linear programmes were needed to settle it.
    ``exposed`` are the sensitive cells that can be narrowed down beyond their needs, ``unaudited`` those for which time
    ran out. ``components`` and ``largest`` count the independent puzzles and the cells of the largest.
    """

    low: Floats
    high: Floats
    proven_low: Floats
    proven_high: Floats
    exposed: Indices
    unaudited: Indices
    components: int
    largest: int

    @property
    def passed(self) -> bool:
        """Whether every sensitive cell was audited and none is exposed."""
        return not self.exposed.size and not self.unaudited.size


def audit(table: LinearTable, hidden: Flags, needs: Needs, clock: Clock) -> Audit:
    """Attack a pattern: cheap bounds first, then swaps, then the linear programme of each component still open."""
    low, high = propagate(table, hidden)
    doomed = ~needs.met(table.values, low, high)
    evidence = Evidence(table, hidden.copy())
    swap_within_classes(evidence, needs, classes_of(table, np.flatnonzero(hidden)))
    labels = hidden_components(table, hidden)
    todo = np.flatnonzero(evidence.open_needs(needs) & hidden)
    for label in np.unique(labels[todo]):
        mine = todo[labels[todo] == label]
        _settle(evidence, needs, np.flatnonzero(labels == label), mine, (low, high), clock)
    still = evidence.open_needs(needs)
    mover, unaudited = Mover(table), []
    for cell in np.flatnonzero(still & ~doomed & needs.met(table.values, low, high)).tolist():
        # The programme leaves the interval open, at a point that is not in whole numbers: look for one that is.
        if clock.left() <= 0:
            unaudited.append(cell)
        else:
            protect_cell(evidence, needs, cell, mover, None)
    exposed = evidence.open_needs(needs)
    exposed[unaudited] = False
    sizes = np.bincount(labels[labels >= 0])
    return Audit(
        low=low,
        high=high,
        proven_low=np.maximum(evidence.low, low),
        proven_high=np.minimum(evidence.high, high),
        exposed=np.flatnonzero(exposed),
        unaudited=np.array(unaudited, dtype=np.int64),
        components=int(sizes.size),
        largest=int(sizes.max(initial=0)),
    )


def _settle(
    evidence: Evidence, needs: Needs, members: Indices, cells: Indices, bounds: tuple[Floats, Floats], clock: Clock
) -> None:
    """Push each open cell of a component to its ends, until its needs are shown to be met; tighten its bounds."""
    attack = _Attack(evidence.table, members)
    for cell in cells.tolist():
        for side, sign in ((1, -1.0), (0, 1.0)):
            if clock.left() <= 0 or not evidence.is_open(needs, cell):
                break
            value, point = attack.extreme(cell, sign)
            bounds[side][cell] = value
            evidence.offer(members, point)


class _Attack:
    """The attacker's programme on one component: the deviations that no published cell shows."""

    def __init__(self, table: LinearTable, members: Indices) -> None:
        part = table.matrix[:, members]
        part = sparse.csc_array(part[np.flatnonzero(np.diff(part.indptr)), :])
        reach = float(np.abs(table.values).sum()) + 1.0
        self.values, self.members = table.values[members], members
        room = (
            np.maximum(table.lower[members] - self.values, -reach),
            np.minimum(table.upper[members] - self.values, reach),
        )
        still, self.cost = np.zeros(part.shape[0]), np.zeros(members.size)
        self.programme = Programme(part, self.cost, room, (still, still))

    def extreme(self, cell: int, sign: float) -> tuple[float, Floats]:
        """The least (sign 1) or greatest (sign −1) value of a cell, and the deviations that give it."""
        place = int(np.searchsorted(self.members, cell))
        self.cost[place] = sign
        self.programme.set_cost(self.cost)
        self.cost[place] = 0.0
        best = self.programme.solve()
        # The true table is a point of the programme: without a point the solver failed, and nothing is claimed.
        if best is None:
            return float(self.values[place]), np.zeros(self.members.size)
        return float(self.values[place] + best.point[place]), best.point


def intervals(table: LinearTable, hidden: Flags) -> tuple[Floats, Floats]:
    """The interval (low, high) that linear programming gives of every withheld cell, component by component.

    Published cells are their value; a cell that nothing bounds comes out with a bound beyond the sum of all values.
    """
    low, high = propagate(table, hidden)
    labels = hidden_components(table, hidden)
    open_cells = np.flatnonzero(hidden & (high > low))
    for label in np.unique(labels[open_cells]):
        attack = _Attack(table, np.flatnonzero(labels == label))
        for cell in open_cells[labels[open_cells] == label].tolist():
            low[cell], high[cell] = attack.extreme(cell, 1.0)[0], attack.extreme(cell, -1.0)[0]
    return low, high
