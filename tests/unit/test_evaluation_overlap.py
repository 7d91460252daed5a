"""Overlap: what is alike says nothing, what is apart is told with its reason."""

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.overlap import overlap
from maillage.evaluation.panel import Panel, Rows

PERIODS = np.arange(2010, 2014)


def panel(age, cohort, weight=None):
    unit, period = np.repeat(np.arange(age.size), 4), np.tile(PERIODS, age.size)
    return Panel.of(
        Rows(
            unit,
            period,
            np.zeros(unit.size),
            np.repeat(cohort, 4),
            covariates={"age": np.repeat(age, 4)},
            weight=None if weight is None else np.repeat(weight, 4),
        )
    )


def told(lean, n=600, **given):
    random = np.random.default_rng(3)
    cohort = np.where(np.arange(n) % 3 == 0, 2012, 0)
    return overlap(panel(random.normal(size=n) + lean * (cohort > 0), cohort), Comparison(covariates=("age",), **given))


def test_groups_alike_give_no_reason():
    (found,) = told(0.0)

    assert (found.treated, found.controls) == (200, 400)
    assert found.support > 0.98
    assert found.effective == pytest.approx(400, rel=0.05)
    assert abs(found.before[0]) < 0.2
    assert found.reasons == ()


def test_groups_apart_are_brought_together_at_a_cost():
    (found,) = told(1.0)

    assert found.before[0] == pytest.approx(1.0, abs=0.15)
    assert abs(found.after[0]) < 0.2
    assert found.effective < 250
    assert found.reasons[0].fr.startswith("Cohorte 2012, age : ")
    assert "," in found.reasons[0].fr.split("age : ")[1][:4]


def test_a_mean_that_only_weights_can_reach_is_reached_exactly_by_a_logit_of_two_values():
    old = np.array([1.0] * 30 + [0.0] * 10 + [1.0] * 20 + [0.0] * 60)
    cohort = np.array([2012] * 40 + [0] * 80)
    (found,) = overlap(panel(old, cohort), Comparison(covariates=("age",)))

    # Odds are 30 / 20 where old and 10 / 60 elsewhere: weights 1.5 twenty times, 1/6 sixty times.
    assert found.effective == pytest.approx((30 + 10) ** 2 / (20 * 1.5**2 + 60 / 36))
    assert found.before[0] == pytest.approx((0.75 - 0.25) / np.sqrt(0.1875))
    assert found.after[0] == pytest.approx(0.0, abs=1e-9)
    assert found.support == 1.0
    weighted = overlap(panel(old, cohort, np.where(old > 0, 2.0, 1.0)), Comparison(covariates=("age",), weighted=True))
    assert weighted[0].before[0] == pytest.approx(
        (60 / 70 - 40 / 100) / np.sqrt((60 * 10 / 4900 + 40 * 60 / 10000) / 2)
    )


def test_groups_that_never_meet_are_told_not_refused():
    age = np.append(np.linspace(0, 1, 60), np.linspace(2, 3, 30))
    (found,) = overlap(panel(age, np.where(age > 1.5, 2012, 0)), Comparison(covariates=("age",)))

    assert np.isnan(found.support)
    assert "no control resembles it" in found.reasons[0].en


def test_few_controls_and_none_are_told():
    cohort = np.array([2012] * 12 + [2013] * 12)
    first, last = overlap(panel(np.arange(24.0), cohort), Comparison(control="not_yet_treated"))

    assert first.effective == pytest.approx(12)
    assert first.reasons[0].en == "Cohort 2012: weighted controls are worth 12 (fewer than 20)."
    assert last.controls == 0
    assert "no control from its first treated period" in last.reasons[0].en
    with pytest.raises(ArrayInputError, match="no period free of treatment"):
        overlap(panel(np.arange(24.0), cohort), Comparison(anticipation=2))
