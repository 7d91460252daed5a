"""What every catchment keeps, whatever the places."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.access import Decay, TravelMatrix, catchment

DECAYS = (
    Decay("steps", "steps", (5, 10, 15), (1, 0.3, 0.1)),
    Decay("line", "linear", (0, 20), (1, 0)),
    Decay("flat", "linear", (5, 20), (1, 0.1)),
)
AMOUNT = st.one_of(st.just(0.0), st.floats(0.5, 1e5))


@st.composite
def countries(draw):
    n, m = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    times = np.array(draw(st.lists(st.lists(st.floats(0, 19.9), min_size=m, max_size=m), min_size=n, max_size=n)))
    kept = np.array(draw(st.lists(st.lists(st.booleans(), min_size=m, max_size=m), min_size=n, max_size=n)))
    demand = np.array(draw(st.lists(AMOUNT, min_size=n, max_size=n)))
    supply = np.array(draw(st.lists(AMOUNT, min_size=m, max_size=m)))
    return times, kept, demand, supply, draw(st.sampled_from(DECAYS))


def matrix(times, kept):
    demand, supply = np.nonzero(kept)
    return TravelMatrix.from_pairs(demand, supply, times[demand, supply], shape=times.shape)


@given(countries())
def test_accessible_supply_adds_up_to_the_supply_reached(country):
    times, kept, demand, supply, decay = country
    result = catchment(matrix(times, kept), demand, supply, decay)
    assert np.isfinite(result.scores).all()
    np.testing.assert_allclose(demand @ result.scores, supply.sum() - result.empty_supply, rtol=1e-9, atol=1e-9)
    assert result.scores[result.unreached].sum() == 0


@given(countries())
def test_scores_agree_with_the_formula_written_densely(country):
    times, kept, demand, supply, decay = country
    weights = np.where(kept, decay(times), 0.0)
    below = demand @ weights
    ratios = np.divide(supply, below, out=np.zeros_like(supply), where=below > 0)
    np.testing.assert_allclose(catchment(matrix(times, kept), demand, supply, decay).scores, weights @ ratios)


@given(countries(), st.data())
def test_more_supply_lowers_nobody(country, data):
    times, kept, demand, supply, decay = country
    more = supply.copy()
    more[data.draw(st.integers(0, supply.size - 1))] += 1000
    before = catchment(matrix(times, kept), demand, supply, decay).scores
    after = catchment(matrix(times, kept), demand, more, decay).scores
    assert (after >= before - 1e-9 * (1 + before)).all()


@given(countries(), st.floats(0.1, 10), st.data())
def test_a_longer_way_to_a_place_never_serves_better(country, longer, data):
    times, kept, demand, supply, decay = country
    i = data.draw(st.integers(0, demand.size - 1))
    slower = times.copy()
    slower[i] += longer
    before = catchment(matrix(times, kept), demand, supply, decay).scores
    after = catchment(matrix(slower, kept), demand, supply, decay).scores
    # Only inhabited places: a place where nobody lives weighs on no ratio, and follows those of its neighbours.
    if demand[i] > 0:
        assert after[i] <= before[i] * (1 + 1e-9) + 1e-9
    others = (np.arange(demand.size) != i) & (demand > 0)
    assert (after[others] >= before[others] * (1 - 1e-9) - 1e-9).all()


@given(countries(), st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(country, random):
    times, kept, demand, supply, decay = country
    rows, columns = list(range(demand.size)), list(range(supply.size))
    random.shuffle(rows)
    random.shuffle(columns)
    base = catchment(matrix(times, kept), demand, supply, decay).scores
    moved = catchment(matrix(times[rows][:, columns], kept[rows][:, columns]), demand[rows], supply[columns], decay)
    np.testing.assert_allclose(moved.scores, base[rows], rtol=1e-9)


@settings(max_examples=50)
@given(countries(), st.floats(0.1, 100))
def test_scores_scale_with_supply_and_against_demand(country, factor):
    times, kept, demand, supply, decay = country
    base = catchment(matrix(times, kept), demand, supply, decay).scores
    np.testing.assert_allclose(catchment(matrix(times, kept), demand, factor * supply, decay).scores, factor * base)
    np.testing.assert_allclose(catchment(matrix(times, kept), factor * demand, supply, decay).scores, base / factor)


@settings(max_examples=200)
@given(
    st.lists(st.floats(0.01, 60), min_size=1, max_size=6, unique=True).map(sorted),
    st.lists(st.floats(0, 61, width=32), max_size=20),
    st.sampled_from(("left", "right")),
    st.sampled_from((np.float32, np.float64)),
)
def test_a_time_held_in_float32_falls_in_the_class_of_its_exact_value(limits, times, closed, kind):
    weights = np.linspace(1, 0.1, len(limits))
    decay = Decay("steps", "steps", tuple(limits), tuple(weights), closed)
    near = np.array(limits, dtype=np.float32)
    edges = np.concatenate((near, np.nextafter(near, np.float32(0)), np.nextafter(near, np.float32(99)), times))
    held = edges.astype(kind)
    classes = np.searchsorted(limits, held.astype(np.float64), side="right" if closed == "left" else "left")
    np.testing.assert_array_equal(decay(held), np.append(weights, 0.0)[classes])
