"""Every reason for putting a row aside is said in both languages, and is general enough to be counted."""

import re

import polars as pl
import pytest

from maillage.catalog.check import ASIDE, check_rows
from maillage.catalog.reasons import TEMPLATES, in_language
from maillage.catalog.table import Table
from maillage.sources.registry import read_folder

FAULTS = {
    "code_commune": ["1001", ""],
    "headcount": ["-1", "x", "=A1", "1"],
    "age_band": ["old"],
    "year": ["1.5", "99999"],
}


@pytest.mark.parametrize("words", TEMPLATES, ids=lambda words: words.en[:40])
def test_each_reason_comes_back_in_french_with_what_it_names(words):
    slots = set(re.findall(r"{(\w+)}", words.en))
    assert slots == set(re.findall(r"{(\w+)}", words.fr))
    values = {slot: f"[{slot}] 1.5 (x)" for slot in slots}
    assert in_language(words.en.format(**values), "fr") == words.fr.format(**values)
    assert in_language(words.en.format(**values), "en") == words.en.format(**values)


def test_every_fault_of_a_cell_is_said_in_french():
    table = Table("t", "test", tuple(FAULTS), ("code_commune", "year"))
    good = {"code_commune": "01001", "headcount": "3", "age_band": "65+", "year": "2024"}
    rows = [{**good, name: bad} for name, cells in FAULTS.items() for bad in cells] + [good, good]
    raw = pl.DataFrame(rows).with_row_index("line", offset=2)
    found = check_rows(raw, table, file="f.csv", bad_share_max=1).quarantine["reason"].unique().to_list()
    assert len(found) > 6
    assert untranslated(found) == []


def test_two_files_of_one_key_are_told_in_french(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"code_insee24,arr24,bv2022\n01001,{name[0]},01093\n", "utf-8")
    reads = read_folder(tmp_path).reads
    reasons = [reason for read in reads for reason in read.quarantine["reason"]]
    assert len(reasons) == 1
    assert untranslated(reasons) == []


def test_a_reason_of_a_source_of_one_s_own_is_left_as_it_is():
    raw = pl.DataFrame({"line": [2], "code_commune": ["01001"], ASIDE: ["because"]})
    table = Table("t", "test", ("code_commune",), ("code_commune",))
    assert in_language(check_rows(raw, table, file="f").quarantine["reason"][0], "fr") == "because"


def untranslated(reasons: list[str]) -> list[str]:
    return [reason for reason in reasons if in_language(reason, "fr") == reason]
