from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest

from maillage.catalog.export import EXPORT_COLUMNS, observation_rows, safe_cell, to_csv, to_json
from maillage.catalog.store import Version
from maillage.errors import MaillageError
from tests.small_store import build_store


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return build_store(tmp_path_factory.mktemp("export") / "store")


def test_an_export_has_the_promised_columns_and_every_territory_by_code(version: Version) -> None:
    rows = observation_rows(version, "apl_mg", "commune", "2022")
    assert tuple(rows.columns) == EXPORT_COLUMNS
    assert rows.height == 12
    assert rows.get_column("code").is_sorted()


def test_every_period_is_given_when_none_is_named(version: Version) -> None:
    assert observation_rows(version, "apl_mg", "region").get_column("period").to_list() == ["2021", "2022"]


def test_a_simulated_figure_says_so_in_its_origin(version: Version) -> None:
    origins = observation_rows(version, "minutes_mg", "region").get_column("origin").to_list()
    assert origins == ["Calcul de Maillage, 2024. Données simulées."]


@pytest.mark.parametrize(
    ("indicator", "level", "period", "hint"),
    [
        ("nope", "commune", None, "apl_mg"),
        ("part_nope", "region", None, "minutes_mg"),
        ("apl_mg", "commune", "1999", "2021, 2022"),
    ],
)
def test_what_the_store_lacks_is_refused_with_what_it_has(
    version: Version, indicator: str, level: str, period: str | None, hint: str
) -> None:
    with pytest.raises(MaillageError, match=hint):
        observation_rows(version, indicator, level, period)


def test_no_spreadsheet_runs_a_name_and_negative_numbers_stay_numbers() -> None:
    frame = pl.DataFrame({"name": ["=1+1", "+a", "-b", "@c", "\td", "\re", "Reims", None], "value": [-1.5] * 8})
    rows = list(csv.reader(io.StringIO(to_csv(frame), newline="")))[1:]
    assert [row[0] for row in rows] == ["'=1+1", "'+a", "'-b", "'@c", "' d", "' e", "Reims", ""]
    assert {row[1] for row in rows} == {"-1.5"}
    assert safe_cell(-3) == -3


def test_missing_cells_are_empty_in_csv_and_null_in_json() -> None:
    frame = pl.DataFrame({"code": ["1", "2"], "value": [None, 0.5]})
    assert to_csv(frame) == "code,value\n1,\n2,0.5\n"
    assert json.loads(to_json(frame)) == [{"code": "1", "value": None}, {"code": "2", "value": 0.5}]
