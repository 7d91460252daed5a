"""The commands of an evaluation: a protocol is printed, registered, listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maillage.cli import app
from maillage.evaluation.protocol import parse_protocol
from maillage.pipeline.protocols import example, examples

RUN = CliRunner()


@pytest.mark.parametrize("name", examples())
def test_every_protocol_that_comes_with_maillage_is_whole(name: str) -> None:
    assert parse_protocol(example(name)).id == name


def test_a_protocol_is_printed_registered_and_listed(tmp_path: Path) -> None:
    printed = RUN.invoke(app, ["evaluate", "new"])
    file, store = tmp_path / "p.toml", ["--store", str(tmp_path / "store")]
    file.write_text(printed.output, "utf-8")
    said = RUN.invoke(app, ["evaluate", "register", str(file), *store])
    assert said.exit_code == 0
    assert "maillage evaluate check cpts_passages_legers" in said.output.replace("\n", " ")
    listed = json.loads(RUN.invoke(app, ["evaluate", "list", "--json", *store]).output)
    assert [(row["id"], row["state"]) for row in listed] == [("cpts_passages_legers", "registered")]


def test_without_a_protocol_the_list_says_how_to_begin(tmp_path: Path) -> None:
    assert "maillage evaluate new" in RUN.invoke(app, ["evaluate", "list", "--store", str(tmp_path)]).output
