"""Published and reference values of staggered designs: R `did` 2.5.0, the JEL guide's county mortality."""

import json

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from maillage.evaluation.aggregate import aggregate, pretest
from maillage.evaluation.alternatives import synthetic_did
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.single import synthetic_control

pytestmark = pytest.mark.real

MPDTA = ("countyreal", "year", "lemp", "first.treat")
SCENARIOS = {
    "mpdta_nev_dr": Comparison(),
    "mpdta_nyt_dr": Comparison(control="not_yet_treated"),
    "mpdta_nev_reg_cov": Comparison(method="reg", covariates=("lpop",)),
    "mpdta_nev_ipw": Comparison(method="ipw"),
    "sim_nev_dr": Comparison(covariates=("X",)),
}
OVER = {"simple": "cell", "group": "cohort", "calendar": "calendar", "dynamic": "event"}


@pytest.fixture(scope="module")
def folder(real_data):
    return real_data / "validation" / "did"


@pytest.fixture(scope="module")
def expected(folder):
    return json.loads((folder / "expected.json").read_text("utf-8"))


def panel_of(table, names, *, weight=None, covariates=()):
    unit, period, outcome, cohort = (table[name].to_numpy() for name in names)
    return Panel.of(
        Rows(
            unit,
            period,
            outcome,
            cohort,
            weight=None if weight is None else table[weight].to_numpy(),
            covariates={name: table[name].to_numpy() for name in covariates},
        )
    )


@pytest.fixture(scope="module")
def estimated(folder):
    mpdta = panel_of(pl.read_csv(folder / "mpdta.csv"), MPDTA, covariates=("lpop",))
    simulated = panel_of(pl.read_csv(folder / "sim_data.csv"), ("id", "period", "Y", "G"), covariates=("X",))
    return {
        name: group_time(mpdta if name.startswith("mpdta") else simulated, comparison)
        for name, comparison in SCENARIOS.items()
    }


