"""The first sheet of an xlsx workbook to cells, without trusting its size or its formulas."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import fastexcel
import polars as pl

from maillage.catalog.check import BROKEN, LINE
from maillage.errors import UnknownLayoutError, UnreadableFileError
from maillage.sources.text_cells import column_names

INFLATED_BYTES_MAX = 512 << 20
HEAD_BYTES = 65_536
HEAD_ROWS = 20
_CELL = re.compile(r'r="([A-Z]+)(\d+)"([^>]*)>(.*)', re.DOTALL)
_TEXT = re.compile(r"<t\b[^>]*>([^<]*)</t>")
_VALUE = re.compile(r"<v>([^<]+)</v>")
_FORMULA = re.compile(r"<f\b[^>]*>([^<]*)</f>|<f\b[^>]*/>")
_HAS_FORMULA = re.compile(rb"<f[ />]")
Cell = tuple[int, int]


def workbook_head(path: Path) -> list[tuple[str, ...]]:
    """The cells of the first rows of the first sheet, read from its first bytes only.

    Raises UnreadableFileError when the archive is damaged, is not a workbook, or would inflate beyond the limit.
    """
    with _archive(path) as archive:
        with archive.open(_first_sheet(archive, path)) as sheet:
            start = sheet.read(HEAD_BYTES).decode("utf-8", errors="replace")
        shared = _shared_texts(archive) if 't="s"' in start else []
    rows = start.split("</row>")[:HEAD_ROWS]
    return [_row_texts(row[row.rfind("<row") :], shared) for row in rows]


def read_sheet(path: Path, *, is_header: Callable[[Sequence[str]], bool]) -> pl.DataFrame:
    """Read the first sheet: one column of texts for each cell of the header, ``line`` (the sheet's row), ``broken``.

    The header is the first row that ``is_header`` accepts. A formula without a stored value is written ``=FORMULA``,
    so that it can be refused where a value is expected. Raises UnreadableFileError as ``workbook_head`` does, and
    where there is no header.
    """
    with _archive(path) as archive:
        damaged = archive.testzip()
        if damaged:
            raise UnreadableFileError(
                f"{path.name}: a whole workbook was expected, found a damaged part {damaged!r}.", fr=_damaged(path)
            )
        xml = archive.read(_first_sheet(archive, path))
    try:
        frame: pl.DataFrame = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as problem:
        raise UnreadableFileError(
            f"{path.name}: a workbook was expected, its first sheet cannot be read.", fr=_damaged(path)
        ) from problem
    first_row, first_column = _first_used_cell(xml)
    formulas = {(r - first_row, c - first_column): text for (r, c), text in _unstored_formulas(xml).items()}
    frame = _with_cells(frame, formulas, path)
    rows = [[cell or "" for cell in row] for row in frame.head(HEAD_ROWS).iter_rows()]
    header = next((i for i, row in enumerate(rows) if is_header(row)), None)
    if header is None:
        raise UnreadableFileError(
            f"{path.name}: a header was expected in its first {HEAD_ROWS} rows, found none.",
            fr=f"{path.name} : les noms des colonnes étaient attendus dans les {HEAD_ROWS} premières lignes.",
        )
    names = column_names(rows[header], file=path.name)
    body = frame.slice(header + 1).rename(dict(zip(frame.columns, names, strict=True)))
    start = first_row + header + 1
    numbered = body.with_columns(
        pl.int_range(start, start + body.height, dtype=pl.Int64).alias(LINE), pl.lit(None, pl.String).alias(BROKEN)
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
                    f" found {size >> 20} MiB declared; it was not opened.",
                    fr=f"{path.name} occuperait {size >> 20} Mio une fois ouvert, la limite est de"
                    f" {INFLATED_BYTES_MAX >> 20} Mio : l’enregistrer en CSV.",
                )
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise UnreadableFileError(
            f"{path.name}: a whole xlsx workbook was expected, found a truncated or damaged archive ({problem}).",
            hint="Download the file again.",
            fr=_damaged(path),
        ) from problem


def _damaged(path: Path) -> str:
    return f"{path.name} est un classeur tronqué ou abîmé : copier le fichier de nouveau."


def _first_sheet(archive: zipfile.ZipFile, path: Path) -> str:
    names = archive.namelist()
    sheets = sorted(n for n in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n))
    if "xl/workbook.xml" not in names or not sheets:
        raise UnknownLayoutError(
            f"{path.name}: an xlsx workbook was expected, found an archive of {names[:3]}.",
            fr=f"{path.name} est une archive, non un classeur xlsx : en extraire le fichier.",
        )
    book = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
    rels = "xl/_rels/workbook.xml.rels"
    links = archive.read(rels).decode("utf-8", errors="replace") if rels in names else ""
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
    return [unescape("".join(_TEXT.findall(entry))) for entry in start.split("</si>")]


def _row_texts(row: str, shared: list[str]) -> tuple[str, ...]:
    cells: dict[int, str] = {}
    for (_, column), kind, inner in _filled_cells(row):
        value = _VALUE.search(inner)
        if 't="s"' in kind and value and value[1].isdigit() and int(value[1]) < len(shared):
            cells[column] = shared[int(value[1])]
        else:
            cells[column] = unescape("".join(_TEXT.findall(inner)) or (value[1] if value else ""))
    return tuple(cells.get(i, "") for i in range(min(cells, default=0), max(cells, default=-1) + 1))


def _filled_cells(xml: str) -> Iterator[tuple[Cell, str, str]]:
    """The row and column, the attributes and the content of each cell that has a content."""
    for piece in xml.split("</c>")[:-1]:
        found = _CELL.match(piece[piece.rfind("<c ") + 3 :])
        if found:
            yield (int(found[2]), _column_number(found[1])), found[3], found[4]


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _first_used_cell(xml: bytes) -> Cell:
    """The first row and column that the sheet uses; the column is that of the first row unless there are formulas."""
    text = xml if _HAS_FORMULA.search(xml) else xml[: 16 * HEAD_BYTES]
    cells = [cell for cell, _, inner in _filled_cells(text.decode("utf-8", errors="replace")) if inner]
    return (min(r for r, _ in cells), min(c for _, c in cells)) if cells else (1, 1)


def _unstored_formulas(xml: bytes) -> dict[Cell, str]:
    if not _HAS_FORMULA.search(xml):
        return {}
    formulas = {}
    for cell, _, inner in _filled_cells(xml.decode("utf-8", errors="replace")):
        found = _FORMULA.search(inner)
        if found and not _VALUE.search(inner):
            formulas[cell] = f"={unescape(found[1] or '')}"
    return formulas


def _with_cells(frame: pl.DataFrame, texts: Mapping[Cell, str], path: Path) -> pl.DataFrame:
    if any(not (0 <= row < frame.height and 0 <= column < frame.width) for row, column in texts):
        raise UnreadableFileError(
            f"{path.name}: values were expected, found formulas without their results.",
            hint="Open the workbook in a spreadsheet and save it.",
            fr=f"{path.name} contient des formules sans leur résultat : l’ouvrir dans un tableur et l’enregistrer.",
        )
    columns: dict[int, list[str | None]] = {}
    for (row, column), text in texts.items():
        columns.setdefault(column, frame.to_series(column).to_list())[row] = text
    return frame.with_columns(pl.Series(frame.columns[i], cells, pl.String) for i, cells in columns.items())
