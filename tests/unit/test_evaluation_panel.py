"""A panel is refused with its reason and a remedy before anything is estimated on it."""

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import Panel, Rows, check_cluster, keep_complete, unit_flow

UNITS, PERIODS = np.arange(6), np.arange(2015, 2020)
COHORTS = np.array([0, 0, 2017, 2017, 2018, 2018])


def rows(cohorts=COHORTS, **columns):
    unit, period = np.repeat(UNITS, PERIODS.size), np.tile(PERIODS, UNITS.size)
    given = {"outcome": unit * 10.0 + period, "cohort": np.repeat(cohorts, PERIODS.size)} | columns
    return Rows(unit=unit, period=period, **given)


def entry(position, value, of):
    changed = np.array(of, dtype=np.float64)
    changed[position] = value
    return changed


def test_rows_in_any_order_give_the_same_panel():
    given = rows(covariates={"age": np.arange(30.0)})
    shuffled = given.where(np.random.default_rng(4).permutation(30).argsort())
    panel, again = Panel.of(given), Panel.of(shuffled)

    assert panel.outcome.tolist() == again.outcome.tolist()
    assert panel.outcome[2].tolist() == [2035.0, 2036.0, 2037.0, 2038.0, 2039.0]
    assert panel.covariates["age"].tolist() == again.covariates["age"].tolist()
    assert panel.cohorts.tolist() == [2017, 2018]


@pytest.mark.parametrize(
    ("given", "reason", "remedy"),
    [
        (rows(np.array([0, 0, 2017, 2017, 2021, 2021])), "2 units are treated after the last period", "later outcomes"),
        (rows(np.array([0, 0, 2017, 2017, 2015, 2015])), "treated from the first period", "earlier outcomes"),
        (rows(np.array([0, 0, 2017, 2017, 2018, 0])), "found one in 2018", "Group neighbouring"),
        (rows(np.full(6, 2017)), "there is no comparison", "untreated units"),
        (rows(np.zeros(6)), "No unit of the panel is ever treated", "adoption dates"),
        (rows(suppressed=entry(3, 1, np.zeros(30))), "suppressed in 1 rows", "coarser"),
        (rows(outcome=entry(7, np.nan, np.zeros(30))), "missing in 1 rows of 30, first for unit 1 in 2017", "Mend"),
        (rows(cohort=entry(11, 2018, np.repeat(COHORTS, 5))), "treatment date changes within 1 units, first 2", "fix"),
        (rows(cluster=entry(11, 9, np.zeros(30))), "cluster changes within 1 units", "fix"),
        (rows(weight=entry(0, 0, np.ones(30))), "Weights are above 0", ""),
        (rows(covariates={"age": entry(5, np.nan, np.ones(30))}), "'age' of the panel is missing in 1 rows", ""),
    ],
    ids=[
        "late",
        "early",
        "cohort of one",
        "no comparison",
        "nobody",
        "suppressed",
        "missing",
        "date moves",
        "cluster moves",
        "weight",
        "covariate",
    ],
)
def test_a_panel_without_an_answer_is_refused_with_a_remedy(given, reason, remedy):
    with pytest.raises(ArrayInputError) as refused:
        Panel.of(given)
    assert reason in refused.value.message
    assert remedy in refused.value.hint
    assert refused.value.fr.endswith(".")


def test_a_unit_seen_twice_in_a_period_is_refused():
    given = rows()
    twice = given.where(np.append(np.arange(30), 7))
    with pytest.raises(ArrayInputError, match="found 2 for unit 1 in 2017"):
        Panel.of(twice)


def test_an_unbalanced_panel_is_refused_with_the_flow_of_its_units():
    given = rows().where(np.arange(30) != 13)  # unit 2 is absent from 2018
    with pytest.raises(
        ArrayInputError, match=r"5 of 6 units .* 2018: 5 present, \+0, -1; 2019: 6 present, \+1, -0"
    ) as e:
        Panel.of(given)
    assert "2018 : 5 présentes, +0, −1 ; 2019 : 6 présentes, +1, −0" in e.value.fr

    flow = unit_flow(given)
    assert flow.present.tolist() == [6, 6, 6, 5, 6]
    assert (flow.complete, flow.total) == (5, 6)


def test_complete_units_are_kept_and_withheld_ones_dropped():
    outcome = entry(0, np.nan, np.arange(30.0))  # a unit never treated
    cohorts = np.array([0, 0, 0, 2017, 2017, 0])
    given = rows(cohorts, outcome=outcome, suppressed=entry(29, 1, np.zeros(30))).where(np.arange(30) != 7)
    panel = Panel.of(keep_complete(given))

    assert panel.units.tolist() == [2, 3, 4]


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ArrayInputError, match="'weight'"):
        rows(weight=np.ones(3))


def test_a_selection_is_checked_as_a_panel():
    panel = Panel.of(rows(cluster=np.repeat([5, 6, 5, 6, 7, 7], 5)))
    chosen = panel.select(np.array([False, True, True, True, False, False]))

    assert chosen.cluster.tolist() == [1, 0, 1]
    with pytest.raises(ArrayInputError, match="no comparison"):
        panel.select(np.array([False, False, True, True, False, False]))


def test_a_selection_may_have_other_dates_and_a_cohort_of_one():
    dates = np.array([0, 0, 2018, 0, 2018, 2018])
    panel = Panel.of(rows())
    chosen = panel.select(np.arange(6) < 4, cohort=dates, smallest_cohort=1)

    assert chosen.cohort.tolist() == [0, 0, 2018, 0]
    with pytest.raises(ArrayInputError, match="found one in 2018"):
        panel.select(np.arange(6) < 4, cohort=dates)


def test_errors_are_not_clustered_below_the_level_where_dates_were_decided():
    assigned = np.array(["02", "02", "08", "08", "51", "51"])
    by_unit, by_assignment = Panel.of(rows()), Panel.of(rows(cluster=np.repeat(assigned, 5)))
    check_cluster(by_assignment, assigned)
    check_cluster(Panel.of(rows(cluster=np.repeat([1, 1, 1, 1, 2, 2], 5))), assigned)  # a coarser level

    with pytest.raises(ArrayInputError, match="3 of 3 groups treated together, first 02, are split") as refused:
        check_cluster(by_unit, assigned)
    assert "coarser" in refused.value.hint
    assert "3 groupes décidés ensemble sur 3, le premier : 02" in refused.value.fr
    with pytest.raises(ArrayInputError, match="known for 6 units, found 2"):
        check_cluster(by_unit, assigned[:2])