@pytest.mark.parametrize("scenario", SCENARIOS, ids=SCENARIOS)
def test_every_cell_is_that_of_r_did(folder, estimated, scenario):
    cells = estimated[scenario]
    reference = pl.read_csv(folder / "ref_attgt.csv").filter(pl.col("scenario") == scenario)

    assert cells.cohort.tolist() == reference["group"].to_list()
    assert cells.period.tolist() == reference["t"].to_list()
    assert cells.att == pytest.approx(reference["att"].to_numpy(), abs=1e-9)
    assert cells.se == pytest.approx(reference["se"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize("kind", OVER, ids=OVER)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=SCENARIOS)
def test_every_aggregate_is_that_of_r_did(folder, estimated, scenario, kind):
    table = pl.read_csv(folder / "ref_aggte.csv", null_values="NA")
    reference = table.filter((pl.col("scenario") == scenario) & (pl.col("type") == kind))
    effects = aggregate(estimated[scenario], OVER[kind])

    assert effects.overall == pytest.approx(reference["overall_att"][0], abs=1e-9)
    assert effects.overall_se == pytest.approx(reference["overall_se"][0], abs=1e-9)
    if kind != "simple":
        assert effects.at.tolist() == reference["egt"].to_list()
        assert effects.att == pytest.approx(reference["att_egt"].to_numpy(), abs=1e-9)
        assert effects.se == pytest.approx(reference["se_egt"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=SCENARIOS)
def test_the_joint_test_before_treatment_is_that_of_r_did(folder, estimated, scenario):
    reference = pl.read_csv(folder / "ref_pretest.csv").filter(pl.col("scenario") == scenario)
    found = pretest(estimated[scenario])

    assert found.statistic == pytest.approx(reference["W"][0], abs=1e-6)
    assert found.p_value == pytest.approx(reference["Wpval"][0], abs=6e-6)


def test_the_figures_of_the_minimum_wage_are_the_published_ones(expected, estimated):
    cells = estimated["mpdta_nev_dr"]
    simple, dynamic, group = (aggregate(cells, over) for over in ("cell", "event", "cohort"))
    at = (cells.cohort == 2004) & (cells.period == 2006)

    assert (cells.att[at][0], cells.se[at][0]) == pytest.approx((-0.13725874, 0.03643566), abs=5e-9)
    for name, effects in (("dynamic", dynamic), ("group", group)):
        assert effects.overall == pytest.approx(expected[f"mpdta_{name}_overall"]["att"], abs=1e-9)
        assert effects.overall_se == pytest.approx(expected[f"mpdta_{name}_overall"]["se"], abs=1e-9)
    assert simple.overall == pytest.approx(expected["mpdta_simple_nev_dr"]["att"], abs=1e-9)
    assert simple.overall_se == pytest.approx(expected["mpdta_simple_nev_dr"]["se_analytic"], abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "period"),
    [("none", "earlier"), ("base_period", "base"), ("first_period", "first"), ("varying", "each")],
    ids=["none", "base", "first", "varying"],
)
def test_moving_weights_follow_each_rule_of_r_did(folder, rule, period):
    panel = panel_of(pl.read_csv(folder / "mpdta_tvw.csv"), MPDTA, weight="wt")
    reference = pl.read_csv(folder / "ref_fixweights.csv").filter(pl.col("fix_weights") == rule)
    cells = group_time(panel, Comparison(weighted=True, weight_period=period))

    assert cells.att == pytest.approx(reference["att"].to_numpy(), abs=1e-9)
    assert cells.se == pytest.approx(reference["se"].to_numpy(), abs=1e-9)


def test_county_mortality_by_time_since_medicaid_expansion(folder, expected):
    table = pl.read_csv(folder / "jel_county_mortality_rebuilt.csv.gz", infer_schema_length=None)
    panel = panel_of(table, ("county_code", "year", "crude_rate_20_64", "treat_year"), weight="set_wt")
    comparison = Comparison(control="not_yet_treated", base="universal", weighted=True)
    effects = aggregate(group_time(panel, comparison), "event", longest=5)
    published = expected["jel_GxT_nocov_weighted_nyt_universal"]

    assert effects.att[np.isin(effects.at, published["e"])] == pytest.approx(published["att"], abs=1e-6)
    assert effects.overall == pytest.approx(published["overall_e0_5"], abs=1e-6)


def test_county_mortality_with_the_cohort_of_2014_alone(folder, expected):
    table = pl.read_csv(folder / "jel_county_mortality_rebuilt.csv.gz", infer_schema_length=None)
    table = table.filter(pl.col("treat_year").is_in([0, 2014]))
    panel = panel_of(table, ("county_code", "year", "crude_rate_20_64", "treat_year"), weight="set_wt")
    cells = group_time(panel, Comparison(method="reg", base="universal", weighted=True))
    published = expected["jel_2xT_nocov_weighted_reg"]

    assert cells.period.tolist() == published["t"]
    assert cells.att == pytest.approx(published["att"], abs=1e-6)
    assert aggregate(cells, "event").overall == pytest.approx(published["overall_e0_5"], abs=1e-6)


@pytest.fixture(scope="module")
def tobacco(folder):
    table = pl.read_csv(folder / "california_prop99.csv", separator=";").sort("State", "Year")
    cohort = np.where(table["State"] == "California", 1989, 0)
    columns = (table[name].to_numpy() for name in ("State", "Year", "PacksPerCapita"))
    return Panel.of(Rows(*columns, cohort), smallest_cohort=1)


def test_the_tobacco_tax_of_california(tobacco, expected):
    found = synthetic_did(tobacco, draws=20)

    assert found.att == pytest.approx(expected["prop99_sdid_att"], abs=1e-6)
    assert found.se > 0


def test_the_synthetic_control_of_california(tobacco):
    """Arkhangelsky and others (2021, table 1) print -19.6, from an approximate search; here the exact optimum."""
    found = synthetic_control(tobacco)
    california = int(np.flatnonzero(tobacco.cohort > 0)[0])
    before, others = tobacco.periods < 1989, np.arange(39) != california
    y, x = tobacco.outcome[california, before], tobacco.outcome[others][:, before]
    searched = minimize(
        lambda weight: ((y - weight @ x) ** 2).mean(),
        np.full(38, 1 / 38),
        jac=lambda weight: -2 * x @ (y - weight @ x) / y.size,
        bounds=[(0, 1)] * 38,
        constraints={"type": "eq", "fun": lambda weight: weight.sum() - 1},
        options={"ftol": 1e-12, "maxiter": 1000},
    )

    assert found.att == pytest.approx(-19.6, abs=0.1)
    assert found.att == pytest.approx(-19.51363, abs=1e-5)
    assert found.fit == pytest.approx(np.sqrt(searched.fun), abs=1e-4)
    assert found.weight[others] == pytest.approx(searched.x, abs=5e-3)
    assert dict(zip(tobacco.units, found.weight.round(2), strict=True))["Utah"] == 0.39
    assert found.p_value == pytest.approx(3 / 39)  # third of 39; published with price and income: first
    assert max(found.without.values()) < -17
