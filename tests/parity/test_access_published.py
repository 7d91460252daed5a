"""Values that other packages publish in their tests.

ipeaGIT/accessibility (2SFCA on five hexagons), uva-bi-sdad/catchment (2SFCA and E2SFCA), aceso (2SFCA): a few figures
of each, typed here with the inputs they belong to.
"""

import numpy as np
import pytest

from maillage.access import Decay, TravelMatrix, catchment

STEPS_60 = Decay("steps", "steps", (20, 40, 60), (1, 0.68, 0.22), closed="right")


def scores(times, demand, supply, decay):
    cost = np.array(times, dtype=float)
    i, j = np.divmod(np.arange(cost.size), cost.shape[1])
    travel = TravelMatrix.from_pairs(i, j, cost.ravel(), shape=cost.shape)
    return catchment(travel, demand, supply, decay).scores


def test_five_hexagons_of_accessibility():
    times = [
        [5.8, 47, 48, 47, 64],
        [45, 5.8, 13, 41, 70],
        [44, 13, 5.8, 42, 67],
        [43, 43, 49, 5.8, 58],
        [60, 70, 68, 64, 5.8],
    ]
    found = scores(
        times, [852, 394, 1969, 2189, 0], [82, 308, 100, 109, 0], Decay("≤ 45", "steps", (45,), (1,), closed="right")
    )
    assert np.round(found, 4).tolist() == [0.0152, 0.1491, 0.1491, 0.1068, 0]


@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        (Decay("< 30", "steps", (30,), (1,)), [1, 1 / 6, 1 / 6]),
        (STEPS_60, [0.15795079348173394, 0.295965297882435, 0.22501186107533963]),
    ],
)
def test_three_by_two_of_catchment(decay, expected):
    found = scores([[5, 55], [35, 15], [40, 25]], [5, 10, 50], [5, 10], decay)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_three_by_two_of_aceso():
    found = scores([[5, 5], [10, 0], [15, 15]], [1, 1, 1], [1, 1], Decay("≤ 6", "steps", (6,), (1,), closed="right"))
    np.testing.assert_allclose(found, [1.5, 0.5, 0], rtol=1e-12)
