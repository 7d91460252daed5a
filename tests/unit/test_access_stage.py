"""The access table from small core tables."""

import numpy as np
import polars as pl
import pytest
import shapely

from maillage.access import Decay, TravelMatrix
from maillage.catalog.tables import ACCESS
from maillage.pipeline.access_conventions import load_conventions
from maillage.pipeline.access_findings import findings
from maillage.pipeline.access_stage import compute_access

# Two neighbours 7.4 km apart, one island without anybody near, one commune without residents.
COMMUNES = {"01001": (2.0, 48.0), "01002": (2.1, 48.0), "2A001": (9.0, 42.0), "55039": (2.05, 48.0)}
BAND_COUNTS = {"01001": (100, 200, 50), "01002": (0, 400, 0), "2A001": (10, 10, 10)}


def territory(**missing):
    rows = [
        (c, "commune", f"Ville {c}", *((None, None) if c in missing.get("unplaced", ()) else (x, y)))
        for c, (x, y) in COMMUNES.items()
    ]
    rows.append(("FRA", "france", "France", 2.0, 46.0))
    return pl.DataFrame(rows, schema=["code", "level", "name", "longitude", "latitude"], orient="row")


def population():
    rows = [
        (code, "commune", 2021, "all", band, float(count))
        for code, counts in BAND_COUNTS.items()
        for band, count in zip(("0-19", "20-64", "65+"), counts, strict=True)
    ]
    rows.append(("01001", "commune", 2020, "all", "0-19", 9999.0))
    return pl.DataFrame(rows, schema=["code", "level", "year", "sex", "age_band", "population"], orient="row")


def professional(rows=(("01001", 2024, "mg", 2.0), ("01001", 2023, "mg", 50.0), ("01002", 2024, "inf", 9.0))):
    return pl.DataFrame(list(rows), schema=["code", "year", "profession", "headcount"], orient="row")


def outlines():
    rows = [
        (code, shapely.to_wkb(shapely.box(x - 0.03, y - 0.02, x + 0.03, y + 0.02))) for code, (x, y) in COMMUNES.items()
    ]
    return pl.DataFrame(rows, schema=["code", "geometry_wkb"], orient="row")


def test_scores_follow_the_declared_conventions():
    stage = compute_access(territory(), population(), professional(), outlines())
    rules = load_conventions()
    area = 0.06 * 0.04 * 111.195**2 * np.cos(np.radians(48))
    inner = np.sqrt(area / (2 * np.pi) / 2)
    apart = 2 * 6371.0088 * np.arcsin(np.cos(np.radians(48)) * np.sin(np.radians(0.05)))
    weight = 1 - rules.car.model.minutes(np.hypot([0, apart], inner)) / 20
    young, adult, old = (rules.sets[0].age_weights.mean(*ages) for ages in ((0, 20), (20, 65), (65, None)))
    need = np.array([100 * young + 200 * adult + 50 * old, 400 * adult, 10 * (young + adult + old)])
    need *= 780 / need.sum()
    scores = 2 * 4127 / (weight @ need[:2]) * weight
    rows = stage.frame.filter(pl.col("profession") == "mg")
    assert rows.schema == pl.Schema(ACCESS.schema)
    assert rows["code"].to_list() == ["01001", "01002", "2A001"]
    assert rows["year"].unique().to_list() == [2024]
    np.testing.assert_allclose(rows["demand"], need)
    np.testing.assert_allclose(rows["apl"], [*scores, 0], rtol=1e-4)
    assert (rows["low"] <= rows["apl"]).all()
    assert (rows["apl"] <= rows["high"]).all()
    assert rows["nearest_min"][2] > 100


def test_the_summary_says_what_was_left_out():
    summary = compute_access(territory(), population(), professional(), outlines()).summary
    doctors = summary["professions"]["mg"]
    assert summary["conservation_error"] < 1e-9
    assert (doctors["unreached_communes"], doctors["unreached_population"]) == (1, 30)
    assert summary["communes_without_population"] == 1
    assert doctors["professionals_not_placed"] == 0
    named = ["in-force", "drees-2018", "irdes-2012", "nurses"]
    assert summary["parameters"] == [*(f"apl/{name}" for name in named), "travel_car"]


