"""Find what the modules of a package of definitions hold."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

from maillage.errors import DefinitionError

_T = TypeVar("_T")


def defined(package: str, kind: type[_T], name: str) -> Iterator[_T]:
    """The objects of ``kind`` that each module of ``package`` calls NAME, or NAMES for several; modules in order.

    Raises DefinitionError when a module holds neither.
    """
    for module in sorted(m.name for m in iter_modules(import_module(package).__path__)):
        held = import_module(f"{package}.{module}")
        found = getattr(held, f"{name}S", None) or (getattr(held, name, None),)
        mine = [one for one in found if isinstance(one, kind)]
        if len(mine) < len(found):
            raise DefinitionError(f"The module {package}.{module} should define {name} or {name}S.")
        yield from mine
