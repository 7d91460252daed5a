"""What could be seen: on simulated panels whose spread is known, and never from an outcome that treatment touched."""

from dataclasses import replace

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.cohorts import blind, cohort_table, untreated
from maillage.evaluation.estimate import group_time
from maillage.evaluation.feasibility import feasibility
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.power import minimum_detectable, plain_cells
from maillage.evaluation.power_counts import minimum_detectable_fall
from maillage.evaluation.redeal import blocks, deal, pool_of

PERIODS = np.arange(2010, 2019)
DATES = (0, 0, 2013, 2015, 2017)


def panel(n=300, *, each=1, shock=0.0, mixed=False, never=True, lean=0.0):
    """``each`` units a cluster with a common ``shock``; ``lean``: how far treated units stand apart on ``age``."""
    random = np.random.default_rng(5)
    cluster = np.arange(n) // each
    date = np.array(DATES if never else DATES[2:])
    cohort = date[(np.arange(n) if mixed else cluster) % date.size]
    outcome = random.normal(size=(n, 1)) + 0.2 * PERIODS + random.normal(size=(n, PERIODS.size))
    outcome = outcome + shock * random.normal(size=(cluster.max() + 1, PERIODS.size))[cluster]
    age = random.normal(size=n) + lean * (cohort > 0)
    unit, period = np.repeat(np.arange(n), PERIODS.size), np.tile(PERIODS, n)
    wide = {"cohort": cohort, "cluster": cluster, "weight": 1.0 + np.arange(n) % 3}
    long = {name: np.repeat(column, PERIODS.size) for name, column in wide.items()}
    return Panel.of(Rows(unit, period, outcome.ravel(), covariates={"age": np.repeat(age, PERIODS.size)}, **long))


def test_what_can_be_seen_is_what_the_standard_error_allows():
    given = panel(1500)
    found = minimum_detectable(given)
    se = aggregate(group_time(given, Comparison()), "cell").overall_se

    assert found.detectable == pytest.approx((1.96 + 0.8416) * se, rel=0.08)
    assert found.size == pytest.approx(0.05, abs=4 * found.size_error)
    assert found.power[0] < 0.06
    assert found.power[-1] > 0.99
    assert (np.diff(found.power) >= 0).all()
    assert found.periods.tolist() == PERIODS.tolist()
    assert (found.donors, found.clusters, found.refused) == (600, 1500, 0)


def test_shocks_shared_within_clusters_hide_more():
    alike = minimum_detectable(panel(1000, each=10))
    shocked = minimum_detectable(panel(1000, each=10, shock=1.0))

    assert shocked.detectable > 2 * alike.detectable
    assert shocked.size == pytest.approx(0.05, abs=0.05)


@pytest.mark.parametrize("over", ["cell", "cohort", "calendar", "event"], ids=str)
@pytest.mark.parametrize("covariates", [(), ("age",)], ids=["plain", "adjusted"])
def test_an_effect_added_to_treated_cells_moves_the_estimate_and_nothing_else(over, covariates):
    given = panel(each=3)
    treated = (given.cohort[:, None] > 0) & (given.periods >= given.cohort[:, None])
    comparison = Comparison(covariates=covariates)
    before, after = (
        aggregate(group_time(replace(given, outcome=given.outcome + effect * treated), comparison), over)
        for effect in (0.0, 0.7)
    )

    assert after.overall == pytest.approx(before.overall + 0.7)
    assert after.overall_se == pytest.approx(before.overall_se)


@pytest.mark.parametrize("weighted", [False, True], ids=["units", "people"])
@pytest.mark.parametrize("control", ["never_treated", "not_yet_treated"], ids=str)
@pytest.mark.parametrize("mixed", [False, True], ids=["assigned", "mixed"])
def test_the_fast_draw_is_the_declared_estimate(weighted, control, mixed):
    given = panel(each=4, mixed=mixed)
    comparison = Comparison(control=control, anticipation=1, weighted=weighted)
    pool = pool_of(given, 1)
    weight = given.weight[:, :1] if weighted else np.ones((300, 1))
    summed, *places = blocks(pool, np.column_stack([given.outcome[:, : pool.periods.size] * weight, weight]))
    fast = deal(pool, np.random.default_rng(1), places)
    slow = deal(pool, np.random.default_rng(1), (pool.start, pool.size))
    at = pool.units[slow.row]
    drawn = replace(
        given,
        units=np.arange(at.size),
        periods=pool.periods,
        outcome=given.outcome[at, : pool.periods.size],
        cohort=slow.date,
        weight=given.weight[at, : pool.periods.size],
        cluster=slow.cluster,
    )
    quick = aggregate(plain_cells(summed[fast.row], fast, pool.periods, comparison), "event")
    whole = aggregate(group_time(drawn, comparison), "event", longest=int(quick.at.max()))
    total = [np.bincount(each.cluster, weights=each.overall_influence) for each in (quick, whole)]

    assert quick.overall == pytest.approx(whole.overall)
    assert total[0] == pytest.approx(total[1], abs=1e-12)


