"""The sensitivity table of any panel, however small: every line has numbers or a reason, and nothing stops it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.errors import ArrayInputError
from maillage.evaluation.checks import spillovers
from maillage.evaluation.dose import doses
from maillage.evaluation.estimators import estimators
from maillage.evaluation.exposure import Neighbours, exposure
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.heterogeneity import by_group
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.sensitivity import (
    Question,
    adjustments,
    anticipations,
    controls,
    placebo_dates,
    weights,
    without_cohorts,
    without_groups,
)


@st.composite
def small_panels(draw):
    n, length = draw(st.integers(6, 24)), draw(st.integers(3, 6))
    periods = 2015 + np.arange(length)
    dates = st.sampled_from([0, *draw(st.sets(st.sampled_from(periods[1:].tolist()), min_size=1, max_size=3))])
    cohort = np.asarray(draw(st.lists(dates, min_size=n, max_size=n)))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    flat = draw(st.booleans())  # an outcome that does not move has no spread
    outcome = np.arange(n)[:, None] + (0.0 if flat else 1.0) * random.normal(size=(n, length))
    cluster = np.arange(n) // draw(st.integers(1, 3))
    long = {"cohort": np.repeat(cohort, length), "cluster": np.repeat(cluster, length)}
    long["covariates"] = {"age": np.repeat(random.normal(size=n), length)}
    try:
        return Panel.of(Rows(np.repeat(np.arange(n), length), np.tile(periods, n), outcome.ravel(), **long))
    except ArrayInputError:
        return None


@settings(max_examples=12, deadline=None)
@given(
    small_panels().filter(lambda panel: panel is not None),
    st.sampled_from([(), ("age",)]),
    st.sampled_from(["never_treated", "not_yet_treated"]),
    st.integers(0, 1),
)
def test_every_line_has_numbers_or_a_reason_in_both_languages(panel, covariates, control, anticipation):
    question = Question(Comparison(control=control, covariates=covariates, anticipation=anticipation))
    n = panel.units.size
    next_door = Neighbours(np.arange(n - 1), np.arange(1, n), np.ones(n - 1))
    groups = np.where(np.arange(n) % 2 == 0, "a", "b")
    dose = np.arange(n) * 1.0
    reach = exposure(next_door, panel.cohort, panel.periods)
    lines = [
        *estimators(panel, question, draws=9),
        *(line for ask in (adjustments, controls, weights, anticipations) for line in ask(panel, question)),
        *placebo_dates(panel, question),
        *without_cohorts(panel, question),
        *without_groups(panel, groups, question),
        *spillovers(panel, reach, question),
        *doses(panel, dose, "euros", question),
        *by_group(panel, groups, question).lines,
    ]

    for line in lines:
        assert np.isfinite(line.att) == (not line.refused)
        assert bool(line.refused) == bool(line.refused_fr)
        assert line.refused_fr != line.refused or not line.refused
        assert np.isnan(line.low) or line.low <= line.att <= line.high
