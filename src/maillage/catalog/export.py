"""Observations as a table for others: one layout for the command line, the screens and the API."""

from __future__ import annotations

import csv
import io
import json

import polars as pl

from maillage.catalog.store import Version
from maillage.errors import NotFoundError

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


def observation_rows(version: Version, indicator: str, level: str, period: str | None = None) -> pl.DataFrame:
    """Observations of an indicator at a level, in EXPORT_COLUMNS, by code; the latest period when none is named.

    ``origin`` is the sentence that says where the figure comes from, with its warning and whether it is simulated.
    Raises NotFoundError when the store has no such observation; the message names what it has.
    """
    observation = pl.scan_parquet(version.tables / "observation.parquet").filter(pl.col("slice") == "")
    rows = observation.filter((pl.col("indicator") == indicator) & (pl.col("level") == level)).collect()
    periods = rows.get_column("period").unique().sort().to_list()
    wanted = period or (periods[-1] if periods else None)
    rows = rows.filter(pl.col("period") == wanted)
    if not rows.height:
        raise _nothing_found(observation, indicator, level, wanted, periods)
    names = version.read("territory").select("level", "code", "name")
    return (
        rows.join(names, on=["level", "code"], how="left")
        .join(origin_sentences(version.read("origin")), on="origin", how="left")
        .with_columns(pl.coalesce("sentence", "origin").alias("origin"))
        .select(EXPORT_COLUMNS)
        .sort("code")
    )


def origin_sentences(origin: pl.DataFrame) -> pl.DataFrame:
    """``origin, sentence``: the label in French, its warning, and the mention of simulated data."""
    warning = pl.col("warning_fr").fill_null("")
    mention = pl.when("simulated").then(pl.lit("Données simulées.")).otherwise(pl.lit(""))
    parts = pl.concat_list("label_fr", warning, mention).list.eval(pl.element().filter(pl.element() != ""))
    return origin.select("origin", parts.list.join(" ").alias("sentence"))


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
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


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
