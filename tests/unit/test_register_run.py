"""A run tells registers in the order of the days they were made known, and never rewrites what was known before."""

from datetime import date, timedelta

import polars as pl
import pytest

from maillage.catalog.store import open_draft
from maillage.catalog.tables import MEASURE_TABLES
from maillage.errors import UnreadableFileError
from maillage.measures.events import Moment, as_known, state
from maillage.measures.reference import load_reference
from maillage.pipeline.imports import ImportOptions, import_path, imports_folder, list_sources
from maillage.pipeline.inputs import gather
from maillage.pipeline.register import perimeter_listing
from maillage.pipeline.register import write_register as write_tables
from maillage.pipeline.register_place import Ground
from maillage.sources.registry import frames, read_carriers, read_folder
from maillage.territory.geography import build_geography
from maillage.territory.residence import Communes
from tests.registers import write_register

JUNE, JULY, AUGUST = date(2024, 6, 30), date(2024, 7, 31), date(2024, 8, 31)


@pytest.fixture(scope="module")
def ground(small_carriers):
    made = build_geography(frames(read_carriers(small_carriers)))
    return Ground(Communes(made.history, made.postcode, made.population), made.territory)


@pytest.fixture
def run(tmp_path, ground):
    """Tell the registers of a folder; gives the tables, without the national reference, and what the stage says."""

    def tell(folder):
        with open_draft(tmp_path / "out") as draft:
            said = write_tables(draft, read_folder(folder).records, ground, load_reference())
            tables = {t.name: pl.read_parquet(draft.folder / "tables" / f"{t.name}.parquet") for t in MEASURE_TABLES}
        tables["payment"] = tables["payment"].filter(pl.col("source") == "paiements")
        return tables, said

    return tell


def statuses(events, known_on=None):
    rows = as_known(events, known_on).filter(pl.col("attribute") == "status")
    return rows.select("beneficiary", "event_date", "content").rows()


def test_without_registers_the_tables_hold_the_national_reference_alone(tmp_path, run):
    (tmp_path / "in").mkdir()
    tables, said = run(tmp_path / "in")
    assert (tables["measure_event"].height, tables["payment"].height, said.rows_in) == (0, 0, 0)
    assert tables["target"].height == load_reference().target_table().height > 0
    assert tables["figure"].height > 0


def test_a_register_becomes_events_known_on_the_day_that_its_folder_says(tmp_path, run):
    write_register(tmp_path / "in" / "a.csv", "cpts", {}, known_on=JUNE)
    tables, said = run(tmp_path / "in")
    events = tables["measure_event"]
    assert set(events["known_date"]) == {JUNE}
    assert set(events["source"]) == {"cpts"}
    assert statuses(events) == [("C1", date(2019, 11, 4), "letter_of_intent"), ("C1", date(2021, 2, 15), "aci_signed")]
    assert (said.rows_in, said.rows_out, said.source_files["source"].to_list()) == (1, 1, ["cpts"])


def test_a_register_without_a_day_takes_the_last_that_it_tells_and_says_so(tmp_path, run):
    write_register(tmp_path / "in" / "a.csv", "cpts", {"date_fin": "2029-02-14"})
    tables, said = run(tmp_path / "in")
    assert set(tables["measure_event"]["known_date"]) == {date(2021, 2, 15)}
    assert "le dernier jour qu’il énonce est pris, le 15/02/2021" in said.findings[0].fr


def test_a_later_file_corrects_a_date_and_what_was_known_before_stays(tmp_path, run):
    write_register(tmp_path / "in" / "1" / "a.csv", "cpts", {}, known_on=JUNE)
    tables, _ = run(tmp_path / "in")
    before = statuses(tables["measure_event"])
    write_register(tmp_path / "in" / "2" / "b.csv", "cpts", {"date_signature_aci": "2021-03-01"}, known_on=JULY)
    tables, _ = run(tmp_path / "in")
    assert statuses(tables["measure_event"], JUNE) == before
    assert statuses(tables["measure_event"]) == [before[0], ("C1", date(2021, 3, 1), "aci_signed")]


