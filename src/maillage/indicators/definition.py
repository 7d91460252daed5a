"""What an indicator is: its words, its sources, its computation, its limits and a worked example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

import polars as pl

from maillage.catalog.tables import TABLES
from maillage.engine import Engine
from maillage.errors import DefinitionError
from maillage.period import parse_period
from maillage.territory.rule import Rule
from maillage.text import Text

Volet = Literal["supply", "planned", "unplanned", "outreach", "framing"]
Direction = Literal["low", "high", "none"]
Grain = Literal["commune", "iris", "departement", "bassin_vie"]
Interval = Literal["none", "byar", "wilson", "range"]
Rows = tuple[Mapping[str, Any], ...]

VOLETS: dict[Volet, Text] = {
    "supply": Text("Offre de soins", "Supply of care"),
    "planned": Text("Soins programmés", "Planned care"),
    "unplanned": Text("Soins non programmés", "Unplanned care"),
    "outreach": Text("Aller vers", "Outreach"),
    "framing": Text("Cadrage", "Framing"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """A source that an indicator reads, for which periods (all where none is named), and what its reader must know."""

    source: str
    periods: tuple[str, ...] = ()
    warning: Text | None = None

    def feeds(self, period: str) -> bool:
        """Whether the figures of ``period`` come from this source."""
        return not self.periods or period in self.periods


@dataclass(frozen=True, slots=True)
class Break:
    """A break of series: periods up to ``after`` do not compare with later ones."""

    after: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: small input tables by name, and the observations that they must give.

    ``tables`` leaves out the columns that do not matter (they are empty). ``expected`` rows hold ``code``, ``value``
    and any of ``period, slice, numerator, denominator, low, high``. ``oracle`` computes ``{code: (numerator,
    denominator)}`` from the same rows in plain Python, by the definition and not by the expression.
    """

    words: Text
    tables: Mapping[str, Rows]
    expected: Rows
    oracle: Callable[[Mapping[str, Rows]], dict[str, tuple[float, float]]] | None = None

    def frames(self) -> dict[str, pl.DataFrame]:
        """The input tables in the layout of the catalogue; those that the example does not name are empty."""
        known = {table.name: table for table in TABLES}
        astray = sorted(set(self.tables) - set(known))
        if astray:
            raise DefinitionError(f"A worked example names the tables {astray}, which the catalogue does not have.")
        return {n: pl.DataFrame(list(self.tables.get(n, ())), schema=t.schema) for n, t in known.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator, complete by itself.

    ``compute`` gives an Ibis expression over the core tables with columns ``code, period, slice, numerator,
    denominator`` at the base ``grain``, optionally ``value`` (kept exactly where a producer published it), ``low``
    and ``high`` (``interval`` "range") and ``status``. A numerator is empty where the value is missing; a
    denominator that stands alone still counts in the territories above. ``aggregation`` says how they add up
    and holds the scale (100 for a percentage). ``direction`` is the side that is bad.

    Raises DefinitionError when a word is missing or the parts contradict each other.
    """

    id: str
    label: Text
    short_label: Text
    volet: Volet
    unit: Text
    unit_one: Text | None = None
    decimals: int
    direction: Direction
    why: Text
    definition: Text
    numerator: Text
    denominator: Text
    method: Text
    limits: Text
    inputs: tuple[Input, ...]
    author: str
    reviewer: str
    next_review: date
    grain: Grain
    aggregation: Rule
    interval: Interval = "none"
    breaks: tuple[Break, ...] = ()
    compute: Callable[[Engine], Any]
    example: Example

    def __post_init__(self) -> None:
        blank = [f.name for f in fields(self) if _is_blank(getattr(self, f.name), f.name)]
        if blank:
            raise DefinitionError(f"Indicator {self.id!r} lacks words for {', '.join(blank)}.")
        if self.volet == "framing" and self.direction != "none":
            raise DefinitionError(f"Indicator {self.id!r} is of framing: it has no bad direction and raises no alert.")
        if self.interval in ("byar", "wilson") and self.aggregation.kind != "ratio":
            raise DefinitionError(f"Indicator {self.id!r}: the interval {self.interval!r} needs a ratio of counts.")

    @property
    def scale(self) -> float:
        """What the ratio is multiplied by: 100 for a percentage, 100 000 for a density."""
        return self.aggregation.scale


def break_between(indicator: Indicator, first: str, second: str) -> Text | None:
    """Why two periods of an indicator do not compare, or None where nothing is known against it.

    Raises UsageError when a period cannot be read.
    """
    low, high = sorted((parse_period(first), parse_period(second)))
    for broken in indicator.breaks:
        if low <= parse_period(broken.after) < high:
            return broken.reason
    return None


def _is_blank(value: object, name: str) -> bool:
    if isinstance(value, Text):
        unitless = name in ("unit", "unit_one")
        return not unitless and not (value.fr.strip() and value.en.strip())
    return name in ("id", "author", "reviewer", "inputs") and not value
