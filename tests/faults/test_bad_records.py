"""Every kind of bad record is put aside, told and counted; nothing is lost and nothing good is."""

import pytest

from tests.records import RPU_HEADER, nothing_lost, read, visit, write_rpu

GOOD = [visit(n) for n in range(100, 130)]
BAD = {
    "an age of 212": ({"AGE": "212"}, "AGE", "above 120"),
    "a negative age": ({"AGE": "-1"}, "AGE", "below 0"),
    "an age in words": ({"AGE": "douze"}, "AGE", "whole number"),
    "an exit before the entry": ({"SORTIE": "2024-03-25T09:00"}, "SORTIE", "comes before"),
    "an exit without an hour": ({"SORTIE": "2024-03-26"}, "SORTIE", "a date and a time"),
    "a commune of no form": ({"CODE_INSEE": "8XX01"}, "CODE_INSEE", "should match"),
    "no commune nor postcode": ({"CODE_INSEE": ""}, "code_commune, postcode", "at least one of"),
    "a CCMU of 9": ({"GRAVITE": "9"}, "GRAVITE", "should be one of"),
    "a diagnosis in words": ({"DP": "ASTHME AIGU"}, "DP", "should match"),
    "a sex of no code": ({"SEXE": "X"}, "SEXE", "should be one of"),
    "a hospital of no form": ({"FINESS": "CHU"}, "FINESS", "should match"),
    "no entry": ({"ENTREE": ""}, "ENTREE", "is required"),
    "the 31st of February": ({"ENTREE": "31/02/2024 10:00"}, "ENTREE", "were expected"),
    "a year of two digits": ({"ENTREE": "25/03/24 10:00"}, "ENTREE", "were expected"),
    "an hour of 25": ({"ENTREE": "2024-03-25T25:00"}, "ENTREE", "were expected"),
    "a formula": ({"AGE": "=A1"}, "AGE", "formula"),
}


@pytest.mark.parametrize(("cells", "field", "said"), BAD.values(), ids=list(BAD))
def test_a_bad_record_is_put_aside_with_its_line_its_field_and_its_reason(tmp_path, cells, field, said):
    batch = nothing_lost(read(write_rpu(tmp_path / "rpu.csv", [*GOOD, visit(1, **cells)])))
    assert (batch.rows_kept, batch.rows_quarantined) == (30, 1)
    line, at, _, reason = batch.faults().collect().row(0)
    assert (line, at) == (32, field)
    assert said in reason


def test_dates_in_three_forms_are_read_and_month_first_ones_make_the_ambiguous_refused(tmp_path):
    forms = ["2024-03-25T10:00", "25/03/2024 10:00", "20240325 1000"]
    good = [visit(n, ENTREE=form) for n, form in enumerate(forms)]
    assert read(write_rpu(tmp_path / "a.csv", good)).rows_kept == 3
    two_ways, month_first = visit(5, ENTREE="03/04/2024 10:00", SORTIE=""), visit(6, ENTREE="03/25/2024 10:00")
    assert read(write_rpu(tmp_path / "b.csv", [*good, two_ways])).rows_kept == 4
    batch = nothing_lost(read(write_rpu(tmp_path / "c.csv", [*good, two_ways, month_first]), block_bytes=60))
    assert batch.rows_kept == 3
    assert "reads in two ways" in batch.faults().collect().sort("line")["reason"][0]


def test_mixed_encodings_are_read_line_by_line_and_counted(tmp_path):
    path = tmp_path / "rpu.csv"
    lines = [
        visit(1, ID_PASSAGE="é1").encode(),
        visit(2, ID_PASSAGE="é2").encode("cp1252"),
        b"\x81" + visit(3).encode(),
    ]
    path.write_bytes(b"\n".join([RPU_HEADER.encode(), *lines, *(line.encode() for line in GOOD)]))
    batch = nothing_lost(read(path))
    assert (batch.rows_kept, batch.cp1252_lines, batch.accented) == (32, 1, True)
    assert "0x81" in batch.faults().collect()["reason"][0]


@pytest.mark.parametrize("line", ["p1;080000615", visit(1) + ";;;", '"' + visit(1), ";;;;;;;;;"], ids=str)
def test_a_damaged_line_is_put_aside(tmp_path, line):
    batch = nothing_lost(read(write_rpu(tmp_path / "rpu.csv", [*GOOD, line])))
    assert (batch.rows_kept, batch.rows_quarantined) == (30, 1)


def test_a_residence_abroad_is_left_out_without_being_a_fault(tmp_path):
    lines = [*GOOD, visit(1, CODE_INSEE="", CP="99999"), visit(2, CODE_INSEE="99109")]
    batch = nothing_lost(read(write_rpu(tmp_path / "rpu.csv", lines)))
    assert (batch.rows_left_out, batch.rows_quarantined) == (2, 0)
