"""Decays at their limits, exactly."""

import math

import numpy as np
import pytest

from maillage.access import (
    Curve,
    Decay,
    binary,
    declared_decay,
    epanechnikov,
    exponential,
    gaussian,
    gaussian_to_zero,
    inverse_power,
    linear,
    logistic,
    piecewise_linear,
    quartic,
    steps,
)
from maillage.errors import ArrayInputError, DefinitionError
from maillage.pipeline.access_conventions import load_decay

LIMITS = np.array([0, 4.999, 5, 9.999, 10, 14.999, 15, 20, 20.001])
EXACT = np.array([5.0, 10, 15, 20])


def test_irdes_classes_are_closed_on_the_left():
    assert load_decay("irdes-2012")(LIMITS).tolist() == [1, 1, 0.3, 0.3, 0.1, 0.1, 0, 0, 0]


def test_the_assumed_line_falls_from_0_to_20_minutes():
    decay = load_decay("drees-2018")
    assert decay(np.array([0.0, 5, 10, 15, 20, 25])).tolist() == [1, 0.75, 0.5, 0.25, 0, 0]
    assert decay.max_min == 20


@pytest.mark.parametrize(
    ("decay", "at", "after"),
    [
        (binary(15), [1, 1, 1, 0], [1, 1, 0, 0]),
        (binary(15, closed="left"), [1, 1, 0, 0], [1, 1, 0, 0]),
        (steps((5, 10, 15), (1, 0.5, 0.25)), [0.5, 0.25, 0, 0], [0.5, 0.25, 0, 0]),
        (steps((5, 10, 15), (1, 0.5, 0.25), closed="right"), [1, 0.5, 0.25, 0], [0.5, 0.25, 0, 0]),
        (piecewise_linear((5, 15), (1, 0.5)), [1, 0.75, 0.5, 0], [1, 0.75, 0, 0]),
        (linear(20, flat_min=10), [1, 1, 0.5, 0], [1, 1, 0.5, 0]),
        (epanechnikov(20), [15 / 16, 3 / 4, 7 / 16, 0], [15 / 16, 3 / 4, 7 / 16, 0]),
        (quartic(20), [225 / 256, 9 / 16, 49 / 256, 0], [225 / 256, 9 / 16, 49 / 256, 0]),
        (inverse_power(1, from_min=5, max_min=20), [1, 1 / 2, 1 / 3, 1 / 4], [1, 1 / 2, 1 / 3, 0]),
        (inverse_power(1, from_min=5, max_min=20, closed="left"), [1, 1 / 2, 1 / 3, 0], [1, 1 / 2, 1 / 3, 0]),
    ],
    ids=lambda d: getattr(d, "name", None),
)
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_every_limit_belongs_to_the_declared_side(decay, at, after, kind):
    just_after = np.nextafter(EXACT.astype(kind), kind(np.inf))
    np.testing.assert_allclose(decay(EXACT.astype(kind)), at, rtol=1e-15)
    np.testing.assert_allclose(decay(just_after), after, rtol=4 * np.finfo(kind).eps, atol=4 * np.finfo(kind).eps)


@pytest.mark.parametrize(
    ("decay", "at"),
    [
        (gaussian(10, max_min=20), [math.exp(-1 / 8), math.exp(-1 / 2), math.exp(-9 / 8), math.exp(-2)]),
        (exponential(0.1, max_min=20), [math.exp(-0.5), math.exp(-1), math.exp(-1.5), math.exp(-2)]),
        (
            logistic(10, 5, max_min=20),
            [(1 + math.exp(-2)) / (1 + math.exp((t - 10) / 5)) for t in (5, 10, 15, 20)],
        ),
        (inverse_power(2, max_min=20), [1 / 25, 1 / 100, 1 / 225, 1 / 400]),
        (Curve("any", lambda t: 40 - t, 20), [35, 30, 25, 20]),
    ],
    ids=lambda d: getattr(d, "name", None),
)
def test_curves_count_their_limit_and_nothing_after_it(decay, at):
    np.testing.assert_allclose(decay(EXACT), at, rtol=1e-14)
    assert decay(np.array([np.nextafter(20, 21)])).tolist() == [0]


