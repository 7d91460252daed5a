"""Style sheets and scripts: our own from the package, the map's from its carrier wheel; all under a stamped path."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from maillage.errors import MissingSourceError

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
MAP_FILES = ("maplibre-gl.js", "maplibre-gl.css")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: its type, its bytes, and the same gzipped."""

    media_type: str
    plain: bytes
    gzipped: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by name; ``stamp`` changes with any of them, so that browsers may keep them for ever."""

    files: Mapping[str, Asset]
    stamp: str

    def url(self, name: str) -> str:
        """The stamped path of a file; raises KeyError when there is no such file."""
        return f"/static/{self.stamp}/{self.files[name] and name}"


def load_assets(carriers: Path) -> Assets:
    """Read every file once; raises MissingSourceError when the map's script is not installed."""
    own = resources.files("maillage.web") / "static"
    found = {entry.name: entry.read_bytes() for entry in own.iterdir() if Path(entry.name).suffix in TYPES}
    folder = carriers / "maplibre" / "srcjs"
    for name in MAP_FILES:
        if not (folder / name).is_file():
            raise MissingSourceError(
                f"The map's script {name} is not in {folder}.",
                hint="Run `make install`, or name the folder of carrier wheels in MAILLAGE_CARRIERS.",
            )
        found[name] = (folder / name).read_bytes()
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(name.encode() + b"\0" + found[name])
    files = {
        name: Asset(TYPES[Path(name).suffix], content, gzip.compress(content, 9, mtime=0))
        for name, content in sorted(found.items())
    }
    return Assets(files=files, stamp=digest.hexdigest()[:12])
