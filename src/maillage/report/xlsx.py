"""A document as a workbook: a sheet of words, a sheet a table, then the entries and the computations."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import xlsxwriter

from maillage.catalog.export import safe_cell
from maillage.report import words
from maillage.report.annex import Annex, annex_of, letters
from maillage.report.document import (
    Answer,
    Block,
    Bullets,
    Cell,
    Chart,
    Day,
    Document,
    Heading,
    Name,
    Number,
    Paragraph,
    Row,
    Sentence,
    Table,
    is_simulated,
)
from maillage.text import Lang, Text, typeset

README = Text("Lecture", "Reading")
ENTRIES, COMPUTED = Text("Chiffres cités", "Figures cited"), Text("Calculs", "Computations")
_LONGEST_NAME = 31
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class _Book:
    """What the writing of a workbook knows."""

    book: Any
    lang: Lang
    annex: Annex
    formats: dict[str, Any]
    warning: Text | None

    def say(self, text: Text) -> str:
        return typeset(text[self.lang], self.lang)


def to_xlsx(document: Document, lang: Lang) -> bytes:
    """The workbook; figures are numbers in the unit that their column or their cell names, texts are never formulas."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    moment = datetime.combine(document.day, time())
    book.set_properties({"title": document.title[lang], "author": "Maillage", "created": moment})
    b = _Book(book, lang, annex_of(document), _formats(book), document.warning)
    _prose(document, b)
    for rank, table in enumerate(_tables(document), 1):
        _table(table, f"{rank} {_bare(table.caption, lang)}", b)
    _annex(b)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    wrap = {"text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "section": book.add_format({"bold": True, "font_size": 13, "top": 1, **wrap}),
        "bold": book.add_format({"bold": True, **wrap}),
        "words": book.add_format(wrap),
        "warning": book.add_format({"bg_color": "#fdf3dc", "font_color": "#6b4a00", **wrap}),
        "flag": book.add_format({"font_color": "#8a2a0b", **wrap}),
        "soft": book.add_format({"font_color": "#4d5b67", **wrap}),
    }


def _tables(document: Document) -> Iterator[Table]:
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield block
            elif isinstance(block, Chart):
                yield block.table


def _bare(sentence: Sentence, lang: Lang) -> str:
    """The words of a sentence without its references."""
    parts = (
        p.words[lang] if isinstance(p, Name) else p if isinstance(p, str) else p.printed(lang)
        for p in sentence.pieces(lang)
    )
    return "".join(parts)


def _prose(document: Document, b: _Book) -> None:
    sheet = b.book.add_worksheet(b.say(README))
    sheet.set_column(0, 0, 110)
    lines = [(b.say(document.title), "title"), (_words(document.subtitle, b), "words")]
    lines.append((f"{b.say(words.AS_KNOWN)} {Day(document.day).printed(b.lang)}", "soft"))
    if document.warning:
        lines.append((b.say(document.warning), "warning"))
    for section in document.sections:
        lines.append((b.say(section.title), "section"))
        for block in section.blocks:
            lines += _block_lines(block, b)
    for rank, (said, form) in enumerate(lines):
        sheet.write_string(rank, 0, str(safe_cell(said)), b.formats[form])


def _block_lines(block: Block, b: _Book) -> list[tuple[str, str]]:
    match block:
        case Paragraph(sentence, kind):
            return [(_words(sentence, b), {"note": "soft", "warning": "warning"}.get(kind, "words"))]
        case Bullets(items):
            return [(f"• {_words(item, b)}", "words") for item in items]
        case Heading(text):
            return [(b.say(text), "bold")]
        case Answer(question, answers):
            return [(_words(question, b), "bold"), *((_words(a, b), "words") for a in answers)]
        case Chart():
            return [(_words(block.alt, b), "words")]
        case Table():
            return []


def _words(sentence: Sentence, b: _Book) -> str:
    return "".join(_piece(piece, b) for piece in sentence.pieces(b.lang))


def _piece(piece: str | Number | Day | Name, b: _Book) -> str:
    match piece:
        case Number():
            return f"{piece.printed(b.lang)} [{b.annex.reference(piece.fact)}]"
        case Day():
            return piece.printed(b.lang)
        case Name(text):
            return b.say(text)
    return piece


