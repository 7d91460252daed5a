"""The concentration index stays within its bounds and answers as its definition says it must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.measures.targeting import Places, concentration_curve, concentration_index

TERRITORIES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 1000), st.integers(0, 1000)), min_size=1, max_size=15
).filter(lambda rows: sum(r[2] for r in rows) > 0)


def _read(rows):
    access, people, amount = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Places(access, people, access < 2), amount


@settings(max_examples=50)
@given(TERRITORIES, st.integers(1, 9))
def test_the_index_lies_between_its_bounds_and_ignores_the_unit(rows, factor):
    places, amount = _read(rows)
    index = concentration_index(places, amount)
    assert -1 <= index <= 1
    assert concentration_index(places, amount * factor) == pytest.approx(index)
    scaled = Places(places.access * 2 + 1, places.population * factor, places.in_alert)
    assert concentration_index(scaled, amount) == pytest.approx(index)


@settings(max_examples=50)
@given(TERRITORIES)
def test_the_index_is_that_of_the_curve_and_turns_with_the_ranking(rows):
    places, amount = _read(rows)
    people, money = concentration_curve(places, amount)
    index = concentration_index(places, amount)
    assert index == pytest.approx(1 - 2 * np.trapezoid(money, people), abs=1e-12)
    turned = Places(-places.access, places.population, places.in_alert)
    assert concentration_index(turned, amount) == pytest.approx(-index, abs=1e-12)


@settings(max_examples=50)
@given(TERRITORIES)
def test_the_same_for_everybody_is_no_concentration(rows):
    places, _ = _read(rows)
    assert concentration_index(places, places.population) == pytest.approx(0, abs=1e-12)
