"""Small files of event records, and what reading them gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from maillage.catalog.layout import FileLayout
from maillage.sources.head import read_head
from maillage.sources.records.batch import RecordBatch
from maillage.sources.records.files import open_records
from maillage.sources.records.mapping import Declared
from maillage.sources.records.read import Reading, read_records
from maillage.sources.records.rpu import RPU

RPU_HEADER = "ID_PASSAGE;FINESS;CODE_INSEE;CP;ENTREE;SORTIE;AGE;SEXE;GRAVITE;DP"


def visit(number: int, **cells: str) -> str:
    """A line of RPU in the documented layout, with some cells changed."""
    row = {
        "ID_PASSAGE": f"p{number:04d}",
        "FINESS": "080000615",
        "CODE_INSEE": f"08{number % 12 + 1:03d}",
        "CP": "",
        "ENTREE": f"2024-03-25T10:{number % 60:02d}",
        "SORTIE": "2024-03-25T14:00",
        "AGE": str(number % 100),
        "SEXE": "F",
        "GRAVITE": "1",
        "DP": "J45.9",
    }
    return ";".join((row | cells).values())


def write_rpu(path: Path, lines: Sequence[str]) -> Path:
    """A file of RPU."""
    path.write_text("\n".join((RPU_HEADER, *lines)) + "\n", "utf-8")
    return path


def read(
    path: Path, layout: FileLayout = RPU, mapping: Declared | None = None, *, block_bytes: int = 1 << 20
) -> RecordBatch:
    """A file read beside itself."""
    into = path.with_name(path.name + ".batch")
    return read_records(
        Reading(layout, open_records(read_head(path)), into, mapping or Declared(), block_bytes=block_bytes)
    )


def nothing_lost(batch: RecordBatch) -> RecordBatch:
    """The batch, once each of its rows is accounted for."""
    told = batch.rows_kept + batch.rows_quarantined + batch.rows_left_out + batch.rows_repeated
    assert batch.rows_in == told
    lines = set(batch.faults().collect()["line"])
    assert len(lines) == batch.rows_in - batch.rows_kept
    assert batch.aside()["rows"].sum() == batch.rows_quarantined
    return batch
