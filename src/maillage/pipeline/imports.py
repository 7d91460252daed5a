"""A user's own files: checked on arrival, kept beside the store, read by the next run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from maillage.catalog.layout import FileLayout
from maillage.catalog.reasons import in_language
from maillage.catalog.store import open_version, sha256_file, writing_to
from maillage.errors import MaillageError, StoreError, UnknownLayoutError, UsageError
from maillage.pipeline.record_import import (
    RecordImport,
    declared_layout,
    draft_mapping,
    import_records,
    knowledge,
    known_communes,
)
from maillage.pipeline.record_report import KnownCommunes, RecordReport
from maillage.pipeline.register_check import is_register
from maillage.sources.ars_cpts import ARS_CPTS
from maillage.sources.origin import ORIGIN_FILE, load_origin
from maillage.sources.reading import read_source
from maillage.sources.records.batch import BATCH_FILE, load_batch
from maillage.sources.records.mapping import DRAFT_SUFFIX
from maillage.sources.registry import SOURCES, recognise
from maillage.sources.source import SourceRead
from maillage.text import Lang, Text

SHOWN_FAULTS = 5
FAULT = Text(
    "{file}, ligne {line}, {field} : {reason} (trouvé : {found})",
    "{file}, line {line}, {field}: {reason} (found {found})",
)
KEPT = Text("gardé", "kept")
CHECKED = Text("bon à garder", "good to keep")
KEPT_SIMULATED = Text("gardé (simulé)", "kept (simulated)")
MORE = Text("… et {more} de plus", "… and {more} more")
DRAFT = Text(
    "Une correspondance à compléter a été écrite dans {draft} ; ensuite : maillage import {file} --mapping {draft}",
    "A mapping to complete was written in {draft}; then: maillage import {file} --mapping {draft}",
)
# A file is kept in a folder RANK_HASH of its own: where two files of a source hold the same key the last one wins.
_KEPT = re.compile(r"(\d{6})_([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Import:
    """What became of one file: kept, or refused with the reason; ``report`` is that of a file of records.

    ``problem`` is what refused it; ``checked`` tells that nothing was to be kept.
    """

    file: str
    source: str
    rows_in: int = 0
    rows_kept: int = 0
    rows_quarantined: int = 0
    simulated: bool = False
    refused: str = ""
    faults: Sequence[str] = field(default_factory=tuple)
    checked: bool = False
    report: RecordReport | None = field(default=None, repr=False)
    problem: MaillageError | None = field(default=None, repr=False, compare=False)

    @property
    def accepted(self) -> bool:
        """True when the file is good: the next run will read it, unless it was only checked."""
        return not self.refused

    def cells(self, lang: Lang) -> tuple[str, ...]:
        """Cells of the table that the command line prints."""
        counts = (str(self.rows_in), str(self.rows_kept), str(self.rows_quarantined))
        kept = CHECKED if self.checked else KEPT_SIMULATED if self.simulated else KEPT
        return (self.file, self.source or "-", *counts, self.refused or kept[lang])

    def quarantine_lines(self) -> Sequence[str]:
        """The first faults found, one sentence each."""
        return self.faults

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("report", "problem")}
        report = {"report": self.report.as_dict()} if self.report else {}
        return {**plain, **report, "accepted": self.accepted}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How files are taken in: the mapping of a file of records, whether it replaces one of its name, the language.

    ``known_on`` is the day on which registers of measures were made known, today by default.
    With ``keeps`` False they are reported on, and nothing is kept of them nor written beside them.
    """

    lang: Lang = "fr"
    mapping: Path | None = None
    replaces: bool = False
    carriers: Path | None = None
    known_on: date | None = None
    keeps: bool = True


def imports_folder(store: Path) -> Path:
    """Where the imported files of a store are kept."""
    return store / "imports"


def import_path(path: Path, store: Path, options: ImportOptions | None = None) -> list[Import]:
    """Check a file or every file of a folder; keep the good ones beside the store.

    A bad file changes nothing of what the store had; a file that its folder declares simulated stays so. A file of
    event records is kept as the batch that it was read into, and reported on.
    Raises UsageError when the path does not exist or is empty, or a mapping is given for a folder; StoreError when the
    store cannot be written.
    """
    options = options or ImportOptions()
    if not path.exists():
        raise UsageError(f"{path} does not exist.")
    if options.mapping and not path.is_file():
        raise UsageError(f"A mapping is that of one file, found the folder {path}.")
    paths = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and not _is_aside(p))
    if not paths:
        raise UsageError(f"{path} holds no file.")
    root = path.parent if path.is_file() else path
    desk = _Desk(root, store, options)
    return [desk.take(p) for p in paths]


def _is_aside(path: Path) -> bool:
    return path.name.startswith(".") or path.name == ORIGIN_FILE or path.name.endswith(DRAFT_SUFFIX)


