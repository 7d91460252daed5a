"""Many conventions in one pass: the same as each computed alone, whatever memory is given."""

import numpy as np
import pytest
from scipy.stats import rankdata

from maillage.access import (
    Bounds,
    Convention,
    TravelMatrix,
    balanced,
    binary,
    catchment,
    gaussian,
    gravity,
    linear,
    modified,
    three_step,
    variants,
)
from maillage.errors import ArrayInputError

NUMBERS = np.random.default_rng(7)
TIMES = NUMBERS.uniform(0, 40, (30, 12))
PAIRS = np.nonzero(TIMES < 30)
TRAVEL = TravelMatrix.from_pairs(*PAIRS, TIMES[PAIRS], shape=TIMES.shape)
DEMANDS = {"all": NUMBERS.uniform(1, 100, 30), "aged": NUMBERS.uniform(0, 30, 30)}
SUPPLIES = {"all": NUMBERS.uniform(0, 9, 12), "under 65": NUMBERS.uniform(0, 5, 12), "under 60": np.ones(12)}
DECAYS = [linear(20), binary(15), gaussian(8, max_min=20)]
FACTORS = (1.0, 0.85, 1.15)


@pytest.fixture(scope="module")
def alone():
    """Scores of every convention, each computed by itself."""
    rows = []
    for decay in DECAYS:
        for factor in FACTORS:
            travel = TravelMatrix(TRAVEL.indptr, TRAVEL.indices, TRAVEL.minutes * factor, TRAVEL.n_supply)
            rows += [catchment(travel, d, s, decay).scores for d in DEMANDS.values() for s in SUPPLIES.values()]
    return np.array(rows)


@pytest.mark.parametrize("memory_mb", [512, 0.001])
def test_statistics_are_those_of_each_convention_computed_alone(alone, memory_mb):
    found = variants(TRAVEL, DEMANDS, SUPPLIES, DECAYS, Bounds(0.05, memory_mb, complete_min=30), FACTORS)
    assert len(found.conventions) == len(alone) == 54
    assert found.conventions[4] == Convention("linear 0-20", 1.0, "aged", "under 65")
    np.testing.assert_allclose(found.median, np.median(alone, axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.low, alone.min(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.high, alone.max(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.share_under, (alone < 0.05).mean(axis=0))
    np.testing.assert_array_equal(found.n_under, (alone < 0.05).sum(axis=1))


def test_who_changes_side_is_told_for_each_convention(alone):
    found = variants(TRAVEL, DEMANDS, SUPPLIES, DECAYS, Bounds(0.05), FACTORS)
    under = alone < 0.05
    for k in range(54):
        entering, leaving = found.changes(k)
        assert entering.tolist() == np.flatnonzero(under[k] & ~under[0]).tolist()
        assert leaving.tolist() == np.flatnonzero(under[0] & ~under[k]).tolist()
        assert found.n_changes[k] == entering.size + leaving.size
    assert found.n_changes.max() > 0


def test_ranks_are_compared_with_the_first_convention(alone):
    found = variants(TRAVEL, DEMANDS, SUPPLIES, DECAYS, Bounds(0.05), FACTORS)
    assert found.rank_correlation[0] == 1
    order = (rankdata(alone, axis=1) - 1) / 29
    np.testing.assert_allclose(found.rank_correlation, [np.corrcoef(o, order[0])[0, 1] for o in order], rtol=1e-9)
    np.testing.assert_allclose(found.rank_low, order.min(axis=0))
    np.testing.assert_allclose(found.rank_high, order.max(axis=0))


def test_one_convention_is_sure_of_itself():
    found = variants(TRAVEL, {"all": DEMANDS["all"]}, {"all": SUPPLIES["all"]}, DECAYS[:1], Bounds(0.05))
    np.testing.assert_array_equal(found.low, found.high)
    assert set(found.share_under) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("decays", "bounds", "factors", "message"),
    [
        (DECAYS, Bounds(1, complete_min=20), (0.8,), "look 25 minutes far, and the travel matrix is complete up to 20"),
        (DECAYS, Bounds(1), (1.0, 0.0), "positive and finite"),
        ([], Bounds(1), (1.0,), "a decay, a factor, a method, a demand and a supply"),
    ],
)
def test_what_cannot_be_answered_is_refused(decays, bounds, factors, message):
    with pytest.raises(ArrayInputError, match=message):
        variants(TRAVEL, DEMANDS, SUPPLIES, decays, bounds, factors)


@pytest.mark.parametrize("memory_mb", [512, 0.001])
def test_methods_are_conventions_too(memory_mb):
    scores = {"e2sfca": catchment, "3sfca": three_step, "m2sfca": modified, "bfca": balanced}
    found = variants(
        TRAVEL, DEMANDS, SUPPLIES, DECAYS[:2], Bounds(0.05, memory_mb), (1.0,), ("e2sfca", "3sfca", "m2sfca", "bfca")
    )
    alone = [
        score(TRAVEL, demand, supply, decay).scores
        for decay in DECAYS[:2]
        for score in scores.values()
        for demand in DEMANDS.values()
        for supply in SUPPLIES.values()
    ]
    assert found.conventions[6] == Convention("linear 0-20", 1.0, "all", "all", "3sfca")
    assert len(found.conventions) == len(alone) == 48
    np.testing.assert_allclose(found.low, np.min(alone, axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.high, np.max(alone, axis=0), rtol=1e-12)
    np.testing.assert_array_equal(found.n_under, (np.array(alone) < 0.05).sum(axis=1))
    lost = modified(TRAVEL, DEMANDS["all"], SUPPLIES["all"], DECAYS[0]).conservation_error
    np.testing.assert_allclose(found.conservation_error[12], lost, rtol=1e-12)
    np.testing.assert_allclose(found.conservation_error[:12], 0, atol=1e-12)
    assert found.unreached.tolist() == np.flatnonzero(np.max(alone, axis=0) == 0).tolist()


def test_gravity_has_scores_of_its_own_unit():
    found = variants(TRAVEL, DEMANDS, {"all": SUPPLIES["all"]}, DECAYS[:1], Bounds(5), (1.0,), ("gravity",))
    np.testing.assert_allclose(found.low, gravity(TRAVEL, DEMANDS["all"], SUPPLIES["all"], DECAYS[0]).scores)
    with pytest.raises(ArrayInputError, match="ask for it by itself"):
        variants(TRAVEL, DEMANDS, SUPPLIES, DECAYS, Bounds(5), (1.0,), ("gravity", "e2sfca"))
    with pytest.raises(ArrayInputError, match="e2sfca, 3sfca, m2sfca, bfca, gravity: found 'huff'"):
        variants(TRAVEL, DEMANDS, SUPPLIES, DECAYS, Bounds(5), (1.0,), ("huff",))


def test_the_faulty_array_is_named():
    with pytest.raises(ArrayInputError, match="The supply 'none' should have 12 values"):
        variants(TRAVEL, DEMANDS, {"none": [1.0]}, DECAYS, Bounds(1))
