"""What a folder says of the origin of its files: which ones are simulated."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from maillage.errors import UnreadableFileError

ORIGIN_FILE = "origine.toml"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whether a file was simulated, what its folder says of it, and the day on which it was made known."""

    simulated: bool = False
    note: str = ""
    known_on: date | None = None


def load_origin(path: Path, root: Path) -> Origin:
    """What the nearest ``origine.toml``, from the file's folder up to ``root``, declares for the file.

    It holds ``[files."NAME"]`` (the name or the path from its folder) or ``[folder]``, with ``simulated``, ``note`` and
    ``known_on`` (a date). Raises UnreadableFileError when it is not TOML or one of them is of another kind.
    """
    folder = path.parent
    while True:
        declaration = folder / ORIGIN_FILE
        if declaration.is_file():
            return _declared(declaration, path)
        if folder in (root, folder.parent):
            return Origin()
        folder = folder.parent


def _declared(declaration: Path, path: Path) -> Origin:
    try:
        said: dict[str, Any] = tomllib.loads(declaration.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UnreadableFileError(f"{declaration}: a TOML file was expected, found {problem}.") from problem
    files = said.get("files", {})
    name = path.relative_to(declaration.parent).as_posix()
    entry = {**said.get("folder", {}), **files.get(path.name, {}), **files.get(name, {})}
    simulated = entry.get("simulated", False)
    if not isinstance(simulated, bool):
        raise UnreadableFileError(f"{declaration}: simulated should be true or false for {name}, found {simulated!r}.")
    known_on = entry.get("known_on")
    if known_on is not None and type(known_on) is not date:
        raise UnreadableFileError(
            f"{declaration}: known_on should be a date, as known_on = 2024-06-30, for {name}, found {known_on!r}."
        )
    return Origin(simulated, str(entry.get("note", "")), known_on)
