"""Observations of a tiny country: sums, coverage, statuses, intervals, origins."""

import polars as pl
import pytest

from maillage.catalog.tables import CORE_TABLES, ORIGIN
from maillage.engine import open_engine
from maillage.errors import BrokenInvariantError
from maillage.indicators.compute import compute_observations
from maillage.indicators.registry import find_indicator

COMMUNES = {"01001": 800.0, "01002": 3000.0, "2A001": 200.0, "97401": 1000.0}
DEPARTEMENT = {"01001": "01", "01002": "01", "2A001": "2A", "97401": "974"}
REGION = {"01": "84", "2A": "94", "974": "04"}


def links(*, cpts_simulated=False):
    rows = []
    for code, dep in DEPARTEMENT.items():
        above = [("departement", dep), ("region", REGION[dep]), ("france", "FRA")]
        if dep == "01":
            above += [("epci", "200000001"), ("cpts", "84-cpts-de-l-ain")]
        rows += [
            {"child_code": code, "child_level": "commune", "parent_code": p, "parent_level": level, "share": 1.0}
            for level, p in above
        ]
        rows.append(
            {
                "child_code": code + "0000",
                "child_level": "iris",
                "parent_code": code,
                "parent_level": "commune",
                "share": 1.0,
            }
        )
    return [{**r, "millesime": 2025, "simulated": cpts_simulated and r["parent_level"] == "cpts"} for r in rows]


def population():
    common = {"year": 2021, "sex": "all", "age_band": "20-64"}
    return [{"code": c, "level": "commune", "population": p, **common} for c, p in COMMUNES.items()] + [
        {"code": c + "0000", "level": "iris", "population": p, **common} for c, p in COMMUNES.items()
    ]


def apl(profession="mg", age_limit=65, year=2021, **scores):
    return [
        {
            "code": code,
            "year": year,
            "profession": profession,
            "age_limit": age_limit,
            "apl": scores.get(f"c{code}"),
            "population_standardised": None if scores.get(f"c{code}") is None else people,
        }
        for code, people in COMMUNES.items()
    ]


def source_file(source, *, simulated=False):
    return {
        "source": source,
        "file": f"{source}.csv",
        "sha256": "0" * 64,
        "size_bytes": 1,
        "vintage": "2021",
        "rows_in": 1,
        "rows_out": 1,
        "rows_quarantined": 0,
        "simulated": simulated,
    }


def observe(indicators, **tables):
    rows = {"membership": links(), "population": population(), **tables}
    frames = {t.name: pl.DataFrame(rows.get(t.name, []), schema=t.schema) for t in CORE_TABLES}
    return compute_observations(open_engine(frames=frames), [find_indicator(i) for i in indicators])


def row(observations, level, code, indicator=None):
    found = observations.observation.filter(pl.col("level") == level, pl.col("code") == code)
    if indicator:
        found = found.filter(pl.col("indicator") == indicator)
    assert found.height == 1
    return found.row(0, named=True)


SCORES = {"c01001": 2.0, "c01002": 4.0, "c2A001": 3.0}


def test_a_mean_above_the_commune_weights_by_standardised_population():
    seen = observe(["apl_mg_65"], apl=apl(**SCORES))
    assert row(seen, "commune", "01001")["value"] == 2.0
    for level, code in (("departement", "01"), ("epci", "200000001"), ("cpts", "84-cpts-de-l-ain")):
        assert row(seen, level, code)["value"] == pytest.approx((2 * 800 + 4 * 3000) / 3800)


def test_a_release_without_standardised_population_is_weighted_by_the_latest_known():
    older = apl(**SCORES)
    newer = [{**r, "year": 2022, "population_standardised": None} for r in apl(**SCORES)]
    seen = observe(["apl_mg_65"], apl=older + newer).observation.filter(pl.col("code") == "01")
    assert seen["value"].n_unique() == 1
    assert seen["denominator"].to_list() == [3800.0, 3800.0]


