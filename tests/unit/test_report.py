"""Documents: figures keep their origin, texts are never markup nor formulas, the same document gives the same bytes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from maillage.errors import DefinitionError
from maillage.report.charts import BarMark, PointMark, bars, svg_of, timeline
from maillage.report.document import (
    Answer,
    Bullets,
    Chart,
    Column,
    Day,
    Document,
    Heading,
    Name,
    Number,
    Paragraph,
    Row,
    Section,
    Table,
    listed,
    say,
)
from maillage.report.facts import Entry, computed, stated
from maillage.report.html import to_html
from maillage.report.pdf import to_pdf, to_png_pages, to_typst
from maillage.report.xlsx import to_xlsx
from maillage.text import Text
from tests.document_walk import evaluate, walk

CONTRACTS = Text("contrats", "contracts")
PERCENT = Text("%", "%")


def entry(name: str, value: float, words: str = "contrats signés", **others) -> Entry:
    return Entry(
        id=name,
        words=Text(words, words),
        value=value,
        unit=CONTRACTS,
        day=date(2022, 10, 1),
        known=date(2024, 5, 13),
        document=Text("Rapport", "Report"),
        place=Text("note 73", "note 73"),
        **others,
    )


SIGNED, UNDER_DENSE = stated(entry("signed", 3545)), stated(entry("under_dense", 1797))
SHARE = Number(UNDER_DENSE / SIGNED * 100, PERCENT, 1)
HOSTILE = '=HYPERLINK("x") <b>&amp; #pagebreak() $x$ \\ "q" *a* _b_ @c //d'


def sample(words: str = "contrats", warning: Text | None = None, simulated: bool = False) -> Document:
    signed = stated(entry("signed", 3545, simulated=simulated))
    table = Table(
        id="t",
        caption=say("Contrats au {day}", "Contracts on {day}", day=Day(date(2022, 10, 1), "month")),
        columns=(Column(Text("Quoi", "What"), 1), Column(Text("Combien", "How many"))),
        rows=(
            Row((Text(words, words), Number(signed, CONTRACTS))),
            Row(
                (Name(Text("zone 1", "zone 1")), SHARE),
                flag=say("Écart : {n}.", "Gap: {n}.", n=Number(SIGNED - UNDER_DENSE)),
            ),
        ),
        notes=(say("Une note.", "A note."),),
    )
    drawn = Chart(
        table=table,
        alt=say("Contrats : {n}.", "Contracts: {n}.", n=Number(signed, CONTRACTS)),
        spec=bars((BarMark(Text(words, words), Number(signed, CONTRACTS)),), CONTRACTS),
    )
    return Document(
        id="sample",
        title=Text(words, words),
        subtitle=say("Pour {who}.", "For {who}.", who=Name(Text("la question 13189", "question 13189"))),
        day=date(2024, 5, 13),
        warning=warning,
        sections=(
            Section(
                id="short",
                title=Text("L’essentiel", "In short"),
                blocks=(
                    Answer(
                        say("Combien ?", "How many?"),
                        (say("{n}, dont {s}.", "{n}, of which {s}.", n=Number(signed, CONTRACTS), s=SHARE),),
                    ),
                    Paragraph(say("Attention.", "Beware."), "warning"),
                    Heading(Text("Détail", "Detail")),
                    Bullets((say("un", "one"),)),
                ),
            ),
            Section(id="rest", title=Text("Le reste", "The rest"), blocks=(table, drawn)),
        ),
    )


def test_a_sentence_refuses_a_digit_without_an_origin():
    with pytest.raises(DefinitionError, match="holds a digit"):
        say("Il y a 803 CPTS.", "There are 803 CPTS.")


def test_a_sentence_has_the_same_figures_in_both_languages():
    with pytest.raises(DefinitionError, match="should name"):
        say("Il y en a {n}.", "There are some.", n=SHARE)


def test_arithmetic_on_facts_writes_a_formula_that_gives_the_same_value():
    other = stated(entry("other", 7))
    fact = (SIGNED - (UNDER_DENSE - other)) / (SIGNED + other) * 100
    assert fact.formula == "(([signed] - ([under_dense] - [other])) / ([signed] + [other])) * 100"
    assert evaluate(fact.formula, {"signed": 3545, "under_dense": 1797, "other": 7}) == fact.value


def test_what_a_method_computes_keeps_its_entries_through_arithmetic():
    fact = computed(2.5, Text("moindres carrés", "least squares"), SIGNED, UNDER_DENSE) * 2
    assert (fact.value, fact.formula, [e.id for e in fact.entries]) == (5.0, "", ["signed", "under_dense"])


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_figure_of_a_page_leads_to_the_annex_and_no_digit_is_loose(lang):
    page = walk(to_html(sample(), lang))
    assert page.links <= page.anchors
    assert {f.reference for f in page.figures} <= page.entries.keys() | page.computed.keys()
    assert not [said for said in page.loose if any(c.isdigit() for c in said)]
    assert page.entries["1"] == ("signed", 3545.0)


def test_texts_are_never_markup_nor_formulas():
    document = sample(HOSTILE)
    page = to_html(document, "fr")
    assert "<b>" not in page
    assert any(HOSTILE in said for said in walk(page).loose)
    assert to_pdf(document, "fr").startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(document, "fr")))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert not [c for c in cells if c.data_type == "f" or c.value.startswith("=")]


@pytest.mark.parametrize("write", [to_html, to_pdf, to_xlsx], ids=["html", "pdf", "xlsx"])
def test_the_same_document_gives_the_same_bytes(write):
    assert write(sample(), "fr") == write(sample(), "fr")


def test_a_simulated_document_says_so_in_every_caption_and_sheet():
    document = sample(warning=Text("Données simulées", "Simulated data"), simulated=True)
    page = to_html(document, "fr")
    assert page.count('class="simulated-mark"') == page.count("<caption id=") + page.count("<figcaption>") == 3
    assert to_typst(document, "fr").count('#simulated-mark("simulé")') == 2
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(document, "fr")))
    said = {sheet.title: {c.value for row in sheet.iter_rows() for c in row} for sheet in book}
    assert all(
        "Données simulées" in cells
        for name, cells in said.items()
        if name not in ("Chiffres cités", "Documents", "Calculs")
    )


def test_what_is_not_simulated_is_not_marked_so_in_a_document_that_warns():
    assert 'class="simulated-mark"' not in to_html(sample(warning=Text("Données simulées", "Simulated data")), "fr")


def test_a_workbook_holds_the_figures_as_numbers_in_the_printed_unit():
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(sample(), "fr")))
    sheet = book.worksheets[1]
    assert [sheet.cell(3, 2).value, sheet.cell(3, 2).number_format] == [3545, '#,##0" contrats"']
    assert sheet.cell(4, 2).value == pytest.approx(50.69, abs=0.01)


def test_the_figures_of_a_drawing_are_those_of_its_table():
    page = walk(to_html(sample(), "fr"))
    assert "3\u202f545\u00a0contrats" in page.drawn


def test_a_timeline_draws_what_was_promised_beside_what_was_counted():
    marks = (
        PointMark(date(2022, 10, 1), Number(SIGNED), "observed"),
        PointMark(date(2024, 12, 31), Number(SIGNED), "target"),
    )

    drawn = svg_of(timeline(marks, CONTRACTS)["fr"], "fr")
    assert ">3\u202f545<" in drawn
    assert "objectif annoncé" in drawn


def test_a_list_of_figures_reads_as_one_sentence():
    said = listed([Number(SIGNED, CONTRACTS), Text("et", "and")], " ; ", "; ")
    assert [p if isinstance(p, str) else p.printed("fr") for p in said.pieces("fr")] == [
        "3\u202f545\u00a0contrats",
        "\u202f; ",
        "et",
    ]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_brief_document_keeps_on_its_page_all_that_it_rests_on(lang):
    document = replace(sample(), brief=True)
    assert len(to_png_pages(document, lang, 20)) == 1
    typst = to_typst(document, lang)
    assert all(typst.count(f'#anchor("{name}")') == 1 for name in ("1", "2", "c1"))
    assert "outline(" not in typst
    assert "<nav" not in to_html(document, lang)
