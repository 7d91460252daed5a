"""The real files make the real France."""

import numpy as np
import polars as pl
import pytest
import shapely

from maillage.settings import load_settings
from maillage.sources.registry import read_carriers, read_file
from maillage.territory.aggregate import aggregate
from maillage.territory.convert import Measures, convert
from maillage.territory.free import coverage
from maillage.territory.geography import build_geography
from maillage.territory.people import totals
from maillage.territory.rule import Rule, components
from maillage.territory.shapes import build_shapes

pytestmark = pytest.mark.real
FILES = (
    "insee/table-appartenance-geo-communes-22.csv",
    "insee/commune2024_bv2022_derive.csv",
    "insee/t_passage.feather",
    "cpts/cpts_communes_paca.csv",
)


@pytest.fixture(scope="module")
def frames(real_data):
    carriers = load_settings().carriers
    if not carriers.is_dir():
        pytest.skip("the carrier packages are not unpacked")
    reads = [*read_carriers(carriers), *(read_file(real_data / name) for name in FILES)]
    return {read.source.id: read.rows for read in reads}


@pytest.fixture(scope="module")
def geography(frames):
    return build_geography(frames)


@pytest.fixture(scope="module")
def shapes(geography):
    return build_shapes(geography.outlines, geography.membership)


def test_the_levels_have_the_known_numbers_of_territories(geography):
    counts = dict(geography.territory.group_by("level").len().iter_rows())
    assert counts == {
        "iris": 49_280,
        "commune": 34_875 - 3 + 45,
        "ville": 3,
        "epci": 1_253,
        "bassin_vie": 1_707,
        "cpts": 70,
        "departement": 101,
        "region": 18,
        "france": 1,
    }


def test_every_commune_is_in_one_departement_region_and_country(geography):
    inside = geography.membership.filter(child_level="commune")
    for level in ("departement", "region", "france", "bassin_vie"):
        links = inside.filter(parent_level=level)
        assert links.height == links["child_code"].n_unique() == 34_917
    assert geography.territory.filter(level="commune").select("longitude", "latitude").null_count().row(0) == (0, 0)


def test_people_are_the_same_at_every_level(geography):
    people = totals(geography.population)
    assert people.filter(level="iris")["population"].sum() == 67_408_054
    base = people.filter(level="commune").select("code", value="population")
    found = aggregate(components(base, Rule("sum")), geography.membership, ["departement", "region", "france"])
    by_level = dict(found.group_by("level").agg(pl.col("numerator").sum()).iter_rows())
    assert all(total == pytest.approx(67_408_054, abs=1e-3) for total in by_level.values())


def test_cpts_cover_one_region_only(geography):
    measured = coverage(geography.membership, "cpts", geography.population)
    assert measured.overlaps.is_empty()
    assert 0.06 < measured.population_covered / measured.population < 0.08


def test_only_mayotte_and_communes_restored_in_2025_lack_something(geography):
    found = geography.problems.select("found", "reason")
    undrawn = found.filter(pl.col("reason").str.contains("no outline is known"))["found"].to_list()
    assert undrawn == ["15031", "15035", "15047", "15171"]
    uncounted = found.filter(pl.col("reason").str.contains("no file gives the population"))["found"]
    assert set(uncounted.str.slice(0, 3)) == {"976"}
    astray = found.filter(pl.col("reason").str.contains("town hall"))
    assert 1_500 < astray.height < 2_200
    assert found.height == 4 + 17 + astray.height


def test_no_commune_is_placed_outside_its_outline(geography):
    outlines = geography.outlines.join(geography.territory.filter(level="commune"), on="code")
    places = shapely.points(outlines["longitude"].to_numpy(), outlines["latitude"].to_numpy())
    assert shapely.distance(shapely.from_wkb(outlines["geometry_wkb"].to_list()), places).max() < 0.01


@pytest.mark.parametrize("year", [2010, 2016, 2022, 2024])
def test_every_commune_of_every_year_reaches_the_present(geography, year):
    history = geography.history
    links = history.links(year, 2025)
    assert set(links["code_from"]) == set(history.codes(year))
    assert np.allclose(links.group_by("code_from").agg(pl.col("share").sum())["share"], 1)
    assert links.filter(pl.col("share") < 1).height < 20


def test_a_run_on_2022_keeps_the_people(frames):
    earlier = build_geography(frames, millesime=2022)
    assert earlier.territory.filter(level="commune").height == 34_955 - 3 + 45
    assert totals(earlier.population).filter(level="commune")["population"].sum() == pytest.approx(67_408_054)


def test_outlines_are_a_coverage_and_dissolve_exactly(shapes, geography):
    communes = shapes.filter(level="commune").sort("code")
    outlines = shapely.from_wkb(communes["geometry_wkb"].to_list())
    assert shapely.coverage_is_valid(outlines)
    assert shapely.is_valid(outlines).all()
    area = shapely.area(outlines).sum()
    for level in ("departement", "region", "france", "bassin_vie"):
        larger = shapely.from_wkb(shapes.filter(level=level)["geometry_wkb"].to_list())
        assert shapely.area(larger).sum() == pytest.approx(area, rel=1e-9)
        assert shapely.coverage_is_valid(larger)


def test_no_hole_is_left_by_the_mergers_of_2025(shapes):
    france = shapely.from_wkb(shapes.filter(level="france")["geometry_wkb"][0])
    holes = [shapely.Polygon(ring) for part in france.geoms for ring in part.interiors]
    wide = [hole for hole in holes if hole.area > 1e-4]
    assert len(wide) == 1  # Llívia, which is Spanish
    assert wide[0].contains(shapely.Point(1.98, 42.465))


@pytest.mark.parametrize(
    ("file", "measures", "from_year", "unplaced"),
    [
        ("bpe/bpe2024_sante_communes_derive.csv", Measures(sums=["headcount"]), 2024, []),
        ("zonage/zonage_mg_communes_derive.csv", Measures(labels=["zone"]), 2025, ["97701", "97801"]),
        ("apl_drees/APL_mg_2021.xlsx", Measures(means={"apl": "population"}, sums=["population"]), 2022, []),
    ],
)
def test_published_figures_reach_the_communes_of_the_run(geography, real_data, file, measures, from_year, unplaced):
    read = read_file(real_data / file)
    found = convert(geography.history, read.rows, measures, from_year=from_year, source=read.source.id)
    assert found.problems["found"].to_list() == unplaced
    assert set(found.rows["code_commune"]) <= set(geography.history.codes(2025))
    for column in measures.sums:
        assert found.rows[column].sum() == pytest.approx(read.rows[column].sum())
