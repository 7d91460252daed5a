"""A document as one HTML page: nothing to fetch, accessible, printable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from maillage.report import words
from maillage.report.annex import Annex, annex_of
from maillage.report.charts import svg_of
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
    Section,
    Sentence,
    Table,
    is_simulated,
)
from maillage.report.facts import Entry, Fact
from maillage.text import Lang, Text, typeset


@dataclass(slots=True)
class _Page:
    """What the writing of a page knows: the language, the annex, and how many tables and charts came before."""

    lang: Lang
    annex: Annex
    tables: int = 0
    charts: int = 0

    def say(self, text: Text) -> str:
        return escape(typeset(text[self.lang], self.lang), quote=False)


def to_html(document: Document, lang: Lang) -> str:
    """The page: every figure is a ``data`` element that links to its line in the annex."""
    page = _Page(lang, annex_of(document))
    style = (files("maillage.report") / "document.css").read_text("utf-8")
    title = page.say(document.title)
    warning = f'<header class="simulated">{page.say(document.warning)}</header>' if document.warning else ""
    sections = "".join(_section(s, page) for s in document.sections)
    contents = "" if document.brief else _contents(document.sections, page)
    day = f"{page.say(words.AS_KNOWN)} {_day(Day(document.day), page)}"
    head = f'<h1>{title}</h1>\n<p class="subtitle">{_sentence(document.subtitle, page)}</p>\n<p class="day">{day}</p>'
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{warning}\n<main>\n<header>{head}</header>\n"
        f"{contents}\n{sections}{_annex(page)}</main>\n</body>\n</html>\n"
    )


def _contents(sections: Sequence[Section], page: _Page) -> str:
    links = [*((s.id, s.title) for s in sections), ("entries", words.ENTRIES)]
    links += [("computed", words.COMPUTED)] if page.annex.computed else []
    lines = "".join(f'<li><a href="#{name}">{page.say(title)}</a></li>' for name, title in links)
    return f'<nav aria-labelledby="contents"><h2 id="contents">{page.say(words.CONTENTS)}</h2><ol>{lines}</ol></nav>'


def _section(section: Section, page: _Page) -> str:
    body = "".join(_block(block, page) for block in section.blocks)
    return f'<section id="{section.id}">\n<h2>{page.say(section.title)}</h2>\n{body}</section>\n'


def _block(block: Block, page: _Page) -> str:
    match block:
        case Paragraph(sentence, kind):
            mark = "" if kind == "plain" else f' class="{kind}"'
            return f"<p{mark}>{_sentence(sentence, page)}</p>\n"
        case Bullets(items):
            return f"<ul>{''.join(f'<li>{_sentence(item, page)}</li>' for item in items)}</ul>\n"
        case Heading(text):
            return f"<h3>{page.say(text)}</h3>\n"
        case Answer(question, answers):
            said = "".join(f"<p>{_sentence(answer, page)}</p>" for answer in answers)
            return f'<div class="answer"><h3>{_sentence(question, page)}</h3>{said}</div>\n'
        case Chart():
            return _chart(block, page)
        case Table():
            page.tables += 1
            return _table(block, page, f"{page.say(words.TABLE)} {page.tables}")


def _sentence(sentence: Sentence, page: _Page) -> str:
    return "".join(_piece(piece, page) for piece in sentence.pieces(page.lang))


def _piece(piece: str | Number | Day | Name, page: _Page) -> str:
    match piece:
        case Number():
            return _number(piece, page, piece.printed(page.lang)) + _reference(page.annex.reference(piece.fact))
        case Day():
            return _day(piece, page)
        case Name(text):
            return f"<cite>{page.say(text)}</cite>"
    return escape(piece, quote=False)


def _number(number: Number, page: _Page, said: str) -> str:
    reference = page.annex.reference(number.fact)
    shown = f"{number.fact.value * number.scale:.{number.decimals}f}"
    return (
        f'<data value="{shown}" data-ref="{reference}" data-scale="{number.scale:g}">{escape(said, quote=False)}</data>'
    )


def _reference(reference: str) -> str:
    return f'<sup><a class="ref" href="#r{reference}">{reference}</a></sup>'


def _day(day: Day, page: _Page) -> str:
    width = {"day": 10, "month": 7, "year": 4}[day.precision]
    said = escape(day.printed(page.lang))
    return f'<time datetime="{day.value.isoformat()[:width]}">{said}</time>'


def _simulated_mark(block: Block, page: _Page) -> str:
    return f' <span class="simulated-mark">{page.say(words.SIMULATED)}</span>' if is_simulated(block) else ""


def _table(table: Table, page: _Page, label: str) -> str:
    heads = [f'<th scope="col"{_right(c.numeric)}>{page.say(c.title)}</th>' for c in table.columns]
    if table.referenced:
        heads.append(f'<th scope="col">{page.say(words.REFERENCE)}</th>')
    rows = "".join(_row(row, table, page) for row in table.rows)
    shared = page.annex.references(table.alone) if table.gathered else ()
    references = f' <span class="refs">{" ".join(_plain_reference(r) for r in shared)}</span>' if shared else ""
    mark = _simulated_mark(table, page)
    caption = f'<span class="label">{label}.</span> {_sentence(table.caption, page)}{mark}{references}'
    notes = "".join(f'<p class="note">{_sentence(note, page)}</p>' for note in table.notes)
    return (
        f'<div class="table" role="region" tabindex="0" aria-labelledby="cap-{table.id}">'
        f'<table id="t-{table.id}"><caption id="cap-{table.id}">{caption}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{rows}</tbody></table></div>\n{notes}\n"
    )


def _right(numeric: bool) -> str:  # noqa: FBT001
    return ' class="num"' if numeric else ""


def _row(row: Row, table: Table, page: _Page) -> str:
    cells = []
    for rank, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        tag, scope = ("th", ' scope="row"') if rank == 0 else ("td", "")
        cells.append(f"<{tag}{scope}{_right(column.numeric)}>{_cell(cell, page)}</{tag}>")
    if table.referenced:
        references = " ".join(_plain_reference(r) for r in page.annex.references(row.alone))
        cells.append(f'<td class="refs">{references}</td>')
    flagged = f'<tr class="flag"><td colspan="{len(cells)}">{_sentence(row.flag, page)}</td></tr>' if row.flag else ""
    mark = f' class="{row.kind}"' if row.kind != "plain" else ""
    return f"<tr{mark}>{''.join(cells)}</tr>{flagged}\n"


def _plain_reference(reference: str) -> str:
    return f'<a class="ref" href="#r{reference}">{reference}</a>'


def _cell(cell: Cell, page: _Page) -> str:
    match cell:
        case None:
            return ""
        case Number():
            return _number(cell, page, cell.printed(page.lang))
        case Sentence():
            return _sentence(cell, page)
        case Text():
            return page.say(cell)
    return _piece(cell, page)


def _chart(chart: Chart, page: _Page) -> str:
    page.charts += 1
    label = f"{page.say(words.CHART)} {page.charts}"
    alt = f"alt-{chart.table.id}"
    # The drawing is named by its caption; its figures are in the table below it.
    drawing = svg_of(chart.spec[page.lang], page.lang).replace("<svg ", f'<svg role="img" aria-labelledby="{alt}" ', 1)
    mark = _simulated_mark(chart, page)
    caption = f'<span class="label">{label}.</span> <span id="{alt}">{_sentence(chart.alt, page)}</span>{mark}'
    table = _table(chart.table, page, page.say(words.DATA))
    return (
        f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>\n"
        f"<details><summary>{page.say(words.DATA)}</summary>{table}</details>\n"
    )


def _annex(page: _Page) -> str:
    annex = page.annex
    documents = "".join(f"<li>{escape(words.document_words(d, page.lang))}</li>" for d in annex.documents)
    lists = f'<h3>{page.say(words.DOCUMENTS)}</h3><ol class="documents">{documents}</ol>'
    entries = "".join(_entry(e, rank, page) for rank, e in enumerate(annex.entries, 1))
    told = _list("entries", words.ENTRIES, words.ENTRIES_LEAD, words.ENTRY_HEAD, lists, entries, page)
    if not annex.computed:
        return told
    computed = "".join(_computation(f, rank, page) for rank, f in enumerate(annex.computed, 1))
    return told + _list("computed", words.COMPUTED, words.COMPUTED_LEAD, words.COMPUTED_HEAD, "", computed, page)


def _entry(e: Entry, rank: int, page: _Page) -> str:
    lang = page.lang
    cells = (
        f"{page.say(e.words)}{_caution(e.caution, page)}",
        escape(words.entry_value(e, lang)),
        escape(words.entry_day(e, lang)),
        f"{escape(words.entry_source(e, page.annex, lang))} <code>{escape(e.id)}</code>",
        escape(words.reliability_words(e, lang)),
    )
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    head = f'<tr id="r{rank}" data-entry="{escape(e.id)}" data-value="{e.value!r}">'
    return f'{head}<td class="num">{rank}</td>{told}</tr>\n'


def _computation(f: Fact, rank: int, page: _Page) -> str:
    names = escape(" ".join(e.id for e in f.entries))
    head = f'<tr id="rc{rank}" data-formula="{escape(f.formula)}" data-entries="{names}" data-value="{f.value!r}">'
    value = escape(words.computed_value(f, page.lang))
    formula = escape(words.formula_words(f, page.annex, page.lang))
    return f'{head}<td class="num">c{rank}</td><td class="num">{value}</td><td>{formula}</td></tr>\n'


def _caution(caution: Text | None, page: _Page) -> str:
    return f' <span class="caution">{page.say(caution)}</span>' if caution else ""


def _list(name: str, title: Text, lead: Text, heads: Sequence[Text], before: str, rows: str, page: _Page) -> str:
    head = "".join(f'<th scope="col">{page.say(h)}</th>' for h in heads)
    return (
        f'<section id="{name}" class="annex"><h2>{page.say(title)}</h2><p>{page.say(lead)}</p>{before}'
        f'<div class="table" role="region" tabindex="0" aria-label="{page.say(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>\n"
    )