def test_doctors_of_a_commune_that_is_not_there_are_counted():
    doctors = professional([("01001", 2024, "mg", 2.0), ("99999", 2024, "mg", 3.0)])
    stage = compute_access(territory(), population(), doctors, outlines())
    assert stage.summary["professions"]["mg"]["professionals_not_placed"] == 3
    assert "not on the map, not counted: general practitioners 3" in stage.findings[-1].en
    assert "généralistes 1 (30 habitants)" in stage.findings[0].fr


def test_a_commune_without_town_hall_is_placed_by_its_shape():
    whole = compute_access(territory(), population(), professional(), outlines()).frame
    mended = compute_access(territory(unplaced=["01002"]), population(), professional(), outlines()).frame
    np.testing.assert_allclose(mended["apl"], whole["apl"], rtol=1e-3)


def test_a_commune_without_shape_takes_the_declared_inner_distance():
    stage = compute_access(territory(), population(), professional(), outlines().clear())
    assert stage.frame["apl"][0] > 0


@pytest.mark.parametrize("doctors", [professional().clear(), professional([("01001", 2024, "msp", 2.0)])])
def test_without_doctors_there_is_no_score(doctors):
    assert compute_access(territory(), population(), doctors, outlines()).frame.equals(ACCESS.empty())


def test_without_population_there_is_no_score():
    assert compute_access(territory(), population().clear(), professional(), outlines()).frame.is_empty()


def test_where_no_doctor_is_on_the_map_everybody_scores_nothing():
    stage = compute_access(territory(), population(), professional([("99999", 2024, "mg", 3.0)]), outlines())
    assert stage.frame["apl"].to_list() == [0, 0, 0]
    assert stage.summary["professions"]["mg"]["unreached_population"] == 780
    assert stage.frame["nearest_min"].to_list() == [None, None, None]


def test_where_nobody_is_on_the_map_there_is_no_score():
    nowhere = territory(unplaced=COMMUNES)
    assert compute_access(nowhere, population(), professional(), outlines().clear()).frame.equals(ACCESS.empty())


def test_outlines_of_other_levels_are_left_alone():
    levels = [outlines().with_columns(pl.lit(level).alias("level")) for level in ("commune", "bassin_vie")]
    stage = compute_access(territory(), population(), professional(), pl.concat(levels))
    assert stage.frame.equals(compute_access(territory(), population(), professional(), outlines()).frame)


def test_rows_do_not_depend_on_the_order_of_tables():
    first = compute_access(territory(), population(), professional(), outlines()).frame
    again = compute_access(territory()[::-1], population()[::-1], professional()[::-1], outlines()[::-1]).frame
    assert first.equals(again)


def test_the_decay_in_force_is_one_of_the_range():
    rules = load_conventions()
    assert all(isinstance(one.decay, Decay) and one.decay in rules.range_decays for one in rules.sets)
    assert 1.0 in rules.range_factors


def test_minutes_may_come_from_elsewhere_than_the_car_model():
    asked = []

    def two_places(homes, practices, max_min):
        asked.append((homes.codes, practices.codes, max_min))
        return TravelMatrix.from_pairs(np.array([0, 1]), np.array([0, 0]), np.array([10.0, 5.0]), shape=(4, 1))

    doctors = professional([("01001", 2024, "mg", 2.0)])
    frame = compute_access(territory(), population(), doctors, outlines(), travel=two_places).frame
    assert asked == [(("01001", "01002", "2A001", "55039"), ("01001",), pytest.approx(20 / 0.85))]
    assert frame["nearest_min"].to_list() == [10.0, 5.0, None]
    assert frame["apl"][1] == pytest.approx(1.5 * frame["apl"][0])


def test_a_large_figure_is_told_as_people_of_the_language_write_it():
    figures = {"unreached_communes": 41, "unreached_population": 46677.2, "places_without_demand": 0}
    none = dict.fromkeys(figures, 0) | {"professionals_not_placed": 0.0}
    (told,) = findings({"professions": {"mg": figures | {"professionals_not_placed": 0.0}, "inf": none}})
    assert told.fr.endswith("score est nul : généralistes 41 (46\u202f677 habitants).")
    assert told.en.endswith("score 0: general practitioners 41 (46,677 inhabitants).")


