"""One file, read: recognised, parsed, corrected, checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from maillage.catalog.check import check_rows
from maillage.errors import MaillageError, UnreadableFileError
from maillage.sources.corrections import apply_corrections, load_corrections
from maillage.sources.source import Source, SourceRead


def read_source(source: Source, path: Path, *, file: str = "", simulated: bool = False, note: str = "") -> SourceRead:
    """Read a file of a known source; ``file`` is the name to report it by (its own name by default).

    Raises UnreadableFileError when the content breaks the layout, TooManyBadRowsError past the limit of bad rows.
    """
    file = file or path.name
    try:
        raw = source.parse(path)
    except MaillageError:
        raise
    except (pl.exceptions.PolarsError, OSError, ValueError, KeyError, IndexError, OverflowError) as problem:
        raise UnreadableFileError(
            f"{file}: {source.title.en} was expected ({source.layout}); it cannot be read as such:"
            f" {type(problem).__name__}, {str(problem).splitlines()[0] if str(problem) else 'no detail'}.",
            fr=f"{file} ressemble à « {source.title.fr} » mais ne peut pas être lu comme tel.",
        ) from problem
    if raw.is_empty():
        raise UnreadableFileError(
            f"{file}: rows of {source.title.en} were expected below the header, found none.",
            fr=f"{file} ne contient aucune ligne sous les noms des colonnes.",
        )
    raw, corrections = apply_corrections(raw, load_corrections(source.id))
    checked = check_rows(raw, source.table, file=file)
    return SourceRead(
        source=source,
        file=file,
        sha256=_sha256(path),
        size_bytes=path.stat().st_size,
        simulated=simulated,
        rows=checked.rows,
        quarantine=checked.quarantine,
        rows_in=checked.rows_in,
        lines=checked.lines,
        corrections=corrections,
        note=note,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
