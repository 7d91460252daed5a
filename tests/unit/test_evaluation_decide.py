"""The decision follows the rule written before, and never takes a silence for a proof."""

import numpy as np
import pytest
from scipy.stats import norm

from maillage.errors import ArrayInputError
from maillage.evaluation.decide import Rule, decide, holm
from maillage.evaluation.sensitivity import Line

NAN = float("nan")


def line(att, se=1.0, kind="estimator", key="x", **more):
    p_value = more.pop("p_value", 2 * norm.sf(abs(att) / se))
    return Line(kind, key, att, se, att - 1.96 * se, att + 1.96 * se, 100, p_value=p_value, **more)


@pytest.mark.parametrize(
    ("headline", "smallest", "verdict"),
    [
        (line(5.0), 2.0, "effect"),
        (line(-5.0), 2.0, "effect"),
        (line(0.3), 3.0, "no_effect_that_matters"),
        (line(0.5, 0.1), 1.0, "no_effect_that_matters"),  # told from 0, too small to matter
        (line(0.3), 2.0, "cannot_tell"),
        (line(2.5, 1.0), 1.0, "effect"),
        (line(1.9, 1.0), 1.0, "cannot_tell"),
        (Line("estimator", "x", NAN, NAN, NAN, NAN, 0, "No control.", "Aucun contrôle."), 1.0, "refused"),
    ],
    ids=["more", "less", "equivalent", "small", "wide", "told", "near", "refused"],
)
def test_the_verdict_is_read_from_the_interval_and_what_matters(headline, smallest, verdict):
    assert decide(headline, [], Rule(smallest)).verdict == verdict


def test_a_design_that_fails_its_own_tests_proves_nothing_either_way():
    for headline in (line(5.0), line(0.1, 0.1)):
        found = decide(headline, [], Rule(2.0), pretest_p=0.01)
        assert (found.verdict, found.failed, found.tested[0]) == ("fails_own_tests", ("pretest",), "pretest")

    placebo = line(3.0, kind="placebo_date", expected_zero=True)
    assert decide(line(5.0), [placebo], Rule(2.0), pretest_p=0.4).failed == ("placebo_date",)
    assert decide(line(5.0), [line(3.0, kind="placebo_outcome")], Rule(2.0)).failed == ("placebo_outcome",)


def test_one_placebo_among_many_may_come_out_by_chance():
    placebos = [
        line(2.1, kind="placebo_date", key=str(at)) if at == 0 else line(0.1, kind="placebo_date") for at in range(5)
    ]
    assert decide(line(5.0), placebos, Rule(2.0)).verdict == "effect"
    assert decide(line(5.0), placebos[:1], Rule(2.0)).verdict == "fails_own_tests"


def test_an_effect_that_changes_sign_elsewhere_is_not_one():
    lines = [line(4.0), line(-0.5, kind="control"), line(3.0, kind="leave_out_cohort")]
    found = decide(line(5.0), lines, Rule(2.0))
    assert (found.verdict, found.failed, found.opposite, found.alternatives) == (
        "fails_own_tests",
        ("sign_changes",),
        1,
        3,
    )

    assert decide(line(5.0), lines, Rule(2.0, most_sign_changes=0.34)).verdict == "effect"
    # No effect has no sign to keep; what reaches neighbours, doses and refused lines are no alternatives.
    assert decide(line(0.3), lines, Rule(3.0)).verdict == "no_effect_that_matters"
    aside = [line(-1.0, kind="spillover"), line(-1.0, kind="dose"), line(NAN, refused="no", p_value=NAN)]
    assert decide(line(5.0), aside, Rule(2.0)).alternatives == 0


def test_the_synthetic_comparison_of_one_cohort_among_others_is_no_alternative():
    lines = [line(-0.5, key="synthetic_did_2015"), line(3.0, key="synthetic_did_2017"), line(4.0, key="imputation")]
    assert decide(line(5.0), lines, Rule(2.0)).alternatives == 1
    assert decide(line(5.0), [lines[0], lines[2]], Rule(2.0)).verdict == "fails_own_tests"


def test_tests_that_were_not_made_are_not_passed():
    assert decide(line(5.0), [], Rule(2.0)).tested == ()
    refused = Line("placebo_date", "1", NAN, NAN, NAN, NAN, 0, "No.", "Non.", expected_zero=True)
    assert decide(line(5.0), [refused], Rule(2.0), pretest_p=NAN).tested == ()


def test_many_outcomes_ask_for_more():
    headline = line(2.2)
    assert decide(headline, [], Rule(1.0)).verdict == "effect"
    found = decide(headline, [], Rule(1.0), family=(0.5, 0.9, 0.2))

    assert found.verdict == "cannot_tell"
    assert found.adjusted_p == pytest.approx(4 * headline.p_value)
    assert decide(headline, [], Rule(1.0), family=(0.001, 0.002, 0.003)).verdict == "effect"


def test_holm_steps_down_in_the_order_given():
    # By hand: 0.01·3; max(0.03, 0.02·2); max(0.04, 0.5).
    assert holm((0.5, 0.01, 0.02)) == pytest.approx((0.5, 0.03, 0.04))
    assert holm((0.04, NAN, 0.04))[::2] == pytest.approx((0.08, 0.08))
    assert np.isnan(holm((0.04, NAN))[1])
    assert holm((0.9, 0.8)) == (1.0, 1.0)
    assert holm(()) == ()
    with pytest.raises(ArrayInputError, match="between 0 and 1"):
        holm((0.5, 1.2))


def test_the_smallest_effect_that_matters_is_above_zero():
    with pytest.raises(ArrayInputError, match="above 0, found 0"):
        decide(line(1.0), [], Rule(0.0))
