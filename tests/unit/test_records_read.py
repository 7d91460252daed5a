"""Files of records are read in blocks of any size, in their encodings and containers, through a mapping or not."""

import polars as pl
import pytest

from maillage.errors import TooManyBadRowsError, UnreadableFileError, UsageError
from maillage.sources.records.mapping import load_mapping, nearest_layout
from maillage.sources.records.read import refuse_when_too_many
from maillage.sources.records.sources import LAYOUTS
from tests.records import RPU_HEADER, nothing_lost, read, visit, write_rpu


def rows(batch):
    return pl.concat(pl.read_parquet(part) for part in batch.parts)


def test_the_size_of_blocks_changes_nothing(tmp_path):
    lines = [visit(n) for n in range(40)] + [visit(3), visit(7, GRAVITE="2"), visit(41, AGE="212"), "p9;x"]
    path = write_rpu(tmp_path / "rpu.csv", lines)
    whole, cut = nothing_lost(read(path)), None
    kept, faults = rows(whole), whole.faults().collect().sort("line")
    for size in (50, 700):
        cut = nothing_lost(read(path, block_bytes=size))
        assert rows(cut).equals(kept)
        assert cut.faults().collect().sort("line").equals(faults)
    assert cut is not None
    assert len(cut.parts) > 1


def test_repeats_are_kept_once_and_contradictions_put_aside_wherever_they_stand(tmp_path):
    lines = [visit(1), visit(2), *(visit(n) for n in range(10, 30)), visit(1), visit(2, SEXE="M"), visit(2)]
    batch = nothing_lost(read(write_rpu(tmp_path / "rpu.csv", lines), block_bytes=100))
    assert (batch.rows_repeated, batch.rows_quarantined, batch.rows_kept) == (1, 3, 21)
    assert batch.faults().collect().sort("line")["line"].to_list() == [3, 24, 25, 26]


def test_a_csv_a_parquet_and_a_workbook_give_the_same_rows(tmp_path):
    path = write_rpu(tmp_path / "rpu.csv", [visit(n) for n in range(5)])
    frame = pl.read_csv(path, separator=";", infer_schema=False)
    typed = frame.with_columns(pl.col("ENTREE").str.to_datetime("%Y-%m-%dT%H:%M"), pl.col("AGE").cast(pl.Int64))
    typed.write_parquet(tmp_path / "rpu.parquet")
    frame.write_excel(tmp_path / "rpu.xlsx")
    kept = [rows(nothing_lost(read(tmp_path / f"rpu.{kind}"))).drop("line") for kind in ("csv", "parquet", "xlsx")]
    assert kept[0].equals(kept[1])
    assert kept[0].equals(kept[2])


def test_a_time_with_a_zone_becomes_the_time_of_paris(tmp_path):
    frame = pl.read_csv(write_rpu(tmp_path / "r.csv", [visit(0)]), separator=";", infer_schema=False)
    utc = pl.col("ENTREE").str.to_datetime("%Y-%m-%dT%H:%M", time_zone="UTC")
    frame.with_columns(utc).write_parquet(tmp_path / "r.parquet")
    assert rows(read(tmp_path / "r.parquet"))["entry_time"].dt.hour().to_list() == [11]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(tmp_path, encoding):
    path = tmp_path / "rpu.csv"
    path.write_bytes(f"{RPU_HEADER}\r\n{visit(1, ID_PASSAGE='é1')}\r\n{visit(2)}\r\n".encode(encoding))
    assert rows(nothing_lost(read(path)))["visit_id"].to_list() == ["é1", "p0002"]


def test_quotes_hold_separators_and_an_odd_one_damages_its_line_alone(tmp_path):
    lines = [visit(1, ID_PASSAGE='"a;b"'), visit(2, ID_PASSAGE='"c'), visit(3, ID_PASSAGE='5"x"'), visit(4)]
    batch = nothing_lost(read(write_rpu(tmp_path / "rpu.csv", lines)))
    assert batch.faults().collect()["line"].to_list() == [3]
    assert rows(batch)["visit_id"].to_list()[0] == "a;b"
    assert batch.rows_kept == 3


