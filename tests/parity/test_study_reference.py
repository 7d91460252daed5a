"""A protocol on a file, from its columns to the effect that R ``did`` gives on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.pipeline.studies.build import build_study
from tests.small_panel import protocol


@pytest.mark.real
def test_a_protocol_on_the_file_of_counties_gives_the_published_effect(real_data: Path) -> None:
    columns = {"unit": "countyreal", "period": "year", "outcome": "lemp", "cohort": "first.treat"}
    asked = protocol(
        population={"level": "gp"},
        treatment={"measure": "minimum_wage"},
        outcome={"source": "file", "indicator": "employment", "first": 2003, "last": 2007},
        file={"path": "mpdta.csv", **columns},
        estimator={"covariates": ({"indicator": "lpop"},)},
    )
    study = build_study(asked, None, real_data / "validation" / "did")
    assert study.refusals == ()
    assert study.panel is not None
    assert study.panel.outcome.shape == (500, 5)
    cells = group_time(study.panel, Comparison(method="reg"))
    effect = aggregate(cells, "cell")
    assert float(effect.overall) == pytest.approx(-0.03995128, abs=5e-9)
    assert float(effect.overall_se) == pytest.approx(0.01203401, abs=5e-9)
    assert study.panel.covariates["lpop"].shape == (500, 5)
