"""Cutting the population into tenths loses nobody and keeps the order of the values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maillage.indicators.deciles import population_quantile, quantile_limit, quantile_means

PLACES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 10_000)), min_size=1, max_size=60)


@given(PLACES, st.integers(2, 20))
def test_a_lower_value_never_lies_in_a_higher_part(places, parts):
    value, people = (np.array(c, dtype=float) for c in zip(*places, strict=True))
    part = population_quantile(value, people, parts=parts)
    order = np.argsort(value, kind="stable")
    assert (np.diff(part[order]) >= 0).all()
    assert part.max() == parts
    assert part.min() >= 1


@given(PLACES)
def test_the_means_of_the_parts_average_to_the_mean_of_all(places):
    value, people = (np.array(c, dtype=float) for c in zip(*places, strict=True))
    part = population_quantile(value, people)
    means = quantile_means(value, people)
    held = np.bincount(part - 1, weights=people, minlength=10)
    np.testing.assert_allclose(np.nansum(means * held), (value * people).sum(), rtol=1e-12)


@given(PLACES, st.sampled_from([0.05, 0.1, 0.5]))
def test_at_most_the_asked_share_lives_under_the_limit(places, share):
    value, people = (np.array(c, dtype=float) for c in zip(*places, strict=True))
    limit = quantile_limit(value, people, share)
    assert people[value < limit].sum() <= share * people.sum() * (1 + 1e-12)