@dataclass(slots=True)
class _Desk:
    """Where files are taken in, one after the other."""

    root: Path
    store: Path
    options: ImportOptions
    _known: KnownCommunes | None = None

    def take(self, path: Path) -> Import:
        """Check one file and keep it if it is good."""
        try:
            simulated = load_origin(path, self.root).simulated
            if self.options.mapping:
                return self._take_records(path, declared_layout(self.options.mapping), simulated=simulated)
            source = recognise(path)
            if source.records:
                return self._take_records(path, source.records, simulated=simulated)
            read = read_source(source, path, simulated=simulated)
            known_on = self._known_on() if source.id == ARS_CPTS.id else None
        except StoreError:
            raise
        except UnknownLayoutError as problem:
            return _refused(path, problem, self._drafted(path) if self.options.keeps else ())
        except MaillageError as problem:
            return _refused(path, problem)
        if self.options.keeps:
            with writing_to(self.store):
                _keep(path, imports_folder(self.store) / read.source.id, simulated=simulated, known_on=known_on)
        return Import(
            file=path.name,
            source=read.source.id,
            rows_in=read.rows_in,
            rows_kept=read.rows.height,
            rows_quarantined=read.rows_quarantined,
            simulated=simulated,
            faults=_first_faults(read, self.options.lang),
            checked=not self.options.keeps,
        )

    def _take_records(self, path: Path, layout: FileLayout, *, simulated: bool) -> Import:
        if self._known is None and self.options.carriers:
            self._known = known_communes(self.store, self.options.carriers)
        asked = RecordImport(
            path,
            layout,
            imports_folder(self.store) / layout.id,
            mapping=self.options.mapping,
            replaces=self.options.replaces,
            simulated=simulated,
            keeps=self.options.keeps,
            known=self._known,
            known_on=self._known_on() if is_register(layout) else None,
        )
        report, problem = import_records(asked)
        batch = report.batch
        return Import(
            file=path.name,
            source=layout.id,
            rows_in=batch.rows_in,
            rows_kept=batch.rows_kept,
            rows_quarantined=batch.rows_in - batch.rows_kept,
            simulated=simulated,
            refused=str(problem or ""),
            faults=report.lines(self.options.lang),
            checked=not self.options.keeps,
            report=report,
            problem=problem,
        )

    def _known_on(self) -> date:
        """The day on which registers are made known; raises UsageError where its answers are published already."""
        today = date.today()
        day = self.options.known_on or today
        published = knowledge(self.store)
        if day > today:
            raise UsageError(f"--known-on should be today or before, found {day}.")
        if published and day <= published and day != today:
            raise UsageError(
                f"What was known on {published} is published, and does not change: found --known-on {day}.",
                hint="Give a later day: that on which you learnt it.",
            )
        return day

    def _drafted(self, path: Path) -> tuple[str, ...]:
        written = draft_mapping(path)
        return (DRAFT[self.options.lang].format(draft=written, file=path),) if written else ()


def _refused(path: Path, problem: MaillageError, said: Sequence[str] = ()) -> Import:
    return Import(file=path.name, source="", refused=str(problem), faults=said, problem=problem)


def _keep(path: Path, folder: Path, *, simulated: bool, known_on: date | None = None) -> None:
    """Copy a file after those that the folder holds; the same content takes the place of its earlier copy.

    ``known_on`` is the day on which a list that feeds the register of measures was made known.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = {p: found for p in folder.iterdir() if (found := _KEPT.fullmatch(p.name))}
    rank = max((int(found[1]) for found in held.values()), default=0) + 1
    digest = sha256_file(path)[:12]
    aside = folder / f".{digest}.{os.getpid()}"
    aside.mkdir(exist_ok=True)
    shutil.copyfile(path, aside / path.name)
    said = ["simulated = true"] * simulated + ([f"known_on = {known_on}"] if known_on else [])
    if said:
        (aside / ORIGIN_FILE).write_text("\n".join(["[folder]", *said]) + "\n", "utf-8")
    aside.replace(folder / f"{rank:06d}_{digest}")
    for earlier in (p for p, found in held.items() if found[2] == digest):
        shutil.rmtree(earlier)


def _first_faults(read: SourceRead, lang: Lang) -> tuple[str, ...]:
    rows = read.quarantine.head(SHOWN_FAULTS)
    said = tuple(
        FAULT[lang].format(file=read.file, line=line, field=field, found=found, reason=in_language(reason, lang))
        for line, field, found, reason in rows.select("line", "field", "found", "reason").iter_rows()
    )
    more = read.quarantine.height - len(said)
    return (*said, MORE[lang].format(more=more)) if more > 0 else said


def list_sources(store: Path, lang: Lang) -> list[dict[str, Any]]:
    """Every known source and whether the store or its imports hold it."""
    present = _present(store)
    return [
        {
            "source": s.id,
            "title": s.title[lang],
            "producer": s.producer[lang],
            "vintage": s.vintage,
            "licence": s.licence[lang],
            "address": s.address,
            "option": s.option,
            "layout": s.layout,
            "feeds": list(s.feeds),
            "present": s.id in present,
            "simulated": s.id in present and present[s.id],
        }
        for s in SOURCES
    ]


def _present(store: Path) -> dict[str, bool]:
    """Identifier of each source at hand, and whether what is at hand is simulated."""
    folder = imports_folder(store)
    held = folder.iterdir() if folder.exists() else ()
    found = {p.name: _simulated_file(p) or _simulated_batch(p) for p in held}
    try:
        inputs = open_version(store).manifest["inputs"]
    except StoreError:
        return found
    return {i["source"]: bool(i["simulated"]) for i in inputs} | found


def _simulated_file(folder: Path) -> bool:
    return any(load_origin(path, folder).simulated for path in folder.rglob(ORIGIN_FILE))


def _simulated_batch(folder: Path) -> bool:
    return any(load_batch(path.parent).simulated for path in folder.glob(f"[0-9]*/{BATCH_FILE}"))
