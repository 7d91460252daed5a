"""What every estimate of an effect keeps, whatever the panel."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.evaluation.aggregate import aggregate, band
from maillage.evaluation.cohorts import untreated
from maillage.evaluation.counts import count_effects
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.power import minimum_detectable
from maillage.evaluation.randomise import randomise

OVER = ("cell", "cohort", "calendar", "event")
few = settings(max_examples=12, deadline=None)
fewest = settings(max_examples=5, deadline=None)


@st.composite
def rows(draw):
    """A panel of 24 to 60 units over 6 periods, never-treated units, two or three cohorts, clusters of one to three."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dates = np.array(draw(st.sampled_from([(0, 3, 5), (0, 2, 4, 6), (0, 0, 3, 4)])))
    each = draw(st.sampled_from([1, 2, 3]))
    n = draw(st.integers(8, 20)) * each
    cluster = np.arange(n) // each
    cohort = dates[cluster % dates.size]
    outcome = random.normal(size=(n, 6)) + random.normal(size=(n, 1)) + (cohort[:, None] > 0) * random.normal(size=6)
    wide = {"cohort": cohort, "cluster": cluster, "weight": random.integers(1, 9, n).astype(float)}
    long = {name: np.repeat(column, 6) for name, column in wide.items()}
    unit, period = np.repeat(np.arange(n), 6), np.tile(np.arange(1, 7), n)
    return Rows(unit, period, outcome.ravel(), **long, covariates={"age": np.repeat(random.normal(size=n), 6)})


comparisons = st.builds(
    Comparison,
    method=st.sampled_from(["dr", "reg", "ipw"]),
    control=st.sampled_from(["never_treated", "not_yet_treated"]),
    base=st.sampled_from(["varying", "universal"]),
    weighted=st.booleans(),
)


def effects(panel, comparison, over="event"):
    return aggregate(group_time(panel, comparison), over)


