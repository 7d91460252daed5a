"""The example of docs/access.md on Spark runs as it is written."""

import textwrap
from pathlib import Path

import polars as pl
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "access.md"


@pytest.mark.slow
def test_the_example_on_spark_is_true(spark, monkeypatch, tmp_path, capsys):
    section = (
        PAGE.read_text(encoding="utf-8").split("## On more cells than one process should hold")[1].split("\n## ")[0]
    )
    example = textwrap.dedent("\n".join(line for line in section.splitlines() if line.startswith("    ") or not line))
    points = {"id": ["a", "b"], "longitude": [2.0, 2.1], "latitude": [46.0, 46.0]}
    pl.DataFrame(points | {"demand": [100.0, 50.0]}).write_parquet(tmp_path / "cells.parquet")
    pl.DataFrame(points | {"supply": [30.0, 0.0]}).write_parquet(tmp_path / "places.parquet")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(example, str(PAGE), "exec"), names)
    assert capsys.readouterr().out.startswith("1 tiles, 4 pairs, 0 s")
    scores = pl.read_parquet(tmp_path / "scores" / "*.parquet").sort("id")
    assert scores["id"].to_list() == ["a", "b"]
    assert 100 * scores["score"][0] + 50 * scores["score"][1] == pytest.approx(30)
    assert names["found"].conservation_error < 1e-12
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells.parquet", "places.parquet", "scores"]
