"""Tellings of a register: what is known after each is what it said, and what was known before never changes."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.catalog.tables import MEASURE_EVENT, PAYMENT
from maillage.measures.events import as_known
from maillage.measures.statements import STATEMENT, TELLER, differences, latest_payments

DAY = date(2024, 1, 1)
SCHEMA = {c: MEASURE_EVENT.schema[c] for c in (*STATEMENT, *TELLER)}
subjects = st.tuples(st.sampled_from(["C1", "C2", "C3"]), st.integers(0, 3))
tellings = st.lists(st.dictionaries(subjects, st.sampled_from(["a", "b", "c"]), max_size=6), min_size=1, max_size=5)


def frame(told):
    rows = [
        ("cpts", who, "status", "", DAY + timedelta(day), content, "cpts", "observed", False)
        for (who, day), content in told.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def heard(events, known_on):
    rows = as_known(events, known_on).select("beneficiary", "event_date", "content").iter_rows()
    return {(who, (day - DAY).days): content for who, day, content in rows}


@given(tellings)
@settings(max_examples=60)
def test_what_is_known_on_each_day_is_what_was_told_on_it_for_ever(told):
    events = MEASURE_EVENT.empty()
    for rank, said in enumerate(told):
        added = differences(events, frame(said), DAY + timedelta(100 + rank))
        events = pl.concat([events, added])
        assert events.select(pl.struct(MEASURE_EVENT.key).is_duplicated().any()).item() is False
        for before in range(rank + 1):
            assert heard(events, DAY + timedelta(100 + before)) == told[before]


@given(st.lists(st.tuples(st.sampled_from("PQ"), st.integers(0, 3), st.integers(0, 2)), max_size=8))
def test_the_last_amount_known_of_a_payment_is_the_last_told(told):
    ordered = sorted(told, key=lambda row: row[1])
    rows = [
        {"payment_id": name, "measure": "cpts", "payer": "ars", "payment_kind": "", "level": "france", "code": "FRA"}
        | {"year": 2022, "amount_eur": float(amount), "reliability": "observed", "simulated": False}
        | {
            "known_date": DAY + timedelta(day),
            "source": "paiements",
            "beneficiary": None,
            "profession": None,
            "citation": None,
        }
        for name, day, amount in ordered
    ]
    kept = latest_payments(pl.DataFrame(rows, schema=PAYMENT.schema))
    assert not kept.select(PAYMENT.key).is_duplicated().any()
    for known in range(4):
        last = {row["payment_id"]: row["amount_eur"] for row in rows if row["known_date"] <= DAY + timedelta(known)}
        mine = kept.filter(pl.col("known_date") <= DAY + timedelta(known)).sort("known_date")
        assert dict(mine.select("payment_id", "amount_eur").iter_rows()) == last
