"""The versioned store: Parquet tables and a manifest, replaced in one atomic step.

    store/CURRENT                  the identifier of the version in force
    store/versions/<id>/           manifest.json, tables/*.parquet (a folder of parts for a table of records), and
                                   files laid beside them (tiles)

A version is written aside, synced, renamed into place, and only then named in CURRENT: a run killed at any moment
leaves the previous version readable. The identifier is the hash of the manifest, and the manifest holds no time of
day: the same inputs, code and definitions give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from maillage.catalog.table import Table
from maillage.errors import BrokenInvariantError, StoreError

FORMAT = 1
KEPT_VERSIONS = 2
_VERSION = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the store, read-only."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The identifier: first 16 hexadecimal digits of the manifest's hash."""
        return self.folder.name

    @property
    def tables(self) -> Path:
        """The folder of Parquet tables."""
        return self.folder / "tables"

    @property
    def tiles(self) -> Path:
        """The folder of map tiles."""
        return self.folder / "tiles"

    def read(self, name: str) -> pl.DataFrame:
        """A whole table; raises StoreError when the version does not hold it."""
        path = self.tables / f"{name}.parquet"
        if not path.exists():
            raise StoreError(f"The table {name!r} is not in the store {self.folder}.", hint="Run `maillage run` again.")
        return pl.read_parquet(path)


@dataclass(slots=True)
class Draft:
    """A version being written; nothing of it is visible before ``publish`` ends."""

    folder: Path
    tables: list[dict[str, Any]] = field(default_factory=list)

    def write(self, table: Table, frame: pl.DataFrame) -> None:
        """Write a table sorted by its key; raises BrokenInvariantError when a key repeats or is empty."""
        required = [k for k in table.key if k not in table.nullable]
        if frame.select(pl.any_horizontal(pl.col(k).is_null().any() for k in required)).item():
            raise BrokenInvariantError(f"The table {table.name!r} has an empty key.")
        if frame.select(pl.struct(table.key).is_duplicated().any()).item():
            raise BrokenInvariantError(f"The table {table.name!r} has two rows of one key ({', '.join(table.key)}).")
        tidy = frame.select(pl.col(name).cast(dtype) for name, dtype in table.schema.items()).sort(table.key)
        path = self.folder / "tables" / f"{table.name}.parquet"
        pq.write_table(_plain_strings(tidy.to_arrow()), path, compression="zstd", row_group_size=1 << 18)
        self.tables.append({"name": table.name, "rows": tidy.height, "sha256": sha256_file(path)})

    def adopt(self, table: Table, files: Sequence[tuple[Path, int, str]]) -> None:
        """A table as a folder of files that were written before, each with its rows and SHA-256, in the order given.

        They are linked where the file system can: the table then takes no room of its own.
        """
        folder = self.folder / "tables" / f"{table.name}.parquet"
        folder.mkdir()
        for number, (path, _, _) in enumerate(files):
            try:
                os.link(path, folder / f"{number:06d}.parquet")
            except OSError:
                shutil.copyfile(path, folder / f"{number:06d}.parquet")
        parts = [sha256 for _, _, sha256 in files]
        whole = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        rows = sum(count for _, count, _ in files)
        self.tables.append({"name": table.name, "rows": rows, "sha256": whole, "parts": parts})

    @contextmanager
    def stream(self, table: Table) -> Iterator[Callable[[pl.DataFrame], None]]:
        """A table too large for memory, written part after part in the order given; its keys are the caller's care."""
        path = self.folder / "tables" / f"{table.name}.parquet"
        with table_writer(table, path) as write:
            yield write
        rows = pq.read_metadata(path).num_rows
        self.tables.append({"name": table.name, "rows": rows, "sha256": sha256_file(path)})

    def parts(self) -> dict[str, list[tuple[Path, str]]]:
        """The files of each table that is a folder, with their SHA-256, in order."""
        found = {}
        for told in self.tables:
            if "parts" in told:
                folder = self.folder / "tables" / f"{told['name']}.parquet"
                found[told["name"]] = list(zip(sorted(folder.iterdir()), told["parts"], strict=True))
        return found

    def extra(self, *parts: str) -> Path:
        """A path of the version for a file that is not a table; its folder exists."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


@contextmanager
def table_writer(table: Table, path: Path) -> Iterator[Callable[[pl.DataFrame], None]]:
    """A file of a table too large for memory, written part after part in the order given; it checks no key."""
    schema = _plain_strings(table.empty().to_arrow()).schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:

        def write(frame: pl.DataFrame) -> None:
            tidy = frame.select(pl.col(name).cast(dtype) for name, dtype in table.schema.items())
            writer.write_table(_plain_strings(tidy.to_arrow()), row_group_size=1 << 18)

        yield write


def _plain_strings(table: pa.Table) -> pa.Table:
    """Without Polars' string views, which older readers of Parquet metadata do not know."""
    types = [pa.large_string() if pa.types.is_string_view(f.type) else f.type for f in table.schema]
    types = [pa.large_binary() if pa.types.is_binary_view(t) else t for t in types]
    return table.cast(pa.schema([pa.field(f.name, t) for f, t in zip(table.schema, types, strict=True)]))


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def writing_to(store: Path) -> Iterator[None]:
    """Turn what the file system refuses (no space left, a file where a folder should be) into a StoreError."""
    try:
        yield
    except OSError as problem:
        raise StoreError(
            f"The store {store} cannot be written: {problem.strerror or problem}. It keeps the version it had.",
            hint="Free some space, or name another folder with --store.",
            fr="Le magasin ne peut pas être écrit : libérer de l’espace ou vérifier les droits du dossier. Il garde la"
            " version qu’il avait.",
        ) from problem


