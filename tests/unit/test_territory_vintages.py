"""A figure of communes of one year finds the communes of another."""

import polars as pl
import pytest

from maillage.errors import UsageError
from maillage.territory.changes import commune_history, steps_to_2025
from maillage.territory.convert import Measures, convert

# 01002 joined 01001 in 2016. 01010 was in 01011 until 2020. 01020 joined 01021 in 2025 as a delegated commune.
# 01030 was drawn back from 01031 in 2025. 69123 is Lyon, with two arrondissements.
COMMUNES = pl.DataFrame(
    [
        ("01001", "COM", None, 400.0),
        ("01002", "COMD", "01001", 100.0),
        ("01001", "COMD", "01001", 300.0),
        ("01010", "COM", None, 250.0),
        ("01011", "COM", None, 750.0),
        ("01020", "COMD", "01021", 40.0),
        ("01021", "COMD", "01021", 60.0),
        ("01021", "COM", None, 100.0),
        ("01030", "COM", None, 20.0),
        ("01031", "COM", None, 80.0),
        ("69123", "COM", None, 500.0),
        ("69381", "ARM", "69123", 200.0),
        ("69382", "ARM", "69123", 300.0),
    ],
    schema=["code_commune", "kind", "code_parent", "population"],
    orient="row",
)
SAME = ["01001", "01011", "01020", "01021", "01031", "69123"]
ROWS = [
    *((c, y, c) for c in SAME for y in (2015, 2019, 2022)),
    ("01002", 2015, "01001"),
    ("01010", 2022, "01010"),
    *(("01011", y, "01010") for y in (2015, 2019)),
    ("01030", 2015, "01031"),
]
PASSAGE = pl.DataFrame(ROWS, schema=["code_before", "year_before", "code_after"], orient="row")


@pytest.fixture
def history():
    return commune_history(COMMUNES, PASSAGE, None)


def pairs(history, from_year, to_year):
    links = history.links(from_year, to_year)
    return {(a, b): round(s, 6) for a, b, s in links.select("code_from", "code_to", "share").iter_rows()}


def test_a_merged_commune_goes_whole_and_a_split_one_by_population(history):
    found = pairs(history, 2015, 2024)
    assert found["01002", "01001"] == 1
    assert (found["01011", "01010"], found["01011", "01011"]) == (0.25, 0.75)


def test_a_delegated_commune_of_2025_was_a_commune_of_2024(history):
    assert pairs(history, 2024, 2025)["01020", "01021"] == 1
    assert pairs(history, 2025, 2024)["01021", "01020"] == 0.4


def test_a_commune_restored_in_2025_comes_from_the_one_that_had_absorbed_it(history):
    found = pairs(history, 2024, 2025)
    assert (found["01031", "01030"], found["01031", "01031"]) == (0.2, 0.8)
    # it was itself in 2015: nothing of its neighbour goes to it
    assert pairs(history, 2015, 2025)["01030", "01030"] == 1
    assert pairs(history, 2015, 2025)["01031", "01031"] == 1


def test_arrondissements_stand_for_the_city_in_every_year(history):
    for year in history.years:
        assert {"69381", "69382"} <= set(history.codes(year))
        assert "69123" not in history.codes(year).to_list()


def test_an_unknown_year_says_which_are_known(history):
    with pytest.raises(UsageError, match="2015 to 2025, found 2009"):
        history.at(2009)


def test_simple_mergers_that_no_file_tells_are_declared():
    columns = {"code_commune": pl.String, "kind": pl.String, "code_parent": pl.String}
    communes = pl.DataFrame([("25364", "COM", None)], schema=columns, orient="row")
    passage = pl.DataFrame({"code_before": ["25297"], "year_before": [2023], "code_after": ["25297"]})
    found = steps_to_2025(pl.Series(["25297", "25364"]), communes, passage)
    assert found.rows() == [("25297", "25364"), ("25364", "25364")]


def test_sums_add_means_average_and_the_main_label_stays(history):
    frame = pl.DataFrame(
        {
            "code_commune": ["01001", "01002"],
            "year": [2015, 2015],
            "doctors": [3.0, 1.0],
            "apl": [2.0, 4.0],
            "people": [300.0, 100.0],
            "zone": ["ZIP", "ZAC"],
        }
    )
    measures = Measures(sums=["doctors", "people"], means={"apl": "people"}, labels=["zone"])
    found = convert(history, frame, measures, from_year=2015, source="test")
    assert found.problems.is_empty()
    assert found.rows.rows() == [("01001", 2015, 4.0, 2.5, 400.0, "ZIP")]


def test_a_whole_city_gives_its_label_to_each_arrondissement_but_not_its_count(history):
    frame = pl.DataFrame({"code_commune": ["69123"], "zone": ["ZAC"], "doctors": [9.0]})
    labelled = convert(history, frame.drop("doctors"), Measures(labels=["zone"]), from_year=2022, source="zoning")
    assert labelled.rows.rows() == [("69381", "ZAC"), ("69382", "ZAC")]
    counted = convert(history, frame.drop("zone"), Measures(sums=["doctors"]), from_year=2022, source="bpe")
    assert counted.rows.is_empty()
    assert counted.problems.select("source", "found").rows() == [("bpe", "69123")]


def test_a_code_of_another_year_is_understood_and_an_unknown_one_reported(history):
    frame = pl.DataFrame({"code_commune": ["01002", "97701"], "doctors": [1.0, 2.0]})
    found = convert(history, frame, Measures(sums=["doctors"]), from_year=2022, source="bpe")
    assert found.rows.rows() == [("01001", 1.0)]
    assert found.problems.select("found", "field").rows() == [("97701", "code_commune")]


def test_a_missing_value_is_left_out_and_nothing_known_stays_missing(history):
    frame = pl.DataFrame(
        {"code_commune": ["01001", "01002", "01011"], "apl": [None, 4.0, None]}, schema_overrides={"apl": pl.Float64}
    )
    found = convert(history, frame, Measures(means={"apl": ""}), from_year=2015, source="apl")
    assert dict(found.rows.iter_rows()) == {"01001": 4.0, "01010": None, "01011": None}


def test_without_a_table_of_changes_delegated_communes_are_still_understood():
    history = commune_history(COMMUNES, None, None)
    frame = pl.DataFrame({"code_commune": ["01020", "01001"], "doctors": [1.0, 2.0]})
    found = convert(history, frame, Measures(sums=["doctors"]), from_year=2021, source="bpe")
    assert found.rows.rows() == [("01001", 2.0), ("01021", 1.0)]
    with pytest.raises(UsageError):
        history.at(2021)


def test_an_overseas_collectivity_is_told_from_a_wrong_code(history):
    frame = pl.DataFrame({"code_commune": ["97801", "01999"], "zone": ["ZIP", "ZIP"]})
    problems = convert(history, frame, Measures(labels=["zone"]), from_year=2025, source="test").problems
    reasons = dict(problems.select("found", "reason").iter_rows())
    assert "an overseas collectivity" in reasons["97801"]
    assert "check its code" in reasons["01999"]
