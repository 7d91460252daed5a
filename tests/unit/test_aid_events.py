"""From the events of the register to the aid due."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maillage.catalog.tables import MEASURE_EVENT
from maillage.measures.events import Moment
from maillage.measures.schedule import aid_due, assistants_schedule
from maillage.measures.schedule_events import payable

SCHEDULE = assistants_schedule()
KNOWN = date(2024, 1, 1)


def _events(*rows):
    base = {
        "measure": "assistants_medicaux",
        "item": "",
        "known_date": KNOWN,
        "source": "test",
        "reliability": "observed",
        "simulated": True,
    }
    named = ("beneficiary", "attribute", "event_date", "content")
    return pl.DataFrame(
        [base | dict(zip(named, row[:4], strict=True)) | (row[4] if len(row) > 4 else {}) for row in rows],
        schema=MEASURE_EVENT.schema,
    )


EVENTS = _events(
    ("a", "status", date(2021, 1, 1), "signed"),
    ("a", "fte", date(2021, 1, 1), "0.5"),
    ("b", "status", date(2022, 1, 1), "signed"),
    ("b", "fte", date(2022, 1, 1), "1"),
    ("b", "status", date(2023, 1, 1), "ended"),
    ("c", "status", date(2022, 6, 1), "signed"),
    ("d", "status", date(2018, 6, 1), "signed"),
    ("d", "fte", date(2018, 6, 1), "1"),
)


def test_contracts_start_when_signed_end_when_ended_and_bring_their_aid():
    found = payable(EVENTS, Moment(date(2024, 1, 1)), SCHEDULE)
    assert found.contracts.rows() == [
        ("a", date(2021, 1, 1), None, 0.5, False),
        ("b", date(2022, 1, 1), date(2023, 1, 1), 1.0, False),
    ]
    due = aid_due(found.contracts, SCHEDULE, [2022, 2023])
    assert due.select("beneficiary", "year", "amount_eur").rows() == [
        ("a", 2022, pytest.approx(13_500)),
        ("a", 2023, pytest.approx(10_500)),
        ("b", 2022, pytest.approx(36_000)),
    ]


def test_contracts_that_cannot_be_paid_are_kept_aside_with_a_reason():
    found = payable(EVENTS, Moment(date(2024, 1, 1)), SCHEDULE)
    assert dict(found.left_out.select("beneficiary", "reason").iter_rows()) == {"c": "no_fte", "d": "before_schedule"}
    assumed = payable(EVENTS, Moment(date(2024, 1, 1)), SCHEDULE, fte_mean=0.55).contracts.filter(beneficiary="c")
    assert assumed.select("fte", "fte_assumed").rows() == [(0.55, True)]


def test_before_it_ended_a_contract_was_running():
    before = payable(EVENTS, Moment(date(2022, 12, 1)), SCHEDULE).contracts
    assert before.filter(beneficiary="b")["end"].to_list() == [None]


def test_a_late_event_changes_only_later_answers():
    late = pl.concat([EVENTS, _events(("a", "status", date(2022, 1, 1), "ended", {"known_date": date(2024, 6, 1)}))])
    then, now = (payable(late, Moment(date(2024, 1, 1), known), SCHEDULE) for known in (KNOWN, None))
    assert then.contracts.equals(payable(EVENTS, Moment(date(2024, 1, 1)), SCHEDULE).contracts)
    assert now.contracts.filter(beneficiary="a")["end"].to_list() == [date(2022, 1, 1)]
