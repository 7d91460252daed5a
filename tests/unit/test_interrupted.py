"""Interrupted series whose change is planted: what is recovered, what is refused, what the design admits."""

from dataclasses import replace

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.interrupted import interrupted, newey_west, placebo_starts
from maillage.evaluation.series import Series

MONTHS = np.arange(2019 * 12, 2025 * 12)
START = 2023 * 12


def errors(seed, memory, count=MONTHS.size):
    random = np.random.default_rng(seed)
    found = np.zeros(count + 30)
    for at, shock in enumerate(random.normal(size=count + 30)[1:], start=1):
        found[at] = memory * found[at - 1] + shock
    return found[30:]


def visits(seed=1, *, level=-4.0, slope=-0.2, memory=0.4):
    """Monthly emergency visits that return with the year, changed when the SAS opens everywhere at once."""
    since = MONTHS - START
    path = 100 + 0.1 * since + 3 * np.cos(2 * np.pi * MONTHS / 12)
    return Series(MONTHS, path + (level + slope * since) * (since >= 0) + errors(seed, memory), START, season=12)


def test_planted_changes_of_level_and_slope_are_recovered():
    found = interrupted(visits())

    assert found.level.low < -4 < found.level.high < 0
    assert found.slope.low < -0.2 < found.slope.high
    assert found.average.low < -4 - 0.2 * 11.5 < found.average.high
    assert found.average.effect == pytest.approx(found.level.effect + 11.5 * found.slope.effect)
    assert (found.fitted - found.expected)[-1] == pytest.approx(found.level.effect + 23 * found.slope.effect)


def test_intervals_cover_where_those_of_newey_and_west_do_not():
    hits = np.zeros(2)
    for seed in range(60):
        level = interrupted(visits(seed, memory=0.6)).level
        reach = (level.high - level.effect) / level.se
        hits += [level.low <= -4 <= level.high, abs(level.effect + 4) <= reach * level.newey_west]

    assert hits[0] / 60 >= 0.85
    assert hits[1] < hits[0] - 5


def test_correlation_between_successive_errors_is_seen():
    assert interrupted(visits(memory=0.7)).memory > 0.4
    assert interrupted(visits(memory=0.7)).durbin_watson < 1.2
    assert abs(interrupted(visits(memory=0.0)).memory) < 0.4


def test_correlation_that_memory_does_not_hold_is_said():
    every_half_year = np.tile(errors(3, 0.0, 6), 12) * np.repeat([1, -1], 36)
    given = visits()
    odd = replace(given, outcome=given.outcome + 3 * every_half_year, season=0)

    assert interrupted(odd).left_over < 0.05
    assert interrupted(given).left_over > 0.05


def test_what_changed_elsewhere_too_is_taken_out_by_a_control():
    given = visits()
    shared = 10.0 * (MONTHS >= START) + np.random.default_rng(6).normal(size=MONTHS.size) * 3
    alone = replace(given, outcome=given.outcome + shared)
    beside = replace(alone, control=50 + shared)

    assert interrupted(alone).level.effect > 2
    assert interrupted(beside).level.low < -4 < interrupted(beside).level.high
    assert "weaker question" in interrupted(alone).statement["en"]
    assert "plus faible" in interrupted(alone).statement["fr"]
    assert "compared with another" in interrupted(beside).statement["en"]


def test_periods_set_aside_do_not_count():
    given = visits()
    confined = np.isin(MONTHS, [2020 * 12 + 2, 2020 * 12 + 3, START])
    struck = replace(given, outcome=given.outcome + 200 * confined)
    aside = replace(struck, aside=(2020 * 12 + 2, 2020 * 12 + 3, START))

    assert interrupted(struck).level.se > 3 * interrupted(aside).level.se
    again = interrupted(replace(aside, outcome=given.outcome))
    assert interrupted(aside).level.effect == pytest.approx(again.level.effect)
    assert interrupted(aside).degrees == interrupted(given).degrees - 3


def test_dates_where_nothing_began_show_what_chance_does():
    dates = placebo_starts(visits(memory=0.0))

    assert min(dates) == MONTHS[24]
    assert max(dates) == START - 3
    assert np.mean([each.level.p_value < 0.05 for each in dates.values()]) < 0.25


def test_a_date_beside_periods_set_aside_that_leaves_too_few_points_is_left_out():
    dates = placebo_starts(replace(visits(), aside=(START - 1, START - 2)))

    assert max(dates) == START - 5


def test_newey_and_west_is_the_sandwich_of_white_without_lags():
    design = np.column_stack([np.ones(30), np.arange(30.0)])
    left = errors(2, 0.0, 30)
    bread = np.linalg.inv(design.T @ design)
    white = bread @ (design * left[:, None] ** 2).T @ design @ bread * 30 / 28

    assert newey_west(design, left, 0) == pytest.approx(white)
    product = design[1:] * left[1:, None]
    cross = product.T @ (design[:-1] * left[:-1, None])
    assert newey_west(design, left, 1) == pytest.approx(white + bread @ (cross + cross.T) @ bread * 0.5 * 30 / 28)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": MONTHS[20]}, f"needs 24 points before {MONTHS[20]} and 3 from it on, found 20 and 52"),
        ({"start": MONTHS[7], "season": 0}, "needs 8 points before"),
        ({"start": MONTHS[70]}, "found 70 and 2"),
        ({"outcome": np.full(MONTHS.size, np.nan)}, "one finite value for each of 72 periods"),
        ({"control": np.ones(3)}, "'control' of a series"),
        ({"period": np.where(MONTHS > START, MONTHS + 1, MONTHS)}, "follow each other one by one"),
    ],
    ids=["season", "before", "after", "missing", "length", "gap"],
)
def test_a_series_that_cannot_answer_is_refused_in_both_languages(change, reason):
    with pytest.raises(ArrayInputError, match=reason) as refusal:
        replace(visits(), **change)
    assert refusal.value.fr


def test_a_series_without_noise_is_refused():
    with pytest.raises(ArrayInputError, match="no noise around its trend") as refusal:
        interrupted(replace(visits(), outcome=1.0 * MONTHS, season=0))
    assert "interpolée" in refusal.value.fr


def test_the_shortest_series_that_is_taken_leaves_degrees_of_freedom():
    assert interrupted(Series(np.arange(13), errors(1, 0.0, 13), 9, aside=(10, 3, 50))).degrees == 7
