"""A document as PDF, set by Typst with its embedded fonts: tagged, linked, the same bytes for the same document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Any

import typst

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
    plain_text,
)
from maillage.report.facts import Entry, Fact
from maillage.text import Lang, Text, typeset


def to_pdf(document: Document, lang: Lang) -> bytes:
    """The PDF, accessible (PDF/UA-1), dated of the document's day."""
    return typst.compile(
        to_typst(document, lang).encode(),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=int(datetime.combine(document.day, time(), UTC).timestamp()),
        pdf_standards=["ua-1"],
    )


def to_png_pages(document: Document, lang: Lang, ppi: float) -> list[bytes]:
    """The pages as images, to be looked at."""
    # Typst gives a list where there are several pages, which its signature leaves out.
    pages: Any = typst.compile(to_typst(document, lang).encode(), format="png", ppi=ppi, ignore_system_fonts=True)
    return list(pages) if isinstance(pages, list) else [pages]


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the setting of a document knows: the language and the annex."""

    lang: Lang
    annex: Annex

    def say(self, text: Text) -> str:
        return literal(typeset(text[self.lang], self.lang))


def literal(said: str) -> str:
    """Text as a Typst string: none of it is ever read as markup."""
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ") + '"'


def to_typst(document: Document, lang: Lang) -> str:
    """The Typst source: every figure is a call of ``num`` or ``mark`` with its reference, every text a string."""
    s = _Setting(lang, annex_of(document))
    preamble = (files("maillage.report") / "document.typ").read_text("utf-8")
    title, day = s.say(document.title), _plain_day(Day(document.day), s)
    known = f"[#{s.say(words.AS_KNOWN)} #{day}]"
    warning = s.say(document.warning) if document.warning else "none"
    first, *others = document.sections
    moment = f"datetime(year: {document.day.year}, month: {document.day.month}, day: {document.day.day})"
    return "\n".join(
        [
            preamble,
            f'#set document(title: {title}, author: "Maillage", date: {moment})',
            f'#set text(lang: "{lang}")',
            f"#show: body => document-page({title}, {known}, {warning}, {s.say(words.PAGE)}, body)",
            f'#block(below: 0.9em, text(size: 22pt, weight: "bold", hyphenate: false, par(justify: false, {title})))',
            f"#block(below: 0.7em, text(size: 11.5pt, fill: soft)[{_sentence(document.subtitle, s)}])",
            f"#text(fill: soft)[#{s.say(words.AS_KNOWN)} #{day}]",
            _section(first, s),
            *(() if document.brief else _contents(s)),
            *(_section(section, s) for section in others),
            *(("#v(1fr)", _foot(s)) if document.brief else (_annex(s),)),
        ]
    )


def _contents(s: _Setting) -> tuple[str, ...]:
    """The contents, at the foot of the first page."""
    return (
        "#v(1fr)",
        f"#heading(level: 2, outlined: false, {s.say(words.CONTENTS)})",
        "#block(height: 11.5em, text(size: 0.92em, columns(2, gutter: 2.5em, outline(title: none, depth: 1))))",
        "#pagebreak(weak: true)",
    )


def _section(section: Section, s: _Setting) -> str:
    return "\n".join([f"#heading(level: 1, {s.say(section.title)})", *(_block(block, s) for block in section.blocks)])


def _block(block: Block, s: _Setting) -> str:
    match block:
        case Paragraph(sentence, kind):
            return f"#{'par' if kind == 'plain' else kind}[{_sentence(sentence, s)}]"
        case Bullets(items):
            return f"#list({', '.join(f'[{_sentence(item, s)}]' for item in items)})"
        case Heading(text):
            return f"#heading(level: 2, outlined: false, {s.say(text)})"
        case Answer(question, answers):
            said = ", ".join(f"[{_sentence(a, s)}]" for a in (question, *answers))
            return f"#answer({said})"
        case Chart():
            return _chart(block, s)
        case Table():
            return _table(block, s)


def _sentence(sentence: Sentence, s: _Setting) -> str:
    return "".join(_piece(piece, s) for piece in sentence.pieces(s.lang))


def _piece(piece: str | Number | Day | Name, s: _Setting) -> str:
    match piece:
        case Number():
            return f'#{_number(piece, s)}#mark("{s.annex.reference(piece.fact)}")'
        case Day():
            return f"#{_plain_day(piece, s)}"
        case Name(text):
            return f"#{s.say(text)}"
    return f"#{literal(piece)}"


def _number(number: Number, s: _Setting) -> str:
    return f'num("{s.annex.reference(number.fact)}", {literal(number.printed(s.lang))})'


def _plain_day(day: Day, s: _Setting) -> str:
    return literal(day.printed(s.lang))


def _mark(block: Block, s: _Setting) -> str:
    return f" #simulated-mark({s.say(words.SIMULATED)})" if is_simulated(block) else ""


def _table(table: Table, s: _Setting) -> str:
    widths = _array(
        *(f"{c.share:g}fr" if c.share else "auto" for c in table.columns), *(["auto"] if table.referenced else [])
    )
    sides = _array(*("right" if c.numeric else "left" for c in table.columns), *(["left"] if table.referenced else []))
    head = _array(*(s.say(c.title) for c in table.columns), *([s.say(words.REFERENCE)] if table.referenced else []))
    rows = ",\n".join(_row(row, table, s) for row in table.rows)
    notes = "".join(f"\n#note[{_sentence(note, s)}]" for note in table.notes)
    shared = ", ".join(f'"{r}"' for r in s.annex.references(table.alone)) if table.gathered else ""
    caption = f"[{_sentence(table.caption, s)}{_mark(table, s)}{f' #refs({shared})' if shared else ''}]"
    return f"#figures({widths}, {sides}, {head}, {caption}, {s.say(words.TABLE)},\n{rows})" + notes


def _array(*items: str) -> str:
    return f"({', '.join(items)},)"


def _row(row: Row, table: Table, s: _Setting) -> str:
    cells = [_cell(cell, s) for cell in row.cells]
    if row.kind == "total":
        cells = [f"strong({cell})" for cell in cells]
    if table.referenced:
        names = ", ".join(f'"{r}"' for r in s.annex.references(row.alone))
        cells.append(f"refs({names})" if names else "[]")
    if row.flag is not None:
        words_of = f"text(size: 0.92em, fill: flag-colour)[{_sentence(row.flag, s)}]"
        cells.append(f"table.cell(colspan: {len(cells)}, {words_of})")
    return ", ".join(cells)


def _cell(cell: Cell, s: _Setting) -> str:
    match cell:
        case None:
            return "[]"
        case Number():
            return _number(cell, s)
        case Sentence():
            return f"[{_sentence(cell, s)}]"
        case Text():
            return s.say(cell)
    return f"[{_piece(cell, s)}]"


def _chart(chart: Chart, s: _Setting) -> str:
    svg = literal(svg_of(chart.spec[s.lang], s.lang))
    alt = literal(plain_text(chart.alt, s.lang))
    names = ", ".join(f'"{r}"' for r in s.annex.references(chart.table.alone))
    caption = f"[{_sentence(chart.alt, s)}{_mark(chart, s)} #refs({names})]"
    return f"#drawing({svg}, {alt}, {caption}, {s.say(words.CHART)})"


def _annex(s: _Setting) -> str:
    annex = s.annex
    documents = ", ".join(literal(words.document_words(d, s.lang)) for d in annex.documents)
    entries = ",\n".join(_entry(e, rank, s) for rank, e in enumerate(annex.entries, 1))
    computed = ",\n".join(_computed(f, rank, s) for rank, f in enumerate(annex.computed, 1))
    entry_head = _array(*(s.say(h) for h in words.ENTRY_HEAD))
    computed_head = _array(*(s.say(h) for h in words.COMPUTED_HEAD))
    return "\n".join(
        [
            *_head(words.ENTRIES, words.ENTRIES_LEAD, s),
            f'#text(size: 0.82em, enum(numbering: "A", {documents}))' if documents else "",
            f"#annex-list((auto, 3fr, 1fr, auto, 2.3fr, 0.9fr), {entry_head},\n{entries})",
            *(_head(words.COMPUTED, words.COMPUTED_LEAD, s) if computed else ()),
            f"#columns(2, annex-list((auto, auto, 1fr), {computed_head},\n{computed}))" if computed else "",
        ]
    )


def _foot(s: _Setting) -> str:
    """What a brief document rests on: a line an entry, a line a computation."""
    entries = [_foot_entry(e, rank, s) for rank, e in enumerate(s.annex.entries, 1)]
    computed = [_foot_computed(f, rank, s) for rank, f in enumerate(s.annex.computed, 1)]
    lines = ", ".join((*entries, *computed))
    return f"#foot-list({s.say(words.ENTRIES)}, {lines})" if lines else ""


def _foot_entry(e: Entry, rank: int, s: _Setting) -> str:
    where = f"{e.document[s.lang]}, {e.place[s.lang]}" if e.place[s.lang] else e.document[s.lang]
    value = (
        ""
        if e.dataset
        else f" : {words.entry_value(e, s.lang)}"
        if s.lang == "fr"
        else f": {words.entry_value(e, s.lang)}"
    )
    told = f"{e.words[s.lang]}{value} ({words.entry_day(e, s.lang)}, {words.reliability_words(e, s.lang)}). {where}."
    return f'[#anchor("{rank}")#strong("{rank}") #{literal(typeset(told, s.lang))}]'


def _foot_computed(fact: Fact, rank: int, s: _Setting) -> str:
    told = f"{words.computed_value(fact, s.lang)} = {words.formula_words(fact, s.annex, s.lang)}."
    return f'[#anchor("c{rank}")#strong("c{rank}") #{literal(told)}]'


def _head(title: Text, lead: Text, s: _Setting) -> tuple[str, str]:
    return f"#heading(level: 1, {s.say(title)})", f"#par[#{s.say(lead)}]"


def _entry(e: Entry, rank: int, s: _Setting) -> str:
    caution = f" #text(fill: flag-colour, {s.say(e.caution)})" if e.caution else ""
    cells = (
        f'[#anchor("{rank}")#"{rank}"]',
        f"[#{s.say(e.words)}{caution}]",
        literal(words.entry_value(e, s.lang)),
        literal(words.entry_day(e, s.lang)),
        f"[#{literal(words.entry_source(e, s.annex, s.lang))} #text(fill: soft, {literal(e.id)})]",
        literal(words.reliability_words(e, s.lang)),
    )
    return ", ".join(cells)


def _computed(fact: Fact, rank: int, s: _Setting) -> str:
    value, formula = words.computed_value(fact, s.lang), words.formula_words(fact, s.annex, s.lang)
    return f'[#anchor("c{rank}")#"c{rank}"], {literal(value)}, {literal(formula)}'
