"""Bounds on effects when trends are not parallel: their exactness, their order, and what is refused."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import truncnorm

from maillage.errors import ArrayInputError
from maillage.evaluation.honest import (
    Bounds,
    EventStudy,
    _truncated_quantile,
    breakdown,
    dual_vertices,
    relative_magnitudes,
)
from maillage.evaluation.honest_smooth import half_length, smoothness


def study(after=2, target=None, scale=0.01):
    random = np.random.default_rng(5)
    root = random.normal(size=(3 + after, 3 + after))
    covariance = scale**2 * (np.eye(3 + after) + 0.2 * root @ root.T)
    return EventStudy.of(np.append([0.01, -0.004, 0.006], np.full(after, 0.2)), covariance, 3, target)


@pytest.mark.parametrize("columns", [0, 1, 3], ids=str)
def test_vertices_hold_the_value_of_the_linear_programme(columns):
    random = np.random.default_rng(columns)
    nuisance = np.vstack([random.normal(size=(4, columns)), -random.normal(size=(4, columns)), np.zeros((2, columns))])
    nuisance[4:8] = -nuisance[:4]  # so that the programme is bounded
    scale = random.uniform(0.5, 2, size=10)
    vertices = dual_vertices(nuisance, scale)

    assert np.abs(vertices @ nuisance).max(initial=0) < 1e-9
    assert vertices @ scale == pytest.approx(1.0)
    for y in random.normal(size=(20, 10)):
        solved = linprog(
            np.append(1.0, np.zeros(columns)),
            A_ub=-np.column_stack([scale, nuisance]),
            b_ub=-y,
            bounds=[(None, None)] * (1 + columns),
        )
        assert (vertices @ y).max() == pytest.approx(solved.fun, abs=1e-7)


@pytest.mark.parametrize("after", [1, 2, 4], ids=str)
@pytest.mark.parametrize("average", [False, True], ids=["first", "average"])
def test_the_interval_widens_with_departures_and_holds_the_estimate(after, average):
    given = study(after, np.full(after, 1 / after) if average else None)
    for bounds in (lambda size: relative_magnitudes(given, size), lambda size: smoothness(given, size / 100)):
        found = [bounds(size) for size in (0.0, 0.5, 1.0, 2.0)]
        widths = [each.upper - each.lower for each in found]

        assert all(inner < outer + 1e-3 for inner, outer in itertools.pairwise(widths))
        assert all(each.lower < given.estimate < each.upper for each in found[1:])


def test_without_departure_or_bend_smoothness_is_the_best_linear_extrapolation():
    given = study()
    # Weighted least squares of the periods before on a line through the reference, taken off the first period after.
    inverse = np.linalg.inv(given.covariance)
    design = np.zeros((5, 3))
    design[:, 0] = [-3, -2, -1, 1, 2]
    design[3, 1] = design[4, 2] = 1
    fit = np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ given.att)
    spread = np.sqrt(np.linalg.inv(design.T @ inverse @ design)[1, 1])
    found = smoothness(given, 0.0)

    assert (found.lower + found.upper) / 2 == pytest.approx(fit[1])
    assert (found.upper - found.lower) / 2 == pytest.approx(1.959964 * spread, rel=1e-6)


def test_the_same_seed_gives_the_same_bounds():
    assert relative_magnitudes(study(), 1.0, seed=4) == relative_magnitudes(study(), 1.0, seed=4)


def test_half_length_has_the_level_it_claims():
    assert half_length(0.0, 2.0, 0.95) == pytest.approx(2 * 1.959964, rel=1e-6)
    assert half_length(50.0, 1.0, 0.95) == pytest.approx(50 + 1.644854, rel=1e-6)


def test_a_truncated_quantile_is_right_in_both_tails():
    low, high = np.array([-np.inf, -1.0, 3.0, 20.0]), np.array([0.0, 2.0, 4.0, 21.0])
    expected = truncnorm.ppf(0.95, low, high)

    assert _truncated_quantile(0.95, low, high) == pytest.approx(expected, rel=1e-6)


def test_breakdown_is_the_last_departure_that_leaves_zero_out():
    assert breakdown(lambda size: Bounds(size, 1 - size, 3), 5) == pytest.approx(1.0, abs=0.01)
    assert breakdown(lambda size: Bounds(size, -3, size - 1), 5) == pytest.approx(1.0, abs=0.01)
    assert breakdown(lambda size: Bounds(size, -1 - size, 3), 5) == 0
    assert breakdown(lambda size: Bounds(size, 1, 3), 5) == float("inf")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: EventStudy.of(np.ones(3), np.eye(2), 1), "is square"),
        (lambda: EventStudy.of(np.ones(3), np.eye(3), 3), "3 before and 0 after"),
        (lambda: EventStudy.of(np.ones(3), np.ones((3, 3)), 1), "not positive definite"),
        (lambda: EventStudy.of(np.ones(3), np.eye(3), 1, np.zeros(2)), "weighs 2 periods"),
        (lambda: relative_magnitudes(study(), -1.0), "not negative"),
        (lambda: smoothness(study(), -1.0), "not negative"),
        (lambda: relative_magnitudes(study(14), 1.0), "about ten periods"),
    ],
    ids=["shape", "after", "definite", "target", "relative", "smooth", "long"],
)
def test_bounds_that_cannot_be_computed_are_refused(given, message):
    with pytest.raises(ArrayInputError, match=message):
        given()
