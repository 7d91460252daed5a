"""The command line: data on the output stream, one clear sentence on error, a non-zero exit."""

import csv
import io
import json
import shutil

import polars as pl
import pytest

from maillage import cli
from tests.records import visit, write_rpu


@pytest.fixture
def call(small_store, monkeypatch, capfdbinary):
    """Run a command on the small store; gives exit code, output, error."""

    def run(*arguments, store=small_store):
        monkeypatch.setenv("MAILLAGE_STORE", str(store))
        monkeypatch.setattr("sys.argv", ["maillage", *arguments])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capfdbinary.readouterr()
        return code, said.out, said.err.decode()

    return run


def test_a_territory_is_printed_as_json_with_its_observations_and_alerts(call):
    code, out, _ = call("territory", "08001", "--json")
    data = json.loads(out)
    assert code == 0
    assert list(data) == ["code", "name", "level", "observations", "alerts"]
    assert (data["code"], data["level"]) == ("08001", "commune")
    assert {"apl_mg", "apl_mg_65", "apl_mg_calcule"} <= {o["indicator"] for o in data["observations"]}


def test_a_cpts_answers_to_its_own_code_and_a_commune_to_a_code_in_small_letters(call):
    assert json.loads(call("territory", "44-cpts-du-sud", "--json")[1])["name"] == "CPTS du Sud"
    assert json.loads(call("territory", "fra", "--json")[1])["code"] == "FRA"


def test_the_country_is_fra(call):
    code, out, _ = call("territory", "FRA", "--json")
    assert code == 0
    assert json.loads(out)["level"] == "france"


def test_paris_answers_as_a_whole_city_and_by_arrondissement(call):
    assert json.loads(call("territory", "75056", "--level", "commune", "--json")[1])["level"] == "ville"
    assert json.loads(call("territory", "75101", "--json")[1])["level"] == "commune"


def test_an_export_has_the_agreed_columns_in_every_format(call):
    columns = ["code", "name", "period", "value", "low", "high", "numerator", "denominator", "status", "origin"]
    arguments = ("export", "apl_mg", "--level", "departement", "--period", "2021", "--format")
    table = list(csv.reader(io.StringIO(call(*arguments, "csv")[1].decode("utf-8-sig"))))
    frame = pl.read_parquet(io.BytesIO(call(*arguments, "parquet")[1]))
    rows = json.loads(call(*arguments, "json")[1])
    assert table[0] == frame.columns == list(rows[0]) == columns
    assert len(table) - 1 == frame.height == len(rows) == 3
    assert float(table[1][3]) == pytest.approx(rows[0]["value"])


def test_alerts_inside_a_territory_are_inside_it(call):
    code, out, _ = call("alerts", "--level", "commune", "--in", "08", "--json")
    assert code == 0
    rows = json.loads(out)
    assert rows
    assert all(r["code"].startswith("08") for r in rows)


@pytest.mark.parametrize(
    ("arguments", "expected", "said"),
    [
        (("territory", "99999"), 4, "has the code '99999'"),
        (("export", "apl_mgg", "--level", "departement"), 4, "apl_mgg"),
        (("export", "apl_mg", "--level", "canton"), 2, "canton"),
        (("export", "apl_mg", "--level", "departement", "--period", "1899"), 4, "1899"),
        (("alerts", "--level", "canton"), 2, "canton"),
        (("run", "--sources", "/nowhere"), 3, "/nowhere"),
        (("run", "--millesime", "1850", "--sources", "."), 2, "1850"),
        (("run", "--travel", "/nowhere.csv"), 3, "/nowhere.csv: a file of travel times was expected"),
        (("run", "--roads", "/nowhere.osm.pbf"), 3, "/nowhere.osm.pbf: an .osm.pbf extract was expected"),
        (("run", "--travel", "a.csv", "--roads", "b.osm.pbf"), 2, "Either --travel or --roads is given"),
        (("import", "/nowhere"), 2, "/nowhere"),
    ],
)
def test_an_error_is_one_sentence_and_a_non_zero_exit(call, arguments, expected, said):
    code, _, error = call(*arguments)
    assert code == expected
    assert said in error
    assert "Traceback" not in error
    assert error.strip().splitlines()[-1].startswith("maillage: ")


