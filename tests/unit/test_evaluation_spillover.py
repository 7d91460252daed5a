"""Neighbours of treated units are no clean controls: they are left out, or what reaches them is estimated."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.evaluation_spillover import draw
from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.estimate import group_time
from maillage.evaluation.exposure import Exposure
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.spillover import distance_rings, drop_exposed, modelled, reached

PERIODS = np.arange(2015, 2022)


def exact(*, early=False, rings=False):
    """No noise: 3 on treated units, 1 on exposed ones (2 on every other one with ``rings``), 40 units of each kind."""
    kinds = [(0, 0), (2018, 0), (2019, 0), (0, 2018), (0, 2020)] + [(2020, 2018)] * early
    cohort, onset = np.repeat(kinds, 40, axis=0).T
    n = cohort.size
    value = 1.0 * ((onset[:, None] > 0) & (onset[:, None] <= PERIODS))
    if rings:
        value[::2] *= 2.0
    treated = (cohort[:, None] > 0) & (cohort[:, None] <= PERIODS)
    outcome = np.arange(n)[:, None] + 0.3 * PERIODS + np.where(treated, 3.0, value)
    weight = np.where(onset > 0, 4.0, 1.0)
    long = {"cohort": np.repeat(cohort, 7), "weight": np.repeat(weight, 7)}
    panel = Panel.of(Rows(np.repeat(np.arange(n), 7), np.tile(PERIODS, n), outcome.ravel(), **long))
    return panel, Exposure.of(value, cohort, PERIODS)


def test_exposed_units_are_dropped_whole_and_counted():
    panel, exposure = exact(early=True)
    kept = drop_exposed(panel, exposure)

    assert (kept.exposed, kept.early, kept.early_kept) == (80, 40, True)
    assert kept.panel.outcome.shape == (160, 7)
    assert drop_exposed(panel, exposure, early="drop").panel.units.size == 120
    assert aggregate(group_time(kept.panel, Comparison()), "cohort").att == pytest.approx([3, 3, 2])
    assert aggregate(group_time(panel, Comparison()), "cell").overall < 2.5  # exposed controls hide a part


def test_a_panel_without_exposure_is_left_as_it_is():
    panel, _ = exact()
    nothing = Exposure.of(np.zeros(panel.outcome.shape), panel.cohort, panel.periods)
    assert drop_exposed(panel, nothing, early="drop").panel is panel


@pytest.mark.parametrize("early", [False, True], ids=["late", "early"])
def test_direct_effect_and_spillover_are_told_apart(early):
    panel, exposure = exact(early=early)
    found = modelled(panel, exposure)

    assert found.direct.att == pytest.approx(3.0)
    assert found.spilled.att == pytest.approx(1.0)
    # Treated from 2018, 2019 (and 2020) to 2021; exposed from 2018 and 2020 (and 2018 to 2019).
    assert found.direct.mass == 40 * (4 + 3 + 2 * early)
    assert found.spilled.mass == 40 * (4 + 2 + 2 * early)
    whole = 3 * found.direct.mass + found.spilled.mass
    assert found.total.att * found.total.mass == pytest.approx(whole)
    assert (found.clean, found.unknown) == (40, 0)


def test_the_total_counts_people_where_the_comparison_does():
    found = modelled(*exact(), Comparison(weighted=True))
    assert found.total.att == pytest.approx((3 * 7 + 1 * 6 * 4) / (7 + 6 * 4))


def test_rings_part_the_exposed_by_their_largest_exposure():
    found = modelled(*exact(rings=True), rings=(1.5,))

    assert [found.rings[at].att for at in (0, 1)] == pytest.approx([1.0, 2.0])
    assert [found.rings[at].units for at in (0, 1)] == [40, 40]
    assert found.spilled.att == pytest.approx(1.5)


def test_propensities_are_told_from_enough_units_only():
    panel, exposure = exact(early=True)
    age = np.repeat(np.random.default_rng(1).normal(size=(panel.units.size, 1)), 7, axis=1)
    panel = replace(panel, covariates={"age": age, "rank": age**2})
    doubly = modelled(panel, exposure, Comparison(covariates=("age", "rank")))
    kept = (exposure.onset != 2018) | (np.arange(panel.units.size) % 4 == 0)
    few = modelled(panel.select(kept), exposure.select(kept), Comparison(covariates=("age", "rank")))

    assert (doubly.method, few.method) == ("dr", "reg")
    for found in (doubly, few):
        assert found.direct.att == pytest.approx(3.0)
        assert found.spilled.att == pytest.approx(1.0)


def test_units_reached_from_the_first_period_are_left_out_and_counted():
    panel, exposure = exact()
    value = exposure.value.copy()
    value[:5] = 1.0
    found = modelled(panel, Exposure.of(value, panel.cohort, panel.periods))

    assert (found.clean, found.unknown) == (35, 5)
    assert found.direct.influence.shape == (195,)
    assert np.flatnonzero(~found.units).tolist() == [0, 1, 2, 3, 4]


def test_spillover_without_clean_units_or_without_exposed_ones_is_refused():
    panel, exposure = exact()
    with pytest.raises(ArrayInputError, match="no clean comparison"):
        modelled(panel, Exposure.of(np.maximum(exposure.value, PERIODS > 2016), panel.cohort, PERIODS))
    with pytest.raises(ArrayInputError, match="no spillover to estimate"):
        modelled(panel, Exposure.of(np.zeros(panel.outcome.shape), panel.cohort, PERIODS))


def test_the_exposure_of_another_panel_is_refused():
    panel, exposure = exact()
    with pytest.raises(ArrayInputError, match="same units, dates and periods"):
        modelled(panel.select(np.arange(200) < 199), exposure)
    with pytest.raises(ArrayInputError, match="same units, dates and periods"):
        drop_exposed(panel, Exposure.of(exposure.value, np.roll(panel.cohort, 1), PERIODS))


def test_reached_is_the_first_of_treatment_and_exposure():
    _, exposure = exact(early=True)
    assert reached(exposure)[::40].tolist() == [0, 2018, 2019, 2018, 2020, 2018]


def test_the_naive_estimate_is_biased_and_the_modelled_one_holds_the_truth():
    naive, direct, spilled = [], [], []
    for seed in range(6):
        drawn = draw(seed, clusters=60, size=6, reach_km=6.0, shock=0.1, spilled=1.0)
        naive.append(aggregate(group_time(drawn.panel, Comparison()), "cell").overall)
        found = modelled(drawn.panel, drawn.exposure)
        direct.append(found.direct.low <= drawn.direct <= found.direct.high)
        spilled.append(found.spilled.low <= drawn.spilled <= found.spilled.high)

    assert np.mean(naive) < 0.8  # the truth is 1
    assert sum(direct) >= 5
    assert sum(spilled) >= 5


def test_errors_add_up_by_cluster_unless_units_stand_alone():
    drawn = draw(2, clusters=30, size=6)
    clustered = modelled(drawn.panel, drawn.exposure).spilled
    alone = Panel.of(
        Rows(
            np.repeat(np.arange(180), 9),
            np.tile(drawn.panel.periods, 180),
            drawn.panel.outcome.ravel(),
            np.repeat(drawn.panel.cohort, 9),
        )
    )

    assert modelled(alone, drawn.exposure).spilled.att == pytest.approx(clustered.att)
    assert modelled(alone, drawn.exposure).spilled.se != pytest.approx(clustered.se, rel=1e-3)


def test_rings_by_distance_recover_both_effects_and_refuse_a_bad_position():
    drawn = draw(3, clusters=40, size=6, shock=0.1)
    found = distance_rings(drawn.panel, drawn.position_km, (0.0, 4.0))

    assert found.direct == pytest.approx(drawn.direct, abs=3 * found.direct_se)
    assert found.spilled == pytest.approx([drawn.spilled], abs=3 * found.spilled_se[0])
    with pytest.raises(ArrayInputError, match="on a plane"):
        distance_rings(drawn.panel, drawn.position_km[:, :1], (0.0, 4.0))
    with pytest.raises(ArrayInputError, match="library refuses to estimate"):
        distance_rings(drawn.panel, drawn.position_km, (0.0, 500.0))
