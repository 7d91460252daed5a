"""What other packages compute on the same places, where they are right, and what is defined here where they are not.

Values printed by PySAL access 1.1.10 (``enhanced_two_stage_fca`` with ``step_fn({5: 1, 10: 0.68, 20: 0.22})``), aceso
0.1.0 (``GravityModel`` with the same steps) and sdc-catchment 0.1.1, in the environment of requirements/bench.lock.
"""

import numpy as np
import pytest
from scipy.sparse import csr_array

from maillage.access import Decay, TravelMatrix, catchment

STEPS = Decay("5, 10, 20", "steps", (5, 10, 20), (1, 0.68, 0.22), closed="right")
TIMES = np.array(
    [
        [15.6, 22.4, 19.4, 5.6],
        [11.7, 7.6, 7.0, 6.4],
        [15.6, 24.7, 5.4, 4.0],
        [22.9, 15.7, 12.9, 12.4],
        [9.2, 0.1, 20.8, 3.9],
        [18.5, 2.3, 13.5, 12.7],
    ]
)
DEMAND, SUPPLY = np.array([432.0, 178, 451, 260, 265, 382]), np.array([12.0, 1, 23, 30])
PYSAL = (
    0.028962540049744287,
    0.045720277703865206,
    0.05244320747590312,
    0.013075587125580726,
    0.041192669445476886,
    0.019325593298135577,
)
ACESO = (*PYSAL[:5], 0.01932559329813558)


def scores(pairs, demand, supply):
    i, j, minutes = (np.array(values) for values in zip(*pairs, strict=True))
    return catchment(TravelMatrix.from_pairs(i, j, minutes, shape=(len(demand), len(supply))), demand, supply, STEPS)


@pytest.mark.parametrize("peer", [PYSAL, ACESO])
def test_three_engines_and_the_formula_agree(peer):
    found = scores([(i, j, TIMES[i, j]) for i, j in np.ndindex(TIMES.shape)], DEMAND, SUPPLY).scores
    weights = csr_array(np.select([TIMES <= 5, TIMES <= 10, TIMES <= 20], [1, 0.68, 0.22], 0))
    np.testing.assert_allclose(found, weights @ (SUPPLY / (weights.T @ DEMAND)), rtol=1e-12)
    np.testing.assert_allclose(found, peer, rtol=1e-12)


def test_demand_out_of_reach_scores_nil_and_is_told_where_pysal_gives_nan():
    pysal = [0.211864406779661, 0.1440677966101695, np.nan]
    result = scores([(0, 0, 3.0), (1, 0, 7.0)], [10.0, 20, 30], [5.0])
    np.testing.assert_allclose(result.scores, [*pysal[:2], 0], rtol=1e-12)
    assert result.unreached.tolist() == [2]
    assert result.unreached_demand == 30


def test_a_place_whose_catchment_is_empty_serves_nobody_where_pysal_gives_infinite_scores():
    pysal, aceso = [0.5, np.inf, np.nan], [0.5, 0.34, 0.0]
    result = scores([(0, 0, 3.0), (1, 0, 7.0), (1, 1, 4.0)], [10.0, 0, 30], [5.0, 6])
    assert not np.isfinite(pysal[1])
    np.testing.assert_allclose(result.scores, aceso, rtol=1e-12)
    assert result.empty_places.tolist() == [1]
    assert result.empty_supply == 6


def test_an_absent_pair_is_out_of_reach_where_sdc_catchment_takes_it_for_next_door():
    # sdc-catchment fills a sparse cost with zeros, raises them to 1e-6, and so weighs every truncated pair 1.
    sdc_weights = [[1.0, 1.0], [0.68, 1.0], [1.0, 1.0]]
    pairs = [(0, 0, 3.0), (1, 0, 7.0), (1, 1, 4.0)]
    expected = np.array([[1.0, 0], [0.68, 1], [0, 0]])
    assert not np.array_equal(sdc_weights, expected)
    demand, supply = np.array([10.0, 20, 30]), np.array([5.0, 6])
    found = scores(pairs, demand, supply)
    np.testing.assert_allclose(found.scores, expected @ (supply / (expected.T @ demand)), rtol=1e-12)
    assert found.unreached.tolist() == [2]
