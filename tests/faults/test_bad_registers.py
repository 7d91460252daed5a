"""Every kind of bad row of a register is told with its line, its field and how to mend it; the good rows stay."""

import json
from datetime import date

import polars as pl
import pytest

from maillage import cli
from maillage.errors import NotFoundError, UsageError
from maillage.pipeline.imports import ImportOptions, import_path
from maillage.pipeline.record_import import held_batches
from maillage.pipeline.record_report import KnownCommunes
from maillage.pipeline.register_validation import layout_for, proposal, validate_file
from maillage.report.validation import as_lines, as_page
from tests.registers import BY_ID, write_register

POSTCODES = pl.DataFrame(schema={"postcode": pl.String, "shared": pl.UInt32})
KNOWN = KnownCommunes(pl.Series(["08001", "08002"]), POSTCODES, lambda: pl.Series(["08003"]))
GOOD = {
    "assistants_medicaux": [{"id_contrat_assistant": f"G{n}", "id_medecin": f"g{n}"} for n in range(40)],
    "cpts": [{"id_cpts": f"G{n}"} for n in range(40)],
    "cpts_perimetre": [{"id_cpts": f"G{n}", "code_commune": "08003", "part": "0.01"} for n in range(40)],
    "paiements": [{"id_paiement": f"G{n}"} for n in range(40)],
}
# What is wrong: layout, rows, the line told, its field, whether the row is put aside, a part of the sentence.
CASES = {
    "contracts of one doctor that overlap": (
        "assistants_medicaux",
        [{"id_contrat_assistant": "A2", "date_signature": "2022-01-01", "id_medecin": "g1"}],
        (42, "id_medecin", False, "ce médecin a déjà un contrat"),
    ),
    "an end before its start": (
        "assistants_medicaux",
        [{"date_fin": "2020-01-01"}],
        (42, "date_fin", True, "date_fin précède date_signature"),
    ),
    "an unknown commune": (
        "assistants_medicaux",
        [{"code_commune": "08777"}],
        (42, "code_commune", True, "vérifier que c’est le code INSEE"),
    ),
    "an amount with a currency sign": (
        "paiements",
        [{"montant_eur": "12 500,50 €"}],
        (42, "montant_eur", False, "un nombre écrit autrement"),
    ),
    "an amount with a French comma": (
        "paiements",
        [{"montant_eur": "12500,50"}],
        (42, "montant_eur", False, "avec un point"),
    ),
    "an amount whose comma says nothing": (
        "paiements",
        [{"montant_eur": "12,500"}],
        (42, "montant_eur", True, "sans virgule suivie de trois chiffres"),
    ),
    "an amount in thousands": ("paiements", [{"montant_eur": "12,5 k€"}], (42, "montant_eur", True, "sans k€ ni M€")),
    "two CPTS that claim all of a commune": (
        "cpts_perimetre",
        [{"id_cpts": "C1"}, {"id_cpts": "C2", "date_debut": "2022-01-01"}],
        (43, "part", False, "tout entière dans plusieurs périmètres"),
    ),
    "periods of one commune that overlap": (
        "cpts_perimetre",
        [{"date_fin": "2023-12-31"}, {"date_debut": "2022-01-01"}],
        (43, "date_debut", True, "court encore ce jour-là"),
    ),
    "steps in the wrong order": (
        "cpts",
        [{"date_signature_aci": "2018-01-01"}],
        (42, "date_lettre_intention", True, "vérifier les deux dates"),
    ),
    "a renewal of what was not signed": (
        "cpts",
        [{"date_signature_aci": "", "date_renouvellement": "2024-01-01"}],
        (42, "date_renouvellement", True, "ne peut pas suivre"),
    ),
    "an unknown département": ("cpts", [{"departement": "99"}], (42, "departement", True, "département")),
    "a payment of an unknown measure": (
        "paiements",
        [{"dispositif": "assistants"}],
        (42, "dispositif", True, "assistants_medicaux"),
    ),
    "a payment for an unknown commune": (
        "paiements",
        [{"niveau": "COMMUNE", "code": "08777"}],
        (42, "code", True, "aucun territoire du niveau donné"),
    ),
    "a payer that is none": ("paiements", [{"payeur": "CNAME"}], (42, "payeur", True, "ASSURANCE_MALADIE, ARS")),
    "one contract told twice": (
        "assistants_medicaux",
        [{"id_contrat_assistant": "A1"}, {"quotite": "1"}],
        (42, "id_contrat_assistant", True, "se contredisent"),
    ),
}


def found_in(path, layout):
    report = validate_file(path, BY_ID[layout], KNOWN)
    assert report.report is not None
    return report


@pytest.mark.parametrize(("layout", "rows", "expected"), CASES.values(), ids=list(CASES))
def test_it_is_told_with_its_line_and_field_and_imported_alike(tmp_path, layout, rows, expected):
    line, field, blocks, words = expected
    path = write_register(tmp_path / "file.csv", layout, *GOOD[layout], *rows)
    told = found_in(path, layout)
    at = {(place.line, f.name, f.blocks): told.words(f, "fr") for f in told.findings for place in f.places}
    assert words in at[(line, field, blocks)]
    assert told.valid is not blocks
    assert f"ligne {line} :" in "\n".join(as_lines(told, "fr")).replace("\u202f", " ")
    (kept,) = [r.rows_kept for r in import_path(path, tmp_path / "store", ImportOptions(known_on=date(2024, 1, 1)))]
    # Without communes to look up, an import leaves those to the run.
    assert kept == told.report.batch.rows_kept or "commune" in field or field in ("departement", "code")
    assert told.report.batch.rows_kept + told.report.batch.rows_quarantined == 40 + len(rows)