def test_the_order_of_the_folders_does_not_matter_only_the_days_do(tmp_path, run):
    files = {"1": ({}, JUNE), "2": ({"taille": "3"}, JULY), "3": ({"id_cpts": "C2"}, AUGUST)}
    found = []
    for order in (("1", "2", "3"), ("3", "1", "2")):
        for place, name in enumerate(order):
            cells, day = files[name]
            write_register(tmp_path / "".join(order) / str(place) / f"{name}.csv", "cpts", cells, known_on=day)
        found.append(run(tmp_path / "".join(order))[0]["measure_event"])
    assert found[0].equals(found[1])


def test_a_file_that_names_a_cpts_gives_its_whole_perimeter(tmp_path, run):
    two = ({}, {"code_commune": "08002", "part": "0.35"})
    write_register(tmp_path / "in" / "1" / "p.csv", "cpts_perimetre", *two, known_on=JUNE)
    write_register(tmp_path / "in" / "2" / "p.csv", "cpts_perimetre", {"code_commune": "08002"}, known_on=JULY)
    events = run(tmp_path / "in")[0]["measure_event"]
    assert state(events, Moment(AUGUST, JUNE)).select("item", "content").rows() == [("08001", "1"), ("08002", "0.35")]
    assert state(events, Moment(AUGUST)).select("item", "content").rows() == [("08002", "1")]


def test_a_service_serves_the_communes_of_its_departement(tmp_path, run, ground):
    path = tmp_path / "in" / "sas.csv"
    path.parent.mkdir()
    path.write_text("id_sas;nom;departement;date_mise_en_service\nS;SAS 08;8;2022-10-03\n", "utf-8")
    events = run(tmp_path / "in")[0]["measure_event"]
    here = ground.members.filter(pl.col("code_departement") == "08")["code"]
    assert set(events.filter(pl.col("attribute") == "perimeter")["item"]) == set(here)


def test_a_contract_in_an_unknown_commune_is_put_aside_and_counted(tmp_path, run):
    rows = [{"id_contrat_assistant": f"A{n}", "id_medecin": f"m{n}"} for n in range(20)]
    write_register(
        tmp_path / "in" / "a.csv",
        "assistants_medicaux",
        *rows,
        {"id_contrat_assistant": "Z", "code_commune": "08777"},
        known_on=JUNE,
    )
    tables, said = run(tmp_path / "in")
    assert (said.rows_in, said.rows_out) == (21, 20)
    assert said.quarantine.select("line", "field", "found").rows() == [(22, "code_commune", "08777")]
    assert tables["measure_event"]["beneficiary"].n_unique() == 20


def test_payments_are_placed_and_a_correction_stands_beside_the_first_amount(tmp_path, run):
    more = {"id_paiement": "P2", "niveau": "COMMUNE", "code": "08001"}
    write_register(tmp_path / "in" / "1" / "p.csv", "paiements", {}, more, known_on=JUNE)
    write_register(tmp_path / "in" / "2" / "q.csv", "paiements", {"montant_eur": "-3"}, more, known_on=JULY)
    paid = run(tmp_path / "in")[0]["payment"].sort("payment_id", "known_date")
    assert paid.select("payment_id", "code", "amount_eur", "known_date").rows() == [
        ("P1", "08", 12500.5, JUNE),
        ("P1", "08", -3.0, JULY),
        ("P2", "08001", 12500.5, JUNE),
    ]


def test_a_payment_for_a_territory_that_does_not_exist_is_put_aside(tmp_path, run):
    good = [{"id_paiement": f"P{n}"} for n in range(20)]
    write_register(tmp_path / "in" / "p.csv", "paiements", *good, {"id_paiement": "X", "niveau": "EPCI"}, known_on=JUNE)
    tables, said = run(tmp_path / "in")
    assert (tables["payment"].height, said.rows_out) == (20, 20)
    assert "that of no territory" in said.quarantine["reason"][0]


