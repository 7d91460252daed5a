from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.web.charts import history, strip
from maillage.web.classes import MISSING, WORST_TO_BEST, quantile_classes

VALUES = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=60)


@given(VALUES, st.sampled_from(["low", "high", "none"]))
def test_every_value_has_a_class_whose_limits_hold_it(values: list[float | None], worst: str) -> None:
    array = np.array([np.nan if v is None else v for v in values])
    classes = quantile_classes(array, worst)  # type: ignore[arg-type]
    found = classes.of(array)
    assert (found == MISSING).tolist() == np.isnan(array).tolist()
    for value, rank in zip(array, found, strict=True):
        if rank != MISSING:
            assert rank < len(classes.colours)
            assert classes.limits[rank] <= value <= classes.limits[rank + 1]


def test_classes_hold_equal_numbers_of_territories() -> None:
    values = np.arange(600, dtype=float)
    classes = quantile_classes(values, "low")
    assert np.bincount(classes.of(values)).tolist() == [100] * 6


@pytest.mark.parametrize(("worst", "first"), [("low", WORST_TO_BEST[0]), ("high", WORST_TO_BEST[-1])])
def test_the_difficult_side_always_has_the_same_colour(worst: str, first: str) -> None:
    assert quantile_classes(np.arange(60.0), worst).colours[0] == first  # type: ignore[arg-type]


def test_a_count_has_one_class_a_value() -> None:
    values = np.array([0.0] * 90 + [1.0] * 6 + [2.0, 3.0])
    classes = quantile_classes(values, "high")
    assert classes.limits == (0.0, 1.0, 2.0, 3.0, 3.0)
    assert np.bincount(classes.of(values)).tolist() == [90, 6, 1, 1]


def test_extremes_are_drawn_at_the_edge_and_the_place_itself_inside() -> None:
    peers = np.concatenate([np.linspace(1, 5, 500), [1e6]])
    drawn = strip(peers, [("here", "A", 3.0)])
    assert drawn is not None
    assert 100 < drawn.marks[0].x < 220
    assert strip(np.full(9, 2.0), [("here", "A", 2.0)]) is None


def test_a_history_does_not_join_points_across_a_break() -> None:
    points = history([("2018", 2.0, False), ("2021", 3.0, False), ("2022", 2.5, True), ("2023", np.nan, True)])
    assert [(p.label, p.joined) for p in points] == [("2018", False), ("2021", False), ("2022", True)]
