"""What a store adds to the national assessment: coverage, money and changes, each figure leading to a table of it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from maillage import cli
from maillage.catalog.store import Version, open_version
from maillage.errors import UsageError
from maillage.measures.reference import load_reference
from maillage.pipeline.request import RunRequest
from maillage.pipeline.run import run_pipeline
from maillage.report.document import Document, Number, Table
from maillage.report.html import to_html
from maillage.report.national.assessment import assessment
from maillage.report.national.territories import assessed_level
from maillage.report.pdf import to_typst
from tests.document_walk import walk
from tests.registers import write_register

KNOWN, BEFORE = date(2024, 6, 30), date(2024, 6, 29)


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory, small_carriers: Path, small_sources: Path) -> Version:
    """A run on the small country with a register of CPTS, of contracts and of payments, known on a day."""
    root = tmp_path_factory.mktemp("registered")
    shutil.copytree(small_sources, root / "in")
    registers = root / "in" / "registers"
    write_register(registers / "cpts.csv", "cpts", {}, known_on=KNOWN)
    write_register(registers / "perimeter.csv", "cpts_perimetre", {}, known_on=KNOWN)
    write_register(registers / "contracts.csv", "assistants_medicaux", {}, known_on=KNOWN)
    write_register(registers / "paid.csv", "paiements", {}, known_on=KNOWN)
    run_pipeline(RunRequest(store=root / "store", carriers=small_carriers, sources=root / "in"))
    return open_version(root / "store")


def table(document: Document, name: str) -> Table | None:
    blocks = [b for s in document.sections for b in s.blocks if isinstance(b, Table)]
    return next((b for b in blocks if b.id == name), None)


def told(document: Document, level: str) -> dict[str, list[str]]:
    """The lines of the sheet, by territory."""
    sheet = table(document, "sheet")
    assert sheet is not None
    heads = [c.title.fr for c in sheet.columns[1:]]
    return {
        row.cells[0].words.fr: dict(
            zip(heads, [c.printed("fr") if isinstance(c, Number) else None for c in row.cells[1:]], strict=True)
        )
        for row in sheet.rows
    }


def test_a_departement_has_its_measures_and_its_money_on_one_line(version):
    found = told(assessment(load_reference(), KNOWN, version, "departement"), "departement")
    ardennes = next(line for name, line in found.items() if name.endswith("(08)"))
    assert ardennes["Mesures à l’œuvre"] == "2"
    assert ardennes["Versé"] == "0,0\u00a0M€"
    others = [line for name, line in found.items() if not name.endswith("(08)")]
    assert {line["Versé"] for line in others} == {None}


def test_coverage_is_computed_by_every_definition(version):
    covered = table(assessment(load_reference(), KNOWN, version), "covered")
    assert covered is not None
    assert len(covered.rows) >= 5
    assert all(0 < row.cells[1].fact.value <= 1 for row in covered.rows)


def test_targeting_sets_what_places_in_alert_get_against_their_residents(version):
    targeted = table(assessment(load_reference(), KNOWN, version), "targeted")
    assert targeted is not None
    assert {row.cells[0].fr for row in targeted.rows} >= {"CPTS", "Assistants médicaux"}
    assert all(0 <= n.fact.value <= 1 for row in targeted.rows for n in row.alone)


def test_what_was_not_known_on_the_day_is_not_told(version):
    document = assessment(load_reference(), BEFORE, version, "departement")
    assert table(document, "covered") is None
    assert table(document, "zoned") is None
    assert "Versé" not in next(iter(told(document, "departement").values()))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_figure_of_a_store_leads_to_a_table_of_it(version, lang):
    page = walk(to_html(assessment(load_reference(), KNOWN, version, "departement"), lang))
    assert {f.reference for f in page.figures} <= page.entries.keys() | page.computed.keys()
    assert not [said for said in page.loose if any(c.isdigit() for c in said)]
    assert "store/measure_event" in {name for name, _ in page.entries.values()}


def test_real_files_are_not_said_to_be_simulated(version):
    assert "simulé" not in to_typst(assessment(load_reference(), KNOWN, version), "fr").split("#annex-list")[0]


def test_a_level_that_a_document_cannot_list_is_refused():
    assert (assessed_level("dep"), assessed_level("")) == ("departement", "")
    with pytest.raises(UsageError, match="found 'commune'"):
        assessed_level("commune")


def test_the_command_writes_each_format(version, tmp_path, monkeypatch, capfdbinary):
    store = str(version.folder.parent.parent)
    for form, begins in (("pdf", b"%PDF"), ("html", b"<!doctype html>"), ("xlsx", b"PK")):
        out = tmp_path / f"bilan.{form}"
        arguments = [
            "bilan",
            "--store",
            store,
            "--level",
            "dep",
            "--date",
            "2024-06-30",
            "--format",
            form,
            "--output",
            str(out),
        ]
        monkeypatch.setattr("sys.argv", ["maillage", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert not end.value.code
        assert out.read_bytes().startswith(begins)


def test_the_command_runs_without_a_store(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.setenv("MAILLAGE_STORE", str(tmp_path / "none"))
    monkeypatch.setattr("sys.argv", ["maillage", "bilan", "--format", "html", "--date", "2024-05-13", "--lang", "en"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    assert capfdbinary.readouterr().out.startswith(b'<!doctype html>\n<html lang="en">')
