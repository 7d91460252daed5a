"""The geography of a run holds every commune, says what it lacks, and follows the year asked for."""

import polars as pl
import pytest
import shapely

from maillage.catalog.reasons import in_language
from maillage.catalog.tables import MEMBERSHIP, POPULATION, POSTCODE, QUARANTINE, TERRITORY
from maillage.errors import MissingSourceError, UsageError
from maillage.territory.free import coverage, free_territory
from maillage.territory.geography import build_geography
from maillage.territory.people import totals


def box(x, y, width=1.0):
    return shapely.to_wkb(shapely.box(x, y, x + width, y + 1))


COMMUNES = [
    # code, kind, name, parent, département, EPCI, population, longitude, latitude, outline
    ("01001", "COM", "L'Abergement", None, "01", "200000001", 400.0, 0.5, 0.5, box(0, 0)),
    ("01004", "COM", "Ambérieu", None, "01", "200000001", 900.0, None, None, box(1, 0)),
    ("01008", "COMD", "Ambutrix", "01001", "01", None, 100.0, 2.5, 0.5, box(2, 0)),
    ("69123", "COM", "Lyon", None, "69", "200000002", 500.0, 4.0, 0.5, box(3, 0, 2.0)),
    ("69381", "ARM", "Lyon 1er", "69123", None, None, 200.0, 3.5, 0.5, box(3, 0)),
    ("69382", "ARM", "Lyon 2e", "69123", None, None, 300.0, 4.5, 0.5, box(4, 0)),
    ("97608", "COM", "Dzaoudzi", None, "976", None, 50.0, 9.5, 0.5, box(9, 0)),
    ("97701", "COM", "Saint-Barthélemy", None, None, None, 70.0, 12.0, 0.5, None),
]
PASSAGE = [
    *((c, 2022, c) for c in ("01001", "01004", "01008", "69123", "97608")),
]
IRIS = [
    ("010010000", "01001", 100.0),
    ("010040101", "01004", 500.0),
    ("010040102", "01004", 400.0),
    ("010080000", "01008", 40.0),
    ("693810101", "69381", 210.0),
    ("693820101", "69382", 290.0),
]


def frame(rows, *columns):
    return pl.DataFrame(rows, schema=list(columns), orient="row")


@pytest.fixture
def frames():
    bands = [(i, c, band, p / 2) for i, c, p in IRIS for band in ("0-19", "65+")]
    return {
        "geo_commune": frame(
            COMMUNES,
            *("code_commune", "kind", "name", "code_parent", "code_departement", "code_epci", "population"),
            *("longitude", "latitude", "geometry_wkb"),
        ),
        "geo_epci": frame([("200000001", "CC de l'Ain"), ("200000002", "Métropole")], "code", "name"),
        "geo_departement": frame(
            [("01", "Ain", "84"), ("69", "Rhône", "84"), ("976", "Mayotte", "06")], "code", "name", "code_region"
        ),
        "geo_region": frame([("84", "Auvergne-Rhône-Alpes"), ("06", "Mayotte")], "code", "name"),
        "geo_postcode": frame([("01500", "01004"), ("69001", "69381")], "postcode", "code_commune"),
        "insee_iris_population": frame(bands, "code_iris", "code_commune", "age_band", "population"),
        "insee_passage": frame(PASSAGE, "code_before", "year_before", "code_after"),
        "insee_bassin_vie": frame(
            [("01001", "01004"), ("01004", "01004"), ("01008", "01004"), ("69123", "69123"), ("97608", "97608")],
            *("code_commune", "code_bassin_vie"),
        ),
        "ars_cpts": frame([("01008", "CPTS du Bugey")], "code_commune", "cpts"),
    }


def parents(geography, child, level):
    rows = geography.membership.filter(child_code=child, parent_level=level)
    return dict(rows.select("parent_code", "share").iter_rows())


def test_the_tables_have_the_columns_of_the_catalogue(frames):
    found = build_geography(frames)
    for table, rows in (
        (TERRITORY, found.territory),
        (MEMBERSHIP, found.membership),
        (POSTCODE, found.postcode),
        (POPULATION, found.population),
        (QUARANTINE, found.problems),
    ):
        assert dict(rows.schema) == dict(table.schema)
        assert not rows.select(pl.struct(table.key).is_duplicated().any()).item() or table is QUARANTINE


def test_a_city_is_known_whole_and_by_arrondissement(frames):
    found = build_geography(frames)
    assert parents(found, "69381", "ville") == {"69123": 1.0}
    assert parents(found, "69381", "epci") == {"200000002": 1.0}
    assert parents(found, "69382", "bassin_vie") == {"69123": 1.0}
    communes = found.territory.filter(level="commune")["code"].to_list()
    assert communes == ["01001", "01004", "69381", "69382", "97608"]


def test_every_commune_has_a_place_even_without_a_town_hall(frames):
    communes = build_geography(frames).territory.filter(level="commune")
    assert communes.select("longitude", "latitude").null_count().row(0) == (0, 0)


