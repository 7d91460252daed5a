"""Territories of overlapping zonings as cells of one linear system.

Communes that stand in the same territory of every level form an *atom*: an intersection such as an EPCI with a CPTS.
Atoms are never published, but anybody may compute one from totals that overlap, so they are cells like the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from maillage.disclosure.linear import Flags, Floats, Indices
from maillage.errors import UsageError
from maillage.territory.levels import BASE_LEVEL

ATOM = "atom"
EARLIER = "earlier:"  # before the name of a level: its territories as an earlier release had them


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The cells of a release and what ties them.

    ``cells`` has ``level, code, named`` (level ``atom`` for an intersection), one row a cell, ``named`` where the cell
    may be published; ``made_of`` (cells × communes) the share of each commune in each cell, ``communes`` their codes;
    ``matrix`` (equations × cells) the ties. ``atoms`` is the cell of each atom, ``territories`` the cells that are
    territories, ``holds`` (territories × atoms) the share of each atom in each.
    """

    cells: pl.DataFrame
    communes: pl.Series
    made_of: sparse.csr_array
    matrix: sparse.csr_array
    atoms: Indices
    territories: Indices
    holds: sparse.csr_array

    @property
    def partial(self) -> bool:
        """Whether a territory takes part of a commune: its counts are then estimates, not whole numbers."""
        return bool((self.made_of.data != 1.0).any())

    @property
    def named(self) -> Flags:
        """Cells that may be published, and carry a code once withheld."""
        return self.cells.get_column("named").to_numpy()

    def places(self, rows: pl.DataFrame) -> Indices:
        """The cell of each row of ``level, code``; raises UsageError for a territory that the lattice has not."""
        numbered = self.cells.select("level", "code").with_row_index("cell")
        found = rows.select("level", "code").join(numbered, on=["level", "code"], how="left", maintain_order="left")
        if found.get_column("cell").null_count():
            level, code, _ = found.filter(pl.col("cell").is_null()).row(0)
            raise UsageError(f"The territory {code} of the level {level} is not one of the release.")
        return found.get_column("cell").to_numpy().astype(np.int64)

    def sums(self, by_commune: Floats) -> Floats:
        """The value of every cell from those of the communes, in the order of ``communes``."""
        return np.asarray(self.made_of @ by_commune, dtype=np.float64)


def build_lattice(membership: pl.DataFrame, levels: Sequence[str], *, unnamed: Sequence[str] = ()) -> Lattice:
    """Lay out the territories of ``levels`` (with ``commune`` where communes are published) over all communes.

    ``membership`` has the core table's columns. Territories of ``unnamed`` levels are laid out too, though this release
    does not publish them: those of an earlier one, named ``earlier:LEVEL``, or communes that it published.
    Raises UsageError for a level that no commune belongs to.
    """
    rows = membership.filter(pl.col("child_level") == BASE_LEVEL, pl.col("share") > 0)
    communes = rows.get_column("child_code").unique().sort().alias("code")
    upper = [level for level in (*levels, *unnamed) if level != BASE_LEVEL]
    empty = [level for level in upper if level not in set(rows.get_column("parent_level").unique())]
    if empty:
        raise UsageError(f"No commune belongs to a territory of the level {empty[0]!r}.")
    mine = rows.filter(pl.col("parent_level").is_in(upper)).sort("child_code", "parent_level", "parent_code")
    atom_of = _atoms(mine, communes)
    weaver = _Weaver(mine, communes, atom_of, with_communes=BASE_LEVEL in (*levels, *unnamed))
    return weaver.weave(frozenset(levels))


def _atoms(mine: pl.DataFrame, communes: pl.Series) -> Indices:
    """The number of the atom of each commune."""
    place = pl.concat_str("parent_level", "parent_code", pl.col("share").cast(pl.String), separator="\x1f")
    marks = mine.group_by(code="child_code").agg(place.sort().str.join("\x1e").alias("mark"))
    marked = communes.to_frame().join(marks, on="code", how="left", maintain_order="left")
    return marked.get_column("mark").fill_null("").rank("dense").to_numpy().astype(np.int64) - 1


