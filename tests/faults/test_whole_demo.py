"""The embedded default, whole: what it is drawn to match, what it says of itself, and the same bytes twice."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maillage.catalog.export import observation_rows, to_csv
from maillage.catalog.store import open_version
from maillage.demo.write import truth_folder
from maillage.disclosure.policy import load_policy
from maillage.disclosure.protect import subject_of
from maillage.evaluation.protocol import Treatment
from maillage.indicators.registry import load_indicators
from maillage.measures.registry import load_measures
from maillage.pipeline.evaluation_truth import recover_all
from maillage.pipeline.request import RunRequest
from maillage.pipeline.run import run_pipeline
from maillage.pipeline.stages import Silence
from maillage.pipeline.studies.adoption import beneficiary_dates, unit_dates
from maillage.pipeline.studies.ground import read_ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.units import find_units
from maillage.settings import load_settings
from tests.small_panel import protocol

pytestmark = pytest.mark.slow


# Enough for an evaluation to find what was planted.
EVENTS = 1_000_000


class TruthAway(Silence):
    """Takes the planted effects out of the store once they are written, before anything is read."""

    def __init__(self, store, aside):
        self.truth, self.aside = truth_folder(store / "demo"), aside

    def started(self, stage):
        if stage.name == "sources":
            self.truth.rename(self.aside)

    def bring_back(self):
        self.aside.rename(self.truth)


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Two stores built one after the other by the embedded default with a few events; the second without its truth."""
    first, second, aside = (tmp_path_factory.mktemp(name) for name in ("first", "second", "aside"))
    away = TruthAway(second, aside / "truth")
    for folder, progress in ((first, Silence()), (second, away)):
        carriers, day = load_settings().carriers, date(2026, 1, 1)
        run_pipeline(RunRequest(store=folder, carriers=carriers, demo=True, events=EVENTS, on=day), progress)
    away.bring_back()
    return first, second


@pytest.fixture(scope="module")
def counted(stores):
    """The observations of the indicators on events, with what their counts are (``kind``)."""
    kinds = {i.id: subject_of(i).kind for i in load_indicators().values() if i.records is not None}
    rows = open_version(stores[0]).read("observation").filter(pl.col("indicator").is_in(list(kinds)))
    return rows.with_columns(kind=pl.col("indicator").replace_strict(kinds))


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


def test_the_demonstration_holds_the_events_it_was_asked_for(stores, counted):
    version = open_version(stores[0])
    for table in ("emergency_visit", "stay", "beneficiary", "care", "appointment_request"):
        assert version.read(table).height > 0, table
    assert version.read("emergency_visit").height > EVENTS / 4
    assert country(version, "part_ccmu1", "2023") > 0
    assert counted.filter(pl.col("status") == "published", pl.col("level") != "france").height > 0


def test_no_small_count_of_people_or_stays_is_in_the_store(counted):
    small = pl.col("count").is_between(1, load_policy().count_min - 1)
    shares, counts = pl.col("kind") == "share", pl.col("kind").is_in(["share", "count"])
    described = pl.col("kind").is_in(["share", "size"])
    seen = [
        counted.filter(counts).with_columns(count="numerator"),
        counted.filter(shares).with_columns(count=pl.col("denominator") - pl.col("numerator")),
        counted.filter(described).with_columns(count="denominator"),
    ]
    assert pl.concat(seen).filter(small).is_empty()
    assert counted.filter(counts).get_column("numerator").drop_nulls().len() > 0


def test_nothing_made_of_events_is_shown_by_commune(counted):
    assert "part_ccmu1" in counted.get_column("indicator")
    assert not {"commune", "iris"} & set(counted.get_column("level"))


def everything(store):
    """The files of a store, but for what it keeps to go faster, which is named after the dates of its files."""
    return [p for p in sorted(store.rglob("*")) if p.is_file() and "kept" not in p.relative_to(store).parts]


def test_two_runs_give_identical_bytes_without_reading_what_was_planted(stores):
    first, second = ({p.relative_to(s): p.read_bytes() for p in everything(s)} for s in stores)
    assert first == second
    assert {"truth.json", "adoption.csv"} <= {path.name for path in first}


@pytest.mark.parametrize(
    ("measure", "planted", "level"),
    [
        ("cpts", "cpts_demo", "cpts"),
        ("assistants_medicaux", "assistants_demo", "commune"),
        ("protocoles_cooperation", "temoin_demo", "cpts"),
    ],
)
def test_the_dates_of_an_evaluation_are_those_that_were_planted(stores, measure, planted, level):
    ground, said = read_ground(open_version(stores[0])), Said()
    units = find_units(ground, protocol(population={"level": level}), said)
    rule = Treatment(measure=measure, date="signature")
    dates = beneficiary_dates(ground.events, load_measures()[measure], rule, said)
    found = unit_dates(ground, units, dates, load_measures()[measure], rule, range(2018, 2025))
    names = units.rows.select("code", territory="name" if level == "cpts" else "code")
    day = pl.col("since").dt
    seen = found.join(names, on="code").select("territory", start=pl.format("{}-T{}", day.year(), day.quarter()))
    truth = pl.read_csv(truth_folder(stores[0] / "demo") / "adoption.csv", infer_schema=False)
    told = truth.filter(measure=planted).select("territory", "start").unique()
    assert said.refusals == []
    assert told.height > 300
    assert sorted(seen.rows()) == sorted(told.rows())


def test_an_evaluation_recovers_what_was_planted_and_nothing_of_the_decoy(stores):
    found = recover_all(stores[0])
    mean = {each.protocol: each for each in found if each.what.en == "Mean effect"}
    assert all(each.within for each in mean.values())
    told = {name for name, each in mean.items() if each.told}
    assert told == {"demo_cpts_passages", "demo_assistants_psmt"}
    assert sum(each.within for each in found) >= 0.9 * len(found)
