"""The embedded default, whole: what it is drawn to match, what it says of itself, and the same bytes twice."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maillage.catalog.export import observation_rows, to_csv
from maillage.catalog.store import open_version
from maillage.pipeline.request import RunRequest
from maillage.pipeline.run import run_pipeline
from maillage.settings import load_settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Two stores built one after the other, by two runs of the embedded default."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    for folder in folders:
        carriers, day = load_settings().carriers, date(2026, 1, 1)
        run_pipeline(RunRequest(store=folder, carriers=carriers, demo=True, on=day))
    return folders


def country(version, indicator, period):
    return observation_rows(version, indicator, "france", period)["value"][0]


def test_the_simulated_country_matches_the_published_totals(stores):
    version = open_version(stores[0])
    assert round(country(version, "apl_mg", "2021"), 3) == 3.811
    assert round(country(version, "apl_mg_65", "2021"), 3) == 3.369
    assert round(country(version, "part_zip", "2025"), 1) == 28.2
    doctors = version.read("professional").filter(pl.col("profession") == "mg")
    assert doctors["headcount"].sum() == 60_573


def test_whatever_is_simulated_says_so(stores):
    version = open_version(stores[0])
    origin = version.read("origin")
    simulated = origin.filter("simulated")
    assert version.manifest["simulated"]
    assert simulated["warning_fr"].str.to_lowercase().str.contains("simul").all()
    assert simulated["warning_en"].str.to_lowercase().str.contains("simul").all()
    assert version.read("alert")["simulated"].all()
    for indicator in ("apl_mg", "apl_mg_calcule", "part_zip", "densite_mg", "minutes_mg"):
        rows = to_csv(observation_rows(version, indicator, "departement")).splitlines()[1:]
        assert all("simul" in row.lower() for row in rows)


def test_real_population_is_not_called_simulated(stores):
    rows = observation_rows(open_version(stores[0]), "population", "departement")
    assert not rows["origin"].str.to_lowercase().str.contains("simul").any()


def test_two_runs_give_identical_bytes(stores):
    first, second = ({p.relative_to(s): p.read_bytes() for p in sorted(s.rglob("*")) if p.is_file()} for s in stores)
    assert first == second
