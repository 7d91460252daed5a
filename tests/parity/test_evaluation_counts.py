"""The Poisson model of cohorts and periods against pyfixest's on every row."""

import pytest

from maillage.evaluation.counts import count_effects
from maillage.evaluation.estimate import frame_of
from tests.unit.test_evaluation_counts import panel

# pyfixest 0.60 calls what pandas 3.1 deprecates, and draws in plotting libraries at import.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_log_ratios_and_clustered_errors_are_those_of_pyfixest():
    import pyfixest

    given = panel(drawn=True)
    cells = count_effects(given, scale="log_ratio")
    frame = frame_of(given).assign(at_risk=given.offset.ravel())
    names = [f"d_{g}_{t}" for g, t in zip(cells.cohort, cells.period, strict=True)]
    for name, g, t in zip(names, cells.cohort, cells.period, strict=True):
        frame[name] = 1.0 * ((frame["cohort"] == g) & (frame["period"] == t))
    fitted = pyfixest.fepois(
        f"outcome ~ {' + '.join(names)} | cohort + period",
        frame,
        vcov={"CRV1": "unit"},
        offset="at_risk",
        ssc=pyfixest.ssc(k_adj=False, G_adj=False),
    )

    assert cells.att == pytest.approx(fitted.coef()[names].to_numpy(), abs=1e-8)
    assert cells.se == pytest.approx(fitted.se()[names].to_numpy(), rel=1e-5)
