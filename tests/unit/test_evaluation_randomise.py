"""Dates dealt anew: the effect is the one averaged elsewhere, and the p-value counts what it says."""

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.randomise import randomise

PERIODS = np.arange(2010, 2016)


def panel(effect=0.0, n=60, clusters=None, never=True):
    cohort = np.tile([0 if never else 2014, 2012, 2013], n // 3)
    if clusters is not None:
        cohort = np.repeat(cohort[:clusters], n // clusters)
    random = np.random.default_rng(8)
    treated = (cohort[:, None] > 0) & (cohort[:, None] <= PERIODS)
    outcome = random.normal(size=(n, PERIODS.size)) + effect * treated
    given = {} if clusters is None else {"cluster": np.repeat(np.arange(clusters), n // clusters * PERIODS.size)}
    return Panel.of(
        Rows(
            np.repeat(np.arange(n), PERIODS.size),
            np.tile(PERIODS, n),
            outcome.ravel(),
            np.repeat(cohort, PERIODS.size),
            weight=np.repeat(1.0 + np.arange(n) % 4, PERIODS.size),
            **given,
        )
    )


@pytest.mark.parametrize("weighted", [False, True], ids=["units", "people"])
@pytest.mark.parametrize("anticipation", [0, 1], ids=["sudden", "expected"])
@pytest.mark.parametrize("never", [True, False], ids=["never", "yet"])
def test_the_effect_is_the_average_over_treated_cells(weighted, anticipation, never):
    given = panel(1.0, never=never)
    control = "never_treated" if never else "not_yet_treated"
    cells = group_time(given, Comparison(control=control, anticipation=anticipation, weighted=weighted))
    found = randomise(given, control=control, anticipation=anticipation, weighted=weighted, draws=1)

    assert found.effect == pytest.approx(aggregate(cells, "cell").overall)


def test_a_large_effect_is_never_equalled_and_the_deal_is_repeatable():
    once, again = randomise(panel(5.0), draws=199, seed=2), randomise(panel(5.0), draws=199, seed=2)

    assert once.p_value == 1 / 200
    assert once.dealt.tolist() == again.dealt.tolist()
    assert randomise(panel(0.0), draws=199).p_value > 0.05


def test_dates_are_dealt_by_cluster():
    given = panel(5.0, clusters=6)
    found = randomise(given, draws=500)

    # Six clusters of three dates are dealt in 90 ways.
    assert np.unique(found.dealt.round(9)).size <= 90
    assert found.p_value > 1 / 501  # the deal seen comes up again
    with pytest.raises(ArrayInputError, match="not assigned at that level"):
        randomise(Panel.of(Rows(*_mixed())))


def _mixed():
    unit, period = np.repeat(np.arange(6), 6), np.tile(PERIODS, 6)
    cohort = np.repeat([0, 0, 2012, 2012, 2013, 2013], 6)
    return unit, period, np.arange(36.0), cohort, None, np.repeat([0, 0, 0, 1, 1, 1], 6)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ArrayInputError, match="no period free of treatment"):
        randomise(panel(), anticipation=2)
    with pytest.raises(ArrayInputError, match="compared with anyone"):
        randomise(panel(never=False).select(panel().cohort != 5), control="never_treated")
