"""What does not hold together in the events of measures is told, with what to mend."""

from __future__ import annotations

import polars as pl
import pytest

from maillage.catalog.reasons import (
    BACKWARDS,
    CLAIMED_TWICE,
    CONTRACTS_OVERLAP,
    ENDS_FIRST,
    FIRST_STEP,
    NO_STATUS,
    SHARES_OVER,
    STEP,
    in_language,
)
from maillage.measures.registry import load_measures
from maillage.measures.transitions import FAULTS, history_faults
from tests.measure_events import stated

SIGNED = ("a", "status", "", "2020-01-01", "aci_signed")


def _told(events: pl.DataFrame) -> list[tuple[str, str, str]]:
    return history_faults(events, load_measures()).select("beneficiary", "field", "reason").rows()


def test_a_life_that_is_allowed_has_no_fault():
    events = stated(
        [
            ("a", "status", "", "2019-09-01", "letter_of_intent"),
            SIGNED,
            ("a", "status", "", "2020-03-01", "aci_signed"),
            ("a", "status", "", "2025-01-01", "renewed"),
            ("a", "perimeter", "08105", "2020-01-01", "1"),
            ("a", "perimeter", "08362", "2020-01-01", "0.35"),
            ("a", "members", "mg", "2021-01-01", "12"),
            ("a", "mission", "cooperation", "2021-01-01", "active"),
        ]
    )
    found = history_faults(events, load_measures())
    assert found.is_empty()
    assert dict(found.schema) == FAULTS


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (("aci_signed", "letter_of_intent"), BACKWARDS.en.format(before="aci_signed", after="letter_of_intent")),
        (("letter_of_intent", "renewed"), STEP.en.format(before="letter_of_intent", after="renewed")),
        (("renewed",), FIRST_STEP.en.format(after="renewed")),
        (("ended", "aci_signed"), ENDS_FIRST.en),
        (("aci_signed", "ended", "renewed"), BACKWARDS.en.format(before="ended", after="renewed")),
        (("signed",), "status should be one of"),
    ],
)
def test_a_life_that_is_not_allowed_is_told_once(steps, reason):
    events = stated([("a", "status", "", f"202{n}-01-01", step) for n, step in enumerate(steps)])
    ((who, field, said),) = _told(events)
    assert (who, field) == ("a", "status")
    assert said.startswith(reason)
    assert history_faults(events, load_measures()).get_column("blocks").all()


@pytest.mark.parametrize(
    ("statement", "field", "reason"),
    [
        (("size", "", "5"), "size", "size should be one of 1, 2, 3, 4"),
        (("mission", "chirurgie", "active"), "item", "mission should be one of acces_soins"),
        (("perimeter", "08105", "1.5"), "perimeter", "perimeter is above 1"),
        (("members", "mg", "-2"), "members", "members is below 0"),
        (("members", "mg", "a dozen"), "members", "a number was expected in members"),
        (("colour", "", "blue"), "attribute", "attribute should be one of status, name"),
    ],
)
def test_words_and_numbers_that_a_measure_does_not_have_are_told(statement, field, reason):
    attribute, item, content = statement
    ((_, told, said),) = _told(stated([SIGNED, ("a", attribute, item, "2021-01-01", content)]))
    assert told == field
    assert said.startswith(reason)


def test_a_measure_that_does_not_exist_and_a_life_without_status_are_told():
    assert _told(stated([SIGNED], measure="nothing"))[0][1] == "measure"
    assert _told(stated([("b", "size", "", "2020-01-01", "1")])) == [("b", "status", NO_STATUS.en)]


def test_contracts_of_a_doctor_that_overlap_are_told_and_those_that_follow_are_not():
    def contract(who, doctor, signed, ended):
        steps = [(who, "status", "", signed, "signed"), (who, "doctor", "", signed, doctor)]
        return steps + ([(who, "status", "", ended, "ended")] if ended else [])

    rows = [
        *contract("c1", "d1", "2020-01-01", "2021-01-01"),
        *contract("c2", "d1", "2021-01-01", None),
        *contract("c3", "d1", "2022-01-01", None),
        *contract("c4", "d2", "2022-01-01", None),
    ]
    found = history_faults(stated(rows, measure="assistants_medicaux"), load_measures())
    assert found.select("beneficiary", "field", "found", "reason", "blocks").rows() == [
        ("c3", "doctor", "d1", CONTRACTS_OVERLAP.en, False)
    ]


def test_a_commune_claimed_too_much_is_a_finding_with_all_who_claim_it():
    rows = [
        SIGNED,
        ("b", "status", "", "2021-01-01", "aci_signed"),
        ("c", "status", "", "2021-01-01", "pre_project"),
        ("a", "perimeter", "08105", "2020-01-01", "1"),
        ("b", "perimeter", "08105", "2021-01-01", "1"),
        ("a", "perimeter", "08362", "2020-01-01", "0.5"),
        ("b", "perimeter", "08362", "2021-01-01", "0.5"),
        ("c", "perimeter", "08362", "2022-01-01", "0.2"),
    ]
    found = history_faults(stated(rows), load_measures())
    assert found.select("beneficiary", "found", "reason", "blocks").rows() == [
        ("b", "08105 (a, b)", CLAIMED_TWICE.en, False),
        ("c", "08362 (a, b, c)", SHARES_OVER.en, False),
    ]


def test_a_perimeter_that_was_left_or_whose_cpts_ended_is_claimed_no_more():
    rows = [
        SIGNED,
        ("a", "perimeter", "08105", "2020-01-01", "1"),
        ("a", "perimeter", "08362", "2020-01-01", "1"),
        ("a", "perimeter", "08362", "2022-01-01", "0"),
        ("a", "status", "", "2023-01-01", "ended"),
        ("b", "status", "", "2022-01-01", "aci_signed"),
        ("b", "perimeter", "08362", "2022-01-01", "1"),
        ("b", "perimeter", "08105", "2023-01-01", "1"),
    ]
    assert _told(stated(rows)) == []


def test_a_corrected_statement_is_no_fault():
    wrong = stated([SIGNED, ("a", "size", "", "2021-01-01", "7")])
    mended = stated([("a", "size", "", "2021-01-01", "2")], known="2021-06-01")
    assert _told(pl.concat([wrong, mended])) == []


def test_reasons_are_told_in_french():
    said = STEP.en.format(before="letter_of_intent", after="renewed")
    assert in_language(said, "fr").startswith("« renewed » ne peut pas suivre « letter_of_intent »")
    assert in_language(ENDS_FIRST.en, "fr") == ENDS_FIRST.fr
    assert in_language(BACKWARDS.en.format(before="x", after="y"), "fr") == BACKWARDS.fr.format(before="x", after="y")
