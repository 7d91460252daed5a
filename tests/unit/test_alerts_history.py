"""A degree follows the past of its territory: it does not flicker, says since when, and looks at the trend."""

import polars as pl
import pytest

from maillage.alerts.battery import raise_alerts
from maillage.alerts.history import degree_history, latest
from maillage.alerts.rule import Rule, Step
from maillage.alerts.stability import stability
from maillage.alerts.trends import trends
from maillage.catalog.tables import ACCESS_STABILITY, OBSERVATION, ORIGIN
from maillage.indicators.registry import load_indicators
from maillage.text import Text

WORDS = Text("hypothèse", "assumption")
DENSITY = load_indicators()["densite_mg"]
ORIGINS = pl.DataFrame([{"origin": "real", "simulated": False}], schema=ORIGIN.schema)


@pytest.fixture
def margins(monkeypatch, tmp_path):
    """A parameter file of thresholds 80 and 60, with a margin of 5, and of multiples of France's value."""
    from maillage.alerts import rule as module
    from maillage.catalog.parameters import Parameter

    values = {"low": 80.0, "lower": 60.0, "margin": 5.0, "three_quarters": 0.75, "a_tenth": 0.1}
    entries = {n: Parameter(n, v, "per 100 000", "2026-01-01", "test", assumption=True) for n, v in values.items()}
    monkeypatch.setattr(module, "load_parameters", lambda _name: entries)


def density_rule(**changes):
    parts = {
        "id": "densite_mg_faible",
        "label": WORDS,
        "indicator": "densite_mg",
        "volet": "supply",
        "levels": ("commune",),
        "side": "low",
        "parameters": "tests",
        "steps": (Step(1, "low", WORDS), Step(2, "lower", WORDS)),
        "margin": "margin",
    }
    return Rule(**{**parts, **changes})


def observed(series, **common):
    rows = [
        {"period": str(year), "value": value, **({"low": value - 1, "high": value + 1} if value is not None else {})}
        for year, value in series.items()
    ]
    base = {"indicator": "densite_mg", "code": "01001", "level": "commune", "slice": "", "origin": "real"}
    told = [{**base, "status": "published" if r["value"] is not None else "missing", **common, **r} for r in rows]
    return pl.DataFrame(told, schema=OBSERVATION.schema)


def steps(series, rule, **common):
    return degree_history(observed(series, **common), rule, DENSITY)


@pytest.mark.usefixtures("margins")
def test_a_value_that_wavers_around_its_threshold_does_not_flicker():
    wavering = {2018: 79.0, 2019: 81.0, 2020: 79.5, 2021: 84.9, 2022: 85.0, 2023: 81.0}
    assert steps(wavering, density_rule())["step"].to_list() == [1, 1, 1, 1, 0, 0]
    assert steps(wavering, density_rule(margin=""))["step"].to_list() == [1, 0, 1, 0, 0, 0]


@pytest.mark.usefixtures("margins")
def test_a_degree_falls_one_threshold_at_a_time():
    assert steps({2018: 55.0, 2019: 64.0, 2020: 70.0, 2021: 86.0}, density_rule())["step"].to_list() == [2, 2, 1, 0]


@pytest.mark.usefixtures("margins")
def test_an_alert_kept_by_its_margin_says_so_and_since_when():
    alert = raise_with({2018: 79.0, 2019: 82.0}, density_rule())
    assert (alert["degree"], alert["since"], alert["period"]) == (1, "2018", "2019")
    assert "trop près du seuil de 80 pour que l’alerte cesse" in alert["reason_fr"]
    assert "en alerte depuis 2018" in alert["reason_fr"]
    assert "too near the threshold of 80" in alert["reason_en"]


@pytest.mark.usefixtures("margins")
def test_a_break_of_series_starts_afresh():
    apl = load_indicators()["apl_mg_65"]
    after = apl.breaks[0].after
    rows = observed({int(after): 79.0, int(after) + 1: 82.0}, indicator="apl_mg_65")
    history = degree_history(rows, density_rule(indicator="apl_mg_65"), apl)
    assert history["broken"].to_list() == [False, True]
    assert history["step"].to_list() == [1, 0]


@pytest.mark.usefixtures("margins")
def test_a_rule_may_compare_with_france():
    rule = density_rule(against="france", steps=(Step(1, "three_quarters", WORDS),), margin="a_tenth")
    france = observed({2020: 100.0, 2021: 80.0}, code="FRA", level="france")
    rows = pl.concat([observed({2020: 74.0, 2021: 67.0}), france])
    history = degree_history(rows, rule, DENSITY)
    assert history.select("step", "entered").rows() == [(1, 1), (1, 0)]
    assert degree_history(observed({2020: 74.0}), rule, DENSITY)["step"].to_list() == [0]


@pytest.mark.usefixtures("margins")
def test_the_whole_interval_must_be_beyond_to_enter_and_the_value_to_leave():
    rule = density_rule(certainty="whole_interval")
    assert steps({2018: 79.5, 2019: 78.0, 2020: 82.0}, rule)["step"].to_list() == [0, 1, 1]


@pytest.mark.usefixtures("margins")
def test_five_points_that_worsen_add_a_degree_where_the_rule_says_so():
    falling = {2018: 78.0, 2019: 75.0, 2020: 72.0, 2021: 69.0, 2022: 66.0}
    told = raise_with(falling, density_rule(aggravated=True))
    assert (told["trend"], told["degree"]) == ("worsening", 2)
    assert "la série s’aggrave" in told["reason_fr"]
    assert raise_with(falling, density_rule())["degree"] == 1


@pytest.mark.usefixtures("margins")
@pytest.mark.parametrize(
    ("series", "trend"),
    [
        ({2018: 66.0, 2019: 69.0, 2020: 72.0, 2021: 75.0, 2022: 78.0}, "improving"),
        ({2018: 75.0, 2019: 75.1, 2020: 74.9, 2021: 75.1, 2022: 75.0}, "stable"),
        ({2019: 78.0, 2020: 75.0, 2021: 72.0, 2022: 69.0}, "unknown"),
    ],
    ids=["improving", "stable", "too few points"],
)
def test_the_trend_is_read_on_the_last_five_points(series, trend):
    history = steps(series, density_rule())
    assert trends(history, density_rule(), DENSITY)["trend"].to_list() == [trend]


@pytest.mark.usefixtures("margins")
def test_an_alert_says_under_how_many_conventions_it_stands():
    common = {"level": "commune", "code": "01001", "profession": "mg", "conventions": 24}
    tried = [{**common, "threshold": 80.0, "stability": 0.75}, {**common, "threshold": 60.0, "stability": 0.1}]
    table = pl.DataFrame(tried, schema=ACCESS_STABILITY.schema)
    assert stability(table, density_rule(varied="mg")).rows() == [("commune", "01001", 0.75)]
    assert stability(table, density_rule()).is_empty()
    alerts = raise_alerts(observed({2024: 70.0}), ORIGINS, [density_rule(varied="mg")], access_stability=table)
    assert alerts["stability"].to_list() == [0.75]


@pytest.mark.usefixtures("margins")
def test_the_latest_period_of_each_territory_is_kept():
    both = pl.concat([observed({2020: 90.0, 2021: 70.0}), observed({2020: 70.0}, code="01002")])
    assert latest(degree_history(both, density_rule(), DENSITY)).select("code", "period").rows() == [
        ("01001", "2021"),
        ("01002", "2020"),
    ]


def raise_with(series, rule):
    return raise_alerts(observed(series), ORIGINS, [rule]).row(0, named=True)
