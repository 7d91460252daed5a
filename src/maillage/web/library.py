"""The atlas in force: read once, read again when the store names another version."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from maillage.catalog.store import open_version
from maillage.errors import StoreError
from maillage.web.atlas import Atlas
from maillage.web.atlas_read import read_atlas
from maillage.web.camera import cities, extents
from maillage.web.register import Register, read_register
from maillage.web.search import SearchIndex, build_index
from maillage.web.tileset import Tileset, open_tileset


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a request reads: an atlas, its search index, its tiles, where its maps open, and its measures."""

    atlas: Atlas
    index: SearchIndex
    tiles: dict[str, Tileset]
    cities: list[tuple[str, float, float, int]]
    extents: dict[str, tuple[float, float, float, float]]
    register: Register


@dataclass(slots=True)
class Library:
    """Keeps the shelf of the version in force; while a new version is being read, requests get the one before."""

    store: Path
    _shelf: Shelf | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> Shelf:
        """The shelf in force; raises StoreError when the store is absent or unreadable."""
        shelf, wanted = self._shelf, self._current_id()
        if shelf is not None and (shelf.atlas.id == wanted or not self._lock.acquire(blocking=False)):
            return shelf
        if shelf is None:
            self._lock.acquire()
        try:
            return self._read_if_other(wanted)
        finally:
            self._lock.release()

    def _read_if_other(self, wanted: str) -> Shelf:
        if self._shelf is None or self._shelf.atlas.id != wanted:
            self._shelf = _read_shelf(self.store)
        return self._shelf

    def _current_id(self) -> str:
        try:
            return (self.store / "CURRENT").read_text("utf-8").strip()
        except OSError as error:
            raise StoreError(
                f"There is no store at {self.store}.", hint="Build one with `maillage run --demo`."
            ) from error


def _read_shelf(store: Path) -> Shelf:
    version = open_version(store)
    atlas = read_atlas(version)
    tiles = {path.stem: open_tileset(path) for path in sorted(version.tiles.glob("*.pmtiles"))}
    return Shelf(
        atlas=atlas,
        index=build_index(atlas),
        tiles=tiles,
        cities=cities(atlas),
        extents=extents(atlas),
        register=read_register(version),
    )
