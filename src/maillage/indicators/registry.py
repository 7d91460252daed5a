"""Find the indicators: one file (or one family in a file) under ``definitions/indicators``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from maillage.catalog.definitions import defined
from maillage.errors import DefinitionError, NotFoundError
from maillage.indicators.definition import Indicator

PACKAGE = "maillage.definitions.indicators"


@cache
def load_indicators(package: str = PACKAGE) -> dict[str, Indicator]:
    """Every indicator by its identifier, in the order of the identifiers.

    Each module of ``package`` holds ``INDICATOR`` or ``INDICATORS``. Raises DefinitionError when a module holds
    neither or two indicators share an identifier.
    """
    return unique_indicators(defined(package, Indicator, "INDICATOR"))


def unique_indicators(indicators: Iterable[Indicator]) -> dict[str, Indicator]:
    """Indicators by identifier; raises DefinitionError when an identifier comes twice."""
    known: dict[str, Indicator] = {}
    for indicator in indicators:
        if indicator.id in known:
            raise DefinitionError(f"Two indicators are called {indicator.id!r}: each needs its own identifier.")
        known[indicator.id] = indicator
    return dict(sorted(known.items()))


def find_indicator(name: str) -> Indicator:
    """The indicator called ``name``; raises NotFoundError that lists the known ones."""
    known = load_indicators()
    if name not in known:
        raise NotFoundError(f"No indicator is called {name!r}.", hint=f"The known ones are {', '.join(known)}.")
    return known[name]
