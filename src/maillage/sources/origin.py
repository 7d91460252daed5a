"""What a folder says of the origin of its files: which ones are simulated."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maillage.errors import UnreadableFileError

ORIGIN_FILE = "origine.toml"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whether a file was simulated, and what its folder says of it."""

    simulated: bool = False
    note: str = ""


def load_origin(path: Path, root: Path) -> Origin:
    """What the nearest ``origine.toml``, from the file's folder up to ``root``, declares for the file.

    It holds ``[files."NAME"]`` (the name or the path from its folder) or ``[folder]``, with ``simulated`` and ``note``.
    Raises UnreadableFileError when it is not TOML or ``simulated`` is not true or false.
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
    return Origin(simulated, str(entry.get("note", "")))
