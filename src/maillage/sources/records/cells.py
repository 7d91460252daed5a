"""Lines to cells: quotes, and lines of the wrong number of cells, without losing one."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import BROKEN, LINE
from maillage.sources.records.lines import Block

_QUOTED = r'"[^"]*"'


def cut(block: Block, names: Sequence[str], separator: str, *, skip: int = 0) -> pl.DataFrame:
    """The cells of a block's lines: a column of texts for each name, ``line``, and ``broken``.

    ``skip`` lines are left out at the beginning, and so are blank lines. A line with another number of cells, an
    unclosed quote or a byte of no encoding is kept whole in the first column, and ``broken`` says why.
    """
    rank = pl.col("rank")
    frame = pl.DataFrame({"text": block.lines}, schema={"text": pl.String}).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("rank")
    )
    frame = frame.filter(rank >= skip, pl.col("text").str.contains(r"\S")).with_columns(
        (rank + block.first).alias(LINE), pl.lit(None, pl.String).alias(BROKEN)
    )
    if block.undecoded:
        why = rank.replace_strict(block.undecoded, default=None, return_dtype=pl.String)
        frame = frame.with_columns(why.alias(BROKEN))
    quoted = pl.col("text").str.contains('"', literal=True)
    parts = []
    for rows, fault, split in (
        (frame.filter(~quoted), _wrong_width(pl.col("text"), separator, len(names)), _plain),
        (frame.filter(quoted), _quote_fault(separator, len(names)), _quoted),
    ):
        told = rows.with_columns(pl.coalesce(BROKEN, fault).alias(BROKEN))
        parts += [split(told.filter(pl.col(BROKEN).is_null()), names, separator), _whole(told, names)]
    return pl.concat([part for part in parts if part.height] or parts[:1]).sort(LINE)


def _whole(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The broken lines, each whole in the first column."""
    empty = [pl.lit(None, pl.String).alias(name) for name in names[1:]]
    broken = rows.filter(pl.col(BROKEN).is_not_null())
    return broken.select(pl.col("text").alias(names[0]), *empty, LINE, BROKEN)


def _quote_fault(separator: str, width: int) -> pl.Expr:
    bare = pl.col("text").str.replace_all(_QUOTED, "")
    unclosed = pl.when(bare.str.contains('"', literal=True)).then(pl.lit(reasons.QUOTE.en))
    return pl.coalesce(unclosed, _wrong_width(bare, separator, width))


def _wrong_width(text: pl.Expr, separator: str, width: int) -> pl.Expr:
    found = text.str.count_matches(separator, literal=True) + 1
    template = reasons.WIDTH.en.replace("{expected}", str(width)).replace("{found}", "{}")
    return pl.when(found != width).then(pl.format(template, found))


def _plain(rows: pl.DataFrame, names: Sequence[str], separator: str) -> pl.DataFrame:
    cells = rows.get_column("text").str.split_exact(separator, len(names) - 1)
    frame = cells.struct.rename_fields(list(names)).struct.unnest()
    return frame.with_columns(rows.get_column(LINE), rows.get_column(BROKEN))


def _quoted(rows: pl.DataFrame, names: Sequence[str], separator: str) -> pl.DataFrame:
    lines = rows.get_column("text").to_list()
    schema = dict.fromkeys(names, pl.String)
    try:
        frame = pl.read_csv(
            io.BytesIO("\n".join(lines).encode()), separator=separator, has_header=False, schema=schema, quote_char='"'
        )
    except pl.exceptions.PolarsError:
        frame = pl.DataFrame(schema=schema)
    if frame.height != len(lines):
        # Quotes inside a cell, as in 5" de plus: slower, line by line.
        cells = [(next(csv.reader([line], delimiter=separator)) + [""] * len(names))[: len(names)] for line in lines]
        frame = pl.DataFrame(cells, schema=schema, orient="row")
    return frame.with_columns(rows.get_column(LINE), rows.get_column(BROKEN))
