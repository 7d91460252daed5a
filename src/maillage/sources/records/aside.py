"""Rows of a batch that were read well and are put aside after all, once they are seen together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from maillage.catalog.check import LINE
from maillage.catalog.layout import FileLayout
from maillage.sources.records.batch import ASIDE_COUNTS, ASIDE_FILE, FAULTS, FAULTS_STEM, NOTICES_STEM, RecordBatch
from maillage.sources.records.read import count_aside

_SEEN_TOGETHER = "together"


def put_aside(batch: RecordBatch, layout: FileLayout, faults: pl.DataFrame, notices: pl.DataFrame) -> RecordBatch:
    """The batch without the lines of ``faults``, which are kept with their reason, and with ``notices`` on others.

    ``faults`` and ``notices`` have ``line, field, found, reason``, under the file's names of its columns.
    """
    gone = faults.get_column(LINE).unique()
    for frame, stem in ((faults, FAULTS_STEM), (notices.filter(~pl.col(LINE).is_in(gone.implode())), NOTICES_STEM)):
        if frame.height:
            frame.select(*FAULTS).sort(*FAULTS).write_parquet(batch.folder / f"{stem}-{_SEEN_TOGETHER}.parquet")
    if gone.is_empty():
        return batch
    moved = [_cut(part, gone) for part in batch.parts]
    counts = pl.concat([batch.aside(), count_aside(pl.concat(moved), layout)])
    merged = counts.group_by(pl.all().exclude("rows")).agg(pl.sum("rows")).select(*ASIDE_COUNTS)
    merged.sort(pl.all()).write_parquet(batch.folder / ASIDE_FILE)
    count = sum(rows.height for rows in moved)
    done = replace(batch, rows_kept=batch.rows_kept - count, rows_quarantined=batch.rows_quarantined + count)
    done.save()
    return done


def _cut(part: Path, gone: pl.Series) -> pl.DataFrame:
    """Take the lines ``gone`` out of a part; returns their rows."""
    rows = pl.read_parquet(part)
    lost = pl.col(LINE).is_in(gone.implode())
    moved = rows.filter(lost)
    if moved.height:
        rows.filter(~lost).write_parquet(part)
    return moved
