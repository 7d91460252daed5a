"""Tallies of contracts add up however they are cut."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.measures.contracts import contracts, tally
from maillage.measures.events import Moment
from tests.measure_events import stated

FIRST = date(2020, 1, 1)
CUTS = st.sampled_from([["zone_at_signature"], ["specialty"], ["zone_at_signature", "specialty"], ["status"]])
CONTENTS = {
    "status": ["signed", "renewed", "ended"],
    "zone_at_signature": ["ZIP", "HZ"],
    "specialty": ["mg", "cardiologie"],
    "fte": ["0.33", "0.5", "1"],
    "patients_mt": ["800", "900"],
    "commitment_patients_mt": ["850", "950"],
}
SAID = st.sampled_from(sorted(CONTENTS)).flatmap(
    lambda name: st.tuples(
        st.sampled_from("abcd"),
        st.just(name),
        st.just(""),
        st.integers(0, 6).map(lambda n: str(FIRST + timedelta(days=n))),
        st.sampled_from(CONTENTS[name]),
    )
)


@settings(max_examples=40, deadline=None)
@given(st.lists(SAID, max_size=25), CUTS)
def test_the_parts_of_a_tally_add_up_to_the_whole(said, cut):
    rows = contracts(stated(said, measure="assistants_medicaux"), Moment(FIRST + timedelta(days=4)))
    whole, parts = tally(rows), tally(rows, cut)
    for name in whole.columns:
        total = whole.get_column(name).item() or 0
        assert (parts.get_column(name).sum() or 0) == pytest.approx(total), name
    assert rows.get_column("beneficiary").is_unique().all()
