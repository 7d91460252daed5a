"""Shared ways of recognising and reshaping the producers' columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from maillage.catalog.check import ASIDE, BROKEN, CELL, LINE
from maillage.sources.head import FileHead
from maillage.text import Text

OPEN_LICENCE = Text("Licence Ouverte 2.0 (Etalab)", "Open Licence 2.0 (Etalab)")
INSEE, DREES = Text("INSEE", "INSEE"), Text("DREES", "DREES")
_MARKS = (LINE, ASIDE, BROKEN)


@dataclass(frozen=True, slots=True)
class Columns:
    """Recognises a file of one of ``kinds`` whose header, below ``title_lines``, holds every name."""

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    title_lines: int = 0

    def __call__(self, head: FileHead) -> bool:
        """True when the file has this layout."""
        return head.kind in self.kinds and not self.missing(head)

    def missing(self, head: FileHead) -> tuple[str, ...]:
        """The names that the header lacks."""
        header = head.rows[self.title_lines] if len(head.rows) > self.title_lines else ()
        return tuple(name for name in self.names if name not in header)


def commune_code(column: str) -> pl.Expr:
    """A commune code with its lost leading zero given back: ``1001`` is ``01001``, ``2a004`` is ``2A004``."""
    return padded_code(column, 5)


def padded_code(column: str, width: int) -> pl.Expr:
    """A code of digits padded with zeros when it is exactly one short of ``width``, else as it is."""
    text = pl.col(column).str.strip_chars().str.to_uppercase()
    short = text.str.contains(rf"^\d{{{width - 1}}}$")
    return pl.when(short).then(pl.lit("0") + text).otherwise(text).alias(column)


def melt(raw: pl.DataFrame, *, keep: Sequence[str], values: Sequence[str], value_name: str) -> pl.DataFrame:
    """One row for each line and each of the ``values`` columns; ``cell`` names the producer's column.

    The marks of the reader (``line``, ``aside``, ``broken``) follow.
    """
    index = [*keep, *(mark for mark in _MARKS if mark in raw.columns)]
    return raw.unpivot(index=index, on=list(values), variable_name=CELL, value_name=value_name)


def marks(raw: pl.DataFrame) -> list[pl.Expr]:
    """The reader's marks that ``raw`` carries, to select with the table's columns."""
    return [pl.col(mark) for mark in (*_MARKS, CELL) if mark in raw.columns]


def mapped(column: str, names: Mapping[str, str]) -> pl.Expr:
    """The identifier of each of the producer's names; null where the nomenclature does not hold it."""
    return pl.col(column).replace_strict(dict(names), default=None, return_dtype=pl.String)


def plain(text: str) -> str:
    """A text without accents, in lower case: what two spellings of a header have in common."""
    bare = unicodedata.normalize("NFD", text.replace("’", "'").replace("œ", "oe"))
    return "".join(c for c in bare if not unicodedata.combining(c)).lower()


def slug(text: str) -> str:
    """An identifier made of the words of a label."""
    return re.sub(r"[^a-z0-9]+", "_", plain(text)).strip("_")
