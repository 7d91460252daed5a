"""Observations as a table for others: one layout for the command line, the screens and the API."""

from __future__ import annotations

import csv
import io
import json

import polars as pl

from maillage.catalog.origin import origin_sentences
from maillage.catalog.profile import check_level
from maillage.catalog.store import Version
from maillage.errors import NotFoundError
from maillage.text import Lang

EXPORT_COLUMNS = (
    "code",
    "name",
    "period",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
    "status",
    "origin",
)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ONE_LINE = str.maketrans("\t\r\n", "   ")


def observation_rows(
    version: Version, indicator: str, level: str, period: str | None = None, lang: Lang = "fr"
) -> pl.DataFrame:
    """Observations of an indicator at a level, in EXPORT_COLUMNS, by code and period; every period when none is named.

    ``origin`` is the sentence that says where the figure comes from, with its warning and whether it is simulated.
    Raises UsageError for an unknown level, NotFoundError when the store has no such observation; the message names
    what it has.
    """
    check_level(version, level)
    observation = pl.scan_parquet(version.tables / "observation.parquet").filter(pl.col("slice") == "")
    known = observation.filter((pl.col("indicator") == indicator) & (pl.col("level") == level)).collect()
    rows = known if period is None else known.filter(pl.col("period") == period)
    if not rows.height:
        periods = known.get_column("period").unique().sort().to_list()
        raise _nothing_found(observation, indicator, level, period, periods)
    names = version.read("territory").select("level", "code", "name")
    return (
        rows.join(names, on=["level", "code"], how="left")
        .join(origin_sentences(version.read("origin"), lang), on="origin", how="left")
        .with_columns(pl.coalesce("sentence", "origin").alias("origin"))
        .select(EXPORT_COLUMNS)
        .sort("code", "period")
    )


def _nothing_found(
    observation: pl.LazyFrame, indicator: str, level: str, period: str | None, periods: list[str]
) -> NotFoundError:
    if periods:
        return NotFoundError(
            f"There is no {indicator!r} at level {level!r} for {period}.", hint=f"Periods: {', '.join(periods)}."
        )
    known = observation.filter(pl.col("indicator") == indicator).select(pl.col("level").unique().sort()).collect()
    levels = known.get_column("level").to_list()
    if levels:
        return NotFoundError(
            f"The indicator {indicator!r} does not exist at level {level!r}.", hint=f"Its levels: {', '.join(levels)}."
        )
    names = observation.select(pl.col("indicator").unique().sort()).collect().get_column("indicator").to_list()
    return NotFoundError(f"There is no indicator {indicator!r}.", hint=f"Indicators: {', '.join(names)}.")


def safe_cell(cell: object) -> object:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe before it, on one line."""
    if not isinstance(cell, str):
        return cell
    line = cell.translate(_ONE_LINE)
    return f"'{line}" if cell.startswith(_FORMULA_STARTS) else line


def to_csv(frame: pl.DataFrame) -> str:
    """The rows as CSV: comma, UTF-8, decimal point, missing cells empty, texts that look like formulas neutralised."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in frame.iter_rows())
    return out.getvalue()


def to_json(frame: pl.DataFrame) -> str:
    """The rows as a JSON list of objects, missing cells null."""
    return json.dumps(frame.to_dicts(), ensure_ascii=False, allow_nan=False)


def as_bytes(frame: pl.DataFrame, form: str) -> bytes:
    """The rows in a format: ``csv``, ``parquet`` or ``json``; UTF-8 for the texts."""
    if form == "parquet":
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        return buffer.getvalue()
    return (to_csv(frame) if form == "csv" else to_json(frame)).encode()
