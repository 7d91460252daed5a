"""Effects by group, by dose, and under trends that are not parallel, where the answer is known."""

import re

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.dose import doses, slope
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.heterogeneity import FEWEST_TREATED, by_group
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.robust import robust, study_of
from maillage.evaluation.sensitivity import Question

PERIODS = np.arange(2012, 2020)
N = 240
COHORT = np.resize([0, 0, 2015, 2017], N)
LABELS = np.where(np.arange(N) // 4 % 2 == 0, "rural", "urbain")
DOSE = np.where(COHORT > 0, 1.0 + np.arange(N) // 4 % 15, np.nan)


def panel(effect, *, noise=0.0, seed=3, clusters=None, trend=0.0, weight=None):
    """``effect`` (n) from treatment on; ``trend``: a slope of its own for treated units."""
    treated = (COHORT[:, None] > 0) & (COHORT[:, None] <= PERIODS)
    outcome = np.arange(N)[:, None] + 0.5 * PERIODS + np.asarray(effect)[..., None] * treated
    outcome = outcome + trend * (COHORT[:, None] > 0) * (PERIODS - 2012)
    outcome = outcome + noise * np.random.default_rng(seed).normal(size=outcome.shape)
    long = {"cohort": np.repeat(COHORT, 8)}
    if clusters is not None:
        long["cluster"] = np.repeat(clusters, 8)
    if weight is not None:
        long["weight"] = np.repeat(weight, 8)
    return Panel.of(Rows(np.repeat(np.arange(N), 8), np.tile(PERIODS, N), outcome.ravel(), **long))


def test_each_group_has_its_effect_and_the_difference_is_told():
    found = by_group(panel(np.where(LABELS == "rural", 2.0, 1.0), noise=0.2), LABELS, Question())

    assert [line.key for line in found.lines] == ["rural", "urbain"]
    assert [line.att for line in found.lines] == pytest.approx([2.0, 1.0], abs=0.15)
    assert found.differences[0].key == "urbain - rural"
    assert found.differences[0].high < 0
    assert (found.degrees, found.p_value < 0.001) == (1, True)
    # One difference: Wald is the square of its t.
    assert found.statistic == pytest.approx((found.differences[0].att / found.differences[0].se) ** 2)


def test_groups_alike_are_not_told_apart_and_errors_of_apart_groups_add_up():
    found = by_group(panel(np.full(N, 1.0), noise=1.0), LABELS, Question())

    assert found.p_value > 0.05
    a, b = found.lines
    assert found.differences[0].se == pytest.approx(np.hypot(a.se, b.se))


def test_a_difference_within_shared_clusters_counts_what_they_share():
    clusters = np.arange(N) // 8  # four units of each group
    shared = 1.0 + np.random.default_rng(1).normal(size=N // 8)[clusters]
    found = by_group(panel(shared, noise=0.1, clusters=clusters), LABELS, Question())

    assert found.differences[0].se < 0.5 * np.hypot(found.lines[0].se, found.lines[1].se)


def test_a_group_of_few_treated_units_is_refused_beside_the_others():
    labels = LABELS.copy()
    labels[[2, 3, 0]] = "îles"
    found = by_group(panel(np.full(N, 1.0), noise=0.1), labels, Question())
    few = next(line for line in found.lines if line.key == "îles")

    assert few.refused.startswith(f"A group has at least {FEWEST_TREATED} treated units, found 2.")
    assert found.degrees == 1
    alone = by_group(panel(np.full(N, 1.0)), np.where(np.arange(N) < 40, "", "x"), Question())
    assert [(line.key, line.units) for line in alone.lines] == [("x", N - 40)]
    assert (alone.differences, alone.degrees, np.isnan(alone.p_value)) == ((), 0, True)


def test_effects_by_third_of_dose_and_its_slope():
    lines = {line.key: line for line in doses(panel(np.nan_to_num(0.5 * DOSE)), DOSE, "members", Question())}

    assert list(lines) == ["members low", "members middle", "members high", "members slope"]
    assert [lines[f"members {third}"].att for third in ("low", "middle", "high")] == pytest.approx([1.5, 4.0, 6.5])
    assert lines["members slope"].att == pytest.approx(0.5)
    assert lines["members slope"].units == N


def test_the_error_of_the_slope_is_that_of_leaving_each_cluster_out():
    clusters = np.arange(N) // 6
    given = panel(np.nan_to_num(0.5 * DOSE), noise=1.0, clusters=clusters, weight=1.0 + np.arange(N) % 3)
    question = Question(Comparison(weighted=True))
    found = slope(given, DOSE, question)
    without = np.asarray(
        [slope(given.select(clusters != at), DOSE[clusters != at], question).att for at in range(N // 6)]
    )
    jackknife = np.sqrt((without.size - 1) * without.var())

    assert found.se == pytest.approx(jackknife, rel=0.1)
    assert found.low < 0.5 < found.high


@pytest.mark.parametrize(
    ("dose", "reason"),
    [
        (np.where(np.arange(N) == 2, np.nan, 1.0 * np.arange(N)), "found 1 missing"),
        (np.ones(3), "found another shape"),
        (np.ones(N), "cannot be cut in thirds|does not vary"),
    ],
    ids=["missing", "shape", "constant"],
)
def test_doses_that_say_nothing_are_refused(dose, reason):
    lines = doses(panel(np.zeros(N)), dose, "euros", Question())
    assert all(re.search(reason, line.refused) for line in lines)
    assert all(line.refused_fr != line.refused for line in lines)


def test_a_slope_needs_the_never_treated():
    treated = panel(np.zeros(N)).select(COHORT > 0)
    with pytest.raises(ArrayInputError, match="never treated"):
        slope(treated, DOSE[COHORT > 0], Question())


def test_the_study_keeps_consecutive_times_around_its_reference():
    given = panel(np.full(N, 1.0), noise=0.3)
    study = study_of(given, Question(), longest=2)
    effects = aggregate(group_time(given, Comparison(base="universal")), "event", longest=2)

    assert study.before == 4  # -5 to -2
    assert study.att == pytest.approx(effects.att[effects.at != -1])
    assert study.target == pytest.approx([1 / 3] * 3)
    assert study.estimate == pytest.approx(effects.overall)


def test_anticipation_stands_after_the_reference_and_out_of_the_target():
    study = study_of(panel(np.full(N, 1.0), noise=0.3), Question(Comparison(anticipation=1)), longest=1)

    assert study.before == 3  # -5 to -3; the reference is -2
    assert study.target == pytest.approx([0.0, 0.5, 0.5])


def test_a_large_effect_withstands_more_than_a_trend_does():
    sure = robust(panel(np.full(N, 4.0), noise=0.3), Question(), longest=1, magnitudes=(0.0, 1.0))
    drift = robust(panel(np.zeros(N), noise=0.3, trend=0.3), Question(), longest=1, magnitudes=(0.0, 1.0))

    assert [bound.lower > 0 for bound in sure.magnitudes] == [True, True]
    assert sure.breakdown_magnitude > 1
    assert sure.breakdown_slope > 0.5
    assert drift.magnitudes[0].lower > 0  # told as an effect if trends were parallel
    assert drift.breakdown_magnitude < 1
    assert drift.slopes[0].lower < 0 < drift.slopes[0].upper  # a straight line is no effect
    assert drift.breakdown_slope == 0.0
