"""Decays at their limits, exactly."""

import numpy as np
import pytest

from maillage.access import Decay
from maillage.errors import DefinitionError
from maillage.pipeline.access_conventions import load_decay

LIMITS = np.array([0, 4.999, 5, 9.999, 10, 14.999, 15, 20, 20.001])


def test_irdes_classes_are_closed_on_the_left():
    assert load_decay("apl_irdes_2012")(LIMITS).tolist() == [1, 1, 0.3, 0.3, 0.1, 0.1, 0, 0, 0]


def test_the_assumed_line_falls_from_0_to_20_minutes():
    decay = load_decay("apl_linear_20")
    assert decay(np.array([0.0, 5, 10, 15, 20, 25])).tolist() == [1, 0.75, 0.5, 0.25, 0, 0]
    assert decay.max_min == 20


def test_classes_closed_on_the_right_own_their_upper_limit():
    decay = Decay("right", "steps", (5, 10), (1, 0.5), closed="right")
    assert decay(np.array([5.0, 5.001, 10, 10.001])).tolist() == [1, 0.5, 0.5, 0]


@pytest.mark.parametrize(
    ("minutes", "weights"), [((5, 5), (1, 0)), ((5, 10), (0.5, 1)), ((5,), (1, 0)), ((), ()), ((5,), (1.5,))]
)
def test_a_decay_that_is_none_is_refused(minutes, weights):
    with pytest.raises(DefinitionError, match="odd"):
        Decay("odd", "steps", minutes, weights)
