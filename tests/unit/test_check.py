"""Rows are typed, checked and put aside, never lost."""

import polars as pl
import pytest

from maillage.catalog.check import check_rows
from maillage.catalog.table import Table
from maillage.errors import DefinitionError, TooManyBadRowsError, UnreadableFileError

SUPPLY = Table("supply", "test", ("code_commune", "headcount"), ("code_commune",), frozenset({"headcount"}))


def raw(*rows):
    return pl.DataFrame(
        {
            "line": range(2, 2 + len(rows)),
            "code_commune": [r[0] for r in rows],
            "headcount": [r[1] for r in rows],
        }
    )


def test_french_decimals_and_thin_spaces_are_numbers():
    checked = check_rows(raw(("01001", "1\u202f234,5"), ("2A004", " 3 ")), SUPPLY, file="f.csv")
    assert checked.rows.rows() == [("01001", 1234.5), ("2A004", 3.0)]
    assert checked.quarantine.is_empty()


def test_a_bad_cell_is_put_aside_with_its_line_field_and_value():
    checked = check_rows(raw(("01001", "-2"), ("1001", "3"), ("01002", "x")), SUPPLY, file="f", bad_share_max=1)
    assert checked.rows.is_empty()
    assert checked.quarantine.select("line", "field", "found").rows() == [
        (2, "headcount", "-2"),
        (3, "code_commune", "1001"),
        (4, "headcount", "x"),
    ]


def test_a_missing_value_is_kept_where_allowed_and_refused_where_required():
    checked = check_rows(raw(("01001", "N/A"), ("", "3")), SUPPLY, file="f", bad_share_max=1)
    assert checked.rows.rows() == [("01001", None)]
    assert "required" in checked.quarantine["reason"][0]


def test_a_repeated_row_is_kept_once_and_contradictions_are_all_put_aside():
    checked = check_rows(
        raw(("01001", "1"), ("01001", "1"), ("01002", "1"), ("01002", "2"), ("01003", "4")),
        SUPPLY,
        file="f",
        bad_share_max=1,
    )
    assert sorted(checked.rows.rows()) == [("01001", 1.0), ("01003", 4.0)]
    assert checked.quarantine["line"].to_list() == [3, 4, 5]


def test_past_the_limit_the_import_fails_and_names_the_first_fault():
    with pytest.raises(TooManyBadRowsError, match=r"f\.csv: 1 of 2 rows.*line 3, field headcount"):
        check_rows(raw(("01001", "1"), ("01002", "-1")), SUPPLY, file="f.csv")


def test_an_absent_column_is_named():
    with pytest.raises(UnreadableFileError, match="'headcount'"):
        check_rows(raw(("01001", "1")).drop("headcount"), SUPPLY, file="f.csv")


def test_a_table_of_unknown_fields_is_refused():
    with pytest.raises(DefinitionError, match="colour"):
        Table("t", "test", ("colour",), ("colour",))
