"""Coverage never exceeds the whole, whatever perimeters claim, and adds up from one level to the next."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.measures.coverage import DEFINITIONS, coverage, coverage_gaps
from maillage.measures.events import Moment
from tests.measure_events import COMMUNES, small_country, stated

FIRST = date(2022, 1, 1)
DAYS = st.integers(0, 9).map(lambda n: FIRST + timedelta(days=n))
WHO = st.sampled_from(["a", "b", "c", "d"])
STATUSES = st.sampled_from(["pre_project", "letter_of_intent", "aci_signed", "renewed", "ended", None])
SHARES = st.sampled_from(["0", "0.1", "0.35", "0.333", "0.7", "1", None])
SAID = st.one_of(
    st.tuples(WHO, st.just("status"), st.just(""), DAYS.map(str), STATUSES),
    st.tuples(WHO, st.just("perimeter"), st.sampled_from([*COMMUNES, "99999"]), DAYS.map(str), SHARES),
)
PLACE = small_country()
ORDER = {"aci_whole": "aci_shares", "aci_shares": "aci_touched", "letter_shares": "any_shares"}


def _covered(events: pl.DataFrame, day: date) -> pl.DataFrame:
    return coverage(events, PLACE, [Moment(day)], now=FIRST + timedelta(days=20))


@settings(max_examples=12, deadline=None)
@given(st.lists(SAID, max_size=40), DAYS)
def test_coverage_stays_within_the_whole_and_within_wider_definitions(said, day):
    found = _covered(stated(said), day)
    assert found.filter((pl.col("share") > 1) | (pl.col("share") < 0)).is_empty()
    assert found.filter(pl.col("covered_communes") > pl.col("communes")).is_empty()
    country = {r["definition"]: r["covered_population"] for r in found.filter(code="FRA").to_dicts()}
    for narrow, wide in (*ORDER.items(), ("aci_shares", "letter_shares")):
        assert country[narrow] <= country[wide] + 1e-9


@settings(max_examples=12, deadline=None)
@given(st.lists(SAID, max_size=40), DAYS, st.randoms())
def test_coverage_does_not_depend_on_the_order_of_events(said, day, random):
    expected = _covered(stated(said), day)
    events = stated(said).unique(maintain_order=True)
    shuffled = events.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    assert _covered(shuffled, day).equals(expected)


@settings(max_examples=12, deadline=None)
@given(st.lists(SAID, max_size=40), DAYS)
def test_departements_add_up_to_the_country(said, day):
    found = _covered(stated(said), day)
    sums = found.group_by("definition", "level").agg(pl.col("covered_population", "covered_communes").sum())
    for (definition,), rows in sums.group_by("definition"):
        for column in ("covered_population", "covered_communes"):
            values = rows.get_column(column).to_list()
            assert values == pytest.approx([values[0]] * 4), definition


@settings(max_examples=12, deadline=None)
@given(st.lists(SAID, max_size=40), DAYS)
def test_holes_are_the_communes_that_nothing_covers(said, day):
    events = stated(said)
    found = _covered(events, day).filter(level="commune")
    for definition in DEFINITIONS:
        gaps = coverage_gaps(events, PLACE, definition, Moment(day), now=FIRST + timedelta(days=20))
        bare = found.filter(definition=definition.id)
        touched = bare.filter(pl.col("covered_communes") > 0).get_column("code").to_list()
        assert not set(touched) & set(gaps.holes.get_column("code"))
        if definition.shares != "whole":
            assert len(touched) + gaps.holes.height == len(COMMUNES)
