"""A run places event records on its communes, keeps the later of two files, and counts what it had to put aside."""

import polars as pl
import pytest

from maillage.catalog.store import open_draft
from maillage.catalog.tables import EVENT_TABLES, RECORD_QUALITY
from maillage.pipeline.imports import import_path, imports_folder
from maillage.pipeline.records import write_records
from maillage.sources.registry import frames, read_carriers, read_folder
from maillage.territory.geography import build_geography
from maillage.territory.residence import Communes, placed
from tests.records import visit, write_rpu


@pytest.fixture(scope="module")
def communes(small_carriers):
    made = build_geography(frames(read_carriers(small_carriers)))
    return Communes(made.history, made.postcode, made.population)


@pytest.fixture
def write(tmp_path, communes):
    """Write the records of a folder; gives the tables and what the stage says."""

    def run(folder):
        with open_draft(tmp_path / "out") as draft:
            said = write_records(draft, read_folder(folder).records, communes)
            tables = {t.name: pl.read_parquet(draft.folder / "tables" / f"{t.name}.parquet") for t in EVENT_TABLES}
            full = {p.name: pl.read_parquet(p) for p in sorted(draft.folder.glob("quarantine/*"))}
        return tables, said, full

    return run


def test_every_event_table_is_written_even_empty(tmp_path, write):
    (tmp_path / "in").mkdir()
    tables, said, _ = write(tmp_path / "in")
    assert {name: frame.height for name, frame in tables.items()} == {t.name: 0 for t in EVENT_TABLES}
    assert (said.rows_in, said.source_files.height) == (0, 0)
    assert tables["emergency_visit"].schema["entry_time"] == pl.Datetime("us")


def test_a_record_goes_to_its_commune_or_to_the_largest_of_its_postcode(tmp_path, write):
    (tmp_path / "in").mkdir()
    write_rpu(tmp_path / "in" / "rpu.csv", [visit(0), visit(1, CODE_INSEE="", CP="08000")])
    tables, said, _ = write(tmp_path / "in")
    assert tables["emergency_visit"]["code"].to_list() == ["08001", "08012"]
    assert "1 records placed in the most populated" in said.findings[0].en


def test_what_has_no_commune_is_counted_at_the_departement_of_the_hospital(tmp_path, write):
    (tmp_path / "in").mkdir()
    bad = [visit(1, CODE_INSEE="08777"), visit(2, CODE_INSEE="", CP="08999"), visit(3, AGE="212")]
    write_rpu(tmp_path / "in" / "rpu.csv", [*(visit(n) for n in range(10, 40)), *bad])
    tables, said, full = write(tmp_path / "in")
    quality = tables[RECORD_QUALITY.name].filter(pl.col("records_quarantined") > 0)
    assert quality.sort("level").select("level", "code", "period", "records_quarantined").rows() == [
        ("commune", "08004", "2024", 1),
        ("departement", "08", "2024", 2),
    ]
    assert tables[RECORD_QUALITY.name]["records_in"].sum() == said.rows_in == 33
    assert said.rows_out == 30
    assert sorted(next(iter(full.values()))["found"]) == ["08777", "08999", "212"]


def test_the_quarantine_that_screens_show_holds_no_cell_of_a_person(tmp_path, write):
    (tmp_path / "in").mkdir()
    bad = [visit(1, CODE_INSEE="08777"), visit(2, AGE="212"), visit(11, GRAVITE="4")]
    write_rpu(tmp_path / "in" / "rpu.csv", [*(visit(n) for n in range(10, 40)), *bad])
    _, said, _ = write(tmp_path / "in")
    assert said.quarantine.sort("line")["found"].to_list() == [None, "08777", None, None]


def test_the_later_of_two_files_is_kept_and_a_copy_is_read_once(tmp_path, write):
    (tmp_path / "in").mkdir()
    write_rpu(tmp_path / "in" / "a.csv", [visit(1), visit(2), visit(3)])
    write_rpu(tmp_path / "in" / "b.csv", [visit(2), visit(3, GRAVITE="5")])
    write_rpu(tmp_path / "in" / "c.csv", [visit(2), visit(3, GRAVITE="5")])
    tables, said, _ = write(tmp_path / "in")
    visits = tables["emergency_visit"].sort("visit_id")
    assert visits.select("visit_id", "ccmu").rows() == [("p0001", "1"), ("p0002", "1"), ("p0003", "5")]
    assert "c.csv is a copy of b.csv" in said.findings[0].en
    assert sorted(said.quarantine["reason"]) == [
        "the same row is repeated: it was kept once",
        "this key is also in b.csv, which was kept",
    ]
    assert tables[RECORD_QUALITY.name]["records_quarantined"].sum() == 0


def test_an_imported_batch_gives_the_same_tables_as_its_file(tmp_path, write):
    (tmp_path / "in").mkdir()
    path = write_rpu(tmp_path / "in" / "rpu.csv", [visit(n) for n in range(20)])
    import_path(path, tmp_path / "store")
    direct, _, _ = write(tmp_path / "in")
    through, _, _ = write(imports_folder(tmp_path / "store"))
    assert all(through[name].equals(direct[name]) for name in direct)


def test_two_imports_of_one_name_stand_side_by_side(tmp_path, write):
    (tmp_path / "in").mkdir()
    for number in (1, 2):
        import_path(write_rpu(tmp_path / "in" / "rpu.csv", [visit(number)]), tmp_path / "store")
    tables, said, _ = write(imports_folder(tmp_path / "store"))
    assert tables["emergency_visit"].height == 2
    assert said.source_files["file"].n_unique() == 2


def test_beneficiaries_counted_are_added_up_and_care_has_no_place(tmp_path, write):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "counts.csv").write_text(
        "CODE_INSEE,ANNEE,CLASSE_AGE,REGIME,MEDECIN_TRAITANT,C2S,ALD,EFFECTIF\n"
        "08001,2023,16-49,RG,NON,oui,non,12\n08777,2023,16-49,RG,NON,oui,non,3\n",
        "utf-8",
    )
    care = "\n".join(["ID_BENEFICIAIRE;DATE_SOIN;NATURE", *(f"b{n};05/01/2023;MG" for n in range(12))])
    (tmp_path / "in" / "care.csv").write_text(care, "utf-8")
    tables, _, _ = write(tmp_path / "in")
    assert tables["beneficiary_count"].select("code", "mt_status", "beneficiaries").rows() == [("08001", "none", 12.0)]
    assert tables["care"].height == 12
    quality = tables[RECORD_QUALITY.name].sort("event_table", "level")
    assert quality.select("event_table", "level", "records_in", "records_quarantined").rows() == [
        ("beneficiary_count", "commune", 1, 0),
        ("beneficiary_count", "france", 1, 1),
        ("care", "france", 12, 0),
    ]


def test_the_code_of_a_whole_city_gives_way_to_the_postcode(communes):
    pairs = pl.DataFrame(
        {
            "year": ["2024"] * 4,
            "code_commune": ["75056", "75056", "75101", "98735"],
            "postcode": [None, "75001", None, None],
        }
    )
    made = placed(Communes(communes.history, _paris(), communes.population), pairs)
    assert made["code"].to_list() == [None, "75101", "75101", None]
    assert "arrondissement" in made["reason"][0]
    assert "overseas" in made["reason"][3]


def _paris():
    return pl.DataFrame({"postcode": ["75001"], "code": ["75101"]})
