"""A file of travel times that a person brings: CSV, Parquet or OMX, known by its first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.catalog.check import BROKEN, LINE
from maillage.catalog.table import Table
from maillage.errors import UnreadableFileError, UsageError
from maillage.sources.layout import padded_code
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text

PARQUET, HDF5 = b"PAR1", b"\x89HDF\r\n\x1a\n"
ROWS_AT_ONCE = 256
MINUTES = "travel_min"
ROADS, ROADS_AT = b"OSMHeader", 6
GIVE_ROADS = "Give it with --roads."
LONGEST_MIN = 60.0  # of the pairs that a run reads: no declared catchment goes as far


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
    minutes: str = MINUTES
    lookup: str | None = None


def read_travel_pairs(
    path: Path, columns: TravelColumns | None = None, *, max_min: float = float("inf")
) -> TravelPairs:
    """The pairs of a file; those over ``max_min`` are left out, infinite times are not (they are a fault).

    A CSV (comma, semicolon or tab) and a Parquet file have one row a pair. An OMX file holds whole matrices:
    ``minutes`` names one (by default the only one), ``lookup`` the list of zones (by default the only one; without
    any, zones are numbered from 1), and its NaN cells are pairs out of reach, since a whole matrix has no other way to
    say so.

    Raises UnreadableFileError on a file or a time that cannot be read, UsageError on a name that the file does not
    have, or where reading OMX is not installed.
    """
    names = columns or TravelColumns()
    start = _start(path)
    if start == HDF5:
        return _read_omx(path, names, max_min)
    rows = _read_rows(path, names, parquet=start[:4] == PARQUET)
    origins, destinations = (_text(rows.get_column(name)) for name in (names.origin, names.destination))
    text = rows.get_column(names.minutes)
    minutes = _number(text)
    bad = (minutes.is_null() & text.is_not_null() & (text.cast(pl.String) != "")).arg_true()
    if len(bad):
        k = int(bad[0])
        raise UnreadableFileError(
            f"{path}: minutes were expected, found {text[k]!r} for the pair from {origins[k]} to {destinations[k]}"
            f" ({len(bad)} such in all)."
        )
    times = minutes.fill_null(float("nan")).to_numpy()
    kept = _within(times, max_min)
    return TravelPairs(origins[kept], destinations[kept], times[kept])


def parse_travel_times(path: Path) -> pl.DataFrame:
    """The cells of a file of times between communes, for ``TRAVEL_TIMES``; pairs over ``LONGEST_MIN`` are left out.

    Raises as ``read_travel_pairs`` does, but for cells, which are checked later on; also where every pair is left out.
    """
    names, start = TravelColumns(), _start(path)
    if start == HDF5:
        pairs = _read_omx(path, names, LONGEST_MIN)
        given: tuple[Any, ...] = (pairs.origins, pairs.destinations, pairs.minutes)
        rows = pl.DataFrame(dict(zip((names.origin, names.destination, names.minutes), given, strict=True)))
        rows = rows.with_columns(pl.lit(None, pl.Int64).alias(LINE))
    else:
        rows = _read_rows(path, names, parquet=start[:4] == PARQUET)
        number = _number(rows.get_column(names.minutes))
        near = number.is_null() | (number <= LONGEST_MIN) | number.is_infinite()
        if rows.height and not near.any():
            raise UnreadableFileError(
                f"{path}: times of at most {LONGEST_MIN:g} minutes were expected, found none among {rows.height}."
            )
        rows = rows.filter(near)
    named = {names.origin: "code_origin", names.destination: "code_destination", names.minutes: "travel_min"}
    marks = [mark for mark in (LINE, BROKEN) if mark in rows.columns]
    rows = rows.select(*(pl.col(old).cast(pl.String).alias(new) for old, new in named.items()), *marks)
    return rows.with_columns(padded_code("code_origin", 5), padded_code("code_destination", 5))


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            start = stream.read(len(HDF5) + ROADS_AT + len(ROADS))
    except OSError as problem:
        raise UnreadableFileError(f"{path}: a file of travel times was expected: {problem.strerror}.") from problem
    if ROADS in start:
        raise UsageError(f"{path}: a file of travel times was expected, found a road network.", hint=GIVE_ROADS)
    return start[: len(HDF5)]


def _within(minutes: NDArray[np.float64], max_min: float) -> NDArray[np.bool_]:
    return np.asarray(~(minutes > max_min) | np.isinf(minutes))


def _read_rows(path: Path, names: TravelColumns, *, parquet: bool) -> pl.DataFrame:
    """The columns of the pairs as they are written, and the line of each in the file (its rank, in a Parquet)."""
    try:
        rows = pl.read_parquet(path).with_row_index(LINE, 1) if parquet else read_cells(path)
    except (pl.exceptions.PolarsError, OSError) as problem:
        detail = str(problem).splitlines()[0]
        raise UnreadableFileError(
            f"{path}: a table of travel times was expected; it cannot be read: {detail}."
        ) from problem
    wanted = (names.origin, names.destination, names.minutes)
    if absent := [name for name in wanted if name not in rows.columns]:
        found = ", ".join(name for name in rows.columns if name not in (LINE, BROKEN))
        raise UsageError(f"{path}: the column {absent[0]!r} was expected, found {found}.")
    return rows


def _number(minutes: pl.Series) -> pl.Series:
    return minutes.cast(pl.String).str.strip_chars().str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)


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
            held = sorted(file["data"]) if "data" in file else []
            only = held[0] if len(held) == 1 and names.minutes == MINUTES else names.minutes
            matrix = _named(file, "data", only, path)
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


TRAVEL_TIMES = Source(
    id="travel_times",
    producer=Text("Fichier donné au calcul", "File given to the run"),
    title=Text("Temps de trajet entre communes", "Travel times between communes"),
    licence=Text("non précisée", "not stated"),
    address="",
    layout="Comma, semicolon or tab separated, or Parquet, one row a pair: `origin` and `destination` (communes or"
    " arrondissements of the run's geography), `travel_min`; or an OMX matrix of minutes with its list of communes."
    f" Pairs over {LONGEST_MIN:g} minutes are not read.",
    feeds=("access",),
    table=Table(
        "travel_times",
        "Minutes between communes, one way",
        ("code_origin", "code_destination", "travel_min"),
        ("code_origin", "code_destination"),
    ),
    vintage="not stated",
    geography=0,
    recognise=lambda _: False,
    parse=parse_travel_times,
    option="--travel",
)
