"""Counts on a lattice of territories as one linear system: parts, rests and wholes, slices, earlier releases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from maillage.disclosure.linear import Floats, Indices, LinearTable, Needs, Role
from maillage.disclosure.policy import Policy
from maillage.disclosure.primary import Reason, Reasons, count_reasons, share_reasons
from maillage.disclosure.zonings import Lattice
from maillage.errors import ArrayInputError

Pieces = dict[str, list[np.ndarray]]


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A count of each commune, ``part`` of ``whole`` (None: a plain count, of people or of stays).

    Arrays follow the communes of the lattice.
    """

    part: Floats
    whole: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """Figures already out: ``cells`` of the lattice, and the ``values`` published for them at the time."""

    cells: Indices
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """The linear table of a release, what it needs, and where each layer starts.

    ``layers`` names blocks of one entry a lattice cell: ``SLICE/part``, ``SLICE/rest``, ``SLICE/whole``.
    ``reasons`` are those of primary suppression (Reason), one entry a cell of the table.
    """

    table: LinearTable
    needs: Needs
    reasons: Reasons
    layers: Mapping[str, slice]


@dataclass(slots=True)
class _Builder:
    lattice: Lattice
    policy: Policy
    layers: dict[str, slice] = field(default_factory=dict)
    columns: Pieces = field(default_factory=dict)
    blocks: list[tuple[sparse.csr_array, list[str]]] = field(default_factory=list)
    size: int = 0

    def add(self, name: str, values: Floats, reasons: Reasons, **columns: np.ndarray) -> None:
        self.layers[name] = slice(self.size, self.size + values.size)
        self.size += values.size
        weight = {"cells": np.ones(values.size), "log": 1.0 + np.log1p(np.abs(values)), "value": 1.0 + np.abs(values)}
        usual: dict[str, np.ndarray] = {
            "values": values,
            "reasons": reasons,
            "weight": weight[self.policy.weight],
            "role": self.roles(),
            "lower": np.zeros(values.size),
            "upper": np.full(values.size, np.inf),
        }
        chosen = usual | columns
        if values.size == self.lattice.cells.height:
            chosen["role"] = self.kept(chosen["role"], reasons)
        for key, column in chosen.items():
            self.columns.setdefault(key, []).append(column)

    def kept(self, role: np.ndarray, reasons: Reasons) -> np.ndarray:
        """Roles with the levels that are published whatever it costs, where nothing withholds them by themselves."""
        level = self.lattice.cells.get_column("level").is_in(list(self.policy.levels_kept)).to_numpy()
        return np.where(level & (reasons == Reason.NONE) & (role == Role.CANDIDATE), Role.KNOWN, role).astype(np.int8)

    def roles(self) -> np.ndarray:
        """Named cells may be published, the others never are."""
        return np.where(self.lattice.named, Role.CANDIDATE, Role.VIRTUAL).astype(np.int8)

    def tie(self, terms: Mapping[str, float], per: sparse.csr_array) -> None:
        """Equations ``Σ coefficient × per @ layer = 0``."""
        self.blocks.append((sparse.csr_array(sparse.hstack([c * per for c in terms.values()])), list(terms)))

    def build(self) -> System:
        rows = [self._placed(block, names) for block, names in self.blocks]
        arrays = {key: np.concatenate(pieces) for key, pieces in self.columns.items()}
        reasons = arrays.pop("reasons")
        table = LinearTable(
            matrix=sparse.csr_array(sparse.vstack(rows, format="csr")), integral=not self.lattice.partial, **arrays
        )
        sensitive = (reasons != Reason.NONE) & (table.role != Role.KNOWN)
        width = np.minimum(float(self.policy.interval_min), table.upper - table.lower)
        nil = np.zeros(table.size)
        return System(table, Needs(sensitive, nil, nil, width), reasons, self.layers)

    def _placed(self, block: sparse.csr_array, names: Sequence[str]) -> sparse.csr_array:
        starts = [self.layers[name].start for name in names]
        lengths = [self.layers[name].stop - self.layers[name].start for name in names]
        moved = np.concatenate([np.arange(s, s + n) for s, n in zip(starts, lengths, strict=True)])
        wide = block.tocoo()
        return sparse.csr_array((wide.data, (wide.row, moved[wide.col])), shape=(block.shape[0], self.size))


