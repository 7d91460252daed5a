"""The commands that look before a result and run: registered first, deviations told, refusals with their exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from maillage.cli import app
from maillage.errors import UsageError
from maillage.report.evaluation import publish
from tests.evaluation_files import on_file

RUN = CliRunner()
QUICK = '\n[inference]\ndraws = 99\n\n[sensitivity]\nchecks = ["leave_out_cohort"]\n'


@pytest.fixture(autouse=True)
def _pages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents as pages: paper is set in the tests of documents."""
    monkeypatch.setattr(publish, "FORMS", ("html",))


def command(name: str, target: Path | str, folder: Path, *more: str) -> Result:
    return RUN.invoke(app, ["evaluate", name, str(target), "--store", str(folder / "store"), *more])


def said(result: Result) -> str:
    return result.output.replace("\u202f", " ").replace("\u00a0", " ").replace("\n", " ")


def figures(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_what_was_not_registered_does_not_run(tmp_path: Path) -> None:
    refused = command("run", on_file(tmp_path, more=QUICK), tmp_path)
    assert isinstance(refused.exception, UsageError)
    assert "maillage evaluate register" in refused.exception.fr
    assert not (tmp_path / "store").exists()


def test_a_registered_protocol_runs_and_its_figures_and_documents_are_kept(tmp_path: Path) -> None:
    path = on_file(tmp_path, more=QUICK)
    assert command("register", path, tmp_path).exit_code == 0
    ran = command("run", path, tmp_path, "--output", str(tmp_path / "out"))
    assert ran.exit_code == 0, ran.output
    assert "Un effet est établi" in said(ran)
    kept = tmp_path / "store" / "evaluations" / "cpts_unplanned"
    assert json.loads((kept / "result.json").read_text())["decision"] == "effect"
    written = {"report.fr.html", "report.en.html", "summary.fr.html", "summary.en.html"}
    assert {each.name for each in (kept / "documents").iterdir()} == written
    assert {each.name for each in (tmp_path / "out").iterdir()} == written
    assert "suivi sans écart" in (tmp_path / "out" / "report.fr.html").read_text("utf-8")


def test_a_deviation_is_refused_then_run_with_its_reason_which_the_report_shows(tmp_path: Path) -> None:
    path = on_file(tmp_path, more=QUICK)
    command("register", path, tmp_path)
    path.write_text(path.read_text("utf-8").replace("smallest_effect = 1.0", "smallest_effect = 0.5"), "utf-8")
    refused = command("run", path, tmp_path)
    assert isinstance(refused.exception, UsageError)
    assert "decision.smallest_effect" in refused.exception.fr
    ran = command(
        "run", path, tmp_path, "--deviation", "Le comité a revu le seuil", "--output", str(tmp_path / "out"), "--json"
    )
    found = figures(ran)
    assert found["deviations"] == {"decision.smallest_effect": [1.0, 0.5]}
    assert found["deviation_why"] == "Le comité a revu le seuil"
    assert not list(tmp_path.rglob("evaluations/*/result.json"))
    assert len(list(tmp_path.rglob("evaluations/*/deviations/*/result.json"))) == 1
    assert "Le comité a revu le seuil" in (tmp_path / "out" / "report.fr.html").read_text("utf-8")


def test_a_check_tells_what_could_be_seen_without_a_result(tmp_path: Path) -> None:
    found = figures(command("check", on_file(tmp_path, more=QUICK), tmp_path, "--json"))
    assert found["detectable"] > 0
    assert {each["date"]: each["units"] for each in found["cohorts"]} == {0: 30, 2021: 15, 2022: 15}
    assert "headline" not in found


@pytest.mark.parametrize("name", ["check", "run"])
def test_a_protocol_that_cannot_be_answered_ends_with_its_own_exit_code_and_a_remedy(tmp_path: Path, name: str) -> None:
    path = on_file(tmp_path, more=QUICK)
    command("register", path, tmp_path)
    pl.read_csv(tmp_path / "rows.csv").with_columns(pl.lit(0).alias("from")).write_csv(tmp_path / "rows.csv")
    refused = command(name, path, tmp_path)
    assert refused.exit_code == 3
    assert "Refusé" in said(refused)
    assert "Pour y répondre" in said(refused)
    assert not (tmp_path / "store" / "evaluations" / "cpts_unplanned" / "result.json").exists()


def test_one_territory_is_checked_without_being_refused_then_run_in_both_languages(tmp_path: Path) -> None:
    path = on_file(tmp_path, "single")
    checked = command("check", path, tmp_path)
    assert checked.exit_code == 0
    assert "Refusé" not in said(checked)
    assert "Territoires qui peuvent y entrer : 29" in said(checked)
    command("register", path, tmp_path)
    ran = command("run", path, tmp_path, "--lang", "en", "--output", str(tmp_path / "out"))
    assert ran.exit_code == 0, ran.output
    assert "no interval" in said(ran)
    assert "synthetic control" in (tmp_path / "out" / "summary.en.html").read_text("utf-8")


def test_a_design_short_of_data_is_refused_by_a_check_and_a_run(tmp_path: Path) -> None:
    path = on_file(tmp_path, "single")
    command("register", path, tmp_path)
    table = pl.read_csv(tmp_path / "rows.csv")
    table.filter(pl.col("who") < "u0012").write_csv(tmp_path / "rows.csv")
    assert [command(name, path, tmp_path).exit_code for name in ("check", "run")] == [3, 3]
