"""Scores computed by hand, and what a result reports."""

import numpy as np
import pytest

from maillage.access import (
    Activity,
    AgeWeights,
    Decay,
    TravelMatrix,
    annual_acts,
    catchment,
    standardised_demand,
)
from maillage.errors import ArrayInputError, DefinitionError
from maillage.pipeline.access_conventions import band_ages, load_apl

IRDES = Decay("irdes", "steps", (5, 10, 15), (1, 0.3, 0.1))


def square(minutes):
    """Every finite time is a pair."""
    times = np.array(minutes, dtype=float)
    demand, supply = np.nonzero(np.isfinite(times))
    return TravelMatrix.from_pairs(demand, supply, times[demand, supply], shape=times.shape)


def test_a_case_computed_by_hand():
    # R0 = 8000 / (1000 + 0.3 × 2000) = 5; R1 = 2400 / (0.1 × 1000 + 1 × 2000 + 0.3 × 1000) = 1
    travel = square([[3, 12], [5, 4], [np.inf, 9]])
    result = catchment(travel, [1000, 2000, 1000], [8000, 2400], IRDES)
    np.testing.assert_allclose(result.ratios, [5, 1])
    np.testing.assert_allclose(result.scores, [5 + 0.1, 0.3 * 5 + 1, 0.3])
    assert result.conservation_error < 1e-15


def test_unreached_demand_scores_nothing_and_is_counted():
    result = catchment(square([[3], [np.inf], [18]]), [10, 20, 30], [60], IRDES)
    assert result.scores.tolist() == [6, 0, 0]
    assert result.unreached.tolist() == [1, 2]
    assert result.unreached_demand == 50


def test_a_place_without_demand_is_reported_and_never_infinite():
    result = catchment(square([[3, np.inf], [np.inf, 3]]), [10, 0], [60, 90], IRDES)
    assert result.scores.tolist() == [6, 0]
    assert result.empty_places.tolist() == [1]
    assert result.empty_supply == 90


def test_a_place_without_supply_reaches_nobody():
    result = catchment(square([[3, np.inf], [np.inf, 3]]), [10, 10], [60, 0], IRDES)
    assert result.unreached.tolist() == [1]
    assert result.empty_places.size == 0


def test_a_country_without_anybody_scores_nothing_and_is_no_error():
    result = catchment(square([[3, 4], [6, 2]]), [0, 0], [60, 90], IRDES)
    assert result.scores.tolist() == [0, 0]
    assert result.unreached.size == 0
    assert result.empty_places.tolist() == [0, 1]
    assert result.empty_supply == 150


def test_a_score_of_nothing_is_not_unreached_where_a_place_is_within_reach():
    # Nobody lives where the second place serves: its ratio is nil, but its supply is there.
    result = catchment(square([[3, np.inf], [np.inf, 4], [np.inf, 40]]), [10, 0, 0], [60, 90], IRDES)
    assert result.scores.tolist() == [6, 0, 0]
    assert result.unreached.tolist() == [2]


@pytest.mark.parametrize(
    ("demand", "supply", "message"),
    [
        ([1, 2], [1], "The demand should have 1 values"),
        ([1], [1, 1], "The supply should have 1 values"),
        ([-1], [1], r"found -1 at position 0 \(1 such in all\)"),
        ([np.inf], [1], r"The demand should be finite and not negative: found inf at position 0 \(1 such in all\)"),
        ([1], [np.nan], r"found nan at position 0 \(1 such in all\)"),
        (["many"], [1], "The demand should be numbers: could not convert string"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(demand, supply, message):
    with pytest.raises(ArrayInputError, match=message):
        catchment(square([[3]]), demand, supply, IRDES)


def test_demand_keeps_the_total_population():
    demand = standardised_demand([[100, 0], [0, 100]], [0.5, 1.5])
    assert demand.tolist() == [50, 150]
    assert standardised_demand([[100, 0], [0, 100]], [1, 3]).tolist() == [50, 150]


def test_populations_must_match_their_bands():
    with pytest.raises(ArrayInputError, match="2 age bands"):
        standardised_demand([[1, 2, 3]], [1, 1])
    with pytest.raises(ArrayInputError, match="found -2 at position 1"):
        standardised_demand([[1, -2]], [1, 1])


def test_three_band_means_of_the_irdes_weights():
    weights = load_apl("irdes-2012").age_weights
    assert weights.mean(*band_ages("0-19")) == pytest.approx((1.27 + 0.65 + 0.55 + 0.51) / 4)
    assert weights.mean(*band_ages("20-64")) == pytest.approx(
        (0.54 + 0.65 + 0.67 + 0.72 + 0.75 + 0.83 + 1.03 + 1.07 + 1.31) / 9
    )
    # Numbers falling to none at 100: 32.5, 27.5, 22.5, 17.5, 12.5 for the five-year classes, 10 for 90 and over.
    by_hand = np.average([1.39, 1.54, 1.82, 2.12, 2.84, 2.61], weights=[32.5, 27.5, 22.5, 17.5, 12.5, 10])
    assert weights.mean(*band_ages("65+")) == pytest.approx(by_hand)
    assert weights.mean(*band_ages("75-79")) == pytest.approx(1.82)


@pytest.mark.parametrize("label", ["young", "20-", "-64", ""])
def test_a_band_that_is_no_band_is_refused(label):
    with pytest.raises(DefinitionError, match="20-64 or 65"):
        band_ages(label)


def test_age_weights_start_at_birth_and_rise():
    with pytest.raises(DefinitionError, match="rising from 0"):
        AgeWeights((5, 10), (1, 1))


def test_known_activity_is_floored_and_capped_and_unknown_takes_the_default():
    activity = Activity(3600, 6000, 4127)
    assert annual_acts([1, 2, 1, 1], activity, [1000, 9000, 5000, np.nan]).tolist() == [3600, 12000, 5000, 4127]
    assert annual_acts([0, 2], activity).tolist() == [0, 8254]
    with pytest.raises(ArrayInputError, match="acts"):
        annual_acts([1], activity, [-5])
    with pytest.raises(DefinitionError, match="floor ≤ default ≤ cap"):
        Activity(6000, 3600, 5000)


def test_the_default_activity_shares_the_national_acts():
    assert load_apl("drees-2018").activity.default_acts == round(250e6 / 60573)