@pytest.mark.parametrize(
    "decay",
    [
        gaussian(10, max_min=20, closed="left"),
        exponential(0.1, max_min=20, closed="left"),
        logistic(10, 5, max_min=20, closed="left"),
        Curve("any", lambda t: 40 - t, 20, "left"),
    ],
    ids=lambda d: d.name,
)
def test_curves_closed_on_the_left_stop_at_their_limit(decay):
    assert (decay(EXACT) > 0).tolist() == [True, True, True, False]
    assert decay(np.array([np.nextafter(20, 0)])) > 0


def test_the_bell_of_dai_falls_to_nothing_at_its_limit():
    bell = gaussian_to_zero(20)
    assert bell(np.array([0.0, 20, 20.001])).tolist() == [1, 0, 0]
    expected = [(math.exp(-0.5 * (t / 20) ** 2) - math.exp(-0.5)) / (1 - math.exp(-0.5)) for t in (5, 10, 15, 20)]
    np.testing.assert_allclose(bell(EXACT), expected, rtol=1e-14)


def test_every_curve_weighs_one_on_the_spot_and_a_late_logistic_does_not_overflow():
    for decay in (gaussian(5), exponential(1), logistic(10, 2), inverse_power(2), epanechnikov(5), quartic(5)):
        np.testing.assert_allclose(decay(np.array([0.0])), [1], rtol=1e-14)
    assert logistic(10, 0.01)(np.array([1e6])).tolist() == [0]


def test_a_declared_decay_takes_the_values_of_its_shape():
    assert declared_decay("x", {"shape": "gaussian", "sigma_min": 10, "max_min": 20})(np.array([0.0, 21])).tolist() == [
        1,
        0,
    ]
    assert declared_decay("y", {"shape": "steps", "minutes": [5, 10], "weights": [1, 0.5], "closed": "right"}) == Decay(
        "y", "steps", (5, 10), (1, 0.5), "right"
    )
    with pytest.raises(DefinitionError, match="found 'bell'"):
        declared_decay("z", {"shape": "bell"})
    with pytest.raises(DefinitionError, match=r"given other values: \['sigma'\]"):
        declared_decay("z", {"shape": "gaussian", "sigma": 10})


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_callable_that_gives_no_weight_is_refused(weight):
    with pytest.raises(ArrayInputError, match=r"'odd' should be finite and not negative: found .* at 5 minutes"):
        Curve("odd", lambda t: np.where(t == 5, weight, 1.0), 20)(EXACT)


@pytest.mark.parametrize(
    ("minutes", "weights"), [((5, 5), (1, 0)), ((5, 10), (0.5, 1)), ((5,), (1, 0)), ((), ()), ((5,), (1.5,))]
)
def test_a_decay_that_is_none_is_refused(minutes, weights):
    with pytest.raises(DefinitionError, match="odd"):
        Decay("odd", "steps", minutes, weights)


@pytest.mark.parametrize("build", [lambda: gaussian(0), lambda: exponential(-1), lambda: logistic(10, math.inf)])
def test_a_curve_needs_positive_parameters(build):
    with pytest.raises(DefinitionError, match="positive and finite"):
        build()


def test_a_curve_needs_a_limit():
    with pytest.raises(DefinitionError, match="positive limit"):
        Curve("odd", np.ones_like, 0)


def test_a_time_that_is_none_weighs_nothing():
    assert steps((5, 10), (1, 0.5))(np.array([np.nan, np.inf])).tolist() == [0, 0]


def test_weights_keep_the_shape_of_the_times_and_do_not_depend_on_blocks():
    times = np.linspace(0, 25, 70_000).reshape(2, -1)
    for decay in (steps((5, 12.3), (1, 0.5)), linear(20)):
        np.testing.assert_array_equal(decay(times)[1, -9:], decay(times[1, -9:]))
        assert decay(times).shape == times.shape
