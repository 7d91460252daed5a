"""INSEE's example table (turnover by activity and size of firm) against the figures of its manual.

The manual gives 52 cells withheld for frequency, 25 for dominance, 46 to protect them, on the table whose activities
are a plain list. Read as the nested classification that it is, the table has more equations, and no pattern with fewer
than 50 secondary cells can protect it (a withheld cell alone in an equation is given away).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from maillage.disclosure.attack import audit, intervals
from maillage.disclosure.linear import LinearTable, Needs
from maillage.disclosure.policy import Policy
from maillage.disclosure.primary import Reason, amount_needs, amount_reasons
from maillage.disclosure.secondary import Clock, suppress

pytestmark = pytest.mark.real
POLICY = Policy(count_min=3, dominance_max=0.85, interval_min=1)
SIZES = ("tr1", "tr2", "tr3")
SECTIONS = {"AZ": "A", "BE": "BCDE", "FZ": "F", "GI": "GHI", "JZ": "J", "KZ": "K", "LZ": "L", "MN": "MN"}
SECTIONS |= {"OQ": "OPQ", "RU": "RS"}
DIVISIONS = (
    "A01-03 B05-09 C10-33 D35-35 E36-39 F41-43 G45-47 H49-53 I55-56 J58-63 K64-66 L68-68 M69-75 N77-82 O84-84 P85-85 "
    "Q86-88 R90-93 S94-96"
)


@pytest.fixture(scope="module")
def firms(real_data: Path) -> pl.DataFrame:
    return pl.read_csv(
        real_data / "validation/disclosure/turnover_act_size.csv",
        schema_overrides={"ACTIVITY": pl.String, "TOT": float},
    )


def equations(firms: pl.DataFrame, *, nested: bool) -> list[list[tuple[str, str]]]:
    """A total, then its parts, those that exist."""
    cells = set(firms.select("ACTIVITY", "SIZE").rows())
    activities = firms.get_column("ACTIVITY").unique(maintain_order=True).to_list()
    found = [[(a, "Total"), *((a, s) for s in SIZES)] for a in activities]
    if nested:
        children = {"Total": list(SECTIONS), **{a: list(letters) for a, letters in SECTIONS.items()}}
        for word in DIVISIONS.split():
            children[word[0]] = [a for a in activities if a.isdigit() and word[1:3] <= a <= word[4:]]
        found += [[(a, s), *((p, s) for p in parts)] for a, parts in children.items() for s in ("Total", *SIZES)]
    return [[c for c in row if c in cells] for row in found if row[0] in cells]


def table_of(firms: pl.DataFrame, *, nested: bool) -> tuple[LinearTable, Needs, np.ndarray]:
    place = {cell: i for i, cell in enumerate(firms.select("ACTIVITY", "SIZE").rows())}
    rows = equations(firms, nested=nested)
    entries = [(i, place[c], -1.0 if j == 0 else 1.0) for i, row in enumerate(rows) for j, c in enumerate(row)]
    at, cells, signs = (np.array(column) for column in zip(*entries, strict=True))
    amounts, counts, largest = (firms.get_column(c).to_numpy().astype(float) for c in ("TOT", "N_OBS", "MAX"))
    size = amounts.size
    table = LinearTable(
        sparse.csr_array((signs, (at, cells)), shape=(len(rows), size)),
        amounts,
        lower=np.zeros(size),
        upper=np.full(size, np.inf),
        weight=np.ones(size),
        role=np.zeros(size, dtype=np.int8),
        integral=False,
    )
    reasons = amount_reasons(amounts, counts, largest, POLICY)
    return table, amount_needs(amounts, reasons, POLICY), reasons


def test_the_primary_counts_are_the_manual_s(firms):
    _, _, reasons = table_of(firms, nested=False)
    assert reasons.size == 414
    assert (reasons == Reason.COUNT).sum() == 52
    assert (reasons == Reason.DOMINANCE).sum() == 25


def test_no_more_secondary_cells_than_the_manual_and_none_recoverable(firms):
    table, needs, _ = table_of(firms, nested=False)
    pattern = suppress(table, needs, 0.0, Clock.lasting(300))
    assert pattern.open.size == 0
    assert (pattern.hidden & ~needs.sensitive).sum() <= 46
    low, high = intervals(table, pattern.hidden)
    assert needs.met(table.values, low, high).all()
    assert ((high - low)[pattern.hidden] >= 1.0).all()


def test_the_nested_table_is_protected_too(firms):
    table, needs, _ = table_of(firms, nested=True)
    pattern = suppress(table, needs, 0.0, Clock.lasting(300))
    assert 50 <= (pattern.hidden & ~needs.sensitive).sum() <= 66
    assert audit(table, pattern.hidden, needs, Clock.lasting(300)).passed
    low, high = intervals(table, pattern.hidden)
    assert ((high - low)[pattern.hidden] >= 1.0).all()


def test_no_pattern_protects_the_nested_table_with_fewer_than_fifty(firms):
    table, needs, _ = table_of(firms, nested=True)
    # In an equation nobody is withheld alone: the others would give it.
    rows = []
    for start, end in zip(table.matrix.indptr[:-1], table.matrix.indptr[1:], strict=True):
        cells = table.matrix.indices[start:end]
        for cell in cells:
            row = np.zeros(table.size)
            row[cells], row[cell] = 1.0, -1.0
            rows.append(row)
    least = milp(
        np.ones(table.size),
        integrality=np.ones(table.size),
        bounds=Bounds(needs.sensitive.astype(float), np.ones(table.size)),
        constraints=LinearConstraint(sparse.csr_array(np.array(rows)), 0, np.inf),
    )
    assert round(least.fun) - needs.sensitive.sum() == 50


def test_the_attacker_recovers_primary_cells_left_alone(firms):
    table, needs, _ = table_of(firms, nested=False)
    found = audit(table, needs.sensitive, needs, Clock.lasting(300))
    assert found.exposed.size > 40
    assert (found.low == found.high)[found.exposed].any()