def test_an_absent_store_says_how_to_build_one(call, tmp_path):
    code, _, error = call("territory", "FRA", store=tmp_path / "none")
    assert code == 5
    assert "maillage run --demo" in error


def test_every_command_has_help_with_an_example(call):
    for command in ("run", "sources", "import", "territory", "alerts", "alert", "changes", "export", "serve"):
        code, out, _ = call(command, "--help")
        assert code == 0
        assert f"Example: maillage {command}" in " ".join(out.decode().split())


def test_sources_lists_each_with_its_producer_licence_and_presence(call):
    rows = json.loads(call("sources", "--json")[1])
    present = {r["source"] for r in rows if r["present"]}
    assert {"geo_commune", "insee_bpe", "drees_apl"} <= present
    assert all(r["producer"] and r["licence"] and r["layout"] and r["feeds"] for r in rows)
    assert all(r["address"] or r["option"] for r in rows)


def test_an_import_keeps_a_good_file_and_refuses_a_bad_one_without_losing_anything(call, small_sources, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    store = tmp_path / "store"
    assert call("import", str(small_sources / "bpe.csv"), store=store)[0] == 0
    code, out, _ = call(
        "import",
        str(bad),
        store=store,
    )
    assert code == 3
    assert b"bad.csv" in out
    assert [p.name for p in (store / "imports").rglob("*.csv")] == ["bpe.csv"]


def test_alerts_come_by_the_priority_of_their_territory_and_say_where_they_are_in_their_life(call):
    _, out, _ = call("alerts", "--json")
    rows = json.loads(out)
    worst = {}
    for row in rows:
        key = (row["level"], row["code"])
        worst[key] = max(row["degree"], worst.get(key, 0))
    degrees = [worst[row["level"], row["code"]] for row in rows]
    assert degrees == sorted(degrees, reverse=True)
    assert {row["state"] for row in rows} <= {"raised", "acknowledged", "explained", "closed"}


def test_an_alert_is_explained_from_the_command_line_and_found_in_the_changes(call, small_store, tmp_path):
    mine = tmp_path / "store"
    shutil.copytree(small_store, mine)
    first = json.loads(call("alerts", "--json", store=mine)[1])[0]
    place = (first["code"], "--level", first["level"])
    words = ("--by", "DD 08", "--note", "Départ en juin.")
    assert call("alert", "explain", first["rule"], *place, *words, store=mine)[0] == 0
    code, out, _ = call("changes", "--in", first["code"], "--format", "csv", store=mine)
    newest = next(csv.DictReader(io.StringIO(out.decode())))
    assert (code, newest["event"], newest["author"], newest["note"]) == (0, "explained", "DD 08", "Départ en juin.")
    assert "Départ en juin." in call("changes", store=mine)[1].decode()
    assert json.loads(call("alerts", "--json", store=mine)[1])[0]["state"] == "explained"


def test_an_explanation_without_a_word_is_refused_in_one_sentence(call, small_store, tmp_path):
    mine = tmp_path / "store"
    shutil.copytree(small_store, mine)
    first = json.loads(call("alerts", "--json", store=mine)[1])[0]
    code, _, err = call(
        "alert", "explain", first["rule"], first["code"], "--level", first["level"], "--by", "A", store=mine
    )
    assert code == 2
    assert "a note to explain or close (--note)" in " ".join(err.split())


def test_a_file_of_records_is_checked_without_being_kept(call, tmp_path):
    path, store = write_rpu(tmp_path / "rpu.csv", [visit(1)]), tmp_path / "store"
    code, out, _ = call("import", str(path), "--check", store=store)
    assert code == 0
    assert "bon à garder" in out.decode()
    assert not (store / "imports").exists()
