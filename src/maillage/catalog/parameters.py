"""Dated parameters: every threshold has a value, a date, a unit and the text it comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
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
    """Read ``definitions/parameters/NAME.toml``: one table a parameter.

    Each table holds ``value``, ``unit``, ``valid_from`` (ISO date), ``reference``, and ``assumption`` where true.
    Raises NotFoundError when there is no such file, DefinitionError when an entry lacks its reference or date.
    """
    path = files("maillage") / "definitions" / "parameters" / f"{name}.toml"
    if not path.is_file():
        raise NotFoundError(f"No parameter file is called {name!r}.")
    entries = tomllib.loads(path.read_text("utf-8"))
    return {key: _parameter(name, key, entry) for key, entry in entries.items() if isinstance(entry, dict)}


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