def test_a_former_commune_is_no_fault(tmp_path):
    path = write_register(tmp_path / "f.csv", "assistants_medicaux", {"code_commune": "08003"})
    assert found_in(path, "assistants_medicaux").valid


def test_nothing_is_half_imported_when_too_many_rows_are_bad(tmp_path):
    path = write_register(tmp_path / "p.csv", "paiements", {}, {"id_paiement": "P2", "montant_eur": "12,5 k€"})
    result = import_path(path, tmp_path / "store")[0]
    assert not result.accepted
    assert held_batches(tmp_path / "store" / "imports" / "paiements") == []


def test_missing_columns_are_told_with_those_that_resemble_them(tmp_path):
    path = tmp_path / "cpts.csv"
    path.write_text("identifiant;nom cpts;signature ACI\nC1;X;2021-01-01\n", "utf-8")
    told = validate_file(path, BY_ID["cpts"])
    assert list(told.missing)[:2] == ["id_cpts", "nom"]
    assert told.missing["nom"] == ["nom cpts"]
    assert "Renommer peut-être : nom cpts" in "\n".join(as_lines(told, "fr")).replace("\u202f", " ")
    assert "date_signature_aci" in as_page(told, "en")


@pytest.mark.parametrize(
    ("found", "field", "proposed"),
    [
        ("12 500,50 €", "montant_eur", "12500.50"),
        ("12.500,50", "montant_eur", "12500.50"),
        ("12,5 k€", "montant_eur", "12500.00"),
        ("1,2 M€", "montant_eur", "1200000.00"),
        ("12,500", "montant_eur", "12500 / 12.500"),
        ("beaucoup", "montant_eur", ""),
        ("CNAME", "payeur", "CNAM"),
        ("assistants", "dispositif", "assistants_medicaux"),
        ("2022", "code", ""),
    ],
    ids=str,
)
def test_what_might_be_written_instead(found, field, proposed):
    column = next(c for c in BY_ID["paiements"].columns if c.name == field)
    assert proposal(found, column) == proposed


def test_a_year_of_two_digits_is_proposed_in_full():
    column = next(c for c in BY_ID["cpts"].columns if c.name == "date_fin")
    assert proposal("15/06/21", column) == "2021-06-15"


def test_a_page_stands_by_itself_and_neutralises_what_the_file_says(tmp_path):
    bad = {"id_paiement": "X", "montant_eur": "<script>alert(1)</script>"}
    page = as_page(
        found_in(write_register(tmp_path / "<b>.csv", "paiements", *GOOD["paiements"], bad), "paiements"), "fr"
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert all(mark not in page for mark in ("http://", "https://", "src="))
    assert '<html lang="fr">' in page


def test_the_command_answers_3_for_a_fault_and_0_without(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MAILLAGE_CARRIERS", str(tmp_path))
    monkeypatch.setenv("MAILLAGE_STORE", str(tmp_path / "store"))
    path, page = write_register(tmp_path / "p.csv", "paiements", {}), tmp_path / "p.html"
    for amount, code in (("10", 0), ("12,5 k€", 3)):
        write_register(path, "paiements", {"montant_eur": amount})
        monkeypatch.setattr("sys.argv", ["maillage", "validate", str(path), "--html", str(page), "--json"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == code
        assert json.loads(capsys.readouterr().out)["valid"] is (code == 0)
        assert page.read_text("utf-8").startswith("<!doctype html>")


def test_a_schema_that_is_none_is_told(tmp_path):
    path = write_register(tmp_path / "p.csv", "paiements", {})
    assert layout_for(path, None) is BY_ID["paiements"]
    with pytest.raises(NotFoundError, match="cpts_perimetre"):
        layout_for(path, "nothing")
    own = tmp_path / "zonage.csv"
    own.write_text("depcom,libcom,cp,zonage_mg,picto\n", "utf-8")
    with pytest.raises((UsageError, NotFoundError)):
        layout_for(own, "zonage")


def test_events_of_any_measure_are_checked_by_its_definition(tmp_path):
    path = tmp_path / "events.csv"
    lines = [
        *(f"assistants_medicaux;A{n};patients_mt;2022-06-15;1140" for n in range(20)),
        "assistants_medicaux;A1;status;2024-06-15;renewed",
        "assistants_medicaux;A2;patients_mt;2023-06-15;beaucoup",
        "assistants_medicaux;A3;couleur;2023-06-15;bleu",
    ]
    path.write_text("\n".join(["dispositif;beneficiaire;attribut;date;valeur", *lines]) + "\n", "utf-8")
    told = found_in(path, "evenements")
    at = {(place.line, f.name): f.blocks for f in told.findings for place in f.places}
    # The signature may stand in another file: what comes first here is only to be checked.
    assert at == {(22, "valeur"): False, (23, "valeur"): True, (24, "attribut"): True}
