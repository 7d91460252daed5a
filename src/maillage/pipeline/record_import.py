"""Take in a file of event records: read it beside the store, keep it as a batch, report what was understood."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from maillage.catalog.layout import FileLayout
from maillage.catalog.parameters import load_parameters
from maillage.catalog.store import open_version, sha256_file, writing_to
from maillage.catalog.tables import MEASURE_EVENT, PAYMENT
from maillage.errors import MaillageError, StoreError
from maillage.measures.registry import load_measures
from maillage.pipeline.record_report import KnownCommunes, RecordReport, record_report
from maillage.pipeline.register_check import KnownTerritories, is_register, settle
from maillage.sources.head import read_head
from maillage.sources.records.batch import BATCH_FILE, RecordBatch, load_batch
from maillage.sources.records.files import open_records
from maillage.sources.records.mapping import DRAFT_SUFFIX, Declared, draft, load_mapping, nearest_layout
from maillage.sources.records.read import Reading, read_records, refuse_when_too_many
from maillage.sources.registry import LAYOUTS, read_carriers

# A file with at least this share of a layout's columns, nearly spelled, is worth a draft of mapping.
NEAR = 0.5


@dataclass(frozen=True, slots=True)
class RecordImport:
    """A file of records to take in: where it goes, how it is declared, and whether it replaces one of its name.

    ``keeps`` is False where it is only to be reported on. A register is made known on ``known_on`` (needed then), and
    replaces an earlier one from that day on only. ``look`` is shown the report while the batch that it is about stands.
    """

    path: Path
    layout: FileLayout
    folder: Path
    mapping: Path | None = None
    replaces: bool = False
    simulated: bool = False
    keeps: bool = True
    known: KnownCommunes | None = field(default=None, repr=False)
    known_on: date | None = None
    look: Callable[[RecordReport], None] | None = field(default=None, repr=False)


def declared_layout(mapping: Path) -> FileLayout:
    """The layout that a mapping names; raises UsageError when the mapping cannot be understood."""
    declared = load_mapping(mapping, LAYOUTS)
    return next(layout for layout in LAYOUTS if layout.id == declared.layout)


def import_records(asked: RecordImport) -> tuple[RecordReport, MaillageError | None]:
    """Read the file into a batch of its own and keep it; returns the report, and why it was refused if it was.

    The same file, mapped alike, is not read again. A file whose bad rows pass the limit leaves no batch behind.
    Raises UnreadableFileError or UsageError when the file or its mapping cannot be understood.
    """
    digest, mapped = sha256_file(asked.path), _sha256(asked.mapping)
    held = held_batches(asked.folder)
    for batch in held[-1:] if is_register(asked.layout) else held:
        if batch.sha256 == digest and batch.mapping_sha256 == mapped:
            return record_report(batch, asked.layout, asked.known), None
    aside = asked.folder / f".{digest[:12]}.{os.getpid()}"
    with writing_to(asked.folder.parent.parent):
        asked.folder.mkdir(parents=True, exist_ok=True)
        _remove_orphans(asked.folder)
        try:
            return _read_and_keep(asked, aside, mapped)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            _remove_if_empty(asked.folder)


def _read_and_keep(asked: RecordImport, aside: Path, mapped: str) -> tuple[RecordReport, MaillageError | None]:
    declared = load_mapping(asked.mapping, LAYOUTS) if asked.mapping else Declared()
    reading = Reading(asked.layout, open_records(read_head(asked.path)), aside, declared, mapping_sha256=mapped)
    batch = read_records(reading, simulated=asked.simulated)
    if is_register(asked.layout):
        batch = _registered(batch, asked)
    report = record_report(batch, asked.layout, asked.known)
    if asked.look:
        asked.look(report)
    try:
        refuse_when_too_many(batch, float(load_parameters("records")["bad_share_max"].value))
    except MaillageError as problem:
        return report, problem
    if not asked.keeps:
        return report, None
    earlier = [b for b in held_batches(asked.folder) if _gives_way(b, batch, asked)]
    aside.replace(asked.folder / f"{_next_rank(asked.folder):06d}_{batch.sha256[:12]}")
    for old in earlier:
        shutil.rmtree(old.folder)
    return report, None


def _registered(batch: RecordBatch, asked: RecordImport) -> RecordBatch:
    """The batch of a register: dated, and checked as a whole."""
    known_on = asked.known_on.isoformat() if asked.known_on else ""
    dated = replace(batch, known_on=known_on, replaces=asked.replaces)
    dated.save()
    known = KnownTerritories(None, load_measures())
    if asked.known:
        known = KnownTerritories(asked.known.codes, load_measures(), asked.known.former)
    return settle(dated, asked.layout, known)


def _gives_way(old: RecordBatch, new: RecordBatch, asked: RecordImport) -> bool:
    if is_register(asked.layout):
        return False  # what was known before stays known of before
    return old.sha256 == new.sha256 or (asked.replaces and old.file == new.file)


def _remove_if_empty(folder: Path) -> None:
    """Leave no empty folder of imports: a run would read it instead of the embedded default."""
    with suppress(OSError):
        folder.rmdir()
        folder.parent.rmdir()


def _remove_orphans(folder: Path) -> None:
    """Remove what an import that was killed left half read: it may hold people's records."""
    for path in folder.glob(".*.*"):
        if not Path(f"/proc/{path.name.rsplit('.', 1)[1]}").exists():
            shutil.rmtree(path, ignore_errors=True)


