"""A known fault of diff-diff 3.13.0's ring estimator that we go round: it fails here when the library mends it."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.evaluation_spillover import REACH_KM, draw, rings_by_default
from maillage.evaluation.spillover import distance_rings

EDGES = (0.0, REACH_KM)


def test_default_errors_of_rings_ignore_the_clusters_of_assignment():
    drawn = draw(5, clusters=40, size=20, shock=0.5)
    ours, theirs = distance_rings(drawn.panel, drawn.position_km, EDGES), rings_by_default(drawn)

    assert theirs.att == pytest.approx(ours.direct)  # the estimate is right, its error is not
    assert theirs.se < 0.6 * ours.direct_se
    assert theirs.spillover_effects["se"].iloc[0] < 0.85 * ours.spilled_se[0]


def test_default_errors_of_rings_take_the_periods_of_a_unit_for_so_many_units():
    drawn = draw(5, clusters=80, size=5, shock=0.0)
    drift = np.cumsum(np.random.default_rng(1).normal(size=drawn.panel.outcome.shape), axis=1)
    alone = replace(drawn.panel, outcome=drawn.panel.outcome + drift, cluster=np.arange(drawn.panel.units.size))
    lasting = replace(drawn, panel=alone)

    assert rings_by_default(lasting).se < 0.7 * distance_rings(alone, drawn.position_km, EDGES).direct_se
