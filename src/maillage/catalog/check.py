"""Turn the cells of a file into typed rows, and put aside those that cannot be."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.fields import Field
from maillage.catalog.table import Table
from maillage.errors import TooManyBadRowsError, UnreadableFileError

LINE = "line"
# Optional columns of a reader's frame: why a row is put aside on purpose, why it is damaged, and which column of the
# producer its value comes from (where one line of the file gives several rows).
ASIDE = "aside"
BROKEN = "broken"
CELL = "cell"
_ROW = "row"
# Cells that say "no value" in the producers' files; secrecy is told apart by the readers that meet it.
MISSING = ("", "NA", "N/A", "n/a", "nan", "NaN", "nd", "ND", "null", "None", "\\N", "-", "s", "..")


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that passed (typed as the table says) and those put aside (``line, field, found, reason``).

    ``lines`` gives the line of each kept row. Each of the ``rows_in`` rows is either kept or put aside.
    """

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    rows_in: int
    lines: pl.Series


def check_rows(raw: pl.DataFrame, table: Table, *, file: str, bad_share_max: float = 0.05) -> Checked:
    """Type and check the rows of ``raw`` against ``table``.

    ``raw`` has the table's columns (texts or typed) and a ``line`` column. A row with a cell that cannot be read,
    breaks a bound, a pattern or a list of values, lacks a required value, or contradicts another row of the same
    key, goes to quarantine, once for each reason. Identical repeated rows are kept once, the rest is put aside.
    Rows whose optional ``aside`` (a decision) or ``broken`` (a damage) is filled are put aside with that reason;
    decisions do not count in the share of bad rows.

    Raises UnreadableFileError when a column is absent, TooManyBadRowsError past ``bad_share_max`` of the rows.
    """
    absent = [c for c in table.columns if c not in raw.columns]
    if absent:
        raise UnreadableFileError(
            f"{file}: columns {absent} were expected for {table.name!r}, found {[c for c in raw.columns if c != LINE]}."
        )
    raw = _with_marks(raw)
    declared = pl.concat([_marked(raw, table, ASIDE), _marked(raw, table, BROKEN)])
    sound = raw.filter(pl.col(ASIDE).is_null() & pl.col(BROKEN).is_null())
    typed = sound.select(_ROW, LINE, *(_typed(field, sound.schema[field.name]) for field in table.fields))
    faults = [_cell_faults(sound, typed, field, required=field.name not in table.nullable) for field in table.fields]
    wrong = pl.concat(faults)
    clean = typed.join(wrong.select(_ROW).unique(), on=_ROW, how="anti", maintain_order="left")
    repeats = _key_faults(clean, table)
    kept = clean.join(repeats.select(_ROW).unique(), on=_ROW, how="anti", maintain_order="left")
    put_aside = pl.concat([declared, wrong, repeats]).sort(LINE, "field", "reason", _ROW)
    decided = raw.get_column(ASIDE).count()
    bad = raw.height - kept.height - decided
    _refuse_when_too_many(raw.height, bad, put_aside, file=file, bad_share_max=bad_share_max)
    quarantine = put_aside.select(LINE, "field", "found", "reason").unique(maintain_order=True)
    return Checked(kept.drop(_ROW, LINE), quarantine, raw.height, kept.get_column(LINE))


def _with_marks(raw: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, pl.String).alias(mark) for mark in (ASIDE, BROKEN, CELL) if mark not in raw.columns]
    return raw.with_columns(*absent, pl.col(LINE).cast(pl.Int64)).with_row_index(_ROW)


def _marked(raw: pl.DataFrame, table: Table, mark: str) -> pl.DataFrame:
    chosen = raw.filter(pl.col(mark).is_not_null() & (pl.lit(mark == ASIDE) | pl.col(ASIDE).is_null()))
    key = pl.concat_str([pl.col(k).cast(pl.String).fill_null("") for k in table.key], separator=" / ")
    return _faults(chosen.with_columns(key.alias("found"), pl.col(mark).alias("reason")), "(row)")


def _typed(field: Field, dtype: pl.DataType) -> pl.Expr:
    """The cell in its type, without going through a text where the reader gives a number already."""
    same = dtype.is_integer() if field.dtype.is_integer() else dtype.is_numeric() and field.dtype.is_numeric()
    if not same:
        return typed_cell(field)
    number = pl.col(field.name).cast(field.dtype, strict=False)
    return pl.when(number.is_finite()).then(number).alias(field.name)


