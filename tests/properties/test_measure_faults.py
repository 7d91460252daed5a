"""Lives that follow their measure have no fault, and faults do not depend on the order of events."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.measures.definition import START
from maillage.measures.registry import load_measures
from maillage.measures.transitions import history_faults
from tests.measure_events import stated

MEASURES = load_measures()
FIRST = date(2020, 1, 1)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(MEASURES)), st.data())
def test_a_walk_through_allowed_statuses_has_no_fault(name, data):
    measure, steps, before = MEASURES[name], [], START
    for rank in range(data.draw(st.integers(1, 6))):
        allowed = [s.id for s in measure.statuses if measure.allows(before, s.id)]
        if not allowed:
            break
        before = data.draw(st.sampled_from(allowed))
        steps.append(("a", "status", "", str(FIRST + timedelta(days=100 * rank)), before))
    assert history_faults(stated(steps, measure=name), MEASURES).is_empty()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.sampled_from(["status", "perimeter", "size"]),
            st.just("08105"),
            st.integers(0, 5).map(lambda n: str(FIRST + timedelta(days=n))),
            st.sampled_from(["aci_signed", "ended", "letter_of_intent", "1", "0.7", "x"]),
        ),
        max_size=12,
    ),
    st.randoms(),
)
def test_faults_do_not_depend_on_the_order_of_events(said, random):
    expected = history_faults(stated(said), MEASURES)
    random.shuffle(said)
    assert history_faults(stated(said), MEASURES).equals(expected)
