"""The state of measures does not depend on the order of events, and what was known is never rewritten."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from maillage.catalog.tables import MEASURE_EVENT
from maillage.measures.events import Moment, history, state

FIRST = date(2022, 1, 1)
DAYS = st.integers(0, 12).map(lambda n: FIRST + timedelta(days=n))
STATEMENTS = st.fixed_dictionaries(
    {
        "measure": st.just("cpts"),
        "beneficiary": st.sampled_from(["a", "b"]),
        "attribute": st.sampled_from(["status", "perimeter"]),
        "item": st.sampled_from(["", "08001"]),
        "event_date": DAYS,
        "known_date": DAYS,
        "content": st.sampled_from([None, "x", "y"]),
        "source": st.just("test"),
        "reliability": st.just("observed"),
        "simulated": st.just(True),
    }
)


def _frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=MEASURE_EVENT.schema)


@given(st.lists(STATEMENTS, max_size=25), st.randoms(), DAYS, DAYS)
def test_any_order_of_events_gives_the_same_state(rows, random, true_on, known_on):
    moment = Moment(true_on, known_on)
    expected = state(_frame(rows), moment)
    random.shuffle(rows)
    assert state(_frame(rows), moment).equals(expected)
    assert state(_frame(rows * 2), moment).equals(expected)


@given(st.lists(STATEMENTS, max_size=20), st.lists(STATEMENTS, max_size=10), DAYS, DAYS)
def test_what_is_learnt_later_never_changes_what_was_known(rows, more, true_on, known_on):
    later = [row | {"known_date": known_on + timedelta(days=1 + n)} for n, row in enumerate(more)]
    moment = Moment(true_on, known_on)
    assert state(_frame(rows + later), moment).equals(state(_frame(rows), moment))


@given(st.lists(STATEMENTS, max_size=25), DAYS)
def test_the_history_tells_the_state_of_each_day(rows, true_on):
    events = _frame(rows)
    spans = history(events)
    in_force = spans.filter(
        (pl.col("event_date") <= true_on) & (pl.col("until").is_null() | (pl.col("until") > true_on))
    ).drop("until")
    assert in_force.equals(state(events, Moment(true_on)))