def test_a_merged_commune_is_drawn_with_its_parts_and_partly_in_their_cpts(frames):
    found = build_geography(frames)
    outline = shapely.from_wkb(found.outlines.filter(code="01001")["geometry_wkb"][0])
    assert outline.area == pytest.approx(2)
    cpts = parents(found, "01001", "cpts")
    assert cpts == {"84-cpts-du-bugey": pytest.approx(40 / 140)}
    names = dict(found.territory.filter(level="cpts").select("code", "name").iter_rows())
    assert names == {"84-cpts-du-bugey": "CPTS du Bugey"}


def test_people_are_conserved_from_iris_to_communes_and_the_rest_is_ageless(frames):
    population = build_geography(frames).population
    iris, communes = population.filter(level="iris"), population.filter(level="commune", year=2021)
    assert iris["population"].sum() == communes["population"].sum() == 1540
    assert population.filter(code="97608").select("year", "age_band", "population").rows() == [(2017, "all", 50.0)]
    assert dict(totals(population).filter(level="commune").select("code", "population").iter_rows())["01001"] == 140


def test_what_is_left_out_or_incomplete_is_reported(frames):
    reported = dict(build_geography(frames).problems.select("found", "reason").iter_rows())
    assert "départements" in reported["97701"]
    assert "without age" in reported["97608"]


def test_an_earlier_year_has_its_own_communes(frames):
    found = build_geography(frames, millesime=2022)
    communes = dict(found.territory.filter(level="commune").select("code", "name").iter_rows())
    assert communes["01008"] == "Ambutrix"
    assert parents(found, "01008", "epci") == {"200000001": 1.0}
    assert shapely.from_wkb(found.outlines.filter(code="01008")["geometry_wkb"][0]).area == pytest.approx(1)
    assert found.population.filter(code="01008", level="commune")["population"].sum() == 40


def test_a_year_without_communes_and_a_missing_source_are_refused(frames):
    with pytest.raises(UsageError, match="2022 to 2025, found 1999"):
        build_geography(frames, millesime=1999)
    with pytest.raises(MissingSourceError, match="geo_epci is absent"):
        build_geography({k: v for k, v in frames.items() if k != "geo_epci"})


def test_levels_whose_source_is_absent_are_absent(frames):
    carried = {k: v for k, v in frames.items() if k.startswith("geo_")}
    levels = set(build_geography(carried).territory["level"])
    assert levels == {"commune", "ville", "epci", "departement", "region", "france"}


def test_simulated_perimeters_say_so(frames):
    found = build_geography(frames, simulated=frozenset({"ars_cpts"}))
    marks = found.membership.group_by("parent_level").agg(pl.col("simulated").any())
    assert dict(marks.iter_rows())["cpts"] is True
    assert dict(marks.iter_rows())["epci"] is False
    assert found.territory.filter(level="cpts")["simulated"].to_list() == [True]


def test_iris_bear_the_name_of_their_commune(frames):
    names = dict(build_geography(frames).territory.filter(level="iris").select("code", "name").iter_rows())
    assert names["010040101"] == "Ambérieu (0101)"
    assert names["010010000"] == "L'Abergement"


def test_holes_and_overlaps_of_a_level_are_measured_in_people(frames):
    found = build_geography(frames)
    communes = found.territory.filter(level="commune")["code"]
    drawn = free_territory("Val d'Ain", {"01001": 1, "01004": 1}, communes, millesime=2025)
    assert drawn["parent_code"].unique().to_list() == ["libre-val-d-ain"]
    measured = coverage(pl.concat([found.membership, drawn]), "cpts", found.population)
    assert measured.overlaps["code"].to_list() == ["01001"]
    assert measured.overlaps["population"][0] == pytest.approx(40)
    assert measured.holes["code"].to_list() == ["69381", "69382", "97608"]
    assert (measured.population, measured.population_covered) == (1590, 1040)


@pytest.mark.parametrize("shares", [{"99999": 1.0}, {"01001": 0.0}, {"01001": 1.5}])
def test_a_free_territory_of_unknown_communes_or_impossible_shares_is_refused(frames, shares):
    with pytest.raises(UsageError):
        free_territory("x", shares, build_geography(frames).history.codes(2025), millesime=2025)


def test_a_town_hall_given_far_from_its_commune_is_replaced_by_a_point_within_and_told(frames):
    halls = frames["geo_commune"].with_columns(
        longitude=pl.when(pl.col("code_commune") == "01001").then(-40.0).otherwise("longitude")
    )
    found = build_geography({**frames, "geo_commune": halls})
    place = found.territory.filter(level="commune", code="01001").row(0, named=True)
    assert shapely.from_wkb(box(0, 0)).contains(shapely.Point(place["longitude"], place["latitude"]))
    told = found.problems.filter(pl.col("reason").str.contains("town hall"))
    assert told["found"].str.starts_with("01001 / ").to_list() == [True]
    assert "outside the outline of its commune" in told["reason"][0]


def test_what_a_geography_leaves_out_is_said_in_french_and_counted_by_reason(frames):
    reasons = build_geography(frames).problems["reason"].unique().to_list()
    assert [reason for reason in reasons if in_language(reason, "fr") == reason] == []
    assert not any(code in reason for reason in reasons for code in frames["geo_commune"]["code_commune"])
