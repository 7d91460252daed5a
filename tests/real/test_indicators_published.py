"""On the published files, the figures that their producers and the report give come out.

The communes keep the codes of the files and all belong to France: the run's geography has its own tests.
"""

import polars as pl
import pytest

from maillage.alerts.battery import raise_alerts, selectivity
from maillage.catalog.parameters import load_parameters
from maillage.catalog.tables import CORE_TABLES
from maillage.engine import open_engine
from maillage.indicators.compute import compute_observations
from maillage.indicators.deciles import quantile_limit, quantile_means
from maillage.indicators.registry import find_indicator
from maillage.sources.registry import read_file

pytestmark = pytest.mark.real
NAMES = ("apl_mg", "apl_mg_65", "apl_inf", "apl_mk", "cumul_difficultes", "part_cumul_difficultes")


@pytest.fixture(scope="module")
def published(real_data):
    """APL rows of 2021 (core columns) and the zone of each commune."""
    reads = [read_file(real_data / "apl_drees" / f"APL_{p}_2021.xlsx").rows for p in ("mg", "inf", "mk")]
    zones = read_file(real_data / "zonage" / "zonage_mg_communes_derive.csv").rows
    return pl.concat(reads).rename({"code_commune": "code"}), zones.rename({"code_commune": "code"})


@pytest.fixture(scope="module")
def observed(published):
    apl, zones = published
    people = apl.filter(pl.col("profession") == "mg", pl.col("age_limit") == 65).with_columns(
        level=pl.lit("commune"), sex=pl.lit("all"), age_band=pl.lit("0+")
    )
    membership = people.select(
        child_code="code",
        child_level=pl.lit("commune"),
        parent_code=pl.lit("FRA"),
        parent_level=pl.lit("france"),
        millesime=pl.lit(2021),
        share=pl.lit(1.0),
        simulated=pl.lit(value=False),
    )
    zoned = zones.join(people.select("code"), on="code", how="semi")
    rows = {"apl": apl, "population": people, "membership": membership, "zoning": zoned}
    frames = {
        t.name: rows[t.name].select(pl.col(c).cast(k) for c, k in t.schema.items()) if t.name in rows else t.empty()
        for t in CORE_TABLES
    }
    chosen = [find_indicator(i) for i in (*NAMES, "part_zip", "part_zip_zac")]
    return compute_observations(open_engine(frames=frames), chosen)


def national(observed, indicator):
    found = observed.observation.filter(pl.col("indicator") == indicator, pl.col("level") == "france")
    return found["value"].item()


def communes(published, profession, age_limit=65):
    rows = published[0].filter(pl.col("profession") == profession, pl.col("age_limit") == age_limit)
    return rows.filter(pl.col("apl").is_not_null()).sort("code")


@pytest.mark.parametrize(("indicator", "value"), [("apl_mg", 3.811), ("apl_mg_65", 3.369)])
def test_the_national_gp_apl_is_the_published_one(observed, indicator, value):
    assert national(observed, indicator) == pytest.approx(value, abs=5e-4)


def test_the_value_of_a_commune_is_the_published_one_to_the_last_digit(observed, published):
    ours = observed.observation.filter(pl.col("indicator") == "apl_mg_65", pl.col("level") == "commune").sort("code")
    theirs = published[0].filter(pl.col("profession") == "mg", pl.col("age_limit") == 65).sort("code")
    assert ours["value"].equals(theirs["apl"], null_equal=True)
    assert ours.filter(pl.col("status") == "missing").height == 23


def test_the_first_and_last_tenths_of_the_population_have_the_published_means(published):
    rows = communes(published, "mg")
    means = quantile_means(rows["apl"], rows["population"])
    assert means[0] == pytest.approx(1.52, abs=5e-3)
    assert means[-1] == pytest.approx(5.63, abs=5e-3)


@pytest.mark.parametrize(
    ("profession", "parameter", "share"),
    [
        ("mg", "difficulty_mg", 0.1),
        ("inf", "difficulty_inf", 0.1),
        ("mk", "difficulty_mk", 0.1),
        ("inf", "severe_inf", 0.05),
        ("mk", "severe_mk", 0.05),
    ],
)
def test_the_limits_of_difficulty_are_those_of_the_published_file(published, profession, parameter, share):
    gp = communes(published, "mg").select("code")
    rows = communes(published, profession).join(gp, on="code", how="semi", maintain_order="left")
    assert quantile_limit(rows["apl"], rows["population"], share) == load_parameters("apl/thresholds")[parameter].value


def test_the_zoning_holds_the_known_shares_of_the_population(observed):
    assert national(observed, "part_zip") == pytest.approx(28.2, abs=0.2)
    assert national(observed, "part_zip_zac") == pytest.approx(68.0, abs=0.2)


def test_about_three_percent_combine_three_difficulties_and_a_fifth_has_one(observed):
    rows = observed.observation.filter(
        pl.col("indicator") == "cumul_difficultes", pl.col("level") == "commune", pl.col("status") == "published"
    )
    some = rows.filter(pl.col("value") >= 1)["denominator"].sum() / rows["denominator"].sum()
    assert 100 * some == pytest.approx(20, abs=0.5)  # report, chapter I: about 20 % for one at least
    assert national(observed, "part_cumul_difficultes") == pytest.approx(3, abs=0.6)  # about 3 % for the three


def test_the_battery_touches_fewer_people_than_the_zoning(observed, published):
    people = observed.observation.filter(pl.col("indicator") == "apl_mg_65", pl.col("level") == "commune")
    counted = people.with_columns(indicator=pl.lit("population"), value="denominator")
    seen = pl.concat([observed.observation, counted])
    table = selectivity(raise_alerts(seen, observed.origin), seen)
    touched = table.filter(pl.col("rule") == "any", pl.col("degree") == 2)["people_share"].item()
    assert 6 <= touched <= 20  # report: 6 to 20 % have a characterised problem
    assert table["zip_zac_share"][0] == pytest.approx(68.0, abs=0.2)
