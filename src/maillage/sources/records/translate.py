"""Cells of a file to the columns of a layout's table: renamed, put together, translated, cleaned, completed."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import ASIDE, BROKEN, LINE, MISSING
from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.times import read_dates, read_times
from maillage.sources.layout import padded_code
from maillage.sources.records.mapping import Declared, Match

_SEPARATED = r"[\s,;|/]+"
_FOREIGN = r"^99"


def translate(cells: pl.DataFrame, layout: FileLayout, met: Match, mapping: Declared) -> pl.DataFrame:
    """The columns of the layout's table, as texts where the file has texts, with ``line``, ``broken`` and ``aside``."""
    columns = {c.field: _column(cells, c, met, mapping) for c in layout.columns}
    raw = cells.select(LINE, BROKEN, *(expr.alias(name) for name, expr in columns.items()))
    raw = _completed(raw, layout)
    return raw.select(LINE, BROKEN, _foreign(layout).alias(ASIDE), *layout.table.columns)


def _column(cells: pl.DataFrame, column: LayoutColumn, met: Match, mapping: Declared) -> pl.Expr:
    if column.name in mapping.constants:
        return _clean(pl.lit(mapping.constants[column.name]), column.field)
    sources = met.columns.get(column.name)
    if sources is None:
        return pl.lit(None, pl.String)
    if len(sources) > 1:
        text = pl.concat_str([pl.col(s).cast(pl.String).str.strip_chars() for s in sources], separator=" ")
    elif cells.schema[sources[0]].is_temporal() or cells.schema[sources[0]] == pl.Float64:
        return pl.col(sources[0])
    else:
        text = pl.col(sources[0]).cast(pl.String).str.strip_chars()
    if column.name in mapping.dates:
        text = _dated(text, mapping.dates[column.name])
    declared = mapping.values.get(column.name)
    if declared:
        text = text.replace(dict(declared))
    if column.values:
        text = _valued(text, {**column.values, **column.also})
    return _clean(text, column.field)


def _dated(text: pl.Expr, form: str) -> pl.Expr:
    """The dates of a declared form as ISO texts; what is not of that form stays as it is, to be refused or read."""
    if "%H" in form or "%I" in form:
        return pl.coalesce(text.str.to_datetime(form, strict=False).dt.strftime("%Y-%m-%dT%H:%M:%S"), text)
    return pl.coalesce(text.str.to_date(form, strict=False).dt.strftime("%Y-%m-%d"), text)


def _valued(text: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """The field's value of each code, whatever its case; the field's own values, and unknown codes, stay."""
    known = {code.upper(): value for code, value in values.items()}
    return text.str.to_uppercase().replace_strict(known, default=text, return_dtype=pl.String)


def _clean(text: pl.Expr, field: str) -> pl.Expr:
    if field == "diagnosis_icd10":
        return text.str.to_uppercase().str.replace_all(r"[.\s]", "")
    if field == "associated_icd10":
        return text.str.to_uppercase().str.replace_all(".", "", literal=True).str.replace_all(_SEPARATED, " ")
    if field == "profession":
        return text.str.to_lowercase()
    return text


def _completed(raw: pl.DataFrame, layout: FileLayout) -> pl.DataFrame:
    """Lost zeros given back; an age from a date of birth; an identifier from all the cells of a visit."""
    for name, width in (("code_commune", 5), ("code_departement", 2), ("postcode", 5), ("site_id_finess", 9)):
        if name in raw.columns and raw.schema[name] == pl.String:
            raw = raw.with_columns(padded_code(name, width))
    if "birth_date" in raw.columns and raw.get_column("birth_date").null_count() < raw.height:
        raw = raw.with_columns(_age(raw).alias("age_years"))
    if "visit_id" in layout.table.columns and raw.get_column("visit_id").null_count() == raw.height:
        told = [pl.col(c).cast(pl.String).fill_null("") for c in layout.table.columns if c not in layout.table.key]
        raw = raw.with_columns(pl.concat_str(told, separator="|").alias("visit_id"))
    return raw


def _age(raw: pl.DataFrame) -> pl.Series:
    """Completed years at entry where no age is given; a date of birth that cannot be read stays, to be refused."""
    birth, entry = (_time(raw.get_column(name)) for name in ("birth_date", "entry_time"))
    frame = raw.select(age="age_years", told="birth_date").with_columns(birth.alias("birth"), entry.alias("entry"))
    b, e = pl.col("birth").dt, pl.col("entry").dt
    before = (e.month() < b.month()) | ((e.month() == b.month()) & (e.day() < b.day()))
    years = (e.year() - b.year() - before.cast(pl.Int32)).cast(pl.String)
    given = pl.col("age").cast(pl.String)
    given = pl.when(given.is_in(MISSING)).then(None).otherwise(given)
    return frame.select(pl.coalesce(given, years, pl.col("told").cast(pl.String))).to_series()


def _time(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_temporal():
        return cells.cast(pl.Datetime("us"))
    text = cells.cast(pl.String).str.strip_chars()
    return read_times(text) if cells.name == "entry_time" else read_dates(text).cast(pl.Datetime("us"))


def _foreign(layout: FileLayout) -> pl.Expr:
    if "postcode" not in layout.table.columns:
        return pl.lit(None, pl.String)
    commune, postcode = pl.col("code_commune").cast(pl.String), pl.col("postcode").cast(pl.String)
    where = pl.when(commune.fill_null("") == "").then(postcode).otherwise(commune)
    return pl.when(where.str.contains(_FOREIGN)).then(pl.lit(reasons.FOREIGN.en))
