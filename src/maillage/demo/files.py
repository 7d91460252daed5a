"""Write tables as the producers do, with nothing in the bytes that depends on the day or on the machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import xlsxwriter

# The date that every workbook bears, so that the same seed gives the same bytes.
_CREATED = datetime(2026, 1, 1)
_MARK = "SIMULÉ : données tirées par le modèle de démonstration de Maillage, sans valeur réelle"


def write_csv(frame: pl.DataFrame, path: Path, *, ends: Literal["\n", "\r\n"] = "\n", bom: bool = False) -> int:
    """Write a comma-separated UTF-8 file; return the number of rows."""
    frame.write_csv(path, line_terminator=ends, include_bom=bom)
    return frame.height


def write_workbook(frame: pl.DataFrame, path: Path) -> int:
    """Write a workbook of one sheet, ``Sheet1``, its header on the first row; return the number of rows.

    Its properties say that the content is simulated. Empty texts and nulls are empty cells.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": _MARK, "comments": _MARK, "created": _CREATED})
        sheet = book.add_worksheet("Sheet1")
        bold = book.add_format({"bold": True, "align": "center"})
        for column, name in enumerate(frame.columns):
            sheet.write_string(0, column, name, bold)
        writers = [_writer(sheet, dtype) for dtype in frame.dtypes]
        for row, cells in enumerate(frame.iter_rows(), start=1):
            for column, cell in enumerate(cells):
                if cell is not None and cell != "":
                    writers[column](row, column, cell)
    return frame.height


def _writer(sheet: Any, dtype: pl.DataType) -> Callable[[int, int, Any], Any]:
    write: Callable[[int, int, Any], Any] = sheet.write_number if dtype.is_numeric() else sheet.write_string
    return write
