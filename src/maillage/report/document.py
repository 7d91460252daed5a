"""What a document is made of; it refuses a digit that is not a figure with its origin, a date or a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any, Literal

from maillage.errors import DefinitionError
from maillage.report.facts import Fact
from maillage.text import Lang, Text, format_number, format_quantity, typeset

NBSP = "\u00a0"
NO_UNIT = Text("", "")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Number:
    """A figure as it is printed: ``fact.value × scale`` in ``unit``; ``about`` goes before it (*more than*)."""

    fact: Fact
    unit: Text = NO_UNIT
    decimals: int = 0
    scale: float = 1.0
    unit_one: Text | None = None
    about: Text | None = None
    signed: bool = False

    def printed(self, lang: Lang) -> str:
        """The number and its unit, as the language writes them."""
        value = self.fact.value * self.scale
        words = format_quantity(value, self.decimals, self.unit, lang, unit_one=self.unit_one)
        plus = "+" if self.signed and round(value, self.decimals) > 0 else ""
        before = f"{self.about[lang]} " if self.about else ""
        return f"{before}{plus}{words}".replace(" ", NBSP, 1)

    def bare(self, lang: Lang) -> str:
        """The number without its unit, for a cell under a heading that has it."""
        value = self.fact.value * self.scale
        plus = "+" if self.signed and round(value, self.decimals) > 0 else ""
        return plus + format_number(value, self.decimals, lang)


@dataclass(frozen=True, slots=True)
class Day:
    """A date, told to the day, the month or the year."""

    value: date
    precision: Literal["day", "month", "year"] = "day"

    def printed(self, lang: Lang) -> str:
        """The date in words: ``31 mars 2023``, ``March 2023``."""
        day = "" if self.precision != "day" else f"{'1er' if lang == 'fr' and self.value.day == 1 else self.value.day} "
        month = "" if self.precision == "year" else f"{MONTHS[lang][self.value.month - 1]} "
        return f"{day}{month}{self.value.year}".replace(" ", NBSP)


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name that may hold digits: a table of a report, a law, a question, a code."""

    words: Text


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words in two languages with figures, dates and names at ``{places}``.

    Raises DefinitionError when the words hold a digit, or name a place in one language only.
    """

    words: Text
    parts: Mapping[str, Number | Day | Name | Text | Sentence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for said in (self.words.fr, self.words.en):
            places = {name for _, name, _, _ in Formatter().parse(said) if name is not None}
            if places != set(self.parts):
                raise DefinitionError(
                    f"The sentence {said!r} should name {sorted(self.parts)}, it names {sorted(places)}."
                )
            if _DIGIT.search(re.sub(r"\{\w+\}", "", said)):
                raise DefinitionError(f"The sentence {said!r} holds a digit: a figure has its origin, a date is a Day.")

    def pieces(self, lang: Lang) -> Iterator[str | Number | Day | Name]:
        """The words and parts in the order of reading; words have the spaces of the language."""
        for text, place, _, _ in Formatter().parse(self.words[lang]):
            if text:
                # What goes before tells whether a space is one before a mark.
                yield typeset(f"x{text}", lang)[1:]
            if place is not None:
                part = self.parts[place]
                if isinstance(part, Sentence):
                    yield from part.pieces(lang)
                else:
                    yield typeset(part[lang], lang) if isinstance(part, Text) else part

    def numbers(self) -> Iterator[Number]:
        """The figures it prints, in the order of the French words."""
        return (piece for piece in self.pieces("fr") if isinstance(piece, Number))


def say(fr: str, en: str, /, **parts: Number | Day | Name | Text | Sentence) -> Sentence:
    """A sentence in two languages, with its parts."""
    return Sentence(Text(fr, en), parts)


def listed(items: Sequence[Number | Day | Name | Text | Sentence], fr: str = ", ", en: str = ", ") -> Sentence:
    """Items one after the other, with what stands between two."""
    places = [f"{{item_{'i' * rank}}}" for rank in range(len(items))]
    names = {place[1:-1]: item for place, item in zip(places, items, strict=True)}
    return Sentence(Text(fr.join(places), en.join(places)), names)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``kind`` says how loud it is."""

    sentence: Sentence
    kind: Literal["plain", "lead", "note", "warning"] = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside a section."""

    words: Text


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what can be answered to it."""

    question: Sentence
    answers: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``share`` is its part of the width where it holds words, 0 where it fits its cells.

    A column that fits its cells is set on the right, as figures are, the others on the left, unless ``side`` says.
    """

    title: Text
    share: float = 0.0
    side: Literal["", "left", "right"] = ""

    @property
    def numeric(self) -> bool:
        """Whether it is set on the right."""
        return self.side == "right" or (not self.side and self.share == 0.0)


Cell = Sentence | Number | Day | Name | Text | None


def plain_text(cell: Cell, lang: Lang) -> str:
    """What a cell says, figures without their references."""
    match cell:
        case None:
            return ""
        case Text():
            return typeset(cell[lang], lang)
        case Name(words):
            return typeset(words[lang], lang)
        case Sentence():
            return "".join(_plain_piece(piece, lang) for piece in cell.pieces(lang))
    return cell.printed(lang)


def _plain_piece(piece: str | Number | Day | Name, lang: Lang) -> str:
    return piece if isinstance(piece, str) else plain_text(piece, lang)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; a total stands out, a flagged line says why in ``flag``."""

    cells: tuple[Cell, ...]
    kind: Literal["plain", "total"] = "plain"
    flag: Sentence | None = None

    @property
    def alone(self) -> tuple[Number, ...]:
        """The figures that stand alone in their cell, whose references go in the last column."""
        return tuple(cell for cell in self.cells if isinstance(cell, Number))

    def numbers(self) -> Iterator[Number]:
        """The figures of the line, from left to right."""
        for cell in self.cells:
            if isinstance(cell, Number):
                yield cell
            elif isinstance(cell, Sentence):
                yield from cell.numbers()
        if self.flag is not None:
            yield from self.flag.numbers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; ``notes`` stand under it.

    The renderers add a last column of references to the annex where a cell is a figure alone (``referenced``); in a
    ``gathered`` table, whose lines rest on the same entries, they stand once, after the caption.
    """

    id: str
    caption: Sentence
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Sentence, ...] = ()
    gathered: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise DefinitionError(f"The table {self.id!r} has a row of {len(row.cells)} cells.")

    @property
    def referenced(self) -> bool:
        """Whether a cell is a figure alone, which bears no reference of its own."""
        return not self.gathered and bool(self.alone)

    @property
    def alone(self) -> tuple[Number, ...]:
        """Every figure that stands alone in its cell."""
        return tuple(number for row in self.rows for number in row.alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing of the figures of a table, each labelled; on a screen the table can be unfolded under it.

    ``spec`` gives the Vega-Lite specification in a language (``report.charts``), ``alt`` what it shows, in words.
    """

    table: Table
    alt: Sentence
    spec: Mapping[Lang, Mapping[str, Any]]