def test_an_age_comes_from_a_birth_date_which_is_not_kept(tmp_path):
    path = tmp_path / "rpu.csv"
    header = RPU_HEADER.replace("AGE", "NAISSANCE")
    births = ["26/03/1976", "25/03/1976", "1976-11-02", "inconnue", ""]
    path.write_text("\n".join([header, *(visit(n, AGE=birth) for n, birth in enumerate(births))]), "utf-8")
    batch = nothing_lost(read(path))
    assert rows(batch)["age_years"].to_list() == [47, 48, 47]
    assert "birth_date" not in rows(batch).columns
    assert batch.faults().collect()["found"].to_list() == ["inconnue", ""]


def test_visits_without_an_identifier_are_told_by_their_cells(tmp_path):
    path = tmp_path / "rpu.csv"
    lines = [line.split(";", 1)[1] for line in (RPU_HEADER, visit(1), visit(2), visit(1))]
    path.write_text("\n".join(lines), "utf-8")
    batch = nothing_lost(read(path))
    assert (batch.rows_kept, batch.rows_repeated) == (2, 1)


def test_a_mapping_renames_puts_together_translates_and_fills(tmp_path):
    path = tmp_path / "rpu.csv"
    path.write_text("jour;heure;niveau;insee;age\n05/03/24;10:12;I;08001;34\n06/03/24;11:12;II;08002;35\n", "utf-8")
    declared = tmp_path / "m.toml"
    declared.write_text(
        'layout = "rpu"\n[columns]\nENTREE = ["jour", "heure"]\nGRAVITE = "niveau"\n[constants]\nFINESS = "80000615"\n'
        '[values.GRAVITE]\nI = "1"\nII = "2"\n[dates]\nENTREE = "%d/%m/%y %H:%M"\n',
        "utf-8",
    )
    kept = rows(nothing_lost(read(path, mapping=load_mapping(declared, LAYOUTS))))
    assert kept["ccmu"].to_list() == ["1", "2"]
    assert kept["site_id_finess"].to_list() == ["080000615"] * 2
    assert [t.isoformat() for t in kept["entry_time"]] == ["2024-03-05T10:12:00", "2024-03-06T11:12:00"]


def test_a_column_declared_as_none_is_not_read(tmp_path):
    declared = tmp_path / "m.toml"
    declared.write_text('layout = "rpu"\n[columns]\nDP = ""\n', "utf-8")
    batch = read(write_rpu(tmp_path / "rpu.csv", [visit(1)]), mapping=load_mapping(declared, LAYOUTS))
    assert "DP" in batch.absent
    assert "DP" in batch.ignored
    assert rows(batch)["diagnosis_icd10"].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("layout = 'x'", "should be one of"),
        ("layout = 'rpu'\n[columns]\nAGEE = 'a'", "AGEE"),
        ("layout = 'rpu'\n[colonnes]\n", "colonnes"),
        ("layout =", "TOML"),
        ("layout = 'rpu'\n[dates]\nENTREE = '%H'", "form of dates"),
    ],
    ids=["layout", "column", "table", "toml", "dates"],
)
def test_a_mapping_that_cannot_be_understood_names_the_entry(tmp_path, text, said):
    path = tmp_path / "m.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        load_mapping(path, LAYOUTS)


def test_columns_nearly_named_are_suggested_each_once(tmp_path):
    names = ["Num passage", "finess", "Commune résidence", "date entree", "heure entree", "niveau CCMU"]
    layout, met = nearest_layout(LAYOUTS, names)
    assert layout.id == "rpu"
    assert met.close["ENTREE"] == ("date entree", "heure entree")
    assert met.close["GRAVITE"] == ("niveau CCMU",)


def test_a_file_without_the_columns_it_needs_is_refused(tmp_path):
    path = tmp_path / "rpu.csv"
    path.write_text("ID_PASSAGE;FINESS;ENTREE;GRAVITE\np1;080000615;2024-03-25T10:00;1\n", "utf-8")
    with pytest.raises(UnreadableFileError, match="CODE_INSEE / CP"):
        read(path)


def test_past_the_limit_of_bad_rows_the_first_is_named(tmp_path):
    batch = read(write_rpu(tmp_path / "rpu.csv", [visit(1), visit(2, AGE="212")]))
    with pytest.raises(TooManyBadRowsError, match=r"1 of 2 rows .* line 3, field AGE"):
        refuse_when_too_many(batch, 0.1)
