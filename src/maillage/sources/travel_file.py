"""A file of travel times that a person brings: CSV, Parquet or OMX, recognised by its first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.errors import UnreadableFileError, UsageError

PARQUET, HDF5 = b"PAR1", b"\x89HDF\r\n\x1a\n"
ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class TravelPairs:
    """One entry a pair: identifiers of both ends, as text, and minutes (float64, NaN where the file has none)."""

    origins: NDArray[np.str_]
    destinations: NDArray[np.str_]
    minutes: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TravelColumns:
    """Where a file keeps its pairs: columns of a CSV or Parquet; ``minutes`` and ``lookup`` of an OMX file."""

    origin: str = "origin"
    destination: str = "destination"
    minutes: str = "travel_min"
    lookup: str | None = None


def read_travel_pairs(
    path: Path, columns: TravelColumns | None = None, *, max_min: float = float("inf")
) -> TravelPairs:
    """The pairs of a file; those over ``max_min`` are left out, infinite times are not (they are a fault).

    A CSV (comma, semicolon or tab) and a Parquet file have one row a pair. An OMX file holds whole matrices:
    ``minutes`` names one, ``lookup`` the list of zones (by default the only one; without any, zones are numbered from
    1), and its NaN cells are pairs out of reach, since a whole matrix has no other way to say so.

    Raises UnreadableFileError on a file or a time that cannot be read, UsageError on a name that the file does not
    have, or where reading OMX is not installed.
    """
    names = columns or TravelColumns()
    try:
        with path.open("rb") as stream:
            start = stream.read(len(HDF5))
    except OSError as problem:
        raise UnreadableFileError(f"{path}: a file of travel times was expected: {problem.strerror}.") from problem
    if start == HDF5:
        return _read_omx(path, names, max_min)
    pairs = _read_table(path, names, parquet=start[:4] == PARQUET)
    kept = _within(pairs.minutes, max_min)
    return TravelPairs(pairs.origins[kept], pairs.destinations[kept], pairs.minutes[kept])


def _within(minutes: NDArray[np.float64], max_min: float) -> NDArray[np.bool_]:
    return np.asarray(~(minutes > max_min) | np.isinf(minutes))


def _read_table(path: Path, names: TravelColumns, *, parquet: bool) -> TravelPairs:
    try:
        rows = pl.read_parquet(path) if parquet else pl.read_csv(path, separator=_separator(path), infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as problem:
        detail = str(problem).splitlines()[0]
        raise UnreadableFileError(
            f"{path}: a table of travel times was expected; it cannot be read: {detail}."
        ) from problem
    wanted = (names.origin, names.destination, names.minutes)
    if absent := [name for name in wanted if name not in rows.columns]:
        raise UsageError(f"{path}: the column {absent[0]!r} was expected, found {', '.join(rows.columns)}.")
    origins, destinations = (_text(rows.get_column(name)) for name in wanted[:2])
    text = rows.get_column(names.minutes)
    minutes = text.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)
    bad = (minutes.is_null() & text.is_not_null()).arg_true()
    if len(bad):
        k = int(bad[0])
        raise UnreadableFileError(
            f"{path}: minutes were expected, found {text[k]!r} for the pair from {origins[k]} to {destinations[k]}"
            f" ({len(bad)} such in all)."
        )
    return TravelPairs(origins, destinations, minutes.fill_null(float("nan")).to_numpy())


def _separator(path: Path) -> str:
    with path.open("rb") as stream:
        header = stream.readline()
    return max((",", ";", "\t"), key=lambda mark: header.count(mark.encode()))


def _text(values: pl.Series) -> NDArray[np.str_]:
    cells = values.cast(pl.String).fill_null("").str.strip_chars()
    return np.asarray(cells.to_numpy(), dtype=np.str_)


def _read_omx(path: Path, names: TravelColumns, max_min: float) -> TravelPairs:
    try:
        import h5py
    except ImportError as problem:
        raise UsageError(
            f"{path}: reading an OMX file needs the extra `omx`.", hint="Install it with: pip install 'maillage[omx]'"
        ) from problem
    try:
        with h5py.File(path, "r") as file:
            matrix = _named(file, "data", names.minutes, path)
            origins, destinations = (_zones(file, names.lookup, size, path) for size in matrix.shape)
            blocks = [_block(matrix, first, max_min) for first in range(0, matrix.shape[0], ROWS_AT_ONCE)]
    except OSError as problem:
        raise UnreadableFileError(f"{path}: an OMX file was expected; it cannot be read: {problem}.") from problem
    row, column, minutes = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return TravelPairs(origins[row], destinations[column], minutes)


def _named(file: Any, group: str, name: str, path: Path) -> Any:
    held = sorted(file[group]) if group in file else []
    if name not in held:
        raise UsageError(f"{path}: {group}/{name} was expected, found {', '.join(held) or 'nothing'}.")
    return file[group][name]


def _zones(file: Any, lookup: str | None, size: int, path: Path) -> NDArray[np.str_]:
    held = sorted(file["lookup"]) if "lookup" in file else []
    if lookup is None and len(held) != 1:
        if held:
            raise UsageError(f"{path}: it has several lists of zones, name one of {', '.join(held)}.")
        return np.arange(1, size + 1).astype(np.str_)
    zones = np.asarray(_named(file, "lookup", lookup or held[0], path)[()])
    if zones.shape != (size,):
        raise UnreadableFileError(f"{path}: {size} zones were expected in its list, found the shape {zones.shape}.")
    return np.char.decode(zones, "utf-8") if zones.dtype.kind == "S" else zones.astype(np.str_)


def _block(matrix: Any, first: int, max_min: float) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    times = np.asarray(matrix[first : first + ROWS_AT_ONCE], dtype=np.float64)
    row, column = np.nonzero(~np.isnan(times) & _within(times, max_min))
    return row + first, column, times[row, column]
