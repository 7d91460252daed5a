"""A table as a linear system: cells, the equations that tie them, what is known before the equations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from maillage.errors import ArrayInputError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

# A sum of parts may differ from its total by the rounding of floats, relative to the largest term.
_ADDITIVITY = 1e-9


class Role(IntEnum):
    """What may become of a cell."""

    CANDIDATE = 0  # published, or withheld
    VIRTUAL = 1  # never published, yet it may be deduced: an intersection, a complement, a revision
    KNOWN = 2  # known to everybody whatever is decided: an earlier release, a census


@dataclass(frozen=True, slots=True, eq=False)
class LinearTable:
    """Cells tied by the equations ``matrix @ values = 0``.

    ``matrix`` is equations × cells; ``values``, ``weight`` (what is lost when the cell is withheld), ``role`` (Role),
    ``lower`` and ``upper`` (what anybody knows of the cell once it is withheld, before any equation: its sign, what
    its code tells) have one entry a cell. ``integral`` says that values are counts.
    Raises ArrayInputError for another length, a value that is not finite or out of its bounds, a non-integer count, or
    an equation that does not hold.
    """

    matrix: sparse.csr_array
    values: Floats
    lower: Floats
    upper: Floats
    weight: Floats
    role: npt.NDArray[np.int8]
    integral: bool = True

    def __post_init__(self) -> None:
        cells = self.values.size
        lengths = {a.size for a in (self.lower, self.upper, self.weight, self.role)} | {self.matrix.shape[1]}
        if lengths != {cells}:
            raise ArrayInputError(f"Every array of a table should have {cells} entries, found {sorted(lengths)}.")
        _refuse(~np.isfinite(self.values), "is not a finite number")
        _refuse((self.values < self.lower) | (self.values > self.upper), "is out of its bounds")
        if self.integral:
            _refuse(self.values != np.round(self.values), "is not a whole number")
        scale = np.maximum(abs(self.matrix) @ np.abs(self.values), 1.0)
        broken = np.flatnonzero(np.abs(self.matrix @ self.values) > _ADDITIVITY * scale)
        if broken.size:
            raise ArrayInputError(
                f"Each total should be the sum of its parts; equation {broken[0]} is off by "
                f"{float((self.matrix @ self.values)[broken[0]]):g} ({broken.size} such equations)."
            )

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(self.values.size)


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """What an attacker must not narrow down: for each sensitive cell the interval that must stay open.

    The attacker's interval [low, high] is wide enough when low ≤ value − ``down``, high ≥ value + ``up`` and
    high − low ≥ ``width`` (one entry a cell, in the unit of the values; not read where ``sensitive`` is False).
    """

    sensitive: Flags
    up: Floats
    down: Floats
    width: Floats

    def at(self, cells: Indices) -> Needs:
        """The needs of some cells."""
        return Needs(self.sensitive[cells], self.up[cells], self.down[cells], self.width[cells])

    def met(self, values: Floats, low: Floats, high: Floats) -> Flags:
        """Where the interval is wide enough; True where the cell is not sensitive."""
        slack = 1e-7 * np.maximum(np.abs(values), 1.0)
        wide = (low <= values - self.down + slack) & (high >= values + self.up - slack)
        return ~self.sensitive | (wide & (high - low >= self.width - slack))


def hidden_components(table: LinearTable, hidden: Flags) -> Indices:
    """Number of the connected component of each withheld cell, −1 for the others; equations tie, published cells cut.

    What an attacker learns of a cell depends on its component alone.
    """
    cells = np.flatnonzero(hidden)
    ties = table.matrix[:, cells]
    graph = sparse.block_array([[None, ties], [ties.T, None]], format="csr")
    _, labels = csgraph.connected_components(graph, directed=False)
    found = np.full(table.size, -1, dtype=np.int64)
    found[cells] = np.unique(labels[table.matrix.shape[0] :], return_inverse=True)[1]
    return found


def _refuse(bad: Flags, reason: str) -> None:
    if bad.any():
        raise ArrayInputError(
            f"The value of cell {int(np.flatnonzero(bad)[0])} {reason} ({int(bad.sum())} such cells)."
        )
