"""Effects on counts: planted rates come back, influences are the derivatives they claim to be."""

from dataclasses import replace

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.counts import count_effects
from maillage.evaluation.panel import Panel, Rows

PERIODS = np.arange(2010, 2016)
RATIO = 0.8


def panel(n=90, *, drawn=False, never=True, early=1.0):
    random = np.random.default_rng(6)
    cohort = np.tile([0 if never else 2015, 2012, 2014], n // 3)
    people = random.integers(200, 4000, size=(n, PERIODS.size)).astype(float)
    since = PERIODS - cohort[:, None]
    ratio = np.where((cohort[:, None] > 0) & (since >= 0), RATIO, np.where(since == -1, early, 1.0))
    rate = np.where(cohort == 2012, 0.03, 0.02)[:, None] * 1.1 ** (PERIODS - 2010) * ratio
    count = random.poisson(people * rate) if drawn else people * rate
    unit, period = np.repeat(np.arange(n), PERIODS.size), np.tile(PERIODS, n)
    return Panel.of(Rows(unit, period, count.ravel(), np.repeat(cohort, PERIODS.size), offset=np.log(people).ravel()))


@pytest.mark.parametrize("never", [True, False], ids=["never", "yet"])
def test_a_planted_ratio_and_its_difference_come_back(never):
    given = panel(never=never)
    ratios = count_effects(given, scale="log_ratio")
    differences = count_effects(given)

    assert ratios.att == pytest.approx(np.log(RATIO))
    untreated = np.where(ratios.cohort == 2012, 0.03, 0.02) * 1.1 ** (ratios.period - 2010)
    assert differences.att == pytest.approx((RATIO - 1) * untreated)
    assert set(ratios.skipped) == (set() if never else {(2012, 2015), (2014, 2015), (2015, 2015)})


def test_anticipation_has_its_own_cells_and_stays_out_of_the_average():
    cells = count_effects(panel(early=1.5), scale="log_ratio", anticipation=1)

    assert cells.att[cells.event == -1] == pytest.approx(np.log(1.5))
    assert aggregate(cells, "cell").overall == pytest.approx(np.log(RATIO))


@pytest.mark.parametrize("scale", ["difference", "log_ratio"], ids=str)
@pytest.mark.parametrize("never", [True, False], ids=["never", "yet"])
def test_the_influence_of_a_unit_is_the_derivative_by_its_weight(scale, never):
    given = panel(drawn=True, never=never)
    cells = count_effects(given, scale=scale)
    for unit in (0, 1, 2):
        # More of a unit: its counts and people both counted a little more.
        moved = [
            count_effects(
                replace(
                    given,
                    outcome=given.outcome * np.where(np.arange(90) == unit, 1 + step, 1.0)[:, None],
                    offset=given.offset + np.where(np.arange(90) == unit, np.log(1 + step), 0.0)[:, None],
                ),
                scale=scale,
            ).att
            for step in (1e-4, -1e-4)
        ]
        assert (moved[0] - moved[1]) / 2e-4 == pytest.approx(cells.influence[unit], rel=1e-4, abs=1e-8)


def test_shares_are_of_people_at_risk():
    given = panel()
    cells = count_effects(given)
    people = np.exp(given.offset).mean(axis=1)
    effects = aggregate(cells, "cohort")
    mass = np.array([people[given.cohort == cohort].sum() for cohort in effects.at])

    assert effects.overall == pytest.approx(effects.att @ mass / mass.sum())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: count_effects(replace(panel(), offset=None)), "log of the people at risk"),
        (lambda: count_effects(replace(panel(), outcome=panel().outcome - 1000)), "not negative"),
        (lambda: count_effects(panel(), anticipation=2), "no period free of treatment"),
        (lambda: count_effects(replace(panel(), outcome=panel().outcome * (PERIODS != 2011))), "have no event"),
        (
            lambda: count_effects(
                replace(panel(), outcome=panel().outcome * ~((panel().cohort[:, None] == 2014) & (PERIODS == 2015))),
                scale="log_ratio",
            ),
            "ratio is infinite",
        ),
    ],
    ids=["offset", "negative", "anticipation", "empty", "ratio"],
)
def test_counts_that_say_nothing_are_refused(given, message):
    with pytest.raises(ArrayInputError, match=message):
        given()
