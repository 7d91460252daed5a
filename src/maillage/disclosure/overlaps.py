"""What is left of a territory without another: sums that anybody gets from two published totals.

An EPCI less the CPTS inside it, a département less all its CPTS, the part that a CPTS and a bassin de vie share: where
fewer people than the least count are left, the remainder becomes a cell of its own, so that it is protected too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from scipy import sparse

from maillage.disclosure.linear import Floats, Indices
from maillage.disclosure.zonings import Lattice

OVERLAP = "overlap"


def with_overlaps(lattice: Lattice, values: Iterable[Floats], least: float) -> Lattice:
    """Add to a lattice the intersections, differences and holes whose value is above 0 and under ``least``.

    ``values`` are those of the cells, for each layer to protect. Pairs of territories, and territories less a whole
    level, are looked at; those that take part of a commune are not.
    """
    whole = np.array([bool((lattice.holds[[i], :].data == 1.0).all()) for i in range(lattice.holds.shape[0])])
    inside = sparse.csr_array(lattice.holds.multiply(whole[:, None]))
    inside.eliminate_zeros()
    known = {tuple(_atoms(inside, i).tolist()) for i in range(inside.shape[0])}
    found: set[tuple[int, ...]] = set()
    for of_cells in values:
        found |= {one for one in _small(lattice, inside, of_cells, least) if len(one) > 1}
    return _extended(lattice, sorted(found - known))


def _atoms(inside: sparse.csr_array, territory: int) -> Indices:
    return np.sort(inside.indices[inside.indptr[territory] : inside.indptr[territory + 1]]).astype(np.int64)


def _small(lattice: Lattice, inside: sparse.csr_array, values: Floats, least: float) -> Iterator[tuple[int, ...]]:
    of_atoms, of_territories = values[lattice.atoms], values[lattice.territories]
    shared = sparse.coo_array(inside @ inside.T)
    pairs = shared.row != shared.col
    left, right = shared.row[pairs], shared.col[pairs]
    if not left.size:
        return
    both = np.asarray((sparse.csr_array(inside.multiply(of_atoms[None, :])) @ inside.T)[left, right]).ravel()
    alone = of_territories[left] - both
    for i, j in zip(left[(both > 0) & (both < least)], right[(both > 0) & (both < least)], strict=True):
        yield tuple(np.intersect1d(_atoms(inside, i), _atoms(inside, j)).tolist())
    for i, j in zip(left[(alone > 0) & (alone < least)], right[(alone > 0) & (alone < least)], strict=True):
        yield tuple(np.setdiff1d(_atoms(inside, i), _atoms(inside, j)).tolist())
    levels = lattice.cells.get_column("level").to_numpy()[lattice.territories]
    for level in np.unique(levels):
        outside = np.asarray(inside[np.flatnonzero(levels == level), :].sum(axis=0)).ravel() == 0
        holes = inside @ (of_atoms * outside)
        for i in np.flatnonzero((holes > 0) & (holes < least)):
            yield tuple(a for a in _atoms(inside, int(i)).tolist() if outside[a])


def _extended(lattice: Lattice, sets: list[tuple[int, ...]]) -> Lattice:
    if not sets:
        return lattice
    size, count = lattice.cells.height, len(sets)
    lengths = np.array([len(s) for s in sets])
    rows, atoms = np.repeat(np.arange(count), lengths), np.concatenate([np.array(s) for s in sets])
    parts = sparse.csr_array((np.ones(rows.size), (rows, lattice.atoms[atoms])), shape=(count, size))
    own = -sparse.eye_array(count, format="csr")
    matrix = sparse.block_array([[lattice.matrix, None], [parts, own]], format="csr")
    names = [f"{n:05d}" for n in range(count)]
    added = pl.DataFrame({"level": [OVERLAP] * count, "code": names, "named": [False] * count})
    return Lattice(
        cells=pl.concat([lattice.cells, added]),
        communes=lattice.communes,
        made_of=sparse.csr_array(sparse.vstack([lattice.made_of, parts @ lattice.made_of], format="csr")),
        matrix=sparse.csr_array(matrix),
        atoms=lattice.atoms,
        territories=lattice.territories,
        holds=lattice.holds,
    )