def layers_of(lattice: Lattice, measures: Iterable[Measure]) -> Iterator[Floats]:
    """The values by cell of every count that must not be recovered: parts, rests, wholes."""
    for measure in measures:
        part = lattice.sums(measure.part)
        yield part
        if measure.whole is not None:
            whole = lattice.sums(measure.whole)
            yield whole
            yield whole - part


def build_system(
    lattice: Lattice,
    measures: Mapping[str, Measure],
    policy: Policy,
    *,
    sums: Mapping[str, Sequence[str]] | None = None,
    earlier: Mapping[str, Earlier] | None = None,
) -> System:
    """The system of one indicator and period, whose slices are the keys of ``measures``.

    ``sums`` tells which slices add up to which (parts and, where they do, wholes). ``earlier`` gives, by layer
    (``SLICE/part`` …), what an earlier release published: the same value makes the cell KNOWN; another value adds the
    revision as a cell, which is sensitive when fewer than ``count_min`` people make it.
    Raises ArrayInputError for slices said to add up that do not.
    """
    builder = _Builder(lattice, policy)
    for name, measure in measures.items():
        _add_measure(builder, name, measure)
    for total, parts in (sums or {}).items():
        _add_sum(builder, total, parts)
    for layer, published in (earlier or {}).items():
        _add_earlier(builder, layer, published)
    return builder.build()


def _add_measure(builder: _Builder, name: str, measure: Measure) -> None:
    lattice, policy = builder.lattice, builder.policy
    part = lattice.sums(measure.part)
    if measure.whole is None:
        reasons = count_reasons(part, policy)
        builder.add(f"{name}/part", part, reasons, **_coded(builder, part, reasons, policy))
        builder.tie({f"{name}/part": 1.0}, lattice.matrix)
        return
    whole = lattice.sums(measure.whole)
    reasons = share_reasons(part, whole, policy)
    if policy.denominator == "public":
        # The rest of a part withheld as D is at least the least count too.
        told = (reasons == Reason.NONE) & lattice.named & (whole - part >= policy.count_min)
        upper = np.where(told, whole - policy.count_min, whole)
        bounds = {"upper": upper} | _share_floor(builder, part, reasons)
        builder.add(f"{name}/part", part, reasons, **bounds)
        builder.tie({f"{name}/part": 1.0}, lattice.matrix)
        return
    of_whole = count_reasons(whole, policy)
    floor = _share_floor(builder, part, reasons)
    builder.add(f"{name}/part", part, reasons, lower=floor["lower"], role=floor["role"])
    rest_floor = np.where(
        (reasons == Reason.NONE) & builder.lattice.named & (whole - part >= policy.count_min), policy.count_min, 0.0
    )
    rest = np.full(part.size, Role.VIRTUAL, dtype=np.int8)
    builder.add(f"{name}/rest", whole - part, reasons, lower=rest_floor, role=rest, weight=np.zeros(part.size))
    builder.add(f"{name}/whole", whole, of_whole, **_coded(builder, whole, of_whole, policy))
    builder.tie({f"{name}/part": 1.0}, lattice.matrix)
    builder.tie({f"{name}/whole": 1.0}, lattice.matrix)
    each = sparse.eye_array(part.size, format="csr")
    builder.tie({f"{name}/part": 1.0, f"{name}/rest": 1.0, f"{name}/whole": -1.0}, each)


