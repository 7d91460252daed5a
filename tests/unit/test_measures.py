"""Measures: definitions that hold together, and states as known and as true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from maillage.catalog.tables import MEASURE_EVENT
from maillage.errors import DefinitionError
from maillage.measures.definition import START, Expectation, LegalBase, Measure, Status
from maillage.measures.events import Moment, state
from maillage.measures.registry import checked_measures
from maillage.text import Text

WORDS = Text("mots", "words")
MEASURE = Measure(
    id="cpts",
    name=WORDS,
    short=WORDS,
    family="coordination",
    beneficiary=WORDS,
    why=WORDS,
    statuses=(
        Status("letter_of_intent", WORDS, (START,)),
        Status("aci_signed", WORDS, ("letter_of_intent",), active=True),
    ),
    signers=(WORDS,),
    legal=(LegalBase(WORDS, date(2019, 6, 20), "text"),),
    limits=WORDS,
    author="somebody",
    reviewer="somebody else",
    next_review=date(2027, 1, 1),
)


def _event(content: str | None, day: date, known: date) -> dict[str, object]:
    return {
        "measure": "cpts",
        "beneficiary": "a",
        "attribute": "status",
        "item": "",
        "event_date": day,
        "known_date": known,
        "content": content,
        "source": "test",
        "reliability": "observed",
        "simulated": False,
    }


def test_a_corrected_date_leaves_what_was_published_as_it_was():
    february, march, april = date(2023, 2, 1), date(2023, 3, 1), date(2023, 4, 1)
    events = pl.DataFrame(
        [
            _event("letter_of_intent", date(2022, 1, 1), date(2022, 1, 1)),
            _event("aci_signed", february, february),
            _event(None, february, april),
            _event("aci_signed", march, april),
        ],
        schema=MEASURE_EVENT.schema,
    )
    told = {
        known: state(events, Moment(date(2023, 2, 15), known)).get_column("content").to_list()
        for known in (march, april)
    }
    assert told == {march: ["aci_signed"], april: ["letter_of_intent"]}


def test_a_measure_tells_which_changes_of_status_are_allowed():
    assert MEASURE.allows(START, "letter_of_intent")
    assert not MEASURE.allows(START, "aci_signed")
    assert MEASURE.active == {"aci_signed"}
    with pytest.raises(DefinitionError, match="has no status 'gone'"):
        MEASURE.allows(START, "gone")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"signers": ()}, "lacks signers"),
        ({"statuses": (Status("x", WORDS, ("y",)),)}, r"follow \['y'\]"),
        ({"statuses": (Status("x", WORDS, ("x",)),)}, "come first"),
    ],
)
def test_a_measure_that_does_not_hold_together_is_refused(broken, words):
    with pytest.raises(DefinitionError, match=words):
        replace(MEASURE, **broken)


def test_a_measure_names_indicators_and_schedules_that_exist():
    with pytest.raises(DefinitionError, match="no_such"):
        checked_measures([replace(MEASURE, expectations=(Expectation("no_such", "down", "text"),))])
    with pytest.raises(DefinitionError, match=r"no_schedule\.toml"):
        checked_measures([replace(MEASURE, schedule="no_schedule")])
    with pytest.raises(DefinitionError, match="Two measures"):
        checked_measures([MEASURE, MEASURE])