def test_the_published_list_of_cpts_gives_perimeters_of_its_vintage_and_says_what_it_lacks(
    tmp_path, small_carriers, small_sources
):
    found = read_folder(small_sources)
    inputs = gather(read_carriers(small_carriers), found)
    geography = build_geography(inputs.frames)
    (listing,) = perimeter_listing(inputs, geography)
    assert set(listing.statements["event_date"]) == {date(2026, 1, 1)}
    assert set(listing.statements["attribute"]) == {"perimeter", "name"}
    assert "ni statut ni date d’adoption" in listing.finding.fr
    ground = Ground(Communes(geography.history, geography.postcode, geography.population), geography.territory)
    later = date(2026, 6, 1)
    write_register(tmp_path / "in" / "p.csv", "cpts_perimetre", {}, known_on=later)
    with open_draft(tmp_path / "out") as draft:
        write_tables(draft, read_folder(tmp_path / "in").records, ground, load_reference(), [listing])
        events = pl.read_parquet(draft.folder / "tables" / "measure_event.parquet")
    assert as_known(events, later - timedelta(1)).height == listing.statements.height
    assert as_known(events, later)["source"].unique().to_list() == ["cpts_perimetre"]


def told(store, path, layout, *rows, day, replaces=False):
    options = ImportOptions(known_on=day, replaces=replaces)
    return import_path(write_register(path, layout, *rows), store, options)[0]


def test_imports_are_kept_with_their_day_and_a_replaced_one_stays_known_of_before(tmp_path, run):
    store, path = tmp_path / "store", tmp_path / "cpts.csv"
    assert told(store, path, "cpts", {}, {"id_cpts": "C2"}, day=JUNE).accepted
    assert told(store, path, "cpts", {}, day=JULY, replaces=True).accepted
    events = run(imports_folder(store))[0]["measure_event"]
    assert {row[0] for row in statuses(events, JUNE)} == {"C1", "C2"}
    assert {row[0] for row in statuses(events)} == {"C1"}


def test_a_payment_that_a_replacing_file_lacks_is_worth_nothing_from_then_on(tmp_path, run):
    store, path = tmp_path / "store", tmp_path / "p.csv"
    told(store, path, "paiements", {}, {"id_paiement": "P2"}, day=JUNE)
    told(store, path, "paiements", {}, day=JULY, replaces=True)
    paid = run(imports_folder(store))[0]["payment"].sort("payment_id", "known_date")
    assert paid.select("payment_id", "amount_eur", "known_date").rows() == [
        ("P1", 12500.5, JUNE),
        ("P2", 12500.5, JUNE),
        ("P2", 0.0, JULY),
    ]


def test_a_day_that_is_published_or_to_come_is_refused(tmp_path, run, monkeypatch):
    store, path = tmp_path / "store", tmp_path / "cpts.csv"
    monkeypatch.setattr("maillage.pipeline.imports.knowledge", lambda _: JULY)
    assert "is published, and does not change" in told(store, path, "cpts", {}, day=JULY).refused
    assert "today or before" in told(store, path, "cpts", {}, day=date(2999, 1, 1)).refused
    assert told(store, path, "cpts", {}, day=AUGUST).accepted


def test_a_published_list_of_perimeters_is_kept_with_the_day_it_was_learnt(tmp_path):
    path, store = tmp_path / "cpts.csv", tmp_path / "store"
    path.write_text("code_insee,commune,dep,cpts,remarque\n08001,A,08,CPTS du Sud,\n", "utf-8")
    assert import_path(path, store, ImportOptions(known_on=JUNE))[0].accepted
    (read,) = read_folder(imports_folder(store)).reads
    assert (read.known_on, read.simulated) == (JUNE, False)
    assert {s["source"]: s["simulated"] for s in list_sources(store, "fr") if s["present"]} == {"ars_cpts": False}


def test_an_origin_that_is_no_date_is_refused(tmp_path):
    path = write_register(tmp_path / "in" / "a.csv", "cpts", {})
    (path.parent / "origine.toml").write_text('[folder]\nknown_on = "juin"\n', "utf-8")
    with pytest.raises(UnreadableFileError, match="known_on should be a date"):
        read_folder(path.parent)