def held_batches(folder: Path) -> list[RecordBatch]:
    """The batches of a source that were imported, first to last."""
    return [load_batch(path.parent) for path in sorted(folder.glob(f"[0-9]*/{BATCH_FILE}"))]


def _next_rank(folder: Path) -> int:
    return max((int(p.name[:6]) for p in folder.glob("[0-9]*_*")), default=0) + 1


def _sha256(mapping: Path | None) -> str:
    return hashlib.sha256(mapping.read_bytes()).hexdigest() if mapping else ""


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of the columns of a file that may hold records; raises UnreadableFileError when it cannot."""
    return open_records(read_head(path)).names


def draft_mapping(path: Path) -> Path | None:
    """Write a mapping to edit beside a file that resembles a layout; None where there is none, or no room for it.

    An earlier draft is left as it is, since its owner may have edited it.
    """
    try:
        names = columns_of(path)
    except MaillageError:
        return None
    layout, met = nearest_layout(LAYOUTS, names)
    here = {*met.columns, *met.close}
    if sum(c.name in here for c in layout.required) < NEAR * len(layout.required):
        return None
    target = path.with_name(path.name + DRAFT_SUFFIX)
    if not target.exists():
        try:
            target.write_text(draft(layout, met, names), "utf-8")
        except OSError:
            return None
    return target


def known_communes(store: Path, carriers: Path) -> KnownCommunes | None:
    """The communes of the store, else those that the environment carries; None where there are neither."""
    try:
        version = open_version(store)
        territory, postcode = version.read("territory"), version.read("postcode")
        codes = territory.filter(pl.col("level") == "commune").get_column("code")
    except StoreError:
        try:
            frames = {read.source.id: read.rows for read in read_carriers(carriers)}
        except MaillageError:
            return None
        codes = frames["geo_commune"].get_column("code_commune").unique().sort()
        postcode = frames["geo_postcode"]
    shared = postcode.group_by("postcode").agg(pl.len().alias("shared")).sort("postcode")
    return KnownCommunes(codes, shared, partial(_carried_communes, carriers))


def _carried_communes(carriers: Path) -> pl.Series:
    """The codes of communes and of their parts that the environment carries; none where it carries none."""
    try:
        reads = read_carriers(carriers)
    except MaillageError:
        return pl.Series("code_commune", [], pl.String)
    return next(r.rows.get_column("code_commune") for r in reads if r.source.id == "geo_commune").unique()


def knowledge(store: Path) -> date | None:
    """The last day of knowledge that the version in force publishes; none where there is none."""
    try:
        tables = open_version(store).tables
    except StoreError:
        return None
    files = [f for f in (tables / f"{t.name}.parquet" for t in (MEASURE_EVENT, PAYMENT)) if f.exists()]
    days = [pl.scan_parquet(f).select(pl.col("known_date").max()).collect().item() for f in files]
    return max((day for day in days if day is not None), default=None)