@contextmanager
def open_draft(store: Path) -> Iterator[Draft]:
    """A draft in the store's own file system; what is not published is removed."""
    staging = store / "staging" / str(os.getpid())
    shutil.rmtree(staging, ignore_errors=True)
    _remove_orphans(store / "staging")
    (staging / "tables").mkdir(parents=True)
    try:
        yield Draft(folder=staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        _remove_if_empty(store / "staging")


def publish(draft: Draft, store: Path, manifest: Mapping[str, Any]) -> Version:
    """Make the draft the version in force, in one step; returns it."""
    files = sorted(p for p in draft.folder.rglob("*") if p.is_file() and draft.folder / "tables" not in p.parents)
    whole = {
        "format": FORMAT,
        **manifest,
        "tables": sorted(draft.tables, key=lambda t: str(t["name"])),
        "files": [{"path": p.relative_to(draft.folder).as_posix(), "sha256": sha256_file(p)} for p in files],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    identifier = hashlib.sha256(text.encode()).hexdigest()[:16]
    (draft.folder / "manifest.json").write_text(text, "utf-8")
    _sync_tree(draft.folder)
    target = store / "versions" / identifier
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        draft.folder.rename(target)
        sync(target.parent)
    _replace_text(store / "CURRENT", identifier + "\n")
    _prune(store, keep=identifier)
    return open_version(store)


def open_version(store: Path) -> Version:
    """The version in force; raises StoreError when there is none, or one that is damaged or of another format."""
    pointer = store / "CURRENT"
    if not pointer.is_file():
        raise StoreError(
            f"There is no store at {store}.",
            hint="Build one with `maillage run --demo`, or name one with --store.",
        )
    name = pointer.read_text("utf-8", errors="replace").strip()
    folder = store / "versions" / name
    path = folder / "manifest.json"
    if not _VERSION.fullmatch(name) or not path.is_file():
        raise StoreError(f"The store {store} names a version that is not there ({name[:40]!r}).", hint="Run again.")
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except ValueError as problem:
        raise StoreError(f"The manifest of the store {store} is damaged ({path}).", hint="Run again.") from problem
    if manifest.get("format") != FORMAT:
        raise StoreError(
            f"The store {store} has format {manifest.get('format')}, this Maillage reads {FORMAT}.",
            hint="Run again.",
        )
    return Version(folder=folder, manifest=manifest)


def _prune(store: Path, *, keep: str) -> None:
    """Keep the version in force and the one before, for readers that still have it open."""
    versions = sorted((store / "versions").iterdir(), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    old = [p for p in versions if p.name != keep]
    for folder in old[KEPT_VERSIONS - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_orphans(staging: Path) -> None:
    """Remove drafts whose process is gone."""
    for folder in staging.iterdir() if staging.exists() else ():
        if not Path(f"/proc/{folder.name}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _replace_text(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, "utf-8")
    sync(aside)
    aside.replace(path)
    sync(path.parent)


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
