"""A file of records is imported once, reported on in plain words, and replaced or refused without losing anything."""

import json

import pytest

from maillage import cli
from maillage.errors import UsageError
from maillage.pipeline.imports import ImportOptions, import_path, imports_folder, list_sources
from maillage.pipeline.record_import import held_batches
from maillage.sources.registry import read_folder
from tests.records import visit, write_rpu


def batches(store):
    return held_batches(imports_folder(store) / "rpu")


def test_a_file_imported_twice_is_kept_once(tmp_path):
    path, store = write_rpu(tmp_path / "rpu.csv", [visit(1), visit(2)]), tmp_path / "store"
    first, again = (import_path(path, store)[0] for _ in range(2))
    assert (first.rows_kept, again.rows_kept) == (2, 2)
    assert [b.file for b in batches(store)] == ["rpu.csv"]
    found = read_folder(imports_folder(store))
    assert ([r.source.id for r in found.records], found.reads, found.unrecognised) == (["rpu"], (), ())
    assert {s["source"] for s in list_sources(store, "fr") if s["present"]} == {"rpu"}


def test_a_new_file_of_the_same_name_joins_the_earlier_one_or_replaces_it(tmp_path):
    path, store = tmp_path / "rpu.csv", tmp_path / "store"
    for number in (1, 2):
        import_path(write_rpu(path, [visit(number)]), store)
    assert len(batches(store)) == 2
    import_path(write_rpu(path, [visit(3)]), store, ImportOptions(replaces=True))
    assert [b.period_from for b in batches(store)] == ["2024-03-25 10:03:00"]


def test_a_file_with_too_many_bad_rows_is_refused_with_its_report_and_leaves_nothing(tmp_path):
    path, store = write_rpu(tmp_path / "rpu.csv", [visit(1), visit(2, AGE="212")]), tmp_path / "store"
    result = import_path(path, store)[0]
    assert not result.accepted
    assert "AGE est supérieur à 120" in "\n".join(result.faults)
    assert not imports_folder(store).exists()


def test_a_file_that_is_only_checked_is_reported_on_and_leaves_nothing(tmp_path):
    path, store = write_rpu(tmp_path / "rpu.csv", [visit(1), visit(2)]), tmp_path / "store"
    result = import_path(path, store, ImportOptions(keeps=False))[0]
    assert (result.accepted, result.checked, result.rows_kept) == (True, True, 2)
    assert not imports_folder(store).exists()


def test_the_report_says_what_was_understood(tmp_path):
    lines = [*(visit(n) for n in range(20)), visit(1), visit(30, GRAVITE="9"), visit(31, CODE_INSEE="", CP="99999")]
    result = import_path(write_rpu(tmp_path / "rpu.csv", lines), tmp_path / "store")[0]
    said = "\n".join(result.faults)
    assert "Lu : 23 lignes. Gardé : 20 ; mis de côté : 1 ; hors champ : 1 ; répété à l’identique : 1." in said
    assert "Période : du 25/03/2024 au 25/03/2024." in said
    assert "Colonnes absentes, laissées vides : NAISSANCE." in said
    assert "GRAVITE devrait être l’une des valeurs" in said
    assert "ligne 23, GRAVITE, trouvé : 9" in said
    english = "\n".join(import_path(tmp_path / "rpu.csv", tmp_path / "other", ImportOptions("en"))[0].faults)
    assert "Read: 23 rows. Kept: 20; put aside: 1; out of scope: 1; identical repeats: 1." in english


def test_communes_are_looked_up_where_they_are_known(tmp_path, small_carriers):
    lines = [visit(0), visit(1, CODE_INSEE="08777"), visit(2, CODE_INSEE="", CP="08000")]
    options = ImportOptions("fr", carriers=small_carriers)
    result = import_path(write_rpu(tmp_path / "rpu.csv", lines), tmp_path / "store", options)[0]
    assert result.report is not None
    found = result.report.communes
    assert found is not None
    assert (found.rows_known, found.rows_unknown, found.unknown, found.rows_shared) == (2, 1, ("08777",), 1)
    assert "08777" in "\n".join(result.faults)


def test_columns_close_to_a_layout_get_a_draft_of_mapping_which_then_reads_the_file(tmp_path, monkeypatch, capsys):
    path, store = tmp_path / "urgences.csv", tmp_path / "store"
    path.write_text(
        "numero passage;finess;code_commune;date entree;heure entree;niveau CCMU\n"
        "1;080000615;08001;05/03/2024;10:12;1\n",
        "utf-8",
    )
    refused = import_path(path, store)[0]
    draft = path.with_name("urgences.csv.mapping.toml")
    assert not refused.accepted
    assert str(draft) in refused.faults[0]
    monkeypatch.setattr(
        "sys.argv", ["maillage", "import", str(path), "--mapping", str(draft), "--store", str(store), "--json"]
    )
    monkeypatch.setenv("MAILLAGE_CARRIERS", str(tmp_path))
    cli.app(standalone_mode=False)
    said = json.loads(capsys.readouterr().out)[0]
    assert (said["accepted"], said["rows_kept"], said["report"]["batch"]["layout"]) == (False, 0, "rpu")
    assert "age_years" in json.dumps(said["report"]["reasons"])


def test_a_draft_that_was_edited_is_left_as_it_is(tmp_path):
    path = tmp_path / "u.csv"
    path.write_text("passage;finess;entrees;gravites\n", "utf-8")
    draft = path.with_name("u.csv.mapping.toml")
    draft.write_text("mine", "utf-8")
    import_path(path, tmp_path / "store")
    assert draft.read_text("utf-8") == "mine"


def test_what_a_killed_import_left_is_removed_by_the_next(tmp_path):
    path, store = write_rpu(tmp_path / "rpu.csv", [visit(1)]), tmp_path / "store"
    left = imports_folder(store) / "rpu" / ".0123456789ab.99999999"
    left.mkdir(parents=True)
    import_path(path, store)
    assert not left.exists()


def test_a_folder_is_imported_without_its_mappings(tmp_path):
    (tmp_path / "in").mkdir()
    write_rpu(tmp_path / "in" / "rpu.csv", [visit(1)])
    (tmp_path / "in" / "u.csv.mapping.toml").write_text("layout = 'rpu'", "utf-8")
    assert [r.file for r in import_path(tmp_path / "in", tmp_path / "store")] == ["rpu.csv"]
    assert read_folder(tmp_path / "in").unrecognised == ()


def test_a_mapping_is_that_of_one_file(tmp_path):
    with pytest.raises(UsageError, match="one file"):
        import_path(tmp_path, tmp_path / "store", ImportOptions(mapping=tmp_path / "m.toml"))


def test_a_schema_is_printed_or_its_name_is_not_known(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["maillage", "schemas", "rpu"])
    cli.app(standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["primaryKey"] == ["FINESS", "ID_PASSAGE"]
    monkeypatch.setattr("sys.argv", ["maillage", "schemas", "x"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 4
