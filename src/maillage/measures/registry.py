"""Find the measures: one file a measure under ``definitions/measures``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from maillage.catalog.definitions import defined
from maillage.catalog.parameters import parameter_names
from maillage.errors import DefinitionError
from maillage.indicators.registry import load_indicators
from maillage.measures.definition import Measure

PACKAGE = "maillage.definitions.measures"


@cache
def load_measures(package: str = PACKAGE) -> dict[str, Measure]:
    """Every measure by its identifier, in the order of the identifiers.

    Each module of ``package`` holds ``MEASURE`` or ``MEASURES``. Raises DefinitionError when a module holds neither,
    two measures share an identifier, or one names an indicator or a file of parameters that does not exist.
    """
    return checked_measures(defined(package, Measure, "MEASURE"))


def checked_measures(measures: Iterable[Measure]) -> dict[str, Measure]:
    """Measures by identifier, each checked against the indicators and parameters that it names."""
    indicators, known = load_indicators(), dict[str, Measure]()
    for measure in measures:
        if measure.id in known:
            raise DefinitionError(f"Two measures are called {measure.id!r}: each needs its own identifier.")
        astray = [e.indicator for e in measure.expectations if e.indicator not in indicators]
        if measure.schedule and measure.schedule not in parameter_names():
            astray.append(f"{measure.schedule}.toml")
        if astray:
            raise DefinitionError(f"The measure {measure.id!r} names {astray}, which Maillage does not have.")
        known[measure.id] = measure
    return dict(sorted(known.items()))