def test_no_treated_outcome_is_looked_at():
    given = panel(each=2)
    spoilt = replace(given, outcome=np.where(untreated(given, 1), given.outcome, np.nan))
    hidden = blind(given, 1)
    comparison = Comparison(control="not_yet_treated", anticipation=1)

    assert minimum_detectable(spoilt, comparison).detectable == minimum_detectable(given, comparison).detectable
    assert np.isfinite(hidden.outcome).all()
    assert (hidden.outcome[~untreated(given, 1)] == 0).all()
    told = [feasibility(each, comparison, draws=60) for each in (given, spoilt)]
    assert told[0].power.detectable == told[1].power.detectable
    assert told[0].pretrend.slope_half == told[1].pretrend.slope_half


def test_where_all_are_treated_dates_are_moved_into_the_time_before():
    given = panel(90, never=False)
    found = minimum_detectable(given, Comparison(control="not_yet_treated"))

    assert found.periods.tolist() == list(range(2010, 2017))  # the cohort of 2017 alone is free until then
    assert found.donors == 30
    assert np.isfinite(found.detectable)
    pool = pool_of(given)
    assert np.unique(pool.date).tolist() == [2011, 2013, 2015]


def test_too_few_clusters_or_periods_say_nothing():
    with pytest.raises(ArrayInputError, match=r"Power needs 10 clusters .* found 9"):
        minimum_detectable(panel(18, each=2))
    late = panel().select(panel().cohort != 2013)
    early = replace(late, periods=np.arange(2013, 2022), cohort=np.where(late.cohort > 0, 2014, 0))
    assert minimum_detectable(early).periods.size == 9
    with pytest.raises(ArrayInputError, match="found 0"):
        minimum_detectable(early, Comparison(anticipation=9))


def test_covariates_that_set_groups_apart_cost_power():
    alike, apart = (
        minimum_detectable(panel(lean=lean), Comparison(covariates=("age",)), draws=40) for lean in (0.0, 2.0)
    )
    assert apart.detectable > 1.1 * alike.detectable


def test_draws_are_the_same_twice_and_their_error_is_told():
    once, again = minimum_detectable(panel(), seed=4), minimum_detectable(panel(), seed=4)
    other = minimum_detectable(panel(), seed=5)

    assert once.power.tolist() == again.power.tolist()
    assert once.detectable_error == again.detectable_error
    assert abs(once.detectable - other.detectable) < 5 * once.detectable_error


def counted(n=200):
    random = np.random.default_rng(4)
    cohort = np.array(DATES)[np.arange(n) % len(DATES)]
    people = random.integers(500, 4000, size=(n, 1)) * np.ones((1, PERIODS.size))
    count = random.poisson(people * 0.03)
    unit, period = np.repeat(np.arange(n), PERIODS.size), np.tile(PERIODS, n)
    long = np.repeat(cohort, PERIODS.size)
    return Panel.of(Rows(unit, period, count.ravel(), long, offset=np.log(people).ravel()))


@pytest.mark.parametrize("scale", ["log_ratio", "difference"], ids=str)
def test_a_fall_of_a_count_is_told_as_a_share_of_events(scale):
    given = counted()
    found = minimum_detectable_fall(given, scale=scale, draws=60)

    # A log ratio of Poisson counts known to 1/√events on each side of two differences.
    events = given.outcome[given.cohort == 2013, :].sum() / PERIODS.size
    assert 0.5 / np.sqrt(events) < found.detectable < 6 / np.sqrt(events)
    assert found.baseline == pytest.approx(0.03, rel=0.05)
    assert found.power[-1] > 0.9
    with pytest.raises(ArrayInputError, match="log of the people"):
        minimum_detectable_fall(panel())


def test_what_cannot_be_computed_is_a_reason():
    told = feasibility(panel(20), Comparison(covariates=("income",)))

    assert (told.power, told.pretrend, told.overlap) == (None, None, ())
    assert [reason.en for reason in told.reasons] == ["The panel has no covariate 'income'; it has ['age']."]
    few = feasibility(panel(18, each=2), Comparison())
    assert few.power is None
    assert any(reason.fr.startswith("La puissance se calcule sur au moins 10 grappes") for reason in few.reasons)


def test_cohorts_are_counted_in_units_clusters_people_and_periods():
    table = cohort_table(panel(300, each=3), anticipation=1)

    assert table.date.tolist() == [0, 2013, 2015, 2017]
    assert table.units.tolist() == [120, 60, 60, 60]
    assert table.clusters.tolist() == [40, 20, 20, 20]
    assert table.people.sum() == pytest.approx(600)
    assert table.before.tolist() == [9, 2, 4, 6]
    assert table.after.tolist() == [0, 6, 4, 2]
    assert table.not_yet.tolist() == [180, 180, 120, 120, 60, 60, 0, 0, 0]
    assert table.never == 120
