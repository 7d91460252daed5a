"""Turn the cells of a file into typed rows, and put aside those that cannot be."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.fields import FIELDS, Field
from maillage.catalog.table import Table
from maillage.catalog.times import read_dates, read_times, reads_both_ways
from maillage.errors import TooManyBadRowsError, UnreadableFileError
from maillage.text import Text

LINE = "line"
# Optional columns of a reader's frame: why a row is put aside on purpose, why it is damaged, and which column of the
# producer its value comes from (where one line of the file gives several rows).
ASIDE = "aside"
BROKEN = "broken"
CELL = "cell"
ROW = "_row"
# Cells that say "no value" in the producers' files; secrecy is told apart by the readers that meet it.
MISSING = ("", "NA", "N/A", "n/a", "nan", "NaN", "nd", "ND", "null", "None", "\\N", "-", "s", "..")
_SPACES = " \t\r\n\u00a0\u202f"
MONEY = "euros"
# 12 500 € is an amount. 12,500 is none: its comma may stand before thousandths or between thousands.
_CURRENCY, _THOUSANDS = r"(?i)(?:€|euros?|eur)$", r",\d{3}\D*$"
_YES = ("1", "true", "vrai", "oui", "yes", "o", "y")
_NO = ("0", "false", "faux", "non", "no", "n")


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
    cells = check_cells(raw, table)
    clean, put_aside = cells.rows, cells.faults
    repeats = _key_faults(clean, table)
    kept = clean.join(repeats.select(ROW).unique(), on=ROW, how="anti", maintain_order="left")
    put_aside = pl.concat([put_aside, repeats]).sort(LINE, "field", "reason", ROW)
    bad = raw.height - kept.height - cells.decided
    _refuse_when_too_many(raw.height, bad, put_aside, file=file, bad_share_max=bad_share_max)
    quarantine = put_aside.select(LINE, "field", "found", "reason").unique(maintain_order=True)
    return Checked(kept.select(table.columns), quarantine, raw.height, kept.get_column(LINE))


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows whose cells passed (typed, with ``_row`` and ``line``) and the faults of the others.

    ``faults`` has ``_row, line, field, found, reason``, once for each reason; ``_row`` is the row's rank in the frame
    that was checked. ``decided`` counts the rows put aside on purpose.
    """

    rows: pl.DataFrame
    faults: pl.DataFrame
    decided: int


def check_cells(raw: pl.DataFrame, table: Table, *, both_ways: frozenset[str] = frozenset()) -> Cells:
    """Type and check each row by itself, as ``check_rows`` does before it compares rows of one key.

    A date of a field in ``both_ways`` is refused when day and month can change places.
    """
    raw = _with_marks(raw)
    declared = pl.concat([_marked(raw, table, ASIDE), _marked(raw, table, BROKEN)])
    sound = raw.filter(pl.col(ASIDE).is_null() & pl.col(BROKEN).is_null())
    typed = sound.select(ROW, LINE, *(_typed(field, sound.schema[field.name]) for field in table.fields))
    faults = [
        _cell_faults(sound, typed, field, required=field.name not in table.nullable, both_ways=field.name in both_ways)
        for field in table.fields
    ]
    wrong = pl.concat([*faults, *_row_faults(typed, table)])
    clean = typed.join(wrong.select(ROW).unique(), on=ROW, how="anti", maintain_order="left") if wrong.height else typed
    return Cells(clean, pl.concat([declared, wrong]), raw.get_column(ASIDE).count())


def _with_marks(raw: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, pl.String).alias(mark) for mark in (ASIDE, BROKEN, CELL) if mark not in raw.columns]
    return raw.with_columns(*absent, pl.col(LINE).cast(pl.Int64)).with_row_index(ROW)


def _marked(raw: pl.DataFrame, table: Table, mark: str) -> pl.DataFrame:
    chosen = raw.filter(pl.col(mark).is_not_null() & (pl.lit(mark == ASIDE) | pl.col(ASIDE).is_null()))
    key = pl.concat_str([pl.col(k).cast(pl.String).fill_null("") for k in table.key], separator=" / ")
    return _faults(chosen.with_columns(key.alias("found"), pl.col(mark).alias("reason")), "(row)")


def _typed(field: Field, dtype: pl.DataType) -> pl.Expr:
    """The cell in its type, without going through a text where the reader gives a number or a time already."""
    if dtype.is_temporal() and field.dtype.is_temporal():
        return _as_field(pl.col(field.name), field)
    same = dtype.is_integer() if field.dtype.is_integer() else dtype.is_numeric() and field.dtype.is_numeric()
    if not same:
        return typed_cell(field)
    number = pl.col(field.name).cast(field.dtype, strict=False)
    return pl.when(number.is_finite()).then(number).alias(field.name)


def typed_cell(field: Field) -> pl.Expr:
    """The cell of ``field`` in its type: French decimals, thin spaces and the usual marks of absence understood."""
    if field.dtype == pl.Binary:
        return pl.col(field.name).cast(field.dtype)
    text = pl.col(field.name).cast(pl.String).str.strip_chars(_SPACES)
    text = pl.when(text.is_in(MISSING)).then(None).otherwise(text)
    if field.dtype == pl.String:
        return text.alias(field.name)
    if field.dtype == pl.Boolean:
        word = text.str.to_lowercase()
        return pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False).alias(field.name)  # noqa: FBT003
    if field.dtype.is_temporal():
        read = read_dates if field.dtype == pl.Date else read_times
        return _as_field(text.map_batches(read, return_dtype=field.dtype()), field)
    return _number(text, field).alias(field.name)


def _as_field(value: pl.Expr, field: Field) -> pl.Expr:
    return value.cast(pl.Date() if field.dtype == pl.Date else pl.Datetime("us")).alias(field.name)


