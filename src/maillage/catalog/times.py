"""Dates and times as people write them: year, month, day; day, month, year; or eight digits."""

from __future__ import annotations

from itertools import product

import polars as pl

_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%Y")
_TIMES = (
    *("T%H:%M:%S", " %H:%M", "T%H:%M", " %H:%M:%S", " %Hh%M", "%H%M", "%H%M%S", " %H%M"),
    *("T%H:%M:%S%.f", " %H:%M:%S%.f"),
)
_DAY_FIRST = r"^\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
_MONTH_FIRST = r"^\s*(?:0?[1-9]|1[0-2])[/.-](?:1[3-9]|2\d|3[01])[/.-]\d{4}"
_MARKS = ("/", "-", ".")
YEARS = (1900, 2100)


def read_dates(cells: pl.Series) -> pl.Series:
    """The date of each text, null where it is none of 1900 to 2100; a time of day that follows is left out."""
    return _read(cells, (*_DATES, *(d + t for d, t in product(_DATES, _TIMES)))).cast(pl.Date)


def read_times(cells: pl.Series) -> pl.Series:
    """The date and time of each text, to the microsecond; null where there is no time of day."""
    return _read(cells, tuple(d + t for d, t in product(_DATES, _TIMES)))


def _read(cells: pl.Series, forms: tuple[str, ...]) -> pl.Series:
    """The first form that reads a cell gives its time; a form is tried on what the forms before it left."""
    found = pl.Series(cells.name, [None] * cells.len(), dtype=pl.Datetime("us"))
    first = cells.drop_nulls().head(1)
    likely = sorted(forms, key=lambda form: first.len() == 0 or _parsed(first, form).null_count() > 0)
    for form in likely:
        left = found.is_null() & cells.is_not_null()
        if not left.any():
            break
        if left.all():
            found = _parsed(cells, form)
        else:
            rows = left.arg_true()
            read = _parsed(cells.gather(rows), form)
            if read.null_count() < read.len():
                found = found.scatter(rows, read)
    return found


def _parsed(cells: pl.Series, form: str) -> pl.Series:
    if "%H" in form:
        read = cells.str.to_datetime(form, time_unit="us", strict=False)
    else:
        read = cells.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    year = read.dt.year()
    return read.to_frame("t").select(pl.when((year >= YEARS[0]) & (year <= YEARS[1])).then(pl.col("t"))).to_series()


def orders_seen(cells: pl.Series) -> tuple[int, int]:
    """How many texts can only be day first (25/03/2024), and how many can only be month first (03/25/2024)."""
    marked = cells.str.slice(1, 1).is_in(_MARKS) | cells.str.slice(2, 1).is_in(_MARKS)
    mixed = cells.filter(marked)
    mixed = mixed.filter(mixed.str.contains(_DAY_FIRST))
    month = int(mixed.str.contains(_MONTH_FIRST).sum())
    return int((mixed.str.extract(r"^\s*(\d{1,2})", 1).cast(pl.Int32, strict=False) > 12).sum()), month


def reads_both_ways(cell: pl.Expr) -> pl.Expr:
    """True where a text is a date whichever of day and month comes first, and not the same one."""
    form = r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}"
    first, second = (cell.str.extract(form, part).cast(pl.Int32, strict=False) for part in (1, 2))
    return ((first <= 12) & (second <= 12) & (first != second)).fill_null(value=False)
