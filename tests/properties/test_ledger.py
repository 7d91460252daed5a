"""However the ledger is cut it adds up to the same, and no rule creates or loses money."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.catalog.tables import PAYMENT
from maillage.measures.ledger import DIMENSIONS, Breakdown, consolidate, totals

FIRST = date(2023, 1, 1)
ROWS = st.fixed_dictionaries(
    {
        "payment_id": st.sampled_from([f"p{n}" for n in range(8)]),
        "measure": st.sampled_from(["msp", "cpts", "ensemble"]),
        "payer": st.sampled_from(["ars", "etat"]),
        "beneficiary": st.sampled_from([None, "x"]),
        "payment_kind": st.sampled_from(["", "aide"]),
        "profession": st.sampled_from([None, "mg"]),
        "level": st.sampled_from(["france", "departement"]),
        "code": st.sampled_from(["08", "51"]),
        "year": st.sampled_from([2021, 2022]),
        "amount_eur": st.integers(0, 10**9).map(lambda cents: cents / 100),
        "reliability": st.sampled_from(["observed", "estimated", "assumed"]),
        "known_date": st.integers(0, 3).map(lambda n: FIRST + timedelta(days=n)),
        "source": st.sampled_from(["a", "b"]),
        "citation": st.none(),
        "simulated": st.just(True),
    }
)
LINES = st.lists(ROWS, max_size=12, unique_by=lambda r: (r["payment_id"], r["known_date"]))
CUTS = st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=4)
BREAKDOWNS = (Breakdown("p0", ("p1", "p2")), Breakdown("p3", ("p4",), complete=True))
MEMBERS = {"ensemble": frozenset({"msp", "cpts"})}


def _ledger(rows, **more):
    return consolidate(pl.DataFrame(rows, schema=PAYMENT.schema), breakdowns=BREAKDOWNS, members=MEMBERS, **more)


@settings(max_examples=25)
@given(LINES, CUTS)
def test_any_cut_adds_up_to_the_same(rows, cut):
    ledger = _ledger(rows)
    cents = [round(value * 100) for value in totals(ledger.lines, cut)["amount_eur"]]
    assert sum(cents) == round(ledger.total_eur * 100)


@settings(max_examples=25)
@given(LINES, st.randoms())
def test_the_order_of_payments_does_not_matter(rows, random):
    ledger = _ledger(rows)
    random.shuffle(rows)
    again = _ledger(rows)
    assert again.lines.equals(ledger.lines)
    assert again.set_aside.equals(ledger.set_aside)


@settings(max_examples=25)
@given(LINES)
def test_what_counts_is_never_more_than_what_was_stated(rows):
    ledger = _ledger(rows)
    stated = dict(
        pl.DataFrame(rows, schema=PAYMENT.schema)
        .sort("known_date")
        .group_by("payment_id")
        .agg(pl.col("amount_eur").last())
        .iter_rows()
    )
    assert ledger.lines["payment_id"].is_unique().all()
    assert all(
        0 <= amount <= stated[name] for name, amount in ledger.lines.select("payment_id", "amount_eur").iter_rows()
    )


@settings(max_examples=25)
@given(LINES, st.lists(ROWS, max_size=4))
def test_what_is_learnt_later_never_changes_what_was_known(rows, more):
    known = FIRST + timedelta(days=3)
    later = [row | {"payment_id": f"q{n}", "known_date": known + timedelta(days=1)} for n, row in enumerate(more)]
    assert _ledger(rows + later, known_on=known).lines.equals(_ledger(rows, known_on=known).lines)
