"""Figures that do not add up, from strata that do."""

from statistics import median

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.errors import DefinitionError
from maillage.indicators.strata import Gap, Median, Standardised, combine


def rows(counts):
    """``{code: {stratum: (numerator, denominator)}}`` as rows."""
    flat = [
        {"code": code, "stratum": name, "numerator": n, "denominator": d}
        for code, held in counts.items()
        for name, (n, d) in held.items()
    ]
    schema = {"code": pl.String, "stratum": pl.String, "numerator": pl.Float64, "denominator": pl.Float64}
    return pl.DataFrame(flat, schema=schema)


def combined(counts, how, scale=1.0):
    return {r["code"]: r for r in combine(rows(counts), how, scale=scale, confidence=0.95).to_dicts()}


days = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@given(st.lists(days, min_size=1, max_size=4))
def test_a_median_from_counts_is_that_of_the_days(people):
    counts = {str(i): {str(d): (mine.count(d), mine.count(d)) for d in mine} for i, mine in enumerate(people)}
    found = combined(counts, Median())
    for i, mine in enumerate(people):
        row = found[str(i)]
        assert row["value"] == median(mine)
        assert row["denominator"] == len(mine)
        if row["low"] is not None:
            assert row["low"] <= row["value"] <= row["high"]


def test_a_median_has_an_interval_from_six_values_on_by_order_statistics():
    nothing = combined({"a": {str(d): (1, 1) for d in range(5)}}, Median())["a"]
    assert (nothing["low"], nothing["high"]) == (None, None)
    six = combined({"a": {str(d): (1, 1) for d in range(6)}}, Median())["a"]
    assert (six["low"], six["high"]) == (0, 5)  # 1 - 2 / 2**6 = 0.969
    # Twenty values: ranks 6 and 15, at 0.9586 (Conover, table A3 of the binomial law).
    twenty = combined({"a": {str(d): (1, 1) for d in range(1, 21)}}, Median())["a"]
    assert (twenty["low"], twenty["high"]) == (6, 15)


def test_a_standardised_rate_is_the_weighted_mean_of_the_rates_by_age():
    held = {"0": (10, 1000), "65": (30, 500)}
    row = combined({"a": held}, Standardised({"0": 80, "65": 20}), scale=1000.0)["a"]
    assert row["value"] == pytest.approx(1000 * (0.8 * 0.01 + 0.2 * 0.06))
    assert (row["numerator"], row["denominator"]) == (40, 1500)
    assert row["low"] < row["value"] < row["high"]


def test_a_band_where_nobody_lives_leaves_its_weight_to_the_others():
    held = {"0": (20, 1000), "65": (0, 0)}
    assert combined({"a": held}, Standardised({"0": 80, "65": 20}))["a"]["value"] == pytest.approx(0.02)


def test_a_standardised_rate_is_not_given_under_ten_events():
    assert combined({"a": {"0": (9, 1000)}}, Standardised({"0": 1}))["a"]["value"] is None


def test_a_band_without_a_weight_is_refused():
    with pytest.raises(DefinitionError, match="90"):
        combined({"a": {"90": (1, 2)}}, Standardised({"0": 1}))


def test_a_gap_is_that_of_two_proportions_with_newcombes_interval():
    # Newcombe (1998), table II, example (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339.
    row = combined({"a": {"first": (56, 70), "second": (48, 80)}}, Gap("first", "second"))["a"]
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_a_gap_needs_people_on_both_sides():
    found = combined({"a": {"first": (1, 2)}, "b": {"first": (1, 2), "second": (1, 4)}}, Gap("first", "second"))
    assert found["a"]["value"] is None
    assert found["b"]["value"] == 0.25
