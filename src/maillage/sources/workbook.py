"""The first sheet of an xlsx workbook to cells, without trusting its size or its formulas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import fastexcel
import polars as pl

from maillage.catalog.check import BROKEN, LINE
from maillage.errors import UnreadableFileError
from maillage.sources.text_cells import rows_frame

INFLATED_BYTES_MAX = 512 << 20
HEAD_BYTES = 65_536
_ROW = re.compile(r"<row\b[^>]*?(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_TEXT = re.compile(r"<t\b[^>]*>(.*?)</t>", re.DOTALL)
_VALUE = re.compile(r"<v>(.*?)</v>", re.DOTALL)
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>((?:(?!</c>).)*?<f\b(?:(?!</c>).)*)</c>', re.DOTALL)
_FORMULA = re.compile(rb"<f\b[^>]*>(.*?)</f>", re.DOTALL)
_STORED = re.compile(rb"<v>[^<]+</v>")


def workbook_head(path: Path) -> list[tuple[str, ...]]:
    """The cells of the first rows of the first sheet, read from its first bytes only.

    Raises UnreadableFileError when the archive is damaged, is not a workbook, or would inflate beyond the limit.
    """
    with _archive(path) as archive:
        with archive.open(_first_sheet(archive, path)) as sheet:
            start = sheet.read(HEAD_BYTES).decode("utf-8", errors="replace")
        shared = _shared_texts(archive) if 't="s"' in start else []
    return [_row_texts(found[1] or "", shared) for found in _ROW.finditer(start)][:20]


def read_sheet(path: Path, *, header: int = 0) -> pl.DataFrame:
    """Read the first sheet: one column of texts for each cell of the header, ``line`` (the sheet's row), ``broken``.

    A formula without a stored value is written ``=FORMULA``, so that it can be refused where a value is expected.
    Raises UnreadableFileError as ``workbook_head`` does.
    """
    with _archive(path) as archive:
        damaged = archive.testzip()
        if damaged:
            raise UnreadableFileError(f"{path.name}: a whole workbook was expected, found a damaged part {damaged!r}.")
        xml = archive.read(_first_sheet(archive, path))
    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string", column_names=None)
        frame: pl.DataFrame = sheet.to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as problem:
        raise UnreadableFileError(f"{path.name}: a workbook was expected, its first sheet cannot be read.") from problem
    first_row, first_column = _first_used_cell(xml)
    for (row, column), formula in sorted(_unstored_formulas(xml).items()):
        frame = _with_cell(frame, row - first_row, column - first_column, f"={formula}")
    if frame.height <= header:
        raise UnreadableFileError(f"{path.name}: a header was expected on row {header + 1}, found {frame.height} rows.")
    names = rows_frame([c or "" for c in frame.row(header)], [], file=path.name).drop(LINE, BROKEN).columns
    body = frame.slice(header + 1).rename(dict(zip(frame.columns, names, strict=True)))
    numbered = body.with_columns(
        pl.int_range(first_row + header + 1, first_row + header + 1 + body.height, dtype=pl.Int64).alias(LINE),
        pl.lit(None, pl.String).alias(BROKEN),
    )
    return numbered.filter(~pl.all_horizontal(pl.col(name).is_null() for name in names))


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            if size > INFLATED_BYTES_MAX:
                raise UnreadableFileError(
                    f"{path.name}: a workbook under {INFLATED_BYTES_MAX >> 20} MiB once inflated was expected,"
                    f" found {size >> 20} MiB declared; it was not opened."
                )
            yield archive
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, zipfile.zlib.error) as problem:  # type: ignore[attr-defined]
        raise UnreadableFileError(
            f"{path.name}: a whole xlsx workbook was expected, found a truncated or damaged archive ({problem}).",
            hint="Download the file again.",
        ) from problem


def _first_sheet(archive: zipfile.ZipFile, path: Path) -> str:
    names = archive.namelist()
    sheets = sorted(n for n in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n))
    if "xl/workbook.xml" not in names or not sheets:
        raise UnreadableFileError(f"{path.name}: an xlsx workbook was expected, found an archive of {names[:3]}.")
    book = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode() if "xl/_rels/workbook.xml.rels" in names else ""
    found = re.search(r'<(?:\w+:)?sheet\b[^>]*\br:id="([^"]+)"', book)
    for link in re.findall(r"<Relationship\b[^>]*>", links):
        target = re.search(r'Target="/?(?:xl/)?([^"]+)"', link)
        if found and target and f'Id="{found[1]}"' in link and f"xl/{target[1]}" in sheets:
            return f"xl/{target[1]}"
    return sheets[0]


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    with archive.open("xl/sharedStrings.xml") as part:
        start = part.read(4 * HEAD_BYTES).decode("utf-8", errors="replace")
    entries = re.findall(r"<si>(.*?)</si>", start, re.DOTALL)
    return [unescape("".join(_TEXT.findall(entry))) for entry in entries]


def _row_texts(row: str, shared: list[str]) -> tuple[str, ...]:
    cells: dict[int, str] = {}
    for found in _CELL.finditer(row):
        kind, inner = found[3], found[4] or ""
        value = _VALUE.search(inner)
        if 't="s"' in kind and value and int(value[1]) < len(shared):
            text = shared[int(value[1])]
        else:
            text = unescape("".join(_TEXT.findall(inner))) or (unescape(value[1]) if value else "")
        cells[_column_number(found[1])] = text
    return tuple(cells.get(i, "") for i in range(min(cells, default=0), max(cells, default=-1) + 1))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _first_used_cell(xml: bytes) -> tuple[int, int]:
    found = re.search(rb'<c r="([A-Z]+)(\d+)"[^>]*>.{0,200}?<(?:v|t)\b', xml, re.DOTALL)
    return (int(found[2]), _column_number(found[1].decode())) if found else (1, 1)


def _unstored_formulas(xml: bytes) -> dict[tuple[int, int], str]:
    if b"<f" not in xml:
        return {}
    cells = {}
    for found in _FORMULA_CELL.finditer(xml):
        if not _STORED.search(found[3]):
            formula = _FORMULA.search(found[3])
            text = unescape(formula[1].decode("utf-8", errors="replace")) if formula else ""
            cells[int(found[2]), _column_number(found[1].decode())] = text
    return cells


def _with_cell(frame: pl.DataFrame, row: int, column: int, text: str) -> pl.DataFrame:
    if not (0 <= row < frame.height and 0 <= column < frame.width):
        return frame
    name = frame.columns[column]
    chosen = pl.int_range(frame.height) == row
    return frame.with_columns(pl.when(chosen).then(pl.lit(text)).otherwise(pl.col(name)).alias(name))
