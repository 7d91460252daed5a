"""Serve one tile out of a PMTiles archive, mapped in memory."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

from pmtiles.reader import MemorySource, Reader

from maillage.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Tileset:
    """An archive of one level and its zooms."""

    level: str
    zoom_min: int
    zoom_max: int
    reader: Reader

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """The gzipped tile, None where the archive is empty; raises NotFoundError outside its zooms."""
        side = 1 << min(max(zoom, 0), 30)
        if not self.zoom_min <= zoom <= self.zoom_max or not (0 <= column < side and 0 <= row < side):
            raise NotFoundError(
                f"There is no tile {zoom}/{column}/{row}: zooms are {self.zoom_min} to {self.zoom_max}."
            )
        data = self.reader.get(zoom, column, row)
        return None if data is None else bytes(data)


def open_tileset(path: Path) -> Tileset:
    """Map an archive in memory; the file may be replaced on disk while it is read."""
    with path.open("rb") as handle:
        mapped = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
    reader = Reader(MemorySource(mapped))
    header = reader.header()
    return Tileset(level=path.stem, zoom_min=header["min_zoom"], zoom_max=header["max_zoom"], reader=reader)