def typed_cell(field: Field) -> pl.Expr:
    """The cell of ``field`` in its type: French decimals, thin spaces and the usual marks of absence understood."""
    if field.dtype in (pl.Binary, pl.Boolean):
        return pl.col(field.name).cast(field.dtype)
    text = pl.col(field.name).cast(pl.String).str.strip_chars(" \t\r\n\u00a0\u202f")
    text = pl.when(text.is_in(MISSING)).then(None).otherwise(text)
    if field.dtype == pl.String:
        return text.alias(field.name)
    plain = text.cast(pl.Float64, strict=False)
    # Only what is not a number as it stands is cleaned: cleaning every cell would cost ten times the rest.
    french = pl.when(plain.is_null()).then(text).str.replace_all(r"[ \u00a0\u202f]", "")
    number = pl.coalesce(plain, french.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False))
    number = pl.when(number.is_finite()).then(number)
    if field.dtype.is_integer():
        whole = pl.when(number.round(0) == number).then(number)
        return whole.cast(field.dtype, strict=False).alias(field.name)
    return number.cast(field.dtype).alias(field.name)


def _cell_faults(raw: pl.DataFrame, typed: pl.DataFrame, field: Field, *, required: bool) -> pl.DataFrame:
    found = raw.get_column(field.name)
    if field.dtype == pl.Binary:
        found = found.is_not_null().replace_strict({True: "(binary)", False: None}, return_dtype=pl.String)
    cells = typed.select(
        _ROW,
        LINE,
        pl.col(field.name).alias("value"),
        found.cast(pl.String).alias("found"),
        raw.get_column(CELL),
    )
    reason = pl.coalesce(_fault_reasons(field, required=required))
    return _faults(cells.with_columns(reason.alias("reason")).filter(pl.col("reason").is_not_null()), field.name)


def _fault_reasons(field: Field, *, required: bool) -> list[pl.Expr]:
    """One expression a rule: the reason where the rule is broken, else null; the first that speaks is kept."""
    value, found, name = pl.col("value"), pl.col("found"), field.name
    empty = found.is_null() | found.str.strip_chars(" \t\r\n\u00a0\u202f").is_in(MISSING)
    unread = value.is_null() & ~empty
    number = reasons.NOT_WHOLE if field.dtype.is_integer() else reasons.NOT_A_NUMBER
    formula = reasons.FORMULA.en.format(name=name)
    rules = [(unread & found.str.starts_with("="), formula), (unread, number.en.format(name=name))]
    if required:
        rules.append((value.is_null(), reasons.REQUIRED.en.format(name=name)))
    if field.pattern:
        shape = reasons.PATTERN.en.format(name=name, pattern=field.pattern)
        rules.append((~value.cast(pl.String).str.contains(field.pattern), shape))
    if field.allowed:
        listed = reasons.ALLOWED.en.format(name=name, values=", ".join(field.allowed))
        rules.append((~value.is_in(field.allowed), listed))
    if field.minimum is not None:
        rules.append((value < field.minimum, reasons.BELOW.en.format(name=name, bound=f"{field.minimum:g}")))
    if field.maximum is not None:
        rules.append((value > field.maximum, reasons.ABOVE.en.format(name=name, bound=f"{field.maximum:g}")))
    return [pl.when(broken).then(pl.lit(reason)) for broken, reason in rules]


def _key_faults(typed: pl.DataFrame, table: Table) -> pl.DataFrame:
    key = list(table.key)
    present = pl.all_horizontal(pl.col(k).is_not_null() for k in key)
    if not typed.select((pl.struct(key).is_duplicated() & present).any()).item():
        return _faults(typed.clear().with_columns(pl.lit("").alias("found"), pl.lit("").alias("reason")), "")
    repeated = typed.filter(pl.struct(key).is_duplicated() & present)
    contradictory = pl.struct(table.columns).n_unique().over(key) > 1
    repeated = repeated.with_columns(
        contradictory.alias("contradictory"), pl.struct(table.columns).is_first_distinct().alias("first")
    ).filter(pl.col("contradictory") | ~pl.col("first"))
    found = pl.concat_str([pl.col(k).cast(pl.String) for k in key], separator=" / ")
    reason = pl.when("contradictory").then(pl.lit(reasons.CONTRADICTION.en)).otherwise(pl.lit(reasons.REPEATED.en))
    return _faults(repeated.with_columns(found.alias("found"), reason.alias("reason")), ", ".join(key))


def _faults(rows: pl.DataFrame, field: str) -> pl.DataFrame:
    cell = pl.format("{} ({})", pl.lit(field), pl.col(CELL)) if CELL in rows.columns else pl.lit(None, pl.String)
    return rows.select(
        pl.col(_ROW).cast(pl.UInt32),
        pl.col(LINE).cast(pl.Int64),
        pl.coalesce(cell, pl.lit(field)).alias("field"),
        pl.col("found").cast(pl.String),
        pl.col("reason").cast(pl.String),
    )


def _refuse_when_too_many(rows: int, bad: int, quarantine: pl.DataFrame, *, file: str, bad_share_max: float) -> None:
    if rows and bad / rows > bad_share_max:
        first, limit = quarantine.row(0, named=True), f"the limit is {100 * bad_share_max:g} %"
        raise TooManyBadRowsError(
            f"{file}: {bad} of {rows} rows cannot be read ({100 * bad / rows:.1f} %, {limit});"
            f" the first is line {first['line']}, field {first['field']}: {first['reason']} (found {first['found']!r})."
        )
