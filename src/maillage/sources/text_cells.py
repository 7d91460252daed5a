"""Text files to cells: encoding, separator, quotes, lines of the wrong length."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import BROKEN, LINE
from maillage.errors import UnreadableFileError

SEPARATORS = (",", ";", "\t", "|")
TEXT_BYTES_MAX = 1 << 30
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_cells(path: Path, *, header: int = 0) -> pl.DataFrame:
    """Read a delimited text: one column of texts for each cell of the header, ``line``, and ``broken``.

    ``header`` counts the title lines before the header. ``broken`` says why a line has not the header's number of
    cells; such a line is kept, cut or padded. Raises UnreadableFileError when the text cannot be decoded, is too
    large, has an unclosed quote or a header that names a column twice.
    """
    return split_cells(read_text(path), header=header, file=path.name)


def read_text(path: Path) -> str:
    """The decoded text of a file; raises UnreadableFileError when it cannot be decoded or is too large."""
    size = path.stat().st_size
    if size > TEXT_BYTES_MAX:
        raise UnreadableFileError(
            f"{path.name}: a text under 1 GiB was expected, found {size >> 20} MiB.",
            fr=f"{path.name} pèse {size >> 20} Mio : un texte de moins de 1 Gio était attendu.",
        )
    return decode(path.read_bytes(), file=path.name)[0]


def split_cells(text: str, *, header: int, file: str) -> pl.DataFrame:
    """Cut a decoded text into cells, as ``read_cells`` does."""
    separator = sniff_separator(text[:65_536].splitlines()[header:])
    plain = (
        _split_plain(text, separator, header, file)
        if '"' not in text and "\r" not in text.replace("\r\n", "")
        else None
    )
    if plain is not None:
        return plain
    return _split_quoted(text, separator, header, file)


def decode(data: bytes, *, file: str, cut: bool = False) -> tuple[str, str]:
    """The text of ``data`` and the name of its encoding: UTF-8 (with or without BOM), UTF-16 with BOM, else cp1252.

    ``cut`` says that the bytes may stop in the middle of a character. Raises UnreadableFileError when the bytes are
    none of these, naming the line.
    """
    if data.startswith(codecs.BOM_UTF8):
        return _decode_utf8(data[3:], cut=cut, file=file, marked=True), "utf-8-sig"
    if data.startswith(_UTF16):
        even = data[: len(data) // 2 * 2]
        return even.decode("utf-16", errors="replace" if cut else "strict"), "utf-16"
    if is_binary(data):
        raise UnreadableFileError(
            f"{file}: a text was expected, found binary data.",
            fr=f"{file} contient des données binaires : un texte était attendu.",
        )
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, not cut), "utf-8"
    except UnicodeDecodeError as problem:
        return _decode_cp1252(data, problem, file), "cp1252"


def is_binary(data: bytes) -> bool:
    """True when the bytes hold control characters that no text has, and no mark of UTF-16."""
    return not data.startswith(_UTF16) and _CONTROL.search(data) is not None


def sniff_separator(lines: Sequence[str]) -> str:
    """The separator that cuts the first lines into the most columns, the same number on each."""

    def score(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines[:30], delimiter=separator) if row)
        width, times = max(widths.items(), key=lambda wt: (wt[0] > 1, wt[1], wt[0]), default=(0, 0))
        return (times if width > 1 else 0, width)

    try:
        return max(SEPARATORS, key=score)
    except csv.Error:
        return SEPARATORS[0]


def _decode_utf8(data: bytes, *, cut: bool, file: str, marked: bool) -> str:
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, not cut)
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        found = f"byte 0x{data[problem.start]:02x}"
        marks = "its mark says UTF-8" if marked else "the lines before are in UTF-8"
        raise UnreadableFileError(
            f"{file}: UTF-8 was expected ({marks}), found {found} on line {line}.",
            hint="Save the file again in UTF-8.",
            fr=f"{file} n’est pas de l’UTF-8 à la ligne {line} : l’enregistrer de nouveau en UTF-8.",
        ) from problem


def _decode_cp1252(data: bytes, problem: UnicodeDecodeError, file: str) -> str:
    before = data[: problem.start]
    if not before.isascii():
        return _decode_utf8(data, cut=False, file=file, marked=False)
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as other:
        line = data[: other.start].count(b"\n") + 1
        raise UnreadableFileError(
            f"{file}: UTF-8 or Windows-1252 was expected, found byte 0x{data[other.start]:02x} on line {line}.",
            fr=f"{file} n’est ni de l’UTF-8 ni du Windows-1252 à la ligne {line}.",
        ) from other


def _split_plain(text: str, separator: str, header: int, file: str) -> pl.DataFrame | None:
    """The fast way, for a text without quotes; None where a line is blank or has another number of cells."""
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) <= header + 1:
        return None
    names = column_names(lines[header].split(separator), file=file)
    counts = pl.Series(lines[header:]).str.count_matches(separator, literal=True)
    if (counts != len(names) - 1).any() or "" in lines[header:]:
        return None
    cells = pl.Series("cells", lines[header + 1 :]).str.split_exact(separator, len(names) - 1)
    frame = cells.struct.rename_fields(names).struct.unnest()
    return frame.with_columns(_line_numbers(header, frame.height), pl.lit(None, pl.String).alias(BROKEN))


def _line_numbers(header: int, height: int) -> pl.Expr:
    return pl.int_range(header + 2, header + 2 + height, dtype=pl.Int64).alias(LINE)


def _split_quoted(text: str, separator: str, header: int, file: str) -> pl.DataFrame:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    kept: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            kept.append((start, row))
            start = reader.line_num + 1
    except csv.Error as problem:
        raise UnreadableFileError(
            f"{file}: cells separated by {separator!r} were expected, found a cell that cannot be read"
            f" from line {start} on ({problem}).",
            hint="Look for a quote that is never closed.",
            fr=f"{file} ne se découpe plus en cellules à partir de la ligne {start} : chercher un guillemet ouvert.",
        ) from problem
    filled = [(line, row) for line, row in kept if any(c.strip() for c in row) or line <= header]
    if len(filled) <= header:
        raise UnreadableFileError(
            f"{file}: a header was expected on line {header + 1}, found none.",
            fr=f"{file} : les noms des colonnes étaient attendus à la ligne {header + 1}.",
        )
    return _rows_frame(filled[header][1], filled[header + 1 :], file=file)


def _rows_frame(header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], *, file: str) -> pl.DataFrame:
    """Numbered rows of cells as columns of texts, with ``line`` and ``broken`` (another number of cells)."""
    names = column_names(header, file=file)
    width = len(names)
    faults = [_width_fault(len(row), width) for _, row in rows]
    padded = [(*row[:width], *(None,) * (width - len(row))) for _, row in rows]
    columns = zip(*padded, strict=True) if padded else [()] * width
    data: dict[str, Sequence[object]] = dict(zip(names, columns, strict=True))
    data[LINE] = [line for line, _ in rows]
    data[BROKEN] = faults
    return pl.DataFrame(data, schema={**dict.fromkeys(names, pl.String), LINE: pl.Int64, BROKEN: pl.String})


def _width_fault(found: int, expected: int) -> str | None:
    return None if found == expected else reasons.WIDTH.en.format(expected=expected, found=found)


def column_names(cells: Sequence[str], *, file: str) -> list[str]:
    """The cells of a header as names of columns; raises UnreadableFileError when one is there twice."""
    names = [cell.strip() or f"column_{i}" for i, cell in enumerate(cells, 1)]
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise UnreadableFileError(
            f"{file}: each column once was expected in the header, found {twice[0]!r} twice.",
            fr=f"{file} nomme deux fois la colonne « {twice[0]} » : n’en garder qu’une, ou renommer l’autre.",
        )
    return names
