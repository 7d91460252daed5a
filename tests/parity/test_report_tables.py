"""Tables 5 and 14 and annex 4 of the Cour des comptes report, line by line, and where they do not add up."""

from __future__ import annotations

import pytest

from maillage.errors import NotFoundError
from maillage.measures.reference import load_reference
from maillage.measures.reference_identity import check_identities, check_identity, printed_rows

REFERENCE = load_reference()
TABLES = {
    "table_5": [
        ("Aides démographiques", 100),
        ("exercice coordonné", 530),
        ("emplois de soutien", 425),
        ("Total", 1055),
    ],
    "table_14": [
        ("Aides démographiques", 100),
        ("exercice coordonné", 530),
        ("emplois de soutien", 425),
        ("Total", 1055),
    ],
    "annex_4_b": [
        ("Médecins", 31.6),
        ("Masseurs-kinésithérapeutes", 17.4),
        ("Infirmières", 14.2),
        ("Sages-femmes", 4.8),
        ("Orthophonistes", 3.2),
        ("Chirurgiens-dentistes", 1.0),
        ("Total", 73.1),
        ("Agences régionales", 8),
        ("Collectivités", 10),
        ("Aides démographiques", 91),
    ],
    "annex_4_c": [
        ("Maisons de santé", 125),
        ("CPTS", 105),
        ("Centres de santé", 57),
        ("Assurance maladie", 290),
        ("FIR", 97.65),
        ("Agences régionales", 100),
        ("Collectivités", 150),
        ("contrats locaux", 20),
        ("aides directes", 10),
        ("Collectivités", 140),
        ("exercice coordonné", 530),
    ],
    "annex_4_d": [
        ("Asalée", 75),
        ("assurance maladie", 200),
        ("collectivités", 20),
        ("agences régionales", 30),
        ("emplois de soutien", 250),
    ],
}
# Printed, computed (None: no derivation), verdict.
MONEY = {
    "inst_professions": (73.1, 72.2, "differs"),
    "inst_payers": (91, 91.1, "rounded"),
    "inst_rounding": (100, 91, "differs"),
    "inst_two_totals_2020": (73.1, 95.6, "scope"),
    "inst_doctors_2020": (31.6, 28.7, "scope"),
    "inst_doctors_text": (32, 31.6, "rounded"),
    "coord_cnam": (290, 287, "differs"),
    "cds_draft": (57, 30, "corrected"),
    "coord_ars": (100, 97.65, "differs"),
    "coord_collectivites": (140, 140, "exact"),
    "coord_collectivites_contracts": (140, 120, "scope"),
    "coord_total": (530, 530, "exact"),
    "cpts_amount": (105, 105.8, "differs"),
    "emplois_cnam": (200, None, "underived"),
    "emplois_total": (250, 250, "exact"),
    "emplois_table": (425, None, "underived"),
    "grand_total": (1055, 1055, "exact"),
}
COUNTS = {
    "am_doctors": (3545, 3545, "exact"),
    "cpts_stages": (803, 803, "exact"),
    "cpts_contracts": (427, 417, "scope"),
    "cpts_note_115": (171, None, "misprint"),
    "cpts_mean": (300_000, 105.8e6 / 348, "rounded"),
    "msp_structures": (1755, 125e6 / 72_500, "differs"),
    "msp_projected": (3040, 3040, "exact"),
    "msp_growth": (2.25, 125 / 55.6, "rounded"),
    "cesp_yearly": (400, 4122 / 11, "differs"),
    "zones": (75, 72, "differs"),
    "loiret": (8850, 8840, "differs"),
}


@pytest.mark.parametrize("table", TABLES, ids=list(TABLES))
def test_a_table_of_the_report_is_reproduced_line_by_line(table):
    printed, rows = printed_rows(REFERENCE, table)
    assert printed.document.id == "cdc_2024"
    assert [row.value / 1e6 for row in rows] == pytest.approx([amount for _, amount in TABLES[table]], abs=1e-9)
    for row, (words, _) in zip(rows, TABLES[table], strict=True):
        assert words in row.label.fr
        assert row.place
        assert row.document.id == "cdc_2024"


@pytest.mark.parametrize("name", MONEY, ids=list(MONEY))
def test_every_sum_of_the_money_is_checked_and_every_gap_flagged(name):
    check, (printed, computed, verdict) = check_identity(REFERENCE, name), MONEY[name]
    assert check.printed / 1e6 == pytest.approx(printed)
    assert (None if check.computed is None else check.computed / 1e6) == (
        None if computed is None else pytest.approx(computed)
    )
    assert check.verdict == verdict


@pytest.mark.parametrize("name", COUNTS, ids=list(COUNTS))
def test_every_count_is_checked_and_every_gap_flagged(name):
    check, (printed, computed, verdict) = check_identity(REFERENCE, name), COUNTS[name]
    assert (check.printed, check.verdict) == (printed, verdict)
    assert check.computed == (None if computed is None else pytest.approx(computed))


def test_the_gap_is_printed_less_computed():
    assert check_identity(REFERENCE, "inst_professions").difference == 900_000
    assert check_identity(REFERENCE, "coord_cnam").difference == 3_000_000


def test_a_reading_that_makes_425_millions_is_given_as_such():
    check = check_identity(REFERENCE, "emplois_table")
    assert (check.computed, check.reading, check.agrees) == (None, 425_000_000, False)
    assert "lecture de Maillage" in check.words.fr


def test_every_check_names_the_entries_it_rests_on():
    entries = REFERENCE.entries
    assert all(check.entries and set(check.entries) <= set(entries) for check in check_identities(REFERENCE))


def test_an_unknown_table_is_said_so():
    with pytest.raises(NotFoundError):
        printed_rows(REFERENCE, "table_6")
