from __future__ import annotations

import numpy as np
import pytest

from maillage.demo.rescale import PublishedMeans, decile_weights, gain_to_mean, to_published, weighted_mean
from maillage.errors import BrokenInvariantError

PUBLISHED = PublishedMeans(3.369, (1.52, 2.19, 2.54, 2.85, 3.14, 3.43, 3.76, 4.10, 4.58, 5.63))


def test_a_place_that_straddles_two_deciles_is_shared_between_them() -> None:
    score, people = np.array([3.0, 1.0, 2.0]), np.array([10.0, 5.0, 85.0])
    np.testing.assert_allclose(decile_weights(score, people, 1), [0.0, 0.05, 0.05])
    np.testing.assert_allclose(decile_weights(score, people, 10), [0.1, 0.0, 0.0])


def test_scores_take_the_published_mean_and_extreme_deciles() -> None:
    rng = np.random.default_rng(1)
    raw, people = rng.gamma(3.0, size=4000), rng.lognormal(6, 1.5, size=4000)
    weight = people * rng.uniform(0.8, 1.2, size=4000)
    image = to_published(raw, weight, people, PUBLISHED)
    assert weighted_mean(image, weight) == pytest.approx(3.369, abs=1e-9)
    assert weighted_mean(image, decile_weights(image, people, 1)) == pytest.approx(1.52, abs=1e-9)
    assert weighted_mean(image, decile_weights(image, people, 10)) == pytest.approx(5.63, abs=1e-9)


def test_a_draw_without_any_spread_is_refused_in_one_sentence() -> None:
    with pytest.raises(BrokenInvariantError, match="too uneven"):
        to_published(np.r_[np.zeros(50), np.ones(50)], np.ones(100), np.ones(100), PUBLISHED)


def test_the_gain_brings_a_sum_to_its_mean() -> None:
    base, extra, weight = np.array([1.0, 2.0]), np.array([0.5, 0.0]), np.array([1.0, 3.0])
    gain = gain_to_mean(base, extra, weight, 2.5)
    assert weighted_mean(base + gain * extra, weight) == pytest.approx(2.5)
