"""Estimates by cohort and period, their averages and bands, on small panels whose answer is known."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import maillage
from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate, band, overall_interval, pretest
from maillage.evaluation.alternatives import imputation, synthetic_did
from maillage.evaluation.doubly_robust import doubly_robust
from maillage.evaluation.estimate import frame_of, group_time
from maillage.evaluation.group_time import Comparison, standard_error
from maillage.evaluation.panel import Panel, Rows

PERIODS = np.arange(2010, 2018)


def panel(n=240, *, effect=2.0, noise=0.0, early=0.0, clusters=None, weight=None):
    """Cohorts 2013 and 2015 and the never-treated; ``early`` is the effect of the year before treatment."""
    random = np.random.default_rng(7)
    cohort = np.tile([0, 2013, 2015], n // 3)
    after = (cohort[:, None] > 0) & (cohort[:, None] <= PERIODS)
    ahead = (cohort[:, None] > 0) & (cohort[:, None] - 1 == PERIODS)
    outcome = np.arange(n)[:, None] + 0.5 * PERIODS + effect * after + early * ahead
    outcome = outcome + noise * random.normal(size=outcome.shape)
    age = random.normal(size=n) + 0.4 * (cohort > 0)
    long = {"cohort": np.repeat(cohort, PERIODS.size), "covariates": {"age": np.repeat(age, PERIODS.size)}}
    if clusters is not None:
        long["cluster"] = np.repeat(np.arange(n) % clusters, PERIODS.size)
    if weight is not None:
        long["weight"] = np.repeat(weight, PERIODS.size)
    unit, period = np.repeat(np.arange(n), PERIODS.size), np.tile(PERIODS, n)
    return Panel.of(Rows(unit, period, outcome.ravel(), **long))


@pytest.mark.parametrize("method", ["dr", "reg", "ipw"], ids=["dr", "reg", "ipw"])
@pytest.mark.parametrize("covariates", [(), ("age",)], ids=["plain", "adjusted"])
def test_a_planted_effect_is_recovered_without_noise(method, covariates):
    cells = group_time(panel(), Comparison(method=method, covariates=covariates))

    assert cells.att[cells.event >= 0] == pytest.approx(2.0)
    assert cells.att[cells.event < 0] == pytest.approx(0.0, abs=1e-9)


def test_the_average_says_what_it_averages():
    weight = np.tile([1.0, 3.0, 1.0], 80)
    given = panel(weight=weight)
    outcome = given.outcome + 4.0 * ((given.cohort[:, None] == 2013) & (given.periods >= 2013))
    given = Panel.of(
        Rows(
            *(frame_of(given)[name].to_numpy() for name in ("unit", "period")),
            outcome.ravel(),
            np.repeat(given.cohort, PERIODS.size),
            weight=np.repeat(weight, PERIODS.size),
        )
    )
    alike, people = (group_time(given, Comparison(weighted=each)) for each in (False, True))

    assert aggregate(alike, "cohort").att == pytest.approx([6.0, 2.0])
    assert aggregate(alike, "cohort").overall == pytest.approx(4.0)  # two cohorts of one size
    assert aggregate(people, "cohort").overall == pytest.approx(5.0)  # three quarters of the people in the first
    assert aggregate(alike, "cell").overall == pytest.approx((5 * 6 + 3 * 2) / 8)  # five and three treated years
    assert aggregate(alike, "event", longest=2).overall == pytest.approx(4.0)
    assert aggregate(alike, "calendar").att == pytest.approx([6.0, 6.0, 4.0, 4.0, 4.0])


def test_influence_belongs_to_the_units_of_the_cell():
    cells = group_time(panel(noise=1.0), Comparison(method="reg"))
    other = np.isin(cells.unit_cohort, [0, 2013])
    influence = cells.influence[:, cells.cohort == 2013]

    assert (influence[~other] == 0).all()
    assert (np.abs(influence[other]) > 0).any(axis=1).all()
    assert cells.influence.sum(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_anticipation_moves_the_base_and_never_enters_the_average():
    given = panel(early=1.0)
    declared = group_time(given, Comparison(anticipation=1))
    effects = aggregate(declared, "event")

    assert dict(zip(effects.at.tolist(), effects.att.round(9).tolist(), strict=True))[-1] == 1.0
    assert aggregate(declared, "cell").overall == pytest.approx(2.0)
    assert aggregate(group_time(given, Comparison()), "cell").overall == pytest.approx(1.0)  # not declared: biased


def test_a_cohort_without_a_period_free_of_anticipation_is_refused():
    with pytest.raises(ArrayInputError, match="2013 has no period free of treatment when it is anticipated by 3"):
        group_time(panel(), Comparison(anticipation=3))


def test_a_universal_base_shows_its_reference_without_error():
    cells = group_time(panel(noise=1.0), Comparison(base="universal"))

    assert cells.event[cells.reference].tolist() == [-1, -1]
    assert (cells.se[cells.reference] == 0).all()
    assert pretest(cells).degrees == 2 + 4


def test_adjusted_cells_take_the_same_bases_and_controls_as_plain_ones():
    for control in ("never_treated", "not_yet_treated"):
        for base in ("varying", "universal"):
            plain = group_time(panel(noise=1.0), Comparison(control=control, base=base, anticipation=1))
            adjusted = group_time(
                panel(noise=1.0), Comparison(control=control, base=base, anticipation=1, covariates=("age",))
            )
            assert adjusted.cohort.tolist() == plain.cohort.tolist()
            assert adjusted.period.tolist() == plain.period.tolist()
            assert adjusted.reference.tolist() == plain.reference.tolist()
            assert np.abs(adjusted.att - plain.att).max() < 0.5


def test_without_a_useful_covariate_doubly_robust_is_a_difference_of_means():
    random = np.random.default_rng(2)
    change, treated = random.normal(size=400), np.tile([True, False], 200)
    flat = np.tile(np.array([-1.0, -1.0, 1.0, 1.0]), 100)[:, None]  # same mix in both groups
    balanced = change - np.where(flat[:, 0] > 0, change[flat[:, 0] > 0].mean(), change[flat[:, 0] < 0].mean())
    att, influence = doubly_robust(balanced, treated, flat, np.ones(400))

    assert att == pytest.approx(balanced[treated].mean() - balanced[~treated].mean(), abs=1e-9)
    assert influence.sum() == pytest.approx(0.0, abs=1e-9)


def test_covariates_that_decide_treatment_are_refused():
    treated = np.tile([True, False], 50)
    with pytest.raises(ArrayInputError, match="separate treated units"):
        doubly_robust(np.ones(100), treated, treated[:, None] * 2.0 + np.arange(100)[:, None] / 1000, np.ones(100))
    with pytest.raises(ArrayInputError, match="collinear"):
        doubly_robust(np.ones(100), treated, np.ones((100, 1)), np.ones(100))


@pytest.mark.parametrize(
    ("comparison", "message"),
    [
        (Comparison(covariates=("income",)), "no covariate 'income'"),
        (Comparison(weighted=True, weight_period="each", covariates=("age",)), "not combined with covariates"),
    ],
    ids=["unknown", "each"],
)
def test_a_comparison_that_cannot_be_made_is_refused(comparison, message):
    with pytest.raises(ArrayInputError, match=message):
        group_time(panel(), comparison)


def test_never_treated_units_are_needed_where_they_are_the_comparison():
    treated = panel().select(panel().cohort > 0)
    with pytest.raises(ArrayInputError, match="the panel has none"):
        group_time(treated, Comparison())

    cells = group_time(treated, Comparison(control="not_yet_treated"))
    assert cells.att[cells.event >= 0] == pytest.approx(2.0)
    assert (2015, 2015) in cells.skipped


def test_clusters_add_up_before_they_are_squared():
    influence = np.array([[1.0], [2.0], [-1.0], [3.0]])

    assert standard_error(influence, np.arange(4)) == pytest.approx([np.sqrt(15)])
    assert standard_error(influence, np.array([0, 0, 1, 1])) == pytest.approx([np.sqrt(2 * (9 + 4))])
    with pytest.raises(ArrayInputError, match="at least 2 clusters"):
        standard_error(influence, np.zeros(4, dtype=np.int64))


def test_bands_hold_all_estimates_at_once_and_are_the_same_twice():
    effects = aggregate(group_time(panel(noise=1.0, clusters=40), Comparison()), "event")
    once, again = band(effects, draws=400, seed=3), band(effects, draws=400, seed=3)

    assert once.critical == again.critical
    assert once.critical > 2.1
    assert (once.all_lower < once.lower).all()
    assert (once.all_upper > once.upper).all()
    low, high = overall_interval(effects)
    assert (low + high) / 2 == pytest.approx(effects.overall)
    # Student with 39 degrees of freedom: 2.0227.
    assert (high - low) / 2 / effects.overall_se == pytest.approx(2.0227, abs=1e-4)


def test_imputation_recovers_an_effect_and_leaves_anticipation_out():
    plain = imputation(panel())
    assert plain.event.tolist() == [0, 1, 2, 3, 4]
    assert plain.att == pytest.approx(2.0)

    assert imputation(panel(early=1.0), anticipation=1).overall == pytest.approx(2.0)
    with pytest.raises(ArrayInputError, match="no covariate 'income'"):
        imputation(panel(), covariates=("income",))


def test_a_synthetic_comparison_has_one_date_and_more_untreated_units():
    given = panel(n=30, noise=0.1)
    with pytest.raises(ArrayInputError, match="one adoption date"):
        synthetic_did(given)
    with pytest.raises(ArrayInputError, match="found 10 and 10"):
        synthetic_did(given.select(given.cohort != 2015))

    few = given.select((given.cohort == 0) | (np.arange(30) < 6) & (given.cohort != 2015))
    found = synthetic_did(few)
    assert found.att == pytest.approx(2.0, abs=0.3)
    assert found.unit_weight.sum() == pytest.approx(1.0)
    assert found.period_weight.shape == (3,)


def test_the_error_of_a_synthetic_comparison_leaves_out_the_clusters_of_assignment():
    from diff_diff import SyntheticDiD

    given = panel(n=30, noise=1.0)
    few = given.select((given.cohort == 0) | (np.arange(30) < 9) & (given.cohort != 2015))
    frame = frame_of(few)
    frame["treated"] = 1 * (frame["cohort"] > 0)
    model = SyntheticDiD(variance_method="jackknife", seed=1)
    columns = {"outcome": "outcome", "treatment": "treated", "unit": "unit", "time": "period"}
    by_unit = model.fit(frame, **columns, post_periods=list(range(2013, 2018)))
    by_cluster = synthetic_did(replace(few, cluster=np.arange(few.units.size) // 2))

    assert synthetic_did(few).se == pytest.approx(by_unit.se, rel=1e-6)
    assert by_cluster.att == pytest.approx(by_unit.att)
    assert by_cluster.se != pytest.approx(by_unit.se, rel=0.02)
    assert np.isnan(synthetic_did(replace(few, cluster=(few.cohort > 0) * 1)).se)


def test_the_library_is_not_loaded_before_it_estimates():
    script = (
        "import sys, maillage.cli, maillage.evaluation.estimate, maillage.evaluation.alternatives;"
        "sys.exit(int('diff_diff' in sys.modules or 'pandas' in sys.modules))"
    )
    path = os.environ | {"PYTHONPATH": str(Path(maillage.__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", script], check=False, env=path).returncode == 0
