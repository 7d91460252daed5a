from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.demo.fill import fill_to
from maillage.demo.rescale import PublishedMeans, decile_weights, to_published

PUBLISHED = PublishedMeans(59.0, (15.3, 30.3, 39.3, 47.1, 54.1, 61.1, 69.2, 77.7, 88.6, 111.0))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(1.5, 6.0))
def test_rescaling_never_changes_who_is_better_served(seed: int, shape: float) -> None:
    rng = np.random.default_rng(seed)
    raw, people = rng.gamma(shape, size=800), rng.lognormal(6, 1, size=800)
    raw[:5] = 0.0
    image = to_published(raw, people, people, PUBLISHED)
    order = np.argsort(raw, kind="stable")
    assert (np.diff(image[order]) >= -1e-9).all()
    assert (image[:5] == 0.0).all()


@given(st.lists(st.floats(0.1, 1e6), min_size=1, max_size=60))
def test_the_ten_deciles_share_everybody(people: list[float]) -> None:
    weight = np.array(people)
    parts = [decile_weights(np.arange(len(weight), dtype=float), weight, k) for k in range(1, 11)]
    np.testing.assert_allclose(np.sum(parts, axis=0), weight / weight.sum(), atol=1e-12)


@given(st.lists(st.floats(0.1, 100.0), min_size=1, max_size=60), st.floats(0.0, 1.0))
def test_filling_never_passes_its_goal_and_leaves_no_room_for_a_unit(weights: list[float], part: float) -> None:
    weight = np.array(weights)
    goal = part * weight.sum()
    taken = fill_to(np.arange(len(weight)), weight, goal)
    assert weight[taken].sum() <= goal + 1e-9
    assert (weight[~taken] > goal - weight[taken].sum() - 1e-9).all()
