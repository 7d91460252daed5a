"""Alerts are selective, certain where a rule asks it, and say why in words that can be checked."""

import polars as pl
import pytest

from maillage.alerts.battery import prioritise, raise_alerts, selectivity
from maillage.alerts.registry import checked_rules, load_rules
from maillage.alerts.rule import Rule, Step
from maillage.catalog.tables import OBSERVATION, ORIGIN
from maillage.errors import DefinitionError
from maillage.text import Text

RULES = load_rules()
GP, SURE = RULES["apl_mg_65_sous_dense"], RULES["apl_mg_calcule_sous_dense"]
ORIGINS = pl.DataFrame(
    [{"origin": "real", "simulated": False}, {"origin": "drawn", "simulated": True}], schema=ORIGIN.schema
)


def observed(*rows):
    common = {"period": "2021", "slice": "", "status": "published", "origin": "real", "level": "commune"}
    return pl.DataFrame([{**common, **row} for row in rows], schema=OBSERVATION.schema)


def gp(code, value, **more):
    return {"indicator": "apl_mg_65", "code": code, "value": value, **more}


FRANCE = gp("FRA", 3.369, level="france")


def test_a_territory_below_the_threshold_is_told_so_in_both_languages():
    alert = raise_alerts(observed(gp("01001", 1.94), FRANCE), ORIGINS, [GP]).row(0, named=True)
    assert (alert["degree"], alert["reference"]) == (2, 2.0)
    assert alert["reason_fr"] == (
        "1,9 consultation par an et par habitant en 2021, sous le seuil de 2 (repère de Maillage, hypothèse)"
        "\u202f; France\u202f: 3,4."
    )
    assert alert["reason_en"] == (
        "1.9 consultations a year per inhabitant in 2021, below the threshold of 2 "
        "(Maillage's benchmark, an assumption); France: 3.4."
    )


def test_the_first_degree_names_the_order():
    alert = raise_alerts(observed(gp("01001", 2.2), FRANCE), ORIGINS, [GP]).row(0, named=True)
    assert alert["degree"] == 1
    assert "sous le seuil de 2,5 (arrêté du 13 novembre 2017)" in alert["reason_fr"]


def test_a_value_that_rounds_onto_its_threshold_is_written_with_one_more_decimal():
    alert = raise_alerts(observed(gp("01001", 2.46), FRANCE), ORIGINS, [GP]).row(0, named=True)
    assert alert["reason_fr"].startswith("2,46 consultations par an et par habitant en 2021, sous le seuil de 2,50 ")


@pytest.mark.parametrize(("value", "degree"), [(2.5, None), (2.499, 1), (2.0, 1), (1.999, 2), (1.5, 2), (0.0, 3)])
def test_a_degree_starts_strictly_below_its_threshold(value, degree):
    alerts = raise_alerts(observed(gp("01001", value)), ORIGINS, [GP])
    assert alerts["degree"].to_list() == ([] if degree is None else [degree])


def test_only_published_values_of_everyone_raise_an_alert():
    rows = [gp("01001", None, status="missing"), gp("01002", 1.0, slice="65+"), gp("01004", 1.0, status="missing")]
    assert raise_alerts(observed(*rows), ORIGINS, [GP]).is_empty()


def test_each_territory_is_judged_on_its_own_latest_period():
    rows = [gp("2A001", 1.0), gp("01001", 1.0), gp("01001", 3.0, period="2022")]
    alerts = raise_alerts(observed(*rows), ORIGINS, [GP])
    assert alerts.select("code", "period").rows() == [("2A001", "2021")]


def test_a_computed_figure_alerts_only_where_its_whole_interval_does():
    common = {"indicator": "apl_mg_calcule", "period": "2024", "value": 2.0}
    rows = [{"code": "01001", "low": 1.5, "high": 2.4, **common}, {"code": "01002", "low": 1.0, "high": 2.6, **common}]
    alerts = raise_alerts(observed(*rows), ORIGINS, [SURE])
    assert alerts.select("code", "degree").rows() == [("01001", 1)]
    assert "(de 1,5 à 2,4 selon les conventions de calcul)" in alerts["reason_fr"][0]


