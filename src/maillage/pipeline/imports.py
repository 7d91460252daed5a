"""A user's own files: checked on arrival, kept beside the store, read by the next run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from maillage.catalog.reasons import in_language
from maillage.catalog.store import open_version, sha256_file
from maillage.errors import MaillageError, StoreError, UsageError
from maillage.sources.registry import SOURCES, read_file
from maillage.sources.source import SourceRead
from maillage.text import Lang, Text

SHOWN_FAULTS = 5
FAULT = Text(
    "{file}, ligne {line}, {field} : {reason} (trouvé : {found})",
    "{file}, line {line}, {field}: {reason} (found {found})",
)
MORE = Text("… et {more} de plus", "… and {more} more")


@dataclass(frozen=True, slots=True)
class Import:
    """What became of one file: kept, or refused with the reason."""

    file: str
    source: str
    rows_in: int = 0
    rows_kept: int = 0
    rows_quarantined: int = 0
    refused: str = ""
    faults: Sequence[str] = field(default_factory=tuple)

    @property
    def accepted(self) -> bool:
        """True when the next run will read the file."""
        return not self.refused

    def cells(self) -> tuple[str, ...]:
        """Cells of the table that the command line prints."""
        counts = (str(self.rows_in), str(self.rows_kept), str(self.rows_quarantined))
        return (self.file, self.source or "-", *counts, self.refused or "kept")

    def quarantine_lines(self) -> Sequence[str]:
        """The first faults found, one sentence each."""
        return self.faults

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return {**asdict(self), "accepted": self.accepted}


def imports_folder(store: Path) -> Path:
    """Where the imported files of a store are kept."""
    return store / "imports"


def import_path(path: Path, store: Path, lang: Lang = "fr") -> list[Import]:
    """Check a file or every file of a folder; copy the good ones beside the store; ``lang`` is that of the faults.

    A bad file changes nothing of what the store had. Raises UsageError when the path does not exist or is empty.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.")
    paths = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] != ".")
    if not paths:
        raise UsageError(f"{path} holds no file.")
    return [_import_file(p, imports_folder(store), lang) for p in paths]


def _import_file(path: Path, folder: Path, lang: Lang) -> Import:
    try:
        read = read_file(path)
    except MaillageError as problem:
        return Import(file=path.name, source="", refused=str(problem))
    target = folder / read.source.id / f"{sha256_file(path)[:12]}_{path.name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(path, aside)
    aside.replace(target)
    return Import(
        file=path.name,
        source=read.source.id,
        rows_in=read.rows_in,
        rows_kept=read.rows.height,
        rows_quarantined=read.rows_quarantined,
        faults=_first_faults(read, lang),
    )


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
    found = {p.name: False for p in folder.iterdir()} if folder.exists() else {}
    try:
        inputs = open_version(store).manifest["inputs"]
    except StoreError:
        return found
    return {i["source"]: bool(i["simulated"]) for i in inputs} | found
