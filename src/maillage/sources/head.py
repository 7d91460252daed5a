"""The first bytes and cells of a file, enough to recognise what it is."""

from __future__ import annotations

import csv
import json
import lzma
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from maillage.errors import UnreadableFileError
from maillage.sources.text_cells import decode, is_binary, sniff_separator
from maillage.sources.workbook import workbook_head

HEAD_BYTES = 65_536
HEAD_ROWS = 20
_ENTRY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*(\{[^{}]*\})')
_XZ, _LZMA_ALONE = b"\xfd7zXZ\x00", b"\x5d\x00\x00"
_DBF = (0x03, 0x30, 0x83, 0x8B)


@dataclass(frozen=True, slots=True)
class FileHead:
    """What the beginning of a file shows.

    ``kind`` is told from the bytes: text, xlsx, feather, parquet, dbf, lzma, json or unknown. ``rows`` are the cells of
    the first lines, title lines kept (for a JSON object of objects: the names of the first entry, then the entries;
    for columnar kinds: the names of the columns), ``encoding`` that of a text.
    """

    path: Path
    kind: str
    encoding: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The cells of the first row."""
        return self.rows[0] if self.rows else ()


def read_head(path: Path) -> FileHead:
    """Recognise the kind, the encoding and the first cells of a file from its first 64 KiB.

    Raises UnreadableFileError when there is no such file, it is empty, damaged, or would inflate beyond the limit.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise UnreadableFileError(f"{path.name}: a file was expected at {path}, found {found}.")
    try:
        with path.open("rb") as stream:
            start = stream.read(HEAD_BYTES)
    except OSError as problem:
        raise UnreadableFileError(
            f"{path.name}: a file that can be read was expected at {path}, found: {problem.strerror}.",
            hint="Check its permissions.",
        ) from problem
    if not start:
        raise UnreadableFileError(
            f"{path.name}: a file with content was expected, found 0 bytes.", fr=f"{path.name} est vide."
        )
    for recognised, kind, rows in _BINARY:
        if recognised(start):
            return FileHead(path, kind, "", tuple(rows(path, start)))
    return _text_head(path, start, "text")


def _text_head(path: Path, start: bytes, kind: str) -> FileHead:
    cut = kind == "lzma" or path.stat().st_size > len(start)
    try:
        text, encoding = decode(start, file=path.name, cut=cut)
    except UnreadableFileError:
        if is_binary(start):
            return FileHead(path, "unknown", "", ())
        # The reader of the whole file will name the line of the wrong byte.
        text, encoding = start.decode("utf-8", errors="replace"), "a broken utf-8"
    if kind == "text" and text.lstrip().startswith(("{", "[")):
        return FileHead(path, "json", encoding, tuple(_json_rows(text)))
    whole = text.rsplit("\n", 1)[0] if cut and "\n" in text else text
    return FileHead(path, kind, encoding, tuple(_text_rows(whole)))


def _text_rows(text: str) -> list[tuple[str, ...]]:
    lines = text.splitlines()[: HEAD_ROWS * 2]
    try:
        reader = csv.reader(lines, delimiter=sniff_separator(lines))
        return [tuple(cell.strip() for cell in row) for row, _ in zip(reader, range(HEAD_ROWS), strict=False)]
    except csv.Error:
        return []


def _json_rows(text: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for found, _ in zip(_ENTRY.finditer(text), range(HEAD_ROWS), strict=False):
        try:
            entry = json.loads(found[2])
        except json.JSONDecodeError:
            return []
        if not rows:
            rows.append(("", *entry))
        rows.append((found[1], *(str(value) for value in entry.values())))
    return rows


def _workbook_rows(path: Path, _start: bytes) -> list[tuple[str, ...]]:
    return workbook_head(path)


def _feather_rows(path: Path, _start: bytes) -> list[tuple[str, ...]]:
    return [_schema(path, pl.read_ipc_schema, "an Arrow (feather) file")]


def _parquet_rows(path: Path, _start: bytes) -> list[tuple[str, ...]]:
    return [_schema(path, pl.read_parquet_schema, "a Parquet file")]


def _schema(path: Path, read: Callable[[Path], object], what: str) -> tuple[str, ...]:
    try:
        found = read(path)
    except (pl.exceptions.PolarsError, OSError, ValueError) as problem:
        raise UnreadableFileError(
            f"{path.name}: {what} was expected from its first bytes, found a truncated or damaged one.",
            hint="Download the file again.",
            fr=f"{path.name} est tronqué ou abîmé : copier le fichier de nouveau.",
        ) from problem
    return tuple(found) if isinstance(found, dict) else ()


def _dbf_rows(_path: Path, start: bytes) -> list[tuple[str, ...]]:
    return [dbf_names(start)]


def dbf_names(start: bytes) -> tuple[str, ...]:
    """The names of the columns of a dBase table, from its first bytes."""
    end = min(struct.unpack("<H", start[8:10])[0], len(start))
    fields = (start[at : at + 32] for at in range(32, end - 31, 32) if start[at] != 0x0D)
    return tuple(field[:11].split(b"\0")[0].decode("ascii", errors="replace") for field in fields)


def _is_dbf(start: bytes) -> bool:
    if len(start) < 65 or start[0] not in _DBF or not (1 <= start[2] <= 12 and 1 <= start[3] <= 31):
        return False
    header = struct.unpack("<H", start[8:10])[0]
    return header > 64 and header % 32 in (0, 1, 7, 8, 9) and start[12:14] == b"\0\0" and start[32:33].isalpha()


def _lzma_rows(path: Path, start: bytes) -> list[tuple[str, ...]]:
    try:
        text = lzma.LZMADecompressor().decompress(start, max_length=HEAD_BYTES)
    except lzma.LZMAError as problem:
        raise UnreadableFileError(
            f"{path.name}: an LZMA file was expected from its first bytes, found a damaged one.",
            fr=f"{path.name} est une archive LZMA abîmée : copier le fichier de nouveau.",
        ) from problem
    return list(_text_head(path, text, "lzma").rows)


_BINARY: tuple[tuple[Callable[[bytes], bool], str, Callable[[Path, bytes], list[tuple[str, ...]]]], ...] = (
    (lambda start: start.startswith(b"PK\x03\x04"), "xlsx", _workbook_rows),
    (lambda start: start.startswith(b"ARROW1"), "feather", _feather_rows),
    (lambda start: start.startswith(b"PAR1"), "parquet", _parquet_rows),
    (lambda start: start.startswith((_XZ, _LZMA_ALONE)), "lzma", _lzma_rows),
    (_is_dbf, "dbf", _dbf_rows),
)
