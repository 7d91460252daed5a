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
from maillage.measures.registry import checked_measures, load_measures
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


def test_every_measure_of_the_plan_is_defined_with_its_texts():
    measures = load_measures()
    expected = (
        "asalee assistants_medicaux cabinets_secondaires caim cds cds_hospitalier cesp coscom cotram cpts cstm esp "
        "hopitaux_proximite ipa msp protocoles_cooperation regulation_demande sas telemedecine"
    )
    assert list(measures) == expected.split()
    for measure in measures.values():
        assert measure.active, measure.id
        assert all(base.citation for base in measure.legal), measure.id
        assert measure.expectations, measure.id
        stated = {a.id for a in measure.attributes}
        assert {c.attribute for c in measure.commitments} - {""} <= stated, measure.id


def test_a_cpts_may_skip_steps_but_never_goes_back():
    cpts = load_measures()["cpts"]
    assert cpts.allows(START, "aci_signed")
    assert cpts.allows("letter_of_intent", "aci_signed")
    assert cpts.allows("aci_signed", "renewed")
    assert not cpts.allows(START, "renewed")
    assert not cpts.allows("aci_signed", "letter_of_intent")
    assert not cpts.allows("ended", "aci_signed")


def test_every_status_can_be_reached():
    for measure in load_measures().values():
        reached, before = {START}, set()
        while reached != before:
            before = set(reached)
            reached |= {s.id for s in measure.statuses if set(s.after) & reached}
        assert {s.id for s in measure.statuses} <= reached, measure.id
