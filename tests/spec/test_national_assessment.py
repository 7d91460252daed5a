"""The national assessment: every printed number leads back to entries of the reference ledger, as known on its day."""

from __future__ import annotations

import io
import re
from datetime import date
from functools import cache

import openpyxl
import pytest

from maillage.catalog.parameters import load_parameters, parameter_names
from maillage.measures.reference import load_reference
from maillage.report.document import Document
from maillage.report.html import to_html
from maillage.report.national.assessment import assessment
from maillage.report.pdf import to_pdf, to_typst
from maillage.report.xlsx import to_xlsx
from tests.document_walk import Walk, evaluate, figure_in, walk

DAYS = [date(2019, 12, 31), date(2023, 3, 31), date(2024, 3, 1), date(2024, 5, 13), date(2026, 11, 22)]
EDITIONS = [(day, lang) for day in DAYS for lang in ("fr", "en")]
NAMES = [f"{day}-{lang}" for day, lang in EDITIONS]


@cache
def document(day: date) -> Document:
    return assessment(load_reference(), day)


@cache
def page(day: date, lang: str) -> Walk:
    return walk(to_html(document(day), lang))


def ledger() -> dict[str, float]:
    """Every value that a figure may rest on, read again: the reference ledger and the dated parameters of measures."""
    files = [name for name in parameter_names() if name.startswith("measures/")]
    given = {f"{f}/{p.name}": p.value for f in files for p in load_parameters(f).values()}
    return {name: e.value for name, e in load_reference().entries.items()} | given


@pytest.mark.parametrize(("day", "lang"), EDITIONS, ids=NAMES)
def test_every_printed_number_walks_back_to_entries_of_the_ledger(day, lang):
    found, known = page(day, lang), ledger()
    values = {reference: known[name] for reference, (name, _) in found.entries.items()}
    for reference, (formula, stated) in found.computed.items():
        values[reference] = evaluate(formula, known) if formula else stated
        assert formula or found.origins[reference]
        assert values[reference] == pytest.approx(stated, rel=1e-12, abs=1e-9)
    assert found.figures
    for figure in found.figures:
        shown = figure_in(figure.said)
        assert shown == pytest.approx(figure.value, abs=1e-9)
        origin = values[figure.reference] * figure.scale
        assert shown == pytest.approx(origin, abs=0.5 * 10**-figure.decimals + 1e-9), figure


@pytest.mark.parametrize(("day", "lang"), EDITIONS, ids=NAMES)
def test_no_digit_is_printed_that_is_not_a_figure_a_date_or_a_name(day, lang):
    assert [said for said in page(day, lang).loose if re.search(r"\d", said)] == []


@pytest.mark.parametrize(("day", "lang"), EDITIONS, ids=NAMES)
def test_a_drawing_prints_only_figures_of_the_page(day, lang):
    found = page(day, lang)
    said = {f.said.replace("\u00a0", " ") for f in found.figures} | {str(figure_in(f.said)) for f in found.figures}
    drawn = [d for d in found.drawn if re.search(r"\d", d)]
    assert all(d.replace("\u00a0", " ") in said or str(figure_in(d)) in said for d in drawn)


@pytest.mark.parametrize(("day", "lang"), EDITIONS, ids=NAMES)
def test_the_pdf_prints_the_figures_of_the_page_and_no_other(day, lang):
    body = to_typst(document(day), lang).split("#show: body =>")[1].split("#annex-list")[0]
    printed = re.findall(r'num\("([^"]+)", "([^"]+)"\)', body)
    assert {reference for reference, _ in printed} <= {f.reference for f in page(day, lang).figures}
    assert {said for _, said in printed} <= {f.said for f in page(day, lang).figures}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_nothing_is_printed_that_was_not_known_on_the_day(day):
    reference = load_reference().entries
    known = {name: e.known for name, e in reference.items()}
    names = [name for name, _ in page(day, "fr").entries.values()]
    assert names
    assert [name for name in names if name in known and known[name] > day] == []
    assert [e.id for n in document(day).numbers() for e in n.fact.entries if e.known > day] == []


def test_the_figures_of_the_design_are_all_printed():
    """The series that the assessment must reproduce, each by its entry."""
    asked = {
        "am_contracts_2022_10": 3545,
        "am_contracts_under_dense_2022_10": 1797,
        "am_contracts_2024_02": 5355,
        "am_contracts_under_dense_2024_02": 3136,
        "am_contracts_2024_05": 6300,
        "am_4000_2022": 4000,
        "am_4000_2023": 4000,
        "am_10000_2027": 10000,
        "am_10000_2024": 10000,
        "am_10000_2025": 10000,
        "cpts_listed_2023_03": 803,
        "cpts_aci_2023_03": 427,
        "cpts_negotiation_2023_03": 35,
        "cpts_letter_2023_03": 155,
        "cpts_pre_project_2023_03": 186,
        "cpts_1000_2022": 1000,
        "cpts_membership": 30,
        "cpts_active_members": 25,
        "cpts_coverage_senate": 82,
        "cpts_coverage_dgos": 91,
        "msp_2022": 2251,
        "msp_4000_2027": 4000,
        "total_table": 1055e6,
        "inst_cnam_2020": 73.1e6,
        "coord_cnam_printed": 290e6,
        "coord_ars_printed": 100e6,
        "coord_collectivites_printed": 140e6,
        "emplois_total_2022": 250e6,
        "emplois_total_table": 425e6,
    }
    printed = dict(page(date(2026, 11, 22), "fr").entries.values())
    assert {name: printed.get(name) for name in asked} == asked


def test_the_sums_that_do_not_hold_are_flagged():
    flags = re.findall(r'<tr class="flag">.*?</tr>', to_html(document(date(2026, 11, 22)), "fr"))
    told = [re.findall(r"<data[^>]*>([^<]+)</data>", said)[:2] for said in flags]
    assert ["72,2\u00a0M€", "73,1\u00a0M€"] in told
    assert ["287\u00a0M€", "290\u00a0M€"] in told


def test_the_first_page_says_that_a_count_is_reported_and_that_none_follows_the_due_date():
    said = re.sub(r"(?:<[^>]+>|\s)+", " ", to_html(document(date(2026, 11, 22)), "fr").split('id="deployment"')[0])
    assert re.search(r"Assistants médicaux.{1,60}octobre 2024 ?\(rapporté, à vérifier\)", said)
    assert "L’échéance est passée" in said
    earlier = to_html(document(date(2024, 5, 13)), "fr").split('id="deployment"')[0]
    assert "L’échéance est passée" not in earlier


@pytest.mark.parametrize("write", [to_html, to_pdf, to_xlsx], ids=["html", "pdf", "xlsx"])
def test_two_runs_give_the_same_bytes(write):
    day = date(2024, 5, 13)
    assert write(assessment(load_reference(), day), "fr") == write(assessment(load_reference(), day), "fr")


def test_the_workbook_has_a_sheet_a_table_and_the_entries():
    day = date(2026, 11, 22)
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(document(day), "fr")))
    assert book["Chiffres cités"].max_row - 1 == len(page(day, "fr").entries)
    assert book["Calculs"].max_row - 1 == len(page(day, "fr").computed)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_year_is_named_that_was_still_to_come_unspoken(lang):
    """In March 2023 nobody had spoken of a later year: no word, name or date of the page may."""
    assert (
        re.findall(r"\b20(?:2[4-9]|[3-9]\d)\b", to_html(document(date(2023, 3, 31)), lang).split("</style>")[1]) == []
    )