Block = Paragraph | Bullets | Heading | Answer | Table | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document, with a title; ``landscape`` and page breaks are the renderers' care."""

    id: str
    title: Text
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole document.

    ``day`` is the day whose knowledge it states; ``warning`` is said on every page. A ``brief`` document has no
    contents and keeps what it rests on at the foot of its page.
    """

    id: str
    title: Text
    subtitle: Sentence
    day: date
    sections: tuple[Section, ...]
    warning: Text | None = None
    brief: bool = False

    def numbers(self) -> Iterator[Number]:
        """Every figure that the document prints, in the order of reading."""
        yield from self.subtitle.numbers()
        for section in self.sections:
            for block in section.blocks:
                yield from block_numbers(block)


def is_simulated(block: Block) -> bool:
    """Whether a figure of a block rests on something simulated."""
    return any(number.fact.simulated for number in block_numbers(block))


def block_numbers(block: Block) -> Iterator[Number]:
    """The figures of a block, in the order of reading."""
    match block:
        case Paragraph(sentence):
            yield from sentence.numbers()
        case Bullets(items):
            for item in items:
                yield from item.numbers()
        case Answer(question, answers):
            for sentence in (question, *answers):
                yield from sentence.numbers()
        case Chart():
            yield from block.alt.numbers()
            yield from block_numbers(block.table)
        case Table():
            yield from block.caption.numbers()
            for row in block.rows:
                yield from row.numbers()
            for note in block.notes:
                yield from note.numbers()
        case Heading():
            return


MONTHS: Mapping[Lang, tuple[str, ...]] = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
