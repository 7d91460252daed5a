"""Dated parameters: every threshold has a value, a date, a unit and the text it comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from maillage.errors import DefinitionError, NotFoundError


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dated value; ``assumption`` is True where no text gives it and Maillage had to choose."""

    name: str
    value: Any
    unit: str
    valid_from: str
    reference: str
    assumption: bool


@cache
def load_parameters(name: str) -> Mapping[str, Parameter]:
    """Read ``definitions/parameters/NAME.toml``, such as ``observation`` or ``apl/irdes-2012``: one table a parameter.

    Each table holds ``value``, ``unit``, ``valid_from`` (ISO date), ``reference``, and ``assumption`` where true.
    Raises NotFoundError when there is no such file, DefinitionError when an entry lacks its reference or date.
    """
    if name not in parameter_names():
        raise NotFoundError(f"No parameter file is called {name!r}: there are {', '.join(parameter_names())}.")
    entries = tomllib.loads(_folder().joinpath(f"{name}.toml").read_text("utf-8"))
    return {key: _parameter(name, key, entry) for key, entry in entries.items() if isinstance(entry, dict)}


@cache
def parameter_names() -> tuple[str, ...]:
    """The name of every parameter file, in order; those of a folder begin with its name and a stroke."""
    return tuple(sorted(_names(_folder(), "")))


def _names(folder: Traversable, prefix: str) -> Iterator[str]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _names(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".toml"):
            yield prefix + item.name.removesuffix(".toml")


def _folder() -> Traversable:
    return files("maillage") / "definitions" / "parameters"


def _parameter(file: str, key: str, entry: dict[str, Any]) -> Parameter:
    lacking = [k for k in ("value", "unit", "valid_from", "reference") if k not in entry]
    if lacking:
        raise DefinitionError(f"Parameter {key!r} of {file}.toml lacks {', '.join(lacking)}.")
    return Parameter(
        name=key,
        value=entry["value"],
        unit=entry["unit"],
        valid_from=str(entry["valid_from"]),
        reference=entry["reference"],
        assumption=bool(entry.get("assumption", False)),
    )