def test_a_territory_covered_under_four_fifths_is_missing_and_says_why():
    seen = observe(["apl_mg_65"], apl=apl(c01001=2.0, c2A001=3.0))
    france, origin = row(seen, "france", "FRA"), seen.origin
    assert (france["status"], france["value"], france["numerator"]) == ("missing", None, None)
    words = origin.filter(pl.col("origin") == france["origin"]).row(0, named=True)
    assert "80\u202f%" in words["warning_fr"]
    assert "80%" in words["warning_en"]
    assert row(seen, "departement", "2A")["status"] == "published"
    assert row(seen, "departement", "974")["status"] == "missing"


def test_a_territory_mostly_covered_is_published_with_a_warning():
    seen = observe(["apl_mg_65"], apl=apl(**SCORES))  # La Réunion's fifth of the people has no value
    france = row(seen, "france", "FRA")
    assert france["status"] == "published"
    assert france["origin"] == "apl_mg_65.2021.partial"


def test_every_territory_has_a_row_even_without_value():
    seen = observe(["apl_mg_65"], apl=apl(**SCORES)).observation
    assert seen.filter(pl.col("level") == "commune")["code"].to_list() == sorted(COMMUNES)
    assert set(seen["level"]) == {"commune", "departement", "region", "france", "epci", "cpts"}


def test_the_country_counts_people_whose_zone_is_unknown_but_their_region_has_no_figure():
    zones = {"01001": "ZIP", "01002": "HZ", "2A001": "ZIP", "97401": None}
    seen = observe(["part_zip"], zoning=[{"code": c, "year": 2025, "zone": z} for c, z in zones.items()])
    assert row(seen, "france", "FRA")["value"] == pytest.approx(100 * 1000 / 5000)
    assert row(seen, "region", "04")["status"] == "missing"


def test_a_density_counts_absent_communes_as_none_and_has_an_interval():
    seen = observe(["densite_mg"], professional=[{"code": "01002", "year": 2024, "profession": "mg", "headcount": 4.0}])
    assert row(seen, "commune", "01001")["value"] == 0.0
    ain = row(seen, "departement", "01")
    assert ain["value"] == pytest.approx(1e5 * 4 / 3800)
    assert ain["low"] == pytest.approx(1e5 * 1.0899 / 3800, rel=1e-4)  # exact limits of 4 events: 1.0899 and 10.2416
    assert ain["high"] == pytest.approx(1e5 * 10.2416 / 3800, rel=1e-4)


def test_a_grain_of_departements_adds_up_to_regions_and_the_country():
    seen = observe(
        ["densite_liberale_mg"],
        professional_departement=[
            {"code": d, "year": 2024, "profession": "mg", "headcount": n} for d, n in (("01", 5), ("2A", 1), ("974", 4))
        ],
    )
    assert row(seen, "departement", "01")["value"] == pytest.approx(1e5 * 5 / 3800)
    assert row(seen, "france", "FRA")["value"] == pytest.approx(1e5 * 10 / 5000)
    assert set(seen.observation["level"]) == {"departement", "region", "france"}


def test_a_population_adds_up_from_the_iris():
    seen = observe(["population", "part_65plus"])
    assert row(seen, "commune", "01002", "population")["value"] == 3000.0
    france = row(seen, "france", "FRA", "population")
    assert (france["value"], france["denominator"]) == (5000.0, None)


def test_the_range_over_conventions_averages_its_bounds_upwards():
    access = [
        {"code": c, "year": 2024, "profession": "mg", "apl": v, "low": v - 1, "high": v + 1, "demand": COMMUNES[c]}
        for c, v in (("01001", 2.0), ("01002", 4.0), ("2A001", 3.0), ("97401", 3.0))
    ]
    seen = observe(["apl_mg_calcule"], access=access)
    ain = row(seen, "departement", "01")
    assert ain["low"] == pytest.approx(ain["value"] - 1)
    assert ain["high"] == pytest.approx(ain["value"] + 1)


