"""The saturated event study against ATT(g, t), and imputation against the two stages of R ``did2s`` on its data."""

import sys
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from maillage.errors import ArrayInputError, UsageError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.alternatives import imputation
from maillage.evaluation.estimate import frame_of, group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.saturated import saturated
from tests.unit.test_evaluation_estimate import PERIODS, panel


@pytest.fixture(scope="module")
def given():
    return panel(noise=1.0)


@pytest.fixture(scope="module")
def found(given):
    return saturated(given)


def test_without_covariates_it_is_att_g_t_against_the_never_treated(given, found):
    ours = aggregate(group_time(given, Comparison(base="universal")), "event")
    moving = ours.at != -1

    assert found.event.tolist() == ours.at[moving].tolist()
    assert found.att == pytest.approx(ours.att[moving], abs=1e-9)
    assert found.overall == pytest.approx(ours.overall, abs=1e-9)
    # One regression counts the degrees of freedom that it spends: errors are a little larger.
    assert found.se == pytest.approx(ours.se[moving], rel=0.02)
    assert found.overall_se == pytest.approx(ours.overall_se, rel=0.02)


@pytest.mark.filterwarnings("ignore")  # pyfixest 0.60 calls what pandas 3.1 deprecates, and says it is in beta
def test_averages_are_those_of_pyfixest(given, found):
    import pyfixest

    fit = pyfixest.event_study(
        frame_of(given), "outcome", "unit", "period", "cohort", cluster="cluster", estimator="saturated"
    )
    theirs = fit.aggregate()

    assert found.event.tolist() == theirs.index.tolist()
    assert found.att == pytest.approx(theirs["Estimate"].to_numpy(dtype=float), abs=1e-12)
    assert found.se == pytest.approx(theirs["Std. Error"].to_numpy(dtype=float), abs=1e-12)


def test_what_it_cannot_compare_is_refused_in_both_languages(given):
    with pytest.raises(ArrayInputError, match="never-treated units and the panel has none") as refusal:
        saturated(given.select(given.cohort > 0))
    assert refusal.value.fr
    kept = PERIODS != 2014
    columns = [np.repeat(given.units, 7), np.tile(PERIODS[kept], given.units.size), given.outcome[:, kept].ravel()]
    with pytest.raises(ArrayInputError, match="cohort 2015 has none") as refusal:
        saturated(Panel.of(Rows(*columns, np.repeat(given.cohort, 7))))
    assert refusal.value.fr


def test_a_missing_extra_is_named(given, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    with pytest.raises(UsageError, match=r"maillage\[evaluation\]") as refusal:
        saturated(given)
    assert "maillage[evaluation]" in refusal.value.fr


def test_imputation_on_the_data_of_did2s():
    """pyfixest's ``did2s`` with a level for each unit gives 2.230482; the planted mean effect is 2.220211.

    The 2.152 (0.0476) printed by R did2s has a level for each *state* in its first stage, where units of three adoption
    dates live together: another estimator, further from the truth, which a panel of units does not give.
    """
    # ``did2s`` itself is not used: at national scale it asks for more memory than there is.
    table = pl.read_csv(files("pyfixest").joinpath("did/data/df_het.csv").read_bytes())
    treated = table.filter(pl.col("treat").cast(pl.String).str.to_lowercase() == "true")
    columns = [table[name].to_numpy() for name in ("unit", "year", "dep_var", "g")]
    effect = imputation(Panel.of(Rows(*columns, cluster=table["state"].to_numpy())))

    assert (treated["te"] + treated["te_dynamic"]).mean() == pytest.approx(2.220211, abs=1e-6)
    assert effect.overall == pytest.approx(2.230482, abs=1e-6)
    assert abs(effect.overall - 2.220211) < 1.96 * effect.overall_se
