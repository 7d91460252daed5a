"""Roads with fewer points: what goes, what stays, and that no shortest time changes."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maillage.access.contraction import contracted


def network(n, segments):
    """Compressed rows of ``(tail, head, minutes)``, driven as given."""
    tails, heads, minutes = (np.array(side) for side in zip(*sorted(segments), strict=True))
    return np.searchsorted(tails, np.arange(n + 1)), heads.astype(np.int32), minutes.astype(np.float64)


def both(*ends):
    return [way for a, b, minutes in ends for way in ((a, b, minutes), (b, a, minutes))]


def shorter(n, segments, kept):
    marked = np.isin(np.arange(n), kept)
    (indptr, heads, minutes), number = contracted(network(n, segments), marked)
    old = np.flatnonzero(number >= 0)
    tails = old[np.repeat(np.arange(old.size), np.diff(indptr))]
    return sorted(zip(tails.tolist(), old[heads].tolist(), minutes.tolist(), strict=True)), old.tolist()


def test_a_winding_road_becomes_one_segment_each_way():
    road = [(0, 1, 1.0), (1, 2, 2.0), (2, 3, 4.0)]
    assert shorter(4, both(*road), [0, 3]) == ([(0, 3, 7.0), (3, 0, 7.0)], [0, 3])
    assert shorter(4, road, [0, 3]) == ([(0, 3, 7.0)], [0, 3])


def test_a_place_on_the_road_stays():
    assert shorter(3, both((0, 1, 1.0), (1, 2, 2.0)), [0, 1, 2])[1] == [0, 1, 2]


def test_a_dead_end_goes_back_to_its_junction_unless_a_place_is_on_it():
    # 0 - 1 - 2 is the road, 1 - 3 - 4 a dead end.
    roads = both((0, 1, 1.0), (1, 2, 1.0), (1, 3, 1.0), (3, 4, 1.0))
    assert shorter(5, roads, [0, 2]) == ([(0, 2, 2.0), (2, 0, 2.0)], [0, 2])
    assert shorter(5, roads, [0, 2, 4])[1] == [0, 1, 2, 4]


def test_where_a_road_becomes_one_way_the_point_stays():
    roads = [*both((0, 1, 1.0)), (1, 2, 1.0), *both((2, 0, 9.0))]
    assert shorter(3, roads, [0])[1] == [0, 1, 2]


def test_rings_that_lead_nowhere_go():
    apart = both((1, 2, 1.0), (2, 3, 1.0), (3, 1, 1.0))
    assert shorter(4, apart, [0]) == ([], [0])
    home = both((0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0))
    assert shorter(3, home, [0]) == ([], [0])


@pytest.mark.parametrize("seed", range(20))
def test_no_shortest_time_between_places_changes(seed):
    # Trees with a few more roads: mostly dead ends and roads without a junction, half of the streets one way.
    rng = np.random.default_rng(seed)
    n = 200
    ends = [(int(rng.integers(max(0, k - 4), k)), k, float(rng.uniform(0.1, 3))) for k in range(1, n)]
    ends += [(int(a), int(b), 5.0) for a, b in rng.integers(0, n, (25, 2)) if a != b]
    segments = {(a, b): m for a, b, m in both(*ends) if rng.random() < 0.9}
    kept = np.sort(rng.choice(n, 15, replace=False))
    roads = network(n, [(a, b, m) for (a, b), m in segments.items()])
    (indptr, heads, minutes), number = contracted(roads, np.isin(np.arange(n), kept))
    assert (number[kept] >= 0).all()
    assert indptr.size - 1 < n / 2
    expected = dijkstra(csr_array((roads[2], roads[1], roads[0]), shape=(n, n)))[np.ix_(kept, kept)]
    found = np.full((indptr.size - 1,) * 2, np.inf)
    np.minimum.at(found, (np.repeat(np.arange(indptr.size - 1), np.diff(indptr)), heads), minutes)
    times = dijkstra(csr_array(np.where(np.isinf(found), 0, found)))[np.ix_(number[kept], number[kept])]
    np.testing.assert_allclose(times, expected, rtol=1e-12)