class _Weaver:
    """Numbers the cells and writes each territory as a sum of smaller ones."""

    def __init__(self, mine: pl.DataFrame, communes: pl.Series, atom_of: Indices, *, with_communes: bool) -> None:
        self.communes, self.atom_of = communes, atom_of
        size = np.bincount(atom_of)
        self.names: list[tuple[str, str]] = []
        self.rows: list[dict[int, float]] = []
        first = np.full(size.size, -1)
        first[atom_of[::-1]] = np.arange(atom_of.size)[::-1]
        codes = communes.to_list()
        if with_communes:
            self.names += [(BASE_LEVEL, code) for code in codes]
        alone = with_communes & (size == 1)
        # The cell of an atom: that of its only commune where it has one, else a cell of its own.
        self.atom_cell = np.where(alone, first, len(self.names) - 1 + np.cumsum(~alone))
        self.names += [(ATOM, codes[first[atom]]) for atom in np.flatnonzero(~alone)]
        if with_communes:
            for atom in np.flatnonzero(~alone).tolist():
                members = np.flatnonzero(atom_of == atom).tolist()
                self.rows.append({int(self.atom_cell[atom]): -1.0, **dict.fromkeys(members, 1.0)})
        self.territories = _territories(mine, communes, atom_of)
        self.above: dict[int, list[tuple[str, str]]] = {}
        for name, atoms in self.territories.items():
            for atom in atoms:
                self.above.setdefault(atom, []).append(name)

    def weave(self, named: frozenset[str]) -> Lattice:
        """Write every territory, from the level of the smallest ones up."""
        by_level: dict[str, list[str]] = {}
        for level, code in self.territories:
            by_level.setdefault(level, []).append(code)
        # A territory is only written with those of lower levels, so that no two are written with each other.
        order = sorted(by_level, key=lambda level: (-len(by_level[level]), level))
        cell_of: dict[tuple[str, str], int] = {}
        for rank, level in enumerate(order):
            for code in by_level[level]:
                cell_of[level, code] = len(self.names)
                self.names.append((level, code))
                terms = self._terms((level, code), order[:rank], cell_of)
                self.rows.append({cell_of[level, code]: -1.0, **terms})
        return self._lattice(cell_of, named)

    def _terms(
        self, whole: tuple[str, str], lower: Sequence[str], cell_of: dict[tuple[str, str], int]
    ) -> dict[int, float]:
        """The shortest way to write a territory: territories of one lower level inside it, then the atoms left."""
        mine = self.territories[whole]
        best = {int(self.atom_cell[atom]): share for atom, share in mine.items()}
        for level in lower:
            left, terms = dict(mine), {}
            for part in self._inside(level, mine):
                atoms = self.territories[part]
                if all(left.get(a) == 1.0 for a in atoms):
                    terms[cell_of[part]] = 1.0
                    for atom in atoms:
                        del left[atom]
            terms.update({int(self.atom_cell[a]): s for a, s in left.items()})
            if len(terms) < len(best):
                best = terms
        return best

    def _inside(self, level: str, mine: dict[int, float]) -> Iterator[tuple[str, str]]:
        """Territories of a level made of whole atoms of another, in order."""
        near = {part for atom in mine for part in self.above.get(atom, ()) if part[0] == level}
        for part in sorted(near):
            atoms = self.territories[part]
            if all(share == 1.0 and mine.get(atom) == 1.0 for atom, share in atoms.items()):
                yield part

    def _lattice(self, cell_of: dict[tuple[str, str], int], named: frozenset[str]) -> Lattice:
        cells = pl.DataFrame(self.names, schema={"level": pl.String, "code": pl.String}, orient="row")
        communes = self.communes.len()
        numbers = np.arange(communes)
        whole = sparse.csr_array((np.ones(communes), (self.atom_of, numbers)), shape=(self.atom_of.max() + 1, communes))
        first = self.names[0][0] == BASE_LEVEL
        own = np.flatnonzero(self.atom_cell >= (communes if first else 0))
        shares = _sparse([self.territories[name] for name in cell_of], whole.shape[0])
        parts = [sparse.eye_array(communes, format="csr")] if first else []
        made_of = sparse.vstack([*parts, whole[own, :], shares @ whole], format="csr")
        marked = cells.with_columns(named=pl.col("level").is_in(sorted(named)))
        places = np.array([cell_of[name] for name in cell_of], dtype=np.int64)
        matrix = _sparse(self.rows, len(self.names))
        return Lattice(marked, self.communes, sparse.csr_array(made_of), matrix, self.atom_cell, places, shares)


def _territories(mine: pl.DataFrame, communes: pl.Series, atom_of: Indices) -> dict[tuple[str, str], dict[int, float]]:
    """The atoms of each territory and their shares, territories in order."""
    numbers = pl.DataFrame({"child_code": communes, "atom": atom_of})
    placed = mine.join(numbers, on="child_code", how="left", maintain_order="left")
    distinct = placed.select("parent_level", "parent_code", "atom", "share").unique()
    found: dict[tuple[str, str], dict[int, float]] = {}
    for level, code, atom, share in distinct.sort("parent_level", "parent_code", "atom").iter_rows():
        found.setdefault((level, code), {})[atom] = share
    return found


def _sparse(rows: Sequence[dict[int, float]], columns: int) -> sparse.csr_array:
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    places = np.array([c for row in rows for c in row], dtype=np.int64)
    values = np.array([v for row in rows for v in row.values()], dtype=np.float64)
    matrix = sparse.csr_array((values, places, starts), shape=(len(rows), columns))
    matrix.sort_indices()
    return matrix