def _number(text: pl.Expr, field: Field) -> pl.Expr:
    plain = text.cast(pl.Float64, strict=False)
    # Only what is not a number as it stands is cleaned: cleaning every cell would cost ten times the rest.
    french = pl.when(plain.is_null()).then(text).str.replace_all(r"[ \u00a0\u202f]", "")
    if field.unit == MONEY:
        french = pl.when(~french.str.contains(_THOUSANDS)).then(french.str.replace(_CURRENCY, ""))
    number = pl.coalesce(plain, french.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False))
    number = pl.when(number.is_finite()).then(number)
    if field.dtype.is_integer():
        whole = pl.when(number.round(0) == number).then(number)
        return whole.cast(field.dtype, strict=False)
    return number.cast(field.dtype)


def _cell_faults(
    raw: pl.DataFrame, typed: pl.DataFrame, field: Field, *, required: bool, both_ways: bool
) -> pl.DataFrame:
    found = raw.get_column(field.name)
    if field.dtype == pl.Binary:
        found = found.is_not_null().replace_strict({True: "(binary)", False: None}, return_dtype=pl.String)
    cells = typed.select(
        ROW,
        LINE,
        pl.col(field.name).alias("value"),
        found.cast(pl.String).alias("found"),
        raw.get_column(CELL),
    )
    empty = typed.get_column(field.name).null_count() > 0
    reason = pl.coalesce(
        *(_null_reasons(field, required=required) if empty else ()),
        *_value_reasons(field, both_ways=both_ways),
        pl.lit(None, pl.String),
    )
    return _faults(cells.with_columns(reason.alias("reason")).filter(pl.col("reason").is_not_null()), field.name)


def _null_reasons(field: Field, *, required: bool) -> list[pl.Expr]:
    """Why a cell has no value: a formula, a word where a number belongs, nothing where something is required."""
    value, found, name = pl.col("value"), pl.col("found"), field.name
    empty = found.is_null() | found.str.strip_chars(_SPACES).is_in(MISSING)
    unread = value.is_null() & ~empty
    rules = [(unread & found.str.starts_with("="), reasons.FORMULA.en.format(name=name))]
    rules.append((unread, _expected(field).en.format(name=name)))
    if required:
        rules.append((value.is_null(), reasons.REQUIRED.en.format(name=name)))
    return [pl.when(broken).then(pl.lit(reason)) for broken, reason in rules]


def _expected(field: Field) -> Text:
    if field.unit == MONEY:
        return reasons.NOT_AN_AMOUNT
    kinds = {pl.Date: reasons.NOT_A_DATE, pl.Datetime: reasons.NOT_A_TIME, pl.Boolean: reasons.NOT_A_BOOLEAN}
    return kinds.get(field.dtype, reasons.NOT_WHOLE if field.dtype.is_integer() else reasons.NOT_A_NUMBER)


def _value_reasons(field: Field, *, both_ways: bool) -> list[pl.Expr]:
    """One expression a rule: the reason where the rule is broken, else null; the first that speaks is kept."""
    value, name = pl.col("value"), field.name
    rules = []
    if both_ways:
        rules.append((reads_both_ways(pl.col("found")), reasons.AMBIGUOUS_DATE.en.format(name=name)))
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


def respelled(raw: pl.DataFrame, cells: Cells, table: Table) -> pl.DataFrame:
    """Numbers of kept rows that are not written as a new file should (12 500,50 €), and were understood.

    ``raw`` is the frame that ``cells`` were checked from. Returns ``_row, line, field, found, reason``.
    """
    told = [_faults(cells.rows.clear().with_columns(found=pl.lit(""), reason=pl.lit("")), "")]
    for field in table.fields:
        if not field.dtype.is_numeric() or raw.schema[field.name] != pl.String:
            continue
        found = raw.get_column(field.name).gather(cells.rows.get_column(ROW))
        odd = found.is_not_null() & found.cast(pl.Float64, strict=False).is_null()
        odd &= cells.rows.get_column(field.name).is_not_null()
        if odd.any():
            words = reasons.RESPELLED.en.format(name=field.name)
            rows = cells.rows.with_columns(found=found, reason=pl.lit(words)).filter(odd)
            told.append(_faults(rows, field.name))
    return pl.concat(told)


def _row_faults(typed: pl.DataFrame, table: Table) -> list[pl.DataFrame]:
    """Rules between the cells of one row: what must come first, and what cannot all be empty."""
    rules = []
    for earlier, later in table.ordered:
        found = pl.format("{} < {}", pl.col(later).cast(pl.String), pl.col(earlier).cast(pl.String))
        words = reasons.BEFORE if FIELDS[later].dtype.is_temporal() else reasons.FEWER
        reason = words.en.format(earlier=earlier, later=later)
        rules.append((pl.col(later) < pl.col(earlier), later, found, reason))
    for names in table.any_of:
        reason = reasons.NONE_OF.en.format(names=", ".join(names))
        nothing = pl.all_horizontal(pl.col(n).is_null() for n in names)
        rules.append((nothing, ", ".join(names), pl.lit(None, pl.String), reason))
    return [
        _faults(typed.filter(broken).with_columns(found.alias("found"), pl.lit(reason).alias("reason")), name)
        for broken, name, found, reason in rules
    ]


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
        pl.col(ROW).cast(pl.UInt32),
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
            f" the first is line {first['line']}, field {first['field']}: {first['reason']}"
            f" (found {first['found']!r}).",
            fr=f"{bad} lignes de {file} sur {rows} ne peuvent pas être lues (limite : {100 * bad_share_max:g} %) ;"
            f" la première est la ligne {first['line']}, {first['field']} :"
            f" {reasons.in_language(first['reason'], 'fr')} (trouvé : {first['found']}).",
        )
