"""The first bytes and cells of a file, enough to recognise what it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileHead:
    """What the beginning of a file shows.

    ``kind`` is told from the bytes: text, xlsx, feather, parquet, dbf, lzma, json or unknown. ``rows`` are the cells of
    the first lines (empty for binary kinds without a header), ``encoding`` that of a text.
    """

    path: Path
    kind: str
    encoding: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The cells of the first row."""
        return self.rows[0] if self.rows else ()
