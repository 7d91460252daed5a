"""Everything a run reads, as typed frames by source, with their provenance and quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from maillage.catalog.tables import QUARANTINE, SOURCE_FILE
from maillage.errors import MissingSourceError
from maillage.pipeline.access_travel import TravelRead
from maillage.pipeline.held import Records
from maillage.sources.registry import FolderRead, FoundRecords, frames
from maillage.sources.source import SourceRead
from maillage.text import Text

REQUIRED = ("geo_commune", "geo_departement", "geo_region", "insee_iris_population")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Rows by source identifier, files read (SOURCE_FILE), rows put aside (QUARANTINE), and files not recognised.

    ``records`` are the files of event records and registers, to be read once the communes are known.
    ``damaged`` says what is wrong with those of them that cannot be opened. ``travel`` is the one that was
    given, if any. ``known_on`` gives, by source, the day on which it was made known, where its folder says it.
    """

    frames: Mapping[str, pl.DataFrame]
    source_files: pl.DataFrame
    quarantine: pl.DataFrame
    unknown: Mapping[str, str]
    damaged: Sequence[Text]
    notes: Sequence[str]
    simulated: frozenset[str]
    geography: Mapping[str, int]
    travel: TravelRead | None = None
    records: Sequence[FoundRecords] = ()
    known_on: Mapping[str, date] = field(default_factory=dict)

    def with_records(self, read: Records) -> Inputs:
        """The same inputs, once the files of event records are read too."""
        return replace(
            self,
            source_files=pl.concat([self.source_files, read.source_files]),
            quarantine=pl.concat([self.quarantine, read.quarantine]),
            simulated=self.simulated | read.simulated,
        )

    @property
    def rows_in(self) -> int:
        """Rows of all the files."""
        return int(self.source_files["rows_in"].sum())

    @property
    def rows_out(self) -> int:
        """Rows kept."""
        return int(self.source_files["rows_out"].sum())


def gather(carriers: Sequence[SourceRead], folder: FolderRead, travel: TravelRead | None = None) -> Inputs:
    """Put together what was read; raises MissingSourceError when communes or population are absent."""
    reads = [*carriers, *folder.reads]
    absent = [s for s in REQUIRED if s not in {r.source.id for r in reads}]
    if absent:
        raise MissingSourceError(
            f"The run needs {', '.join(absent)} and did not find them.",
            hint="They come with the environment: `make install`, or set MAILLAGE_CARRIERS.",
        )
    files, aside = [source_files(reads)], [QUARANTINE.empty(), *(placed_rows(r) for r in reads)]
    if travel:
        files, aside = [*files, travel.source_file], [*aside, travel.quarantine]
    read_files = pl.concat(files)
    return Inputs(
        frames=frames(reads),
        source_files=read_files,
        quarantine=pl.concat(aside),
        unknown={f.file: f.reason for f in folder.unrecognised},
        damaged=tuple(_damage(f.reason) for f in folder.unrecognised if f.damaged),
        notes=(*folder.notes, *_corrections(reads)),
        simulated=frozenset(read_files.filter("simulated").get_column("source")),
        geography={r.source.id: r.source.geography for r in reads},
        records=folder.records,
        known_on={r.source.id: r.known_on for r in folder.reads if r.known_on},
        travel=travel,
    )


def _damage(reason: str) -> Text:
    return Text(f"Fichier illisible, laissé de côté : {reason}", f"Unreadable file, left aside: {reason}")


def source_files(reads: Sequence[SourceRead]) -> pl.DataFrame:
    """The rows of SOURCE_FILE of files that were read."""
    rows = [
        {
            "source": r.source.id,
            "file": r.file,
            "sha256": r.sha256,
            "size_bytes": r.size_bytes,
            "vintage": r.source.vintage,
            "rows_in": r.rows_in,
            "rows_out": r.rows.height,
            "rows_quarantined": r.rows_quarantined,
            "simulated": r.simulated,
        }
        for r in reads
    ]
    return pl.DataFrame(rows, schema=SOURCE_FILE.schema)


def placed_rows(read: SourceRead) -> pl.DataFrame:
    """The rows of QUARANTINE of a file that was read."""
    named = read.quarantine.with_columns(source=pl.lit(read.source.id), file=pl.lit(read.file))
    return named.select(pl.col(c).cast(t) for c, t in QUARANTINE.schema.items())


def _corrections(reads: Sequence[SourceRead]) -> list[str]:
    return [f"{r.file}: {c.id}, {c.rows} rows: {c.reason}" for r in reads for c in r.corrections if c.rows]
