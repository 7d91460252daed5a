"""Leaving out exposed controls, whatever the exposure."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maillage.evaluation.exposure import Neighbours, exposure
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.spillover import drop_exposed

PERIODS = np.arange(2018, 2022)
COHORT = np.array([0, 0, 0, 0, 2019, 2019, 2020, 2020])
UNITS = COHORT.size


def panel():
    unit, period = np.repeat(np.arange(UNITS), 4), np.tile(PERIODS, UNITS)
    return Panel.of(Rows(unit, period, unit * 10.0 + period, np.repeat(COHORT, 4)))


@given(st.sets(st.tuples(st.integers(0, UNITS - 1), st.integers(0, UNITS - 1)).filter(lambda pair: pair[0] != pair[1])))
def test_what_is_left_is_balanced_and_clean_and_no_pairs_change_nothing(pairs):
    columns = np.asarray(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    given = panel()
    found = exposure(Neighbours(columns[0], columns[1], np.ones(len(pairs))), COHORT, PERIODS)
    dropped = drop_exposed(given, found)
    kept = np.isin(given.units, dropped.panel.units)

    assert (dropped.panel is given) == (dropped.exposed == 0)
    assert dropped.panel.units.size + dropped.exposed == UNITS
    assert (found.value[kept & (COHORT == 0)] == 0).all()
    assert (dropped.panel.outcome == given.outcome[kept]).all()
    assert (dropped.panel.cohort[dropped.panel.cohort > 0] == COHORT[COHORT > 0]).all()
