"""Files of rows on their way to the tables of a run: read once, counted, their faults told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from maillage.catalog.layout import FileLayout
from maillage.catalog.parameters import load_parameters
from maillage.catalog.store import Draft
from maillage.catalog.tables import QUARANTINE, SOURCE_FILE
from maillage.sources.head import read_head
from maillage.sources.records.batch import RecordBatch, load_batch
from maillage.sources.records.files import open_records
from maillage.sources.records.read import Reading, read_records
from maillage.sources.registry import FoundRecords
from maillage.sources.source import Source
from maillage.text import Text


@dataclass(frozen=True, slots=True)
class Records:
    """What the stage gives to the run: SOURCE_FILE and QUARANTINE rows, simulated sources, findings, row counts."""

    source_files: pl.DataFrame
    quarantine: pl.DataFrame
    simulated: frozenset[str]
    findings: Sequence[Text]
    rows_in: int
    rows_out: int


@dataclass(slots=True)
class Held:
    """A batch on its way to a table: what of it is written, put aside late, and chosen among several communes."""

    batch: RecordBatch
    source: Source
    written: int = 0
    chosen: int = 0
    faults: list[pl.DataFrame] = field(default_factory=list)


def batch_of(
    record: FoundRecords, into: Path, settled: Callable[[RecordBatch, FileLayout], RecordBatch] | None = None
) -> RecordBatch:
    """The batch of a file: that of its import, or the file read into a folder, then ``settled`` where that is given.

    Raises UnreadableFileError when the file cannot be read.
    """
    if record.path.is_dir():
        kept = load_batch(record.path)
        # Two imports may bear one name: the folder tells them apart.
        return replace(kept, file=f"{Path(record.file).parent.as_posix()}/{kept.file}")
    reading = Reading(record.layout, open_records(read_head(record.path)), into)
    batch = read_records(reading, file=record.file, simulated=record.simulated, note=record.note)
    return settled(batch, record.layout) if settled else batch


def told(draft: Draft, held: Sequence[Held], findings: Sequence[Text]) -> Records:
    """What the run keeps of its batches once their rows are written."""
    return Records(
        source_files=pl.DataFrame([_file_row(h) for h in held], schema=SOURCE_FILE.schema),
        quarantine=pl.concat([QUARANTINE.empty(), *(_quarantine_rows(draft, h) for h in held)]),
        simulated=frozenset(h.source.id for h in held if h.batch.simulated),
        findings=findings,
        rows_in=sum(h.batch.rows_in for h in held),
        rows_out=sum(h.written for h in held),
    )


def _file_row(h: Held) -> dict[str, object]:
    """The row of SOURCE_FILE of a batch."""
    batch = h.batch
    return {
        "source": h.source.id,
        "file": batch.file,
        "sha256": batch.sha256,
        "size_bytes": batch.size_bytes,
        "vintage": " – ".join(dict.fromkeys(t[:10] for t in (batch.period_from, batch.period_to) if t)),
        "rows_in": batch.rows_in,
        "rows_out": h.written,
        "rows_quarantined": batch.rows_in - h.written,
        "simulated": batch.simulated,
    }


def _quarantine_rows(draft: Draft, h: Held) -> pl.DataFrame:
    """The first rows put aside for each reason; the full list is written beside the tables.

    Screens show this table: of a record it gives the commune that is unknown, and no other cell.
    """
    whole = pl.concat([h.batch.faults(), *(f.lazy() for f in h.faults)])
    path = draft.extra("quarantine", f"{h.source.id}-{h.batch.sha256[:12]}.parquet")
    whole.sink_parquet(path)
    shown = int(load_parameters("records")["shown_rows_max"].value)
    first = pl.scan_parquet(path).filter(pl.int_range(pl.len()).over("reason") < shown).collect()
    shareable = pl.col("field").is_in(("code_commune", "postcode"))
    named = first.with_columns(
        pl.when(shareable).then(pl.col("found")), source=pl.lit(h.source.id), file=pl.lit(h.batch.file)
    )
    return named.select(pl.col(c).cast(t) for c, t in QUARANTINE.schema.items())
