"""One engine over files or frames."""

from datetime import datetime

import polars as pl
import pytest

from maillage.engine import open_engine
from maillage.errors import StoreError, UsageError

DAYS = [datetime(2023, 1, 5), datetime(2024, 2, 6), None]


def test_a_table_is_a_file_or_a_folder_of_files(tmp_path):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "one.parquet")
    (tmp_path / "many.parquet").mkdir()
    for n in (2, 3):
        pl.DataFrame({"a": [n]}).write_parquet(tmp_path / "many.parquet" / f"{n}.parquet")
    engine = open_engine(tmp_path)
    assert engine.frame(engine.table("one"))["a"].to_list() == [1]
    assert sorted(engine.frame(engine.table("many"))["a"]) == [2, 3]
    assert engine.has("many")
    with pytest.raises(StoreError, match="'none'"):
        engine.table("none")


@pytest.mark.parametrize("statistics", [True, False])
def test_the_largest_value_is_that_of_the_rows_with_or_without_statistics(tmp_path, statistics):
    frame = pl.DataFrame({"b": [1, 2, 3], "day": DAYS})
    frame.write_parquet(tmp_path / "t.parquet", statistics=statistics)
    frame.clear().write_parquet(tmp_path / "empty.parquet")
    engine = open_engine(tmp_path, {"held": frame})
    assert engine.largest("t", "day") == engine.largest("held", "day") == DAYS[1]
    assert engine.largest("empty", "day") is None


def test_an_unknown_engine_is_refused():
    with pytest.raises(UsageError, match="duckdb, spark"):
        open_engine(kind="sqlite")
