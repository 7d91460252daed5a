"""Exposure, whatever the neighbours and dates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.evaluation.exposure import Neighbours, exposure

PERIODS = np.arange(2018, 2023)
REACHES = ["share", "sum", "max", "any"]


@st.composite
def neighbourhoods(draw):
    n = draw(st.integers(2, 8))
    every = [(i, j) for i in range(n) for j in range(n) if i != j]
    pairs = np.asarray(draw(st.lists(st.sampled_from(every), unique=True)), dtype=np.int64).reshape(-1, 2)
    weight = draw(st.lists(st.floats(0, 100), min_size=len(pairs), max_size=len(pairs)))
    cohort = draw(st.lists(st.sampled_from([0, 2016, 2018, 2020, 2022, 2025]), min_size=n, max_size=n))
    return Neighbours(pairs[:, 0], pairs[:, 1], np.asarray(weight, dtype=np.float64)), np.asarray(cohort)


@given(neighbourhoods(), st.sampled_from(REACHES))
def test_units_without_neighbours_are_not_exposed_and_others_only_more_and_more(case, reach):
    neighbours, cohort = case
    found = exposure(neighbours, cohort, PERIODS, reach=reach)

    assert (found.value[~np.isin(np.arange(cohort.size), neighbours.left)] == 0).all()
    assert (np.diff(found.value, axis=1) >= 0).all()
    assert (found.value >= 0).all()
    if reach in ("share", "any"):
        assert (found.value <= 1).all()
    assert (found.exposed | found.clean | (cohort > 0)).all()
    assert not (found.exposed & found.clean).any()


@given(neighbourhoods(), st.sampled_from(REACHES), st.randoms(use_true_random=False))
def test_names_of_units_and_order_of_pairs_change_nothing(case, reach, random):
    neighbours, cohort = case
    name = np.asarray(random.sample(range(cohort.size), cohort.size))
    order = np.asarray(random.sample(range(neighbours.left.size), neighbours.left.size), dtype=np.int64)
    renamed = np.zeros_like(cohort)
    renamed[name] = cohort
    again = exposure(
        Neighbours(name[neighbours.left][order], name[neighbours.right][order], neighbours.weight[order]),
        renamed,
        PERIODS,
        reach=reach,
    )

    assert again.value[name] == pytest.approx(exposure(neighbours, cohort, PERIODS, reach=reach).value)


@given(neighbourhoods(), st.sampled_from(REACHES), st.integers(0, 7))
def test_a_unit_s_own_date_does_not_change_its_exposure(case, reach, unit):
    neighbours, cohort = case
    unit %= cohort.size
    other = cohort.copy()
    other[unit] = 2019
    before, after = (exposure(neighbours, each, PERIODS, reach=reach).value[unit] for each in (cohort, other))

    assert before.tolist() == after.tolist()
