"""What a run made that the next may use again: files and folders named by all that they were made from.

Nothing here is ever out of date: other inputs, other code or other libraries have other names, and what a run did not
use is removed at its end. A store without this folder gives the same bytes, later.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from maillage.catalog.store import sync


@dataclass(slots=True)
class Kept:
    """A folder of things made; ``made_by`` tells the code and the libraries that make them."""

    folder: Path
    made_by: str = ""
    _used: set[str] = field(default_factory=set)

    def holds(self, key: Sequence[str]) -> bool:
        """Whether what a key names was made before."""
        return (self.folder / self._name(key)).exists()

    def path(self, key: Sequence[str], make: Callable[[Path], None]) -> Path:
        """The file or folder of a key, which ``make`` writes where it was not made before; all or nothing."""
        name = self._name(key)
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            aside = self.folder / f".{name}.{os.getpid()}"
            try:
                make(aside)
                for written in (aside, *aside.rglob("*")) if aside.is_dir() else (aside,):
                    sync(written)
                aside.rename(path)
            finally:
                _remove(aside)
        self._used.add(name)
        return path

    def frame(self, key: Sequence[str], make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """The frame of a key, which ``make`` gives where it was not made before."""
        return pl.read_parquet(self.path(key, lambda path: make().write_parquet(path, compression="zstd")))

    def forget_others(self) -> None:
        """Remove what was not asked for since this was opened."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in self._used:
                _remove(path)

    def _name(self, key: Sequence[str]) -> str:
        return hashlib.sha256("\n".join((self.made_by, *key)).encode()).hexdigest()[:40]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def fingerprint(frame: pl.DataFrame) -> str:
    """A hash of the values of a frame, in the order of its rows."""
    return hashlib.sha256(frame.write_csv(null_value="\0").encode()).hexdigest()