def same(one, other, scale=1.0, shift=0.0):
    assert other.at.tolist() == one.at.tolist()
    moving = one.se > 0
    np.testing.assert_allclose(other.att[moving], scale * one.att[moving] + shift, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(other.se, abs(scale) * one.se, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(other.overall, scale * one.overall + shift, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(other.overall_se, abs(scale) * one.overall_se, rtol=1e-7, atol=1e-9)


@few
@given(rows=rows(), comparison=comparisons, seed=st.integers(0, 99))
def test_the_order_of_rows_and_the_names_of_units_change_nothing(rows, comparison, seed):
    random = np.random.default_rng(seed)
    order, names = random.permutation(rows.unit.size), random.permutation(int(rows.unit.max()) + 1)
    columns = {name: column[order] for name, column in rows.columns().items() if name != "age"}
    columns["unit"] = names[columns["unit"]]
    shuffled = Rows(**columns, covariates={"age": rows.covariates["age"][order]})

    same(effects(Panel.of(rows), comparison), effects(Panel.of(shuffled), comparison))


@few
@given(rows=rows(), comparison=comparisons, seed=st.integers(0, 99))
def test_levels_of_units_and_shocks_of_periods_change_no_effect(rows, comparison, seed):
    random, panel = np.random.default_rng(seed), Panel.of(rows)
    moved = panel.outcome + 50 * random.normal(size=(panel.units.size, 1)) + 50 * random.normal(size=6) + 7.0

    same(effects(panel, comparison), effects(replace(panel, outcome=moved), comparison))


@few
@given(rows=rows(), comparison=comparisons, scale=st.sampled_from([-3.0, 0.01, 2.0, 1000.0]))
def test_effects_and_errors_are_in_the_unit_of_the_outcome(rows, comparison, scale):
    panel = Panel.of(rows)

    same(effects(panel, comparison), effects(replace(panel, outcome=scale * panel.outcome), comparison), scale)


@few
@given(rows=rows(), comparison=comparisons, seed=st.integers(0, 99))
def test_covariates_leave_units_shocks_and_scale_as_they_are(rows, comparison, seed):
    panel = Panel.of(rows)
    # Regression within small cohorts needs more units than this panel always has: the constant and one covariate.
    comparison = replace(comparison, method="reg", covariates=("age",), weighted=False)
    moved = 2 * panel.outcome + np.random.default_rng(seed).normal(size=(panel.units.size, 1)) + 3 * np.arange(6.0)

    same(effects(panel, comparison), effects(replace(panel, outcome=moved), comparison), 2.0)


@few
@given(rows=rows(), comparison=comparisons, effect=st.floats(-5, 5))
def test_weights_of_averages_add_up_to_one(rows, comparison, effect):
    cells = group_time(Panel.of(rows), comparison)
    flat = replace(cells, att=np.full(cells.att.size, effect), influence=np.zeros_like(cells.influence))
    for over in OVER:
        average = aggregate(flat, over)
        assert average.overall == pytest.approx(effect)
        assert average.overall_se == pytest.approx(0.0, abs=1e-9)
        assert average.att == pytest.approx(effect)


@few
@given(rows=rows(), comparison=comparisons, effect=st.floats(-5, 5))
def test_an_effect_added_where_treated_is_added_to_the_average(rows, comparison, effect):
    panel = Panel.of(rows)
    planted = replace(panel, outcome=panel.outcome + effect * ~untreated(panel))
    for over in OVER:
        before, after = effects(panel, comparison, over), effects(planted, comparison, over)
        assert after.overall == pytest.approx(before.overall + effect)
        assert after.overall_se == pytest.approx(before.overall_se)


@few
@given(rows=rows(), comparison=comparisons, level=st.sampled_from([0.8, 0.95, 0.99]), seed=st.integers(0, 99))
def test_bands_hold_the_intervals_that_hold_the_estimates(rows, comparison, level, seed):
    found = effects(Panel.of(rows), comparison)
    around = band(found, level=level, draws=99, seed=seed)

    assert (around.all_lower <= around.lower).all()
    assert (around.lower <= found.att).all()
    assert (found.att <= around.upper).all()
    assert (around.upper <= around.all_upper).all()


@few
@given(rows=rows(), weighted=st.booleans(), draws=st.integers(1, 60), seed=st.integers(0, 99))
def test_a_p_value_of_dealt_dates_is_a_share_above_nothing(rows, weighted, draws, seed):
    panel = Panel.of(rows)
    found = randomise(panel, weighted=weighted, draws=draws, seed=seed)
    moved = randomise(replace(panel, outcome=-2 * panel.outcome + 5), weighted=weighted, draws=draws, seed=seed)

    assert 1 / (draws + 1) <= found.p_value <= 1
    assert found.p_value * (draws + 1) == pytest.approx(round(found.p_value * (draws + 1)))
    assert moved.p_value == found.p_value
    assert moved.effect == pytest.approx(-2 * found.effect)


@fewest
@given(rows=rows(), weighted=st.booleans(), seed=st.integers(0, 99))
def test_more_clusters_alike_make_smaller_effects_visible(rows, weighted, seed):
    panel, comparison = Panel.of(rows), Comparison(weighted=weighted)
    # Enough never-treated clusters in both for outcomes to be drawn over all periods.
    once, fourfold = (
        minimum_detectable(replicated(panel, copies), comparison, draws=80, seed=seed) for copies in (15, 60)
    )

    assert once.periods.size == fourfold.periods.size == 6
    assert fourfold.detectable < once.detectable


def replicated(panel, copies):
    clusters = int(panel.cluster.max()) + 1
    return Panel(
        units=np.arange(copies * panel.units.size),
        periods=panel.periods,
        outcome=np.tile(panel.outcome, (copies, 1)),
        cohort=np.tile(panel.cohort, copies),
        weight=np.tile(panel.weight, (copies, 1)),
        cluster=np.concatenate([panel.cluster + at * clusters for at in range(copies)]),
        covariates={},
    )


@few
@given(seed=st.integers(0, 2**32 - 1), factor=st.sampled_from([0.01, 3.0, 1000.0]), anticipation=st.integers(0, 1))
def test_rate_ratios_do_not_hang_on_the_unit_of_people_nor_on_the_order_of_units(seed, factor, anticipation):
    random = np.random.default_rng(seed)
    cohort = np.array([0, 3, 5])[np.arange(30) % 3]
    people = random.integers(500, 5000, size=(30, 6)).astype(float)
    unit, period = np.repeat(np.arange(30), 6), np.tile(np.arange(1, 7), 30)
    count = random.poisson(0.02 * people)
    panel = Panel.of(Rows(unit, period, count.ravel(), np.repeat(cohort, 6), offset=np.log(people).ravel()))
    order = random.permutation(30)
    moved = replace(panel, outcome=panel.outcome[order], cohort=cohort[order], offset=np.log(factor * people)[order])
    one, other = (
        aggregate(count_effects(each, scale="log_ratio", anticipation=anticipation), "event") for each in (panel, moved)
    )

    same(one, other)
