"""Each line of the sensitivity table asks what it says, and a refusal is a line with its reason."""

from dataclasses import replace

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.checks import spillovers
from maillage.evaluation.estimators import MOST_UNITS_SYNTHETIC, as_rates, estimators
from maillage.evaluation.exposure import Exposure
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.sensitivity import (
    Estimate,
    Question,
    adjustments,
    against_last,
    answer,
    anticipations,
    attempt,
    controls,
    placebo_dates,
    placebo_outcomes,
    weights,
    without_cohorts,
    without_group,
    without_groups,
)

PERIODS = np.arange(2012, 2020)
DATES = [0, 0, 2015, 2017]


def panel(*, effect=2.0, noise=0.0, early=0.0, n=120, dates=DATES, clusters=None, **columns):
    """``effect`` twice as large in the cohort of 2017; ``early`` in the year before treatment."""
    random = np.random.default_rng(5)
    cohort = np.resize(dates, n)
    treated = (cohort[:, None] > 0) & (cohort[:, None] <= PERIODS)
    ahead = (cohort[:, None] > 0) & (cohort[:, None] - 1 == PERIODS)
    outcome = np.arange(n)[:, None] + 0.5 * PERIODS + effect * treated * (1 + (cohort == 2017))[:, None]
    outcome = outcome + early * ahead + noise * random.normal(size=outcome.shape)
    long = {"cohort": np.repeat(cohort, 8)} | {name: np.repeat(values, 8) for name, values in columns.items()}
    if clusters is not None:
        long["cluster"] = np.repeat(np.arange(n) // 4 % clusters, 8)
    age = random.normal(size=n)
    long["covariates"] = {"age": np.repeat(age, 8), "rank": np.repeat(age**2, 8)}
    return Panel.of(Rows(np.repeat(np.arange(n), 8), np.tile(PERIODS, n), outcome.ravel(), **long))


def by_key(lines):
    return {line.key: line for line in lines}


def test_a_refusal_is_a_line_with_its_reason_in_both_languages():
    def refuse():
        raise ArrayInputError("No control.", hint="Find one.", fr="Aucun contrôle : en trouver un.")

    line = attempt("control", "mine", refuse)
    assert (line.refused, line.refused_fr) == ("No control. Find one.", "Aucun contrôle : en trouver un.")
    assert np.isnan([line.att, line.se, line.low, line.high, line.p_value]).all()
    assert attempt("control", "mine", lambda: Estimate(1, 1, 0, 2, 0.3, 5), expected_zero=True).expected_zero


def test_p_values_agree_with_intervals():
    line = answer(panel(noise=4.0, effect=0.3, clusters=15), Question())
    again = answer(panel(noise=4.0, effect=0.3, clusters=15), Question(level=1 - line.p_value))

    assert line.low < 0 < line.high
    assert again.low == pytest.approx(0.0, abs=1e-9) or again.high == pytest.approx(0.0, abs=1e-9)


def test_every_estimator_recovers_a_planted_effect():
    lines = by_key(estimators(panel(noise=0.01), Question(Comparison(covariates=("age",))), draws=99))
    expected = (5 * 2 + 3 * 4) / 8

    assert list(lines) == [
        *("group_time_plain", "group_time_reg", "group_time_ipw", "group_time_dr", "imputation"),
        *("synthetic_did_2015", "synthetic_did_2017", "randomisation"),
    ]
    for key in ("group_time_plain", "group_time_reg", "group_time_ipw", "group_time_dr", "imputation"):
        assert lines[key].att == pytest.approx(expected, abs=0.02)
        assert lines[key].low < expected + 0.02
    assert lines["synthetic_did_2015"].att == pytest.approx(2.0, abs=0.02)
    assert lines["synthetic_did_2017"].units == 90
    assert lines["randomisation"].p_value == 0.01
    assert "randomisation" not in by_key(estimators(panel(noise=0.01), Question(), draws=0))
    assert np.isnan(lines["randomisation"].low)


def test_counts_are_asked_by_poisson_and_as_rates_elsewhere():
    random = np.random.default_rng(2)
    given = panel(effect=0.0)
    people = 1000.0 + np.arange(120)
    rate = 0.1 * np.where((given.cohort[:, None] > 0) & (given.cohort[:, None] <= PERIODS), 1.5, 1.0)
    at_risk = np.repeat(people[:, None], 8, axis=1)
    counts = replace(given, outcome=random.poisson(rate * at_risk) * 1.0, offset=np.log(at_risk))
    lines = by_key(estimators(counts, Question(), draws=19))

    assert as_rates(counts).outcome == pytest.approx(counts.outcome / at_risk)
    assert as_rates(given) is given
    assert lines["counts"].att == pytest.approx(0.05, abs=0.005)
    assert lines["group_time_plain"].att == pytest.approx(lines["counts"].att, abs=0.005)


def test_what_an_estimator_cannot_do_is_refused_beside_the_others():
    lines = by_key(
        estimators(panel(dates=[2014, 2015, 2017]), Question(Comparison(control="not_yet_treated")), draws=9)
    )

    assert "there is no comparison" in lines["synthetic_did_2015"].refused
    assert "il n’y a pas de comparaison" in lines["synthetic_did_2015"].refused_fr
    assert lines["group_time_plain"].att == pytest.approx(2.0)
    big = panel(n=MOST_UNITS_SYNTHETIC + 1000, dates=[0, 0, 0, 2015])
    assert "at a coarser level" in by_key(estimators(big, Question(), draws=1))["synthetic_did_2015"].refused


def test_controls_are_those_they_say():
    given = panel()
    given = replace(given, outcome=given.outcome + np.where(given.cohort[:, None] == 0, 1.0 * (PERIODS >= 2016), 0.0))
    lines = by_key(controls(given, Question()))

    assert lines["last_treated"].att == pytest.approx(2.0)  # the never-treated, who move, are left out
    assert lines["never_treated"].att < lines["not_yet_treated"].att < 22 / 8
    last = against_last(given, anticipation=1)
    assert last.periods.tolist() == [2012, 2013, 2014, 2015]
    assert np.unique(last.cohort).tolist() == [0, 2015]
    assert "none comes last" in by_key(controls(panel(dates=[0, 2015]), Question()))["last_treated"].refused


def test_weights_count_units_or_people():
    given = panel(weight=np.where(np.resize(DATES, 120) == 2017, 5.0, 1.0))
    lines = by_key(weights(given, Question(over="cohort")))

    assert lines["units"].att == pytest.approx(3.0)
    assert lines["people"].att == pytest.approx((2 + 5 * 4) / 6)


def test_anticipation_shows_what_comes_early():
    lines = by_key(anticipations(panel(early=1.0), Question(), most=3))

    assert lines["1"].att - lines["0"].att == pytest.approx(1.0)
    assert lines["2"].att == pytest.approx(lines["1"].att)
    assert lines["3"].refused.startswith("Cohort 2015 has no period free of treatment")


def test_covariates_are_left_out_one_by_one():
    question = Question(Comparison(covariates=("age", "rank"), method="reg"))
    assert list(by_key(adjustments(panel(), question))) == ["none", "all", "without age", "without rank"]
    assert list(by_key(adjustments(panel(), question.otherwise(covariates=("age",))))) == ["none", "all"]
    assert adjustments(panel(), Question()) == ()
    unknown = by_key(adjustments(panel(), question.otherwise(covariates=("age", "size"))))
    assert "no covariate 'size'" in unknown["all"].refused
    assert unknown["without size"].att == pytest.approx(22 / 8)


def test_leaving_out_a_cohort_leaves_the_others():
    lines = by_key(without_cohorts(panel(), Question()))
    assert (lines["2015"].att, lines["2017"].att) == (pytest.approx(4.0), pytest.approx(2.0))

    alone = without_cohorts(panel(dates=[0, 2015]), Question())[0]
    assert alone.refused.startswith("No unit of the panel is ever treated")


def test_leaving_out_a_group_leaves_the_others():
    groups = np.where(np.resize(DATES, 120) == 2017, "93", "75")
    lines = by_key(without_groups(panel(), groups, Question()))

    assert lines["93"].att == pytest.approx(2.0)
    assert lines["75"].refused  # its units include every control
    with pytest.raises(ArrayInputError, match="No unit of the panel is in group '13'"):
        without_group(panel(), groups, "13")


def test_placebo_dates_look_at_periods_before_treatment_alone():
    lines = placebo_dates(panel(early=1.0, effect=50.0), Question(), earlier=(1, 2, 3, 5))
    found = by_key(lines)

    assert all(line.expected_zero for line in lines)
    assert found["1"].att == pytest.approx(1.0)
    assert found["2"].att == pytest.approx(0.5)  # the year before treatment and the one before it
    assert found["3"].units == 90  # the cohort of 2015 has no year before
    assert "No cohort has a period more than 5 before" in found["5"].refused
    declared = placebo_dates(panel(early=1.0), Question(Comparison(anticipation=1)), earlier=(1,))
    assert declared[0].att == pytest.approx(0.0, abs=1e-9)


def test_placebo_dates_with_units_not_yet_treated_take_clean_ones():
    question = Question(Comparison(control="not_yet_treated"))
    assert placebo_dates(panel(), question, earlier=(2,))[0].att == pytest.approx(0.0, abs=1e-9)


def test_placebo_outcomes_are_asked_the_same_question():
    line = placebo_outcomes({"births": panel(effect=0.0)}, Question())[0]
    assert (line.kind, line.key, line.expected_zero) == ("placebo_outcome", "births", True)
    assert line.att == pytest.approx(0.0, abs=1e-9)


def spilled():
    given = panel(n=160, noise=0.01)
    value = np.where((given.cohort == 0) & (np.arange(160) % 8 == 0), 0.5, 0.0)[:, None] * (PERIODS >= 2015)
    value[8] *= 2.0
    moved = replace(given, outcome=given.outcome + 2.0 * value)
    return moved, Exposure.of(value, moved.cohort, moved.periods)


def test_spillovers_are_ignored_dropped_and_modelled():
    given, exposure = spilled()
    lines = by_key(spillovers(given, exposure, Question(), rings=(0.75,)))

    assert list(lines) == ["ignored", "dropped", "dropped_early", "direct", "spilled", "total", "ring 1", "ring 2"]
    assert lines["ignored"].att < 22 / 8 - 0.1
    for key in ("dropped", "dropped_early", "direct"):
        assert lines[key].att == pytest.approx(22 / 8, abs=0.02)
    assert lines["ring 1"].att == pytest.approx(1.0, abs=0.02)
    assert lines["ring 2"].att == pytest.approx(2.0, abs=0.05)
    adjusted = by_key(spillovers(given, exposure, Question(Comparison(covariates=("age",)))))
    assert adjusted["spilled"].att == pytest.approx(lines["spilled"].att, abs=0.05)


def test_spillovers_that_cannot_be_modelled_are_refused_lines():
    given, _ = spilled()
    nothing = Exposure.of(np.zeros(given.outcome.shape), given.cohort, given.periods)
    lines = by_key(spillovers(given, nothing, Question(), rings=(0.5,)))

    assert lines["dropped"].att == lines["ignored"].att
    assert all("no spillover to estimate" in lines[key].refused for key in ("direct", "spilled", "total"))
