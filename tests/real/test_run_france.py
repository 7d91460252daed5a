"""The whole run on the real files: the figures that their producers print come out of the store."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import shapely

from maillage.catalog.export import observation_rows
from maillage.catalog.reasons import in_language
from maillage.catalog.store import open_version
from maillage.indicators.deciles import quantile_means
from maillage.pipeline.request import RunRequest
from maillage.pipeline.run import run_pipeline
from maillage.pipeline.studies.build import build_study
from maillage.settings import load_settings
from tests.small_panel import protocol

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def france(real_data, tmp_path_factory):
    """The store built from the real files, in the default geography."""
    store = tmp_path_factory.mktemp("france")
    run_pipeline(RunRequest(store=store, carriers=load_settings().carriers, sources=real_data))
    return open_version(store)


def value(version, indicator, period, level="france", code="FRA"):
    rows = observation_rows(version, indicator, level, period).filter(pl.col("code") == code)
    return rows["value"][0]


def test_every_reason_for_putting_a_row_aside_is_said_in_french(france):
    reasons = france.read("quarantine")["reason"].unique().to_list()
    assert len(reasons) > 5
    assert [reason for reason in reasons if in_language(reason, "fr") == reason] == []


@pytest.mark.parametrize(("indicator", "published"), [("apl_mg", 3.811), ("apl_mg_65", 3.369)])
def test_the_published_national_means_come_out(france, indicator, published):
    assert round(value(france, indicator, "2021"), 3) == published


def test_first_and_last_deciles_of_the_population_come_out(france):
    rows = observation_rows(france, "apl_mg_65", "commune", "2021").drop_nulls("value")
    apl = france.read("apl").filter(pl.col("year") == 2021, pl.col("profession") == "mg", pl.col("age_limit") == 65)
    known = rows.join(apl.select("code", "population"), on="code").drop_nulls("population")
    means = quantile_means(known["value"].to_numpy(), known["population"].to_numpy(), parts=10)
    assert (round(float(means[0]), 2), round(float(means[-1]), 2)) == (1.52, 5.63)


def test_the_zoning_covers_the_shares_of_population_that_the_file_gives(france):
    assert round(value(france, "part_zip", "2025"), 1) == 28.2
    assert round(value(france, "part_zip_zac", "2025"), 1) == 68.0


def test_the_bpe_keeps_every_general_practitioner(france):
    doctors = france.read("professional").filter(pl.col("profession") == "mg")
    assert doctors["headcount"].sum() == 60_573


def test_provence_has_seventy_cpts_by_declared_corrections(france):
    territory = france.read("territory").filter(pl.col("level") == "cpts")
    assert territory.height == 70
    said = " ".join(france.manifest["notes"])
    assert all(code in said for code in ("04234", "05121", "Gapençais"))


def test_every_level_holds_the_whole_population_once(france):
    rows = {lv: observation_rows(france, "population", lv, "2021")["value"].sum() for lv in NESTED}
    assert len({round(total) for total in rows.values()}) == 1


NESTED = ("iris", "commune", "departement", "region", "france")


def test_paris_is_a_city_and_its_arrondissements(france):
    parts = observation_rows(france, "population", "commune", "2021").filter(pl.col("code").str.starts_with("751"))
    assert parts.height == 20
    assert value(france, "population", "2021", "ville", "75056") == pytest.approx(parts["value"].sum())


def test_supply_is_conserved_to_a_billionth(france):
    assert abs(france.manifest["checks"]["conservation_error"]) < 1e-9


def test_the_computed_score_follows_the_published_one(france):
    mine = observation_rows(france, "apl_mg_calcule", "commune").select("code", "value").drop_nulls()
    for year in ("2021", "2022"):
        theirs = observation_rows(france, "apl_mg", "commune", year).select("code", published="value")
        people = observation_rows(france, "population", "commune", "2021").select("code", people="value")
        both = mine.join(theirs, on="code").join(people, on="code").drop_nulls()
        x, y, w = (both[c].to_numpy() for c in ("value", "published", "people"))
        assert np.cov(x, y, aweights=w)[0, 1] / np.sqrt(np.cov(x, aweights=w) * np.cov(y, aweights=w)) >= 0.70
        assert both.select(pl.corr("value", "published", method="spearman")).item() >= 0.60


def test_neighbours_share_their_border_without_gap_or_overlap(france):
    communes = france.read("shape").filter(pl.col("level") == "commune")
    assert shapely.coverage_is_valid(shapely.from_wkb(communes["geometry_wkb"].to_list()))


def test_nothing_real_is_called_simulated(france):
    assert not france.manifest["simulated"]
    for table in ("territory", "membership", "origin", "alert", "source_file"):
        assert not france.read(table)["simulated"].any()


def test_each_input_is_in_the_manifest_with_its_hash(france):
    text = json.dumps(france.manifest)
    assert {"drees_apl", "insee_bpe", "ars_zonage", "ars_cpts", "cnam_professionals"} <= {
        i["source"] for i in france.manifest["inputs"]
    }
    assert all(len(i["sha256"]) == 64 for i in france.manifest["inputs"])
    assert "README.md" in text


def test_the_cpts_of_paca_against_two_releases_of_the_apl_are_refused_with_every_reason(france, tmp_path):
    asked = protocol(
        population={"within": {"region": ("93",)}}, outcome={"indicator": "apl_mg", "first": 2021, "last": 2022}
    )
    study = build_study(asked, france, tmp_path)
    assert study.panel is None
    assert study.units == 70
    assert [c.present for c in study.coverage] == [70, 70]
    words = {refusal.code: refusal.words.fr for refusal in study.refusals}
    remedies = {refusal.code: refusal.remedy.fr for refusal in study.refusals}
    assert list(words) == ["no_adoption_dates", "treatment_after_outcome", "too_few_periods", "break_of_series"]
    assert "(bénéficiaires connus, sans date d’entrée : 70)" in words["no_adoption_dates"]
    assert "01/01/2026 ou d’après ; le résultat s’arrête en 2022" in words["treatment_after_outcome"]
    assert "connues en 2021, 2022" in words["too_few_periods"]
    assert words["break_of_series"].startswith("Entre 2021 et 2022 : Rupture de série possible")
    assert "`date_signature_aci`" in remedies["no_adoption_dates"]
    assert "un recalcul de toutes les années" in remedies["too_few_periods"]
    assert "d’une même méthode" in remedies["break_of_series"]
    assert "années de résultat plus récentes" in remedies["treatment_after_outcome"]
