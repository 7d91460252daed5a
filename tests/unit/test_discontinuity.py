"""Discontinuities whose truth is planted: what is recovered, what is refused, what the checks see."""

from dataclasses import replace

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.discontinuity import jump
from maillage.evaluation.discontinuity_checks import continuity, density, donut, other_bandwidths, placebo_cutoffs
from maillage.evaluation.threshold import Threshold, select

EFFECT = -0.5


def communes(seed=1, *, territories=500, each=8, effect=EFFECT):
    """Communes in territories that are zoned below an APL of 2.5: shocks are shared within a territory."""
    random = np.random.default_rng(seed)
    apl = np.repeat(random.gamma(8, 0.42, territories), each)
    shock = np.repeat(random.normal(0, 0.4, territories), each)
    outcome = 3 + 0.4 * np.sin(apl) + effect * (apl < 2.5) + shock + random.normal(0, 0.4, apl.size)
    return Threshold(apl, outcome, 2.5, cluster=np.repeat(np.arange(territories), each))


def test_a_planted_jump_of_the_zoned_side_is_recovered():
    found = jump(communes())

    assert found.low < EFFECT < found.high < 0
    assert found.clusters == np.unique(communes().cluster[np.abs(communes().running - 2.5) < found.bandwidth]).size


def test_errors_that_ignore_territories_are_far_too_small():
    design = communes()
    clustered = jump(design)
    naive = jump(replace(design, cluster=None), bandwidth=clustered.bandwidth, bias_bandwidth=clustered.bias_bandwidth)

    assert naive.corrected == pytest.approx(clustered.corrected)
    assert clustered.se > 1.7 * naive.se


def test_intervals_by_territory_cover_the_truth():
    hits = [found.low <= EFFECT <= found.high for found in (jump(communes(seed, each=3)) for seed in range(60))]

    assert np.mean(hits) >= 0.87  # 0.95 less three standard errors of 60 draws


def test_incomplete_take_up_is_divided_by():
    design = communes()
    random = np.random.default_rng(5)
    taken = 1.0 * (random.random(design.running.size) < np.where(design.running < 2.5, 0.9, 0.1))
    outcome = design.outcome - EFFECT * (design.running < 2.5) + EFFECT * taken
    found = jump(replace(design, outcome=outcome, taken=taken))

    assert found.low < EFFECT < found.high
    assert found.stage == pytest.approx(0.8, abs=0.06)


def test_take_up_that_does_not_jump_or_falls_is_refused():
    design = communes()
    even = np.arange(design.running.size) % 2
    with pytest.raises(ArrayInputError, match=r"Take-up must rise .* without `taken`") as refusal:
        jump(replace(design, taken=even))
    assert "sans « taken »" in refusal.value.fr
    with pytest.raises(ArrayInputError, match="Take-up must rise toward the eligible side"):
        jump(replace(design, taken=1.0 * (design.running >= 2.5)))


def test_sharp_take_up_changes_nothing():
    design = communes()
    given = replace(design, taken=1.0 * (design.running < 2.5))

    assert jump(given).corrected == pytest.approx(jump(design).corrected)
    assert jump(given).stage == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cutoff": 50.0}, "found 0 with 0"),
        ({"running": np.repeat([2.0, 3.0], 2000)}, "found 2000 with 1"),
        ({"outcome": np.full(4000, np.nan)}, "'outcome' is missing or not finite in 4000 of 4000"),
        ({"weight": np.zeros(4000)}, "Weights are above 0"),
        ({"cluster": np.arange(3999)}, "found shape"),
    ],
    ids=["no one above", "one value", "missing", "weights", "length"],
)
def test_what_cannot_be_compared_is_refused_in_both_languages(change, reason):
    with pytest.raises(ArrayInputError, match=reason) as refusal:
        replace(communes(), **change)
    assert refusal.value.fr


def test_too_few_territories_near_the_threshold_are_refused():
    design = communes()
    with pytest.raises(ArrayInputError, match=r"need 10 clusters on each side within 1.*widen the bandwidth"):
        jump(replace(design, cluster=np.floor(design.running * 3)), bandwidth=1.0)


def test_a_bandwidth_that_holds_nobody_is_refused():
    with pytest.raises(ArrayInputError, match="needs 2 values within 1e-06"):
        jump(replace(communes(), cluster=None), bandwidth=1e-6)
    with pytest.raises(ArrayInputError, match="A bandwidth is above 0, found 0 and 0"):
        jump(communes(), bandwidth=0.0)


def test_an_outcome_that_is_a_function_of_the_running_variable_is_refused():
    design = communes()
    with pytest.raises(ArrayInputError, match="no noise or no curvature"):
        jump(replace(design, outcome=np.zeros(design.running.size)))


def test_a_unit_at_the_cutoff_is_above_it():
    design = communes()
    at = replace(design, running=np.where(design.cluster == design.cluster[0], 2.5, design.running))

    assert jump(at, bandwidth=0.5).above == jump(select(at, at.running != 2.5), bandwidth=0.5).above + 8


def test_sorting_is_seen_in_the_density_of_territories():
    design = communes(territories=1500)
    honest = density(design)
    moved = np.where((design.running >= 2.5) & (design.running < 2.65), design.running - 0.15, design.running)

    assert honest.units == 1500  # territories are zoned, not their communes
    assert honest.p_value > 0.05
    assert density(replace(design, running=moved)).p_value < 0.05


def test_a_density_that_cannot_be_seen_is_said():
    design = communes(territories=500)
    few = [np.unique(design.cluster[on])[:12] for on in (design.running < 2.5, design.running >= 2.5)]
    with pytest.raises(ArrayInputError, match="24 values in all do not hold them"):
        density(select(design, np.isin(design.cluster, np.concatenate(few))))


def test_covariates_and_false_thresholds_do_not_jump():
    design = communes()
    age = 40 + design.running + np.random.default_rng(2).normal(size=design.running.size)
    balanced = continuity(design, {"age": age, "zoned": age + 3 * (design.running < 2.5)})
    false = placebo_cutoffs(design, [1.9, 3.6])

    assert balanced["age"].low < 0 < balanced["age"].high
    assert balanced["zoned"].low > 0
    assert all(found.low < 0 < found.high for found in false.values())
    with pytest.raises(ArrayInputError, match="A placebo cutoff is not the true one"):
        placebo_cutoffs(design, [2.5])


def test_the_result_is_shown_at_other_bandwidths_and_without_the_nearest():
    design = communes()
    full, widths, ring = jump(design), other_bandwidths(design), donut(design, [0.02])

    assert widths[1.0] == full
    assert widths[2.0].bandwidth == 2 * full.bandwidth
    assert widths[2.0].se < full.se < widths[0.5].se
    assert ring[0.02].bandwidth == full.bandwidth
    assert ring[0.02].below < full.below