def test_implausible_numbers_of_doctors_are_told_and_counted_as_they_are():
    doctors = professional([("01001", 2024, "mg", 12.0), ("01002", 2024, "mg", 3.0), ("55039", 2024, "mg", 20.0)])
    stage = compute_access(territory(), population(), doctors, outlines())
    (told,) = (finding for finding in stage.findings if "peu plausibles" in finding.fr)
    assert told.fr.endswith("1 commune (Ville 01001 : 12 pour 350 habitants).")
    rows = stage.frame
    np.testing.assert_allclose(rows["apl"] @ rows["demand"], 35 * 4127, rtol=1e-12)


def every_profession():
    heads = {"mg": 2.0, "inf": 4.0, "mk": 3.0, "sf": 1.0, "cd": 2.0}
    return professional([(code, 2024, p, n) for p, n in heads.items() for code in ("01001", "01002")])


def test_five_professions_are_scored_in_one_pass_and_each_keeps_its_supply():
    stage = compute_access(territory(), population(), every_profession(), outlines())
    assert set(stage.summary["professions"]) == {"mg", "inf", "mk", "sf", "cd"}
    for profession, given in (("mg", 4 * 4127), ("inf", 8e5), ("mk", 6e5), ("sf", 2e5), ("cd", 4e5)):
        rows = stage.frame.filter(pl.col("profession") == profession)
        np.testing.assert_allclose(rows["apl"] @ rows["demand"], given, rtol=1e-12)
        assert (rows["low"] <= rows["apl"]).all()
        assert (rows["apl"] <= rows["high"]).all()


def test_a_profession_is_scored_the_same_alone_or_with_the_others():
    together = compute_access(territory(), population(), every_profession(), outlines()).frame
    for profession in ("mg", "sf"):
        mine = every_profession().filter(pl.col("profession") == profession)
        alone = compute_access(territory(), population(), mine, outlines()).frame
        rows = together.filter(pl.col("profession") == profession)
        np.testing.assert_allclose(alone.drop("code", "profession"), rows.drop("code", "profession"), rtol=1e-12)


def test_midwives_are_shared_among_women_from_15_to_49():
    rows = compute_access(territory(), population(), every_profession(), outlines()).frame
    demand = rows.filter(pl.col("profession") == "sf").get_column("demand")
    need = np.array([100 / 4 + 200 * 2 / 3, 400 * 2 / 3, 10 / 4 + 10 * 2 / 3])
    np.testing.assert_allclose(demand, need * 0.516 * 780 / need.sum())


def membership():
    rows = [(code, "commune", "FRA", "france", 1.0) for code in COMMUNES]
    rows += [(code, "commune", "200000001", "epci", 1.0) for code in ("01001", "01002")]
    return pl.DataFrame(
        rows, schema=["child_code", "child_level", "parent_code", "parent_level", "share"], orient="row"
    )


def test_stability_is_a_share_of_every_declared_convention_at_every_level():
    stage = compute_access(territory(), population(), professional(), outlines(), membership=membership())
    rules = load_conventions()
    tried = len(rules.range_decays) * len(rules.range_factors) * len(rules.stability_demands)
    tried *= len(rules.stability_supplies)
    table = stage.stability
    assert set(table["conventions"]) == {tried}
    assert set(table["threshold"]) == {2.5}
    shares = {(level, code): share for level, code, share in table.select("level", "code", "stability").iter_rows()}
    assert set(shares) == {("commune", c) for c in BAND_COUNTS} | {("epci", "200000001"), ("france", "FRA")}
    assert shares["commune", "2A001"] == 1.0  # Nobody within reach, whatever is assumed.
    assert shares["commune", "01001"] == 0.0  # Two doctors at the door.


def test_without_membership_no_stability_is_told():
    assert compute_access(territory(), population(), professional(), outlines()).stability.is_empty()
