"""A user's own files: checked on arrival, kept beside the store, read by the next run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from maillage.catalog.reasons import in_language
from maillage.catalog.store import open_version, sha256_file, writing_to
from maillage.errors import MaillageError, StoreError, UsageError
from maillage.sources.origin import ORIGIN_FILE, load_origin
from maillage.sources.registry import SOURCES, read_file
from maillage.sources.source import SourceRead
from maillage.text import Lang, Text

SHOWN_FAULTS = 5
FAULT = Text(
    "{file}, ligne {line}, {field} : {reason} (trouvé : {found})",
    "{file}, line {line}, {field}: {reason} (found {found})",
)
KEPT = Text("gardé", "kept")
KEPT_SIMULATED = Text("gardé (simulé)", "kept (simulated)")
MORE = Text("… et {more} de plus", "… and {more} more")
# A file is kept in a folder RANK_HASH of its own: where two files of a source hold the same key the last one wins.
_KEPT = re.compile(r"(\d{6})_([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Import:
    """What became of one file: kept, or refused with the reason."""

    file: str
    source: str
    rows_in: int = 0
    rows_kept: int = 0
    rows_quarantined: int = 0
    simulated: bool = False
    refused: str = ""
    faults: Sequence[str] = field(default_factory=tuple)

    @property
    def accepted(self) -> bool:
        """True when the next run will read the file."""
        return not self.refused

    def cells(self, lang: Lang) -> tuple[str, ...]:
        """Cells of the table that the command line prints."""
        counts = (str(self.rows_in), str(self.rows_kept), str(self.rows_quarantined))
        kept = (KEPT_SIMULATED if self.simulated else KEPT)[lang]
        return (self.file, self.source or "-", *counts, self.refused or kept)

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

    A bad file changes nothing of what the store had; a file that its folder declares simulated stays so.
    Raises UsageError when the path does not exist or is empty, StoreError when the store cannot be written.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.")
    paths = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and not _is_aside(p))
    if not paths:
        raise UsageError(f"{path} holds no file.")
    root = path.parent if path.is_file() else path
    return [_import_file(p, root, imports_folder(store), lang) for p in paths]


def _is_aside(path: Path) -> bool:
    return path.name.startswith(".") or path.name == ORIGIN_FILE


def _import_file(path: Path, root: Path, folder: Path, lang: Lang) -> Import:
    try:
        simulated = load_origin(path, root).simulated
        read = read_file(path, simulated=simulated)
    except MaillageError as problem:
        return Import(file=path.name, source="", refused=str(problem))
    with writing_to(folder.parent):
        _keep(path, folder / read.source.id, simulated=simulated)
    return Import(
        file=path.name,
        source=read.source.id,
        rows_in=read.rows_in,
        rows_kept=read.rows.height,
        rows_quarantined=read.rows_quarantined,
        simulated=simulated,
        faults=_first_faults(read, lang),
    )


def _keep(path: Path, folder: Path, *, simulated: bool) -> None:
    """Copy a file after those that the folder holds; the same content takes the place of its earlier copy."""
    folder.mkdir(parents=True, exist_ok=True)
    held = {p: found for p in folder.iterdir() if (found := _KEPT.fullmatch(p.name))}
    rank = max((int(found[1]) for found in held.values()), default=0) + 1
    digest = sha256_file(path)[:12]
    aside = folder / f".{digest}.{os.getpid()}"
    aside.mkdir(exist_ok=True)
    shutil.copyfile(path, aside / path.name)
    if simulated:
        (aside / ORIGIN_FILE).write_text("[folder]\nsimulated = true\n", "utf-8")
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
    found = {p.name: any(p.rglob(ORIGIN_FILE)) for p in held}
    try:
        inputs = open_version(store).manifest["inputs"]
    except StoreError:
        return found
    return {i["source"]: bool(i["simulated"]) for i in inputs} | found