def _coded(builder: _Builder, counts: Floats, reasons: Reasons, policy: Policy) -> dict[str, np.ndarray]:
    """What the code of a withheld count tells: A is under the least count, D is not; a published zero is not hidden."""
    named, small = builder.lattice.named, reasons == Reason.COUNT
    least = 1.0 if policy.zeros == "published" else 0.0
    lower = np.where(small, least, np.where(counts >= policy.count_min, float(policy.count_min), 0.0))
    upper = np.where(small, policy.count_min - 1.0, np.inf)
    role = np.where(named & (counts == 0) & ~small, Role.KNOWN, builder.roles()).astype(np.int8)
    return {"lower": np.where(named, lower, 0.0), "upper": np.where(named, upper, np.inf), "role": role}


def _share_floor(builder: _Builder, part: Floats, reasons: Reasons) -> dict[str, np.ndarray]:
    """A part withheld as D is at least the least count; nil with nil to count is plain to see."""
    known = builder.lattice.named & (part == 0) & (reasons == Reason.NONE)
    floor = np.where((reasons == Reason.NONE) & builder.lattice.named & ~known, float(builder.policy.count_min), 0.0)
    return {"lower": np.minimum(floor, part), "role": np.where(known, Role.KNOWN, builder.roles()).astype(np.int8)}


def _add_sum(builder: _Builder, total: str, parts: Sequence[str]) -> None:
    each = sparse.eye_array(builder.lattice.cells.height, format="csr")

    def values(layer: str) -> Floats:
        return np.concatenate(builder.columns["values"])[builder.layers[layer]]

    if not np.array_equal(sum(values(f"{p}/part") for p in parts), values(f"{total}/part")):
        raise ArrayInputError(f"The slices {', '.join(parts)} should add up to {total!r}; they do not.")
    builder.tie({f"{total}/part": -1.0} | dict.fromkeys((f"{p}/part" for p in parts), 1.0), each)
    if f"{total}/whole" not in builder.layers:
        return
    wholes = [values(f"{p}/whole") for p in parts]
    if np.array_equal(np.sum(wholes, axis=0), values(f"{total}/whole")):
        builder.tie({f"{total}/whole": -1.0} | dict.fromkeys((f"{p}/whole" for p in parts), 1.0), each)
        return
    for part, whole in zip(parts, wholes, strict=True):
        if np.array_equal(whole, values(f"{total}/whole")):
            builder.tie({f"{total}/whole": -1.0, f"{part}/whole": 1.0}, each)


def _add_earlier(builder: _Builder, layer: str, published: Earlier) -> None:
    at = builder.layers[layer]
    now = np.concatenate(builder.columns["values"])[at][published.cells]
    same = now == published.values
    place = list(builder.layers).index(layer)
    role = builder.columns["role"][place].copy()
    role[published.cells[same]] = Role.KNOWN
    builder.columns["role"][place] = role
    revised = published.cells[~same]
    if not revised.size:
        return
    change = now[~same] - published.values[~same]
    few = (np.abs(change) < builder.policy.count_min) & (change != 0)
    nothing = np.full(revised.size, -np.inf)
    kinds = {"role": np.full(revised.size, Role.VIRTUAL, dtype=np.int8), "weight": np.zeros(revised.size)}
    builder.add(
        f"{layer}/change", change, np.where(few, Reason.COUNT, Reason.NONE).astype(np.int8), lower=nothing, **kinds
    )
    known = np.full(revised.size, Role.KNOWN, dtype=np.int8)
    none = np.full(revised.size, Reason.NONE, dtype=np.int8)
    builder.add(f"{layer}/earlier", published.values[~same], none, role=known)
    chosen = sparse.csr_array(
        (np.ones(revised.size), (np.arange(revised.size), revised)), shape=(revised.size, at.stop - at.start)
    )
    each = sparse.eye_array(revised.size, format="csr")
    block = sparse.csr_array(sparse.hstack([chosen, -each, -each]))
    builder.blocks.append((block, [layer, f"{layer}/change", f"{layer}/earlier"]))