def test_a_simulated_source_changes_the_origin_and_is_said():
    files = [source_file("drees_apl", simulated=True), source_file("insee_iris_population")]
    seen = observe(["apl_mg_65", "population"], apl=apl(**SCORES), source_file=files)
    origin = {r["origin"]: r for r in seen.origin.to_dicts()}
    assert origin["apl_mg_65.2021.simulated"]["simulated"]
    assert origin["apl_mg_65.2021.simulated"]["warning_fr"].startswith("Données simulées")
    assert origin["apl_mg_65.2021.simulated"]["warning_en"].startswith("Simulated data")
    assert not origin["population.2021"]["simulated"]


def test_a_simulated_perimeter_is_said_at_its_level_only():
    seen = observe(["apl_mg_65"], apl=apl(**SCORES), membership=links(cpts_simulated=True))
    assert row(seen, "cpts", "84-cpts-de-l-ain")["origin"].endswith(".perimeter")
    assert row(seen, "epci", "200000001")["origin"] == "apl_mg_65.2021"


def test_each_origin_of_an_observation_is_in_the_table_of_origins():
    seen = observe(["apl_mg_65", "densite_mg", "population"], apl=apl(**SCORES))
    assert set(seen.observation["origin"]) == set(seen.origin["origin"])
    assert seen.origin["label_fr"].str.len_chars().min() > 20


def test_a_code_off_the_geography_is_named():
    with pytest.raises(BrokenInvariantError, match="'99999'"):
        observe(["apl_mg_65"], apl=[{**apl(**SCORES)[0], "code": "99999"}])


def test_without_any_source_there_is_no_observation():
    seen = observe(["apl_mg_65"])
    assert seen.observation.is_empty()
    assert seen.origin.schema == ORIGIN.schema


def test_the_order_of_the_input_rows_changes_no_bit():
    first = observe(["apl_mg_65", "densite_mg"], apl=apl(**SCORES))
    second = observe(
        ["densite_mg", "apl_mg_65"],
        apl=apl(**SCORES)[::-1],
        population=population()[::-1],
        membership=links()[::-1],
    )
    assert first.observation.equals(second.observation)
    assert first.origin.equals(second.origin)


def test_a_territory_where_nobody_was_counted_is_missing_and_not_absent():
    counted = [r for r in population() if not r["code"].startswith("974")]
    nest = [r for r in links() if r["child_code"] != "974010000"]
    seen = observe(["population"], membership=nest, population=counted)
    for level, code in (("commune", "97401"), ("departement", "974"), ("region", "04")):
        found = row(seen, level, code)
        assert (found["status"], found["value"], found["origin"]) == ("missing", None, "population.2021.insufficient")
    assert row(seen, "france", "FRA")["value"] == 4000.0


def test_a_commune_known_by_an_older_count_alone_still_counts_in_densities():
    older = [{**r, "year": 2017, "age_band": "all"} if r["code"] == "2A001" else r for r in population()]
    counts = [{"code": "2A001", "year": 2024, "profession": "mg", "headcount": 1.0}]
    seen = observe(["densite_mg"], population=older, professional=counts)
    assert row(seen, "commune", "2A001")["value"] == 500.0
    assert row(seen, "france", "FRA")["denominator"] == 5000.0


def test_the_zone_of_a_commune_whose_people_are_not_counted_is_known_there_and_in_no_mean():
    counted = [r for r in population() if not r["code"].startswith("974")]
    zones = [{"code": code, "year": 2025, "zone": "ZIP" if code == "97401" else "HZ"} for code in COMMUNES]
    seen = observe(["part_zip"], population=counted, zoning=zones)
    assert row(seen, "commune", "97401")["value"] == 100.0
    assert row(seen, "departement", "974")["status"] == "missing"
    assert row(seen, "france", "FRA")["value"] == 0.0
