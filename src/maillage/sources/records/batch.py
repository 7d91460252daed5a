"""A batch: one file of records, read; a folder of Parquet parts with what was put aside and what was understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from maillage.errors import UnreadableFileError

FORMAT = 1
BATCH_FILE = "batch.json"
FAULTS_STEM = "quarantine"
NOTICES_STEM = "notices"
ASIDE_FILE = "aside.parquet"
FAULTS = {"line": pl.Int64, "field": pl.String, "found": pl.String, "reason": pl.String}
# Rows put aside, counted by what is known of where and when, before any code is looked up.
ASIDE_COUNTS = {
    "code_commune": pl.String,
    "postcode": pl.String,
    "departement": pl.String,
    "year": pl.String,
    "rows": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """What reading one file of records gave; its rows are in ``parts``, Parquet files of ``folder``.

    Each of ``rows_in`` rows is kept, put aside as bad (``rows_quarantined``), left out on purpose (``rows_left_out``)
    or an identical repeat of a kept one (``rows_repeated``). ``cp1252_lines`` were read as Windows-1252, ``accented``
    tells that others were UTF-8. ``columns`` gives the file's columns of each column of the layout. Of a register,
    ``known_on`` is the day on which it was made known, and ``replaces`` tells that it takes the place of an earlier
    one of its name: what it no longer says is withdrawn.
    """

    folder: Path
    layout: str
    file: str
    sha256: str
    size_bytes: int
    rows_in: int = 0
    rows_kept: int = 0
    rows_quarantined: int = 0
    rows_left_out: int = 0
    rows_repeated: int = 0
    cp1252_lines: int = 0
    accented: bool = False
    period_from: str = ""
    period_to: str = ""
    simulated: bool = False
    note: str = ""
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    absent: Sequence[str] = ()
    ignored: Sequence[str] = ()
    mapping_sha256: str = ""
    known_on: str = ""
    replaces: bool = False

    @property
    def parts(self) -> list[Path]:
        """The Parquet parts, in the order of the file; columns of the layout's table and ``line``."""
        return sorted(self.folder.glob("part-*.parquet"))

    @property
    def bad_share(self) -> float:
        """Share of the rows put aside as bad."""
        return self.rows_quarantined / self.rows_in if self.rows_in else 0.0

    def content(self) -> str:
        """A hash that tells this batch from any other, from what was understood and the sizes and dates of its parts.

        The parts are not read: a batch is never changed once it is written.
        """
        told = [(self.folder / BATCH_FILE).read_text("utf-8")]
        told += [f"{p.name} {p.stat().st_size} {p.stat().st_mtime_ns}" for p in self.parts]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def faults(self) -> pl.LazyFrame:
        """Why rows were put aside: ``line, field, found, reason``."""
        return self._told(FAULTS_STEM)

    def notices(self) -> pl.LazyFrame:
        """What is to be looked at in rows that were kept: ``line, field, found, reason``."""
        return self._told(NOTICES_STEM)

    def _told(self, stem: str) -> pl.LazyFrame:
        found = sorted(self.folder.glob(f"{stem}-*.parquet"))
        return pl.scan_parquet(found) if found else pl.LazyFrame(schema=FAULTS)

    def aside(self) -> pl.DataFrame:
        """Bad rows counted by place and year (``ASIDE_COUNTS``)."""
        return pl.read_parquet(self.folder / ASIDE_FILE)

    def save(self) -> None:
        """Write what was understood beside the parts; the folder is a batch from then on."""
        said = {k: v for k, v in asdict(self).items() if k != "folder"}
        text = json.dumps({"format": FORMAT, **said}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        (self.folder / BATCH_FILE).write_text(text, "utf-8")


def load_batch(folder: Path) -> RecordBatch:
    """The batch of a folder; raises UnreadableFileError when it is damaged or of another format."""
    try:
        said: dict[str, Any] = json.loads((folder / BATCH_FILE).read_text("utf-8"))
        form = said.pop("format")
        batch = RecordBatch(folder=folder, **said)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise UnreadableFileError(
            f"{folder}: a batch of records was expected, found a damaged one.", hint="Import the file again."
        ) from problem
    if form != FORMAT:
        raise UnreadableFileError(f"{folder}: a batch of format {FORMAT} was expected, found {form}.")
    return batch