def test_what_is_simulated_stays_simulated():
    alerts = raise_alerts(observed(gp("01001", 1.0, origin="drawn"), gp("01002", 1.0)), ORIGINS, [GP])
    assert alerts.select("code", "simulated").rows() == [("01001", True), ("01002", False)]


def test_three_difficulties_are_of_the_highest_degree():
    rows = [{"indicator": "cumul_difficultes", "code": c, "value": v} for c, v in (("a", 3.0), ("b", 2.0), ("c", 1.0))]
    alerts = raise_alerts(observed(*rows), ORIGINS)
    assert alerts.select("code", "degree").rows() == [("a", 3), ("b", 2)]
    assert alerts["reason_fr"][0].startswith("3 professions en difficulté sur trois en 2021, au seuil de 3")


def test_priority_keeps_each_volet_and_tells_the_regime():
    rows = [
        gp("01001", 1.0),
        gp("01002", 2.2),
        {"indicator": "apl_inf", "code": "01002", "value": 50.0},
        gp("01004", 2.3),
    ]
    table = prioritise(raise_alerts(observed(*rows), ORIGINS))
    assert table.select("code", "degree", "rules", "regime", "degree_supply", "degree_planned").rows() == [
        ("01001", 3, 1, "deep", 3, 0),
        ("01002", 2, 2, "medium", 2, 0),
        ("01004", 1, 1, "medium", 1, 0),
    ]


def test_selectivity_is_the_share_of_people_touched_beside_the_zoning():
    people = [{"indicator": "population", "code": c, "value": v} for c, v in (("01001", 100.0), ("01002", 900.0))]
    zoning = {"indicator": "part_zip_zac", "code": "FRA", "level": "france", "value": 68.0}
    seen = observed(gp("01001", 1.0), gp("01002", 4.0), zoning, *people)
    table = selectivity(raise_alerts(seen, ORIGINS), seen)
    assert table.filter(pl.col("rule") == "any").rows() == [("any", d, 10.0, 68.0) for d in (1, 2, 3)]


def test_without_any_alert_the_battery_touches_nobody():
    seen = observed({"indicator": "population", "code": "01001", "value": 100.0})
    table = selectivity(raise_alerts(seen, ORIGINS), seen)
    assert table["people_share"].to_list() == [0.0, 0.0, 0.0]
    assert prioritise(raise_alerts(seen, ORIGINS)).is_empty()


def test_every_rule_of_the_battery_says_where_its_thresholds_come_from():
    for rule in RULES.values():
        assert all(p.reference and p.valid_from for p in rule.dated)


def make(**changes):
    words = Text("mot", "word")
    parts = {
        "id": "r",
        "label": words,
        "indicator": "apl_mg",
        "volet": "supply",
        "levels": ("commune",),
        "side": "low",
        "parameters": "apl/thresholds",
        "steps": (Step(1, "gp_under_dense", words),),
    }
    return Rule(**{**parts, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"indicator": "population"}, "bad side is 'none'"),
        ({"indicator": "taux_inconnu"}, "no indicator"),
        ({"certainty": "whole_interval"}, "no interval"),
    ],
)
def test_a_rule_that_contradicts_its_indicator_is_refused(changes, words):
    with pytest.raises(DefinitionError, match=words):
        checked_rules([make(**changes)])


def test_two_rules_of_one_name_are_refused():
    with pytest.raises(DefinitionError, match="Two alert rules"):
        checked_rules([make(), make()])


def test_thresholds_that_do_not_grow_more_severe_are_refused():
    words = Text("mot", "word")
    with pytest.raises(DefinitionError, match="more severe"):
        make(steps=(Step(1, "gp_low", words), Step(2, "gp_under_dense", words)))
    with pytest.raises(DefinitionError, match="does not hold"):
        make(steps=(Step(1, "no_such_threshold", words),))
    with pytest.raises(DefinitionError, match="rise from 1 to 3"):
        make(steps=(Step(4, "gp_low", words),))
