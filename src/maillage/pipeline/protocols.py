"""Texts of protocols: from a person's file, or from those that come with Maillage."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from maillage.errors import NotFoundError, UnreadableFileError


def examples() -> tuple[str, ...]:
    """The names of the protocols that come with Maillage, in order."""
    return tuple(sorted(item.name.removesuffix(".toml") for item in _folder().iterdir() if item.name.endswith(".toml")))


def example(name: str) -> str:
    """The text of a protocol that comes with Maillage; raises NotFoundError when there is none of this name."""
    if name not in examples():
        raise NotFoundError(
            f"No protocol comes with Maillage as {name!r}: there are {', '.join(examples())}.",
            fr=f"Aucun protocole n’est fourni sous le nom {name!r} : il y a {', '.join(examples())}.",
        )
    return _folder().joinpath(f"{name}.toml").read_text("utf-8")


def protocol_text(path: Path) -> str:
    """The text of a person's file; raises NotFoundError without it, UnreadableFileError when it is no text."""
    if not path.is_file():
        raise NotFoundError(
            f"A protocol is a file, or the identifier of one that is registered; there is no file {path}.",
            hint="`maillage evaluate list` names those registered, `maillage evaluate new` prints one to start from.",
            fr=f"Un protocole est un fichier, ou l’identifiant d’un protocole enregistré ; il n’y a pas de fichier "
            f"{path}. `maillage evaluate list` nomme ceux qui sont enregistrés.",
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFileError(
            f"A protocol is a TOML text in UTF-8, {path} cannot be read as one: {problem}.",
            fr=f"Un protocole est un texte TOML en UTF-8 ; {path} ne peut pas être lu ainsi : {problem}.",
        ) from problem


def _folder() -> Traversable:
    return files("maillage") / "definitions" / "protocols"
