"""What a published total leaves once every published part is taken away: several withheld communes as one small sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from maillage.disclosure.linear import Flags, Floats, Indices, Role
from maillage.disclosure.system import System
from maillage.disclosure.zonings import Lattice
from maillage.territory.levels import BASE_LEVEL


@dataclass(slots=True, eq=False)
class _Subtractions:
    """Each territory less the territories of one level inside it: for each base cell, which of them it is in."""

    lattice: Lattice
    whole: list[int] = field(default_factory=list)  # the territory of each row
    rows: list[Indices] = field(default_factory=list)
    base: list[Indices] = field(default_factory=list)
    part: list[Indices] = field(default_factory=list)  # the territory of the level, −1 where there is none

    def __post_init__(self) -> None:
        lattice = self.lattice
        communes = lattice.cells.get_column("level")[0] == BASE_LEVEL
        base = np.arange(lattice.communes.len()) if communes else lattice.atoms
        made_of = lattice.made_of[lattice.territories, :] if communes else lattice.holds
        made_of = sparse.csr_array(made_of)
        levels = lattice.cells.get_column("level").to_numpy()[lattice.territories]
        sizes = np.diff(made_of.indptr)
        for level in [None, *np.unique(levels)]:
            inside = np.full(base.size, -1)
            for t in np.flatnonzero(levels == level).tolist() if level else ():
                inside[made_of.indices[made_of.indptr[t] : made_of.indptr[t + 1]]] = t
            for t in range(sizes.size):
                mine = made_of.indices[made_of.indptr[t] : made_of.indptr[t + 1]].astype(np.int64)
                self._add(t, base[mine], inside[mine], sizes)

    def _add(self, territory: int, cells: Indices, inside: Indices, sizes: npt.NDArray[np.int32]) -> None:
        """Only the parts that lie whole in the territory, which is not one of them, can be taken away."""
        known = inside[inside >= 0]
        counts = np.bincount(known, minlength=sizes.size)
        within = (inside >= 0) & (counts[inside] == sizes[inside]) & (inside != territory)
        if known.size and not within.any():
            return
        self.rows.append(np.full(cells.size, len(self.whole)))
        self.whole.append(int(self.lattice.territories[territory]))
        self.base.append(cells)
        self.part.append(np.where(within, self.lattice.territories[inside], -1))


def cover_remainders(system: System, lattice: Lattice, hidden: Flags, least: float) -> Flags:
    """Withhold more cells until no published total leaves a sum above 0 and under ``least``.

    Looks at each territory less its published communes, and less those and the published territories of one level.
    """
    found = _Subtractions(lattice)
    rows, base, part = (np.concatenate(pieces) for pieces in (found.rows, found.base, found.part))
    whole, hidden = np.array(found.whole), hidden.copy()
    views = _views(system)
    changed = True
    while changed:
        changed = False
        for layers in views:
            values = system.table.values[layers[0]] if len(layers) == 1 else _rest(system, layers)
            gone = np.any([hidden[at] for at in layers], axis=0)[: values.size]
            left = gone[base] & ~((part >= 0) & ~gone[part])
            sums = np.bincount(rows, weights=values[base] * left, minlength=whole.size)
            for row in np.flatnonzero((sums > 0) & (sums < least) & ~gone[whole]).tolist():
                mine = base[rows == row]
                others = part[rows == row]
                changed |= _withhold_one(system, layers[0], hidden, (int(whole[row]), mine, others), least)
    return hidden


def _views(system: System) -> list[list[slice]]:
    """Layers to look at one by one, then each part with its whole, whose rest must not come out small either."""
    alone = [[at] for name, at in system.layers.items() if name.endswith(("/part", "/whole"))]
    pairs = [
        [at, system.layers[name.replace("/part", "/whole")]]
        for name, at in system.layers.items()
        if name.endswith("/part") and name.replace("/part", "/whole") in system.layers
    ]
    return alone + pairs


def _rest(system: System, layers: Sequence[slice]) -> Floats:
    return np.asarray(system.table.values[layers[1]] - system.table.values[layers[0]])


def _withhold_one(system: System, layer: slice, hidden: Flags, row: tuple[int, Indices, Indices], least: float) -> bool:
    """Withhold the lightest published cell that makes the remainder large enough, or the total."""
    table, (whole, base, part) = system.table, row
    cells = layer.start + np.unique(np.concatenate([base[part < 0], [whole], part[part >= 0]]))
    free = cells[(table.role[cells] == Role.CANDIDATE) & ~hidden[cells] & (table.values[cells] >= least)]
    if not free.size:
        return False
    hidden[free[np.lexsort((free, table.weight[free]))[0]]] = True
    return True
