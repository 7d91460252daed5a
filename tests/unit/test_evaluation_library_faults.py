"""Known faults of diff-diff 3.13.0 that we go round: a test fails when the library mends one, so that we look again."""

import numpy as np
import pytest

from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.doubly_robust import doubly_robust
from maillage.evaluation.estimate import frame_of, group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows

PERIODS = np.arange(8)


@pytest.fixture(scope="module")
def anticipated():
    """Effect 1 in the period before treatment, 2 from treatment on."""
    cohort = np.tile([0, 3, 5], 20)
    since = PERIODS - cohort[:, None]
    effect = np.where(cohort[:, None] > 0, 2.0 * (since >= 0) + 1.0 * (since == -1), 0.0)
    outcome = np.arange(60)[:, None] + PERIODS + effect + 1e-3 * np.random.default_rng(3).normal(size=effect.shape)
    return Panel.of(Rows(np.repeat(np.arange(60), 8), np.tile(PERIODS, 60), outcome.ravel(), np.repeat(cohort, 8)))


def fitted(model, panel, **options):
    names = {"outcome": "outcome", "unit": "unit", "time": "period", "first_treat": "cohort"}
    return model.fit(frame_of(panel, tuple(panel.covariates)), **names, **options)


def test_overall_att_counts_the_period_of_anticipation(anticipated):
    from diff_diff import CallawaySantAnna, ImputationDiD

    ours = aggregate(group_time(anticipated, Comparison(anticipation=1)), "cell").overall
    theirs = fitted(CallawaySantAnna(anticipation=1), anticipated).overall_att

    assert ours == pytest.approx(2.0, abs=1e-2)
    assert theirs == pytest.approx(2.0 - 2 / 10, abs=1e-2)  # 2 cells of 1 among 10 cells
    assert fitted(ImputationDiD(anticipation=1), anticipated).overall_att == pytest.approx(1.8, abs=1e-2)


def test_doubly_robust_controls_are_divided_by_the_number_of_treated():
    from diff_diff import CallawaySantAnna

    random = np.random.default_rng(11)
    x = random.normal(size=200)
    treated = random.random(200) < 1 / (1 + np.exp(-x))
    outcome = np.column_stack([random.normal(size=200), 1.0 + x**2 + treated + random.normal(size=200)])
    outcome = np.column_stack([outcome[:, :1], outcome])
    panel = Panel.of(
        Rows(
            np.repeat(np.arange(200), 3),
            np.tile(np.arange(3), 200),
            outcome.ravel(),
            np.repeat(np.where(treated, 2, 0), 3),
            covariates={"x": np.repeat(x, 3)},
        )
    )
    ours, _ = doubly_robust(outcome[:, 2] - outcome[:, 1], treated, x[:, None], np.ones(200))
    theirs = fitted(CallawaySantAnna(), panel, covariates=["x_x"]).group_time_effects[2, 2]["effect"]
    regression = fitted(CallawaySantAnna(estimation_method="reg"), panel, covariates=["x_x"])
    here, there = ours, theirs

    assert abs(here - there) > 1e-4
    # Both augment the regression: the ratio of augmentations is the ratio of the two divisors.
    from diff_diff.linalg import solve_logit

    _, share = solve_logit(x[:, None], treated * 1.0)
    odds = (share / (1 - share))[~treated].sum()
    plain = regression.group_time_effects[2, 2]["effect"]
    assert (theirs - plain) / (ours - plain) == pytest.approx(odds / treated.sum(), rel=1e-4)


def test_influence_functions_stand_where_we_read_them(anticipated):
    from diff_diff import CallawaySantAnna

    result = fitted(CallawaySantAnna(), anticipated)
    parts = result._aggregation_kit.influence[3, 4]

    assert set(parts) == {"treated_idx", "control_idx", "treated_inf", "control_inf"}
    assert parts["treated_idx"].tolist() == np.flatnonzero(anticipated.cohort == 3).tolist()
    squares = (parts["treated_inf"] ** 2).sum() + (parts["control_inf"] ** 2).sum()
    assert np.sqrt(squares) == pytest.approx(result.group_time_effects[3, 4]["se"])