def _table(table: Table, title: str, b: _Book) -> None:
    sheet = b.book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:_LONGEST_NAME])
    sheet.write_string(0, 0, str(safe_cell(_words(table.caption, b))), b.formats["bold"])
    sheet.set_row(0, 30)
    first = 1
    if b.warning and is_simulated(table):
        sheet.write_string(1, 0, b.say(b.warning), b.formats["warning"])
        first = 2
    heads = _heads(table, b)
    for rank, head in enumerate(heads):
        sheet.write_string(first, rank, head, b.formats["bold"])
    line = first + 1
    for row in table.rows:
        line = _row(row, line, sheet, b)
    for note in table.notes:
        sheet.write_string(line + 1, 0, str(safe_cell(_words(note, b))), b.formats["soft"])
        line += 1
    sheet.set_column(0, len(heads) - 1, 20)
    sheet.set_column(0, 0, _WIDEST)
    sheet.freeze_panes(first + 1, 1)


def _heads(table: Table, b: _Book) -> list[str]:
    """The titles of the columns, then of the references and of what is flagged."""
    return [*(b.say(c.title) for c in table.columns), *([b.say(words.REFERENCE)] if table.alone else [])]


def _row(row: Row, line: int, sheet: Any, b: _Book) -> int:
    form = b.formats["bold" if row.kind == "total" else "words"]
    for rank, cell in enumerate(row.cells):
        if isinstance(cell, Number):
            sheet.write_number(line, rank, cell.fact.value * cell.scale, _number_format(cell, row, b))
        else:
            sheet.write_string(line, rank, str(safe_cell(_cell(cell, b))), form)
    references = b.annex.references(row.alone)
    sheet.write_string(line, len(row.cells), " ".join(references), b.formats["soft"])
    if row.flag is not None:
        sheet.write_string(line + 1, 0, str(safe_cell(_words(row.flag, b))), b.formats["flag"])
        return line + 2
    return line + 1


def _number_format(number: Number, row: Row, b: _Book) -> Any:
    value = abs(round(number.fact.value * number.scale, number.decimals))
    alone = value < 2 if b.lang == "fr" else value == 1
    unit = (number.unit_one if alone and number.unit_one else number.unit)[b.lang].replace('"', "")
    digits = "#,##0" + (f".{'0' * number.decimals}" if number.decimals else "")
    key = f"{digits}|{unit}|{row.kind}"
    if key not in b.formats:
        shape = f'{digits}" {unit}"' if unit else digits
        bold = row.kind == "total"
        b.formats[key] = b.book.add_format({"num_format": shape, "bold": bold, "valign": "top"})
    return b.formats[key]


def _cell(cell: Cell, b: _Book) -> str:
    match cell:
        case None:
            return ""
        case Sentence():
            return _words(cell, b)
        case Text():
            return b.say(cell)
    return _piece(cell, b)


def _annex(b: _Book) -> None:
    heads = [*(b.say(h) for h in words.ENTRY_HEAD), b.say(words.IDENTIFIER)]
    rows: list[Sequence[object]] = [
        (
            rank,
            b.say(e.words),
            b.say(words.DATASET) if e.dataset else e.value,
            words.entry_day(e, b.lang),
            words.entry_source(e, b.annex, b.lang),
            words.reliability_words(e, b.lang),
            e.id,
        )
        for rank, e in enumerate(b.annex.entries, 1)
    ]
    _list(b.say(ENTRIES), heads, rows, b)
    named = [(letters(rank), words.document_words(d, b.lang)) for rank, d in enumerate(b.annex.documents)]
    _list(b.say(words.DOCUMENTS), ["", b.say(words.DOCUMENTS)], named, b)
    made: list[Sequence[object]] = [
        (f"c{rank}", f.value, words.formula_words(f, b.annex, b.lang)) for rank, f in enumerate(b.annex.computed, 1)
    ]
    _list(b.say(COMPUTED), [b.say(h) for h in words.COMPUTED_HEAD], made, b)


def _list(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], b: _Book) -> None:
    sheet = b.book.add_worksheet(title[:_LONGEST_NAME])
    for rank, head in enumerate(heads):
        sheet.write_string(0, rank, head, b.formats["bold"])
    for line, row in enumerate(rows, 1):
        for rank, cell in enumerate(row):
            if isinstance(cell, int | float):
                sheet.write_number(line, rank, cell)
            else:
                sheet.write_string(line, rank, str(safe_cell(cell)), b.formats["words"])
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, len(heads) - 1, 36)
    sheet.freeze_panes(1, 0)
