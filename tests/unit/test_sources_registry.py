"""Files are recognised by content, folders say what is simulated, corrections are declared, nothing is lost."""

import pytest

from maillage.catalog.reasons import in_language
from maillage.errors import DefinitionError, MissingSourceError, UnreadableFileError
from maillage.sources import corrections
from maillage.sources.corrections import Correction, load_corrections
from maillage.sources.registry import read_carriers, read_file, read_folder, recognise

BASSIN = "code_insee24,arr24,bv2022\n"
CPTS = "code_insee,nom_commune_cog2026,dep,cpts,remarque\n"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def test_an_unknown_layout_is_described_and_the_nearest_source_named(tmp_path):
    path = write(tmp_path / "x.csv", "code_commune,typequ_bpe2024,effectif\n01001,D265,2\n")
    with pytest.raises(UnreadableFileError) as problem:
        recognise(path)
    message = str(problem.value)
    assert "x.csv" in message
    assert "kind text in utf-8" in message
    assert "insee_bpe, of which it lacks nombre" in message
    assert "maillage sources" in message


def test_a_folder_is_read_in_the_order_of_its_paths_and_strangers_are_listed(tmp_path):
    write(tmp_path / "b" / "one.csv", BASSIN + "01001,012,01093\n")
    write(tmp_path / "a.md", "# Notes\n")
    write(tmp_path / ".hidden.csv", BASSIN + "01001,012,01093\n")
    seen = []
    read = read_folder(tmp_path, lambda *step: seen.append(step))
    assert [r.file for r in read.reads] == ["b/one.csv"]
    assert [u.file for u in read.unrecognised] == ["a.md"]
    assert seen == [("a.md", 1, 2), ("b/one.csv", 2, 2)]


def test_a_copy_is_read_once_and_says_so(tmp_path):
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, BASSIN + "01001,012,01093\n")
    read = read_folder(tmp_path)
    assert [r.file for r in read.reads] == ["a.csv"]
    assert read.notes == ("b.csv is a copy of a.csv: it was read once.",)


def test_of_two_files_with_one_key_the_later_is_kept_and_the_other_row_put_aside(tmp_path):
    write(tmp_path / "2022.csv", BASSIN + "01001,012,01093\n01002,012,01004\n")
    write(tmp_path / "2024.csv", BASSIN + "01001,012,01999\n")
    read = read_folder(tmp_path)
    early, late = read.reads
    assert early.rows.rows() == [("01002", "01004")]
    assert early.lines.to_list() == [3]
    assert late.rows.rows() == [("01001", "01999")]
    assert early.quarantine.rows() == [(2, "code_commune", "01001", "this key is also in 2024.csv, which was kept")]
    assert early.rows_in == early.rows.height + early.rows_quarantined
    assert "1 rows" in read.notes[0]


def test_a_folder_says_which_of_its_files_are_simulated(tmp_path):
    write(tmp_path / "true.csv", BASSIN + "01001,012,01093\n")
    write(tmp_path / "drawn.csv", BASSIN + "01002,012,01093\n")
    write(tmp_path / "deep" / "all.csv", BASSIN + "01003,012,01093\n")
    write(tmp_path / "origine.toml", '[files."drawn.csv"]\nsimulated = true\nnote = "seed 1"\n')
    write(tmp_path / "deep" / "origine.toml", "[folder]\nsimulated = true\n")
    read = read_folder(tmp_path)
    assert {r.file: (r.simulated, r.note) for r in read.reads} == {
        "deep/all.csv": (True, ""),
        "drawn.csv": (True, "seed 1"),
        "true.csv": (False, ""),
    }
    assert not read.unrecognised


@pytest.mark.parametrize("said", ["simulated =", '[folder]\nsimulated = "yes"\n'])
def test_a_declaration_of_origin_that_cannot_be_read_is_refused(tmp_path, said):
    write(tmp_path / "a.csv", BASSIN + "01001,012,01093\n")
    write(tmp_path / "origine.toml", said)
    with pytest.raises(UnreadableFileError, match=r"origine\.toml"):
        read_folder(tmp_path)


def test_declared_corrections_change_or_put_aside_rows_and_say_why(tmp_path):
    path = write(
        tmp_path / "c.csv",
        CPTS + "04234,Venterol,04,CPTS Drôme Provençale - Enclave des Papes,suspect\n"
        "05013,Barcillonnette,05,CPTS Gapençais,graphie\n05017,La Bâtie-Neuve,05,CPTS du Gapençais,\n"
        "05039,Aubessagne,05,CPTS Champsaur-Valgaudemar,\n05043,,05,CPTS Champsaur-Valgaudemar,absent\n"
        + "".join(f"051{i},X,05,CPTS du Gapençais,\n" for i in range(60, 90)),
    )
    read = read_file(path)
    kept = dict(read.rows.rows())
    assert "04234" not in kept
    assert kept["05013"] == "CPTS du Gapençais"
    assert kept["05039"] == "CPTS Champsaur-Valgaudemar"
    assert read.quarantine["line"].to_list() == [2, 6]
    assert "homonym" in read.quarantine["reason"][0]
    assert "repeated" in read.quarantine["reason"][1]
    applied = {c.id: c.rows for c in read.corrections}
    assert applied["gapencais_spelling"] == applied["obsolete_05043"] == 1


def test_a_correction_that_matches_nothing_is_reported(tmp_path):
    write(tmp_path / "c.csv", CPTS + "05061,Gap,05,CPTS du Gapençais,\n")
    notes = read_folder(tmp_path).notes
    assert any("'gapencais_spelling' matches no row" in note for note in notes)


def test_every_declared_correction_has_a_reason_and_a_proof():
    declared = load_corrections("ars_cpts")
    assert len({c.id for c in declared}) == len(declared) == 9
    assert all(c.reason.endswith(".") and c.reference.endswith(".") for c in declared)
    assert all(in_language(c.reason, "fr") not in ("", c.reason) for c in declared)
    assert load_corrections("insee_bpe") == ()


def test_a_correction_of_a_field_that_the_source_has_not_is_a_definition_error(tmp_path, monkeypatch):
    path = write(tmp_path / "a.csv", BASSIN + "01001,012,01093\n")
    wrong = Correction("x", {"colour": "red"}, None, "Because.", "Nowhere.")
    monkeypatch.setattr("maillage.sources.reading.load_corrections", lambda _source: (wrong,))
    with pytest.raises(DefinitionError, match="colour"):
        read_file(path)


@pytest.mark.parametrize("lacking", ["id", "match", "action", "reason", "reason_fr", "reference", "replace"])
def test_an_incomplete_correction_is_a_definition_error(tmp_path, monkeypatch, lacking):
    entry = {
        "id": '"x"',
        "match": '{ a = "b" }',
        "action": '"replace"',
        "replace": '{ a = "c" }',
        "reason": '"r"',
        "reason_fr": '"f"',
        "reference": '"p"',
    }
    lines = [f"{key} = {value}" for key, value in entry.items() if key != lacking]
    write(tmp_path / "definitions" / "corrections" / "s.toml", "[[correction]]\n" + "\n".join(lines))
    monkeypatch.setattr(corrections, "files", lambda _package: tmp_path)
    with pytest.raises(DefinitionError):
        corrections.load_corrections.__wrapped__("s")


def test_absent_carriers_are_named_with_the_way_to_get_them(tmp_path):
    with pytest.raises(MissingSourceError, match=r"geo_commune.*make install"):
        read_carriers(tmp_path)
