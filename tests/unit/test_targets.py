"""Targets against published counts: at their due date, now, along moved goalposts, and at the current pace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from maillage.errors import UsageError
from maillage.measures.reference import load_reference
from maillage.measures.targets import Point, assess, chains, counts_of, moves, points_of
from maillage.measures.targets_pace import trajectory

REFERENCE = load_reference()
INSIDE = REFERENCE.inside
TARGETS, FIGURES = REFERENCE.target_table(), REFERENCE.figure_table()
TODAY = date(2026, 6, 1)


def _assessed(reference=REFERENCE, known_on=TODAY):
    found = assess(reference.target_table(), reference.figure_table(), known_on=known_on, counts=counts_of(reference))
    return {(a.target, a.quantity): a for a in found}


def _straight(*counts, every=100):
    first = date(2022, 1, 1)
    return [Point(float(v), first + timedelta(days=every * n), f"e{n}") for n, v in enumerate(counts)]


def test_each_target_is_judged_at_its_due_date():
    verdicts = {key: a.verdict for key, a in _assessed().items()}
    assert verdicts == {
        ("am_4000_2022", "contracts"): "likely_missed",
        ("am_4000_2023", "contracts"): "likely_reached",
        ("am_10000_2024", "contracts"): "unproven",
        ("am_10000_2025", "contracts"): "unproven",
        ("am_10000_2027", "contracts"): "under_way",
        ("cpts_1000_2022", "listed"): "missed",
        ("cpts_1000_2022", "aci_signed"): "missed",
        ("cpts_territory_2023", "population_covered"): "missed",
        ("ipa_3000_2025", "nurses"): "no_count",
        ("msp_4000_2027", "msp"): "under_way",
        ("msp_4000_2027", "aci_signed"): "under_way",
        ("sas_2024", "departments_covered"): "no_count",
    }


def test_what_is_between_two_counts_is_read_on_a_straight_line():
    found = _assessed()[("am_4000_2022", "contracts")]
    assert (found.before.entry, found.after.entry) == ("am_contracts_2022_10", "am_contracts_2024_02")
    assert found.at_due == pytest.approx(3545 + (5355 - 3545) * 61 / 484)
    assert found.entries == ("am_4000_2022", "am_contracts_2022_10", "am_contracts_2024_02", "am_contracts_2024_10")


def test_only_what_was_known_that_day_is_judged():
    found = _assessed(INSIDE, date(2024, 3, 1))
    assert ("am_10000_2024", "contracts") not in found  # made known with the report of May 2024
    assert found[("am_10000_2025", "contracts")].now.value == 5355


def test_counts_that_contradict_one_another_are_all_named():
    last = points_of(FIGURES, "cpts", "population_covered")[-1]
    assert (last.value, last.entry, last.others) == (91, "cpts_coverage_dgos", ("cpts_coverage_senate",))


def test_a_count_above_the_target_before_its_date_has_reached_it():
    early = FIGURES.filter(figure_id="am_contracts_2024_02")
    found = assess(TARGETS.filter(target_id="am_4000_2023"), early, known_on=TODAY)
    assert found[0].verdict == "unproven"  # known only after the due date
    found = assess(TARGETS.filter(target_id="am_10000_2027").with_columns(value=5000.0), early, known_on=TODAY)
    assert found[0].verdict == "reached"


def test_moved_goalposts_make_a_chain():
    found = chains(REFERENCE)
    assistants = ("am_4000_2022", "am_4000_2023", "am_10000_2027", "am_10000_2024", "am_10000_2025")
    assert assistants in found
    assert ("cpts_1000_2022", "cpts_territory_2023") in found
    steps = moves(REFERENCE, assistants)
    assert [(m.value_change, round(m.due_change_days / 365)) for m in steps] == [(0, 1), (6000, 4), (0, -3), (0, 1)]
    assert [m.words.en for m in steps] == [
        "due date put off",
        "target moved from 4,000 to 10,000",
        "due date brought forward",
        "due date put off",
    ]
    assert moves(REFERENCE, ("cpts_1000_2022", "cpts_territory_2023"))[0].words.fr == "l’objectif change de nature"


def test_a_steady_pace_gives_a_date_and_a_narrow_interval():
    found = trajectory(_straight(0, 1000, 2000, 3000, 4000), 5000)
    assert found.reached_on == date(2022, 1, 1) + timedelta(days=500)
    assert found.dispersion == 1.0
    assert found.earliest < found.reached_on < found.latest
    assert (found.latest - found.earliest).days < 30


def test_an_uneven_pace_widens_the_interval_until_it_has_no_end():
    uneven = trajectory(_straight(0, 1000, 1900, 3100, 4000), 5000)
    erratic = trajectory(_straight(0, 50, 2000, 2050, 4000), 5000)
    steady = trajectory(_straight(0, 1000, 2000, 3000, 4000), 5000)
    assert (uneven.latest - uneven.earliest) > (steady.latest - steady.earliest)
    assert erratic.latest is None
    assert "sans borne haute" in erratic.words.fr


def test_the_interval_is_where_the_goal_enters_and_leaves_the_prediction_limits():
    points, goal, student_2 = _straight(0, 900, 2050, 3000), 6000, 4.302653
    found = trajectory(points, goal)
    rate, span = 10.0, 300
    for day, side in ((found.earliest, 1), (found.latest, -1)):
        ahead = (day - points[-1].on).days
        limit = rate * ahead + side * student_2 * (found.dispersion * rate * ahead * (1 + ahead / span)) ** 0.5
        assert limit == pytest.approx(goal - 3000, rel=0.01)


def test_two_counts_give_a_date_without_an_interval():
    found = trajectory(_straight(0, 1000), 2000)
    assert (found.reached_on, found.bounded, found.earliest) == (date(2022, 7, 20), False, None)
    assert "too few counts" in found.words.en


def test_a_count_that_does_not_go_up_reaches_nothing():
    found = trajectory(_straight(100, 100, 90), 200)
    assert (found.reached_on, found.latest) == (None, None)
    assert "50 ans" in found.words.fr


def test_one_count_has_no_pace():
    with pytest.raises(UsageError):
        trajectory(_straight(10), 20)


def test_a_target_behind_us_is_said_reached():
    assert trajectory(_straight(0, 1000, 2500), 2000).words.en == "Already reached at the last count."


def test_the_published_counts_of_assistants_set_no_upper_bound():
    found = trajectory(points_of(FIGURES, "assistants_medicaux", "contracts"), 10_000)
    assert found.reached_on.year == 2026
    assert found.latest is None or found.latest.year > 2030
    assert found.entries[-1] == "am_contracts_2024_10"
    assert found.last_pace_year == pytest.approx(940 / 171 * 365.25)
