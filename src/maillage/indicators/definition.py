"""What an indicator is: its words, its sources, its computation, its limits and a worked example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

import polars as pl

from maillage.catalog.tables import EVENT_TABLES, TABLES
from maillage.engine import Engine
from maillage.errors import DefinitionError
from maillage.indicators.strata import Combination
from maillage.period import parse_period
from maillage.territory.rule import Rule
from maillage.text import Text

Volet = Literal["supply", "planned", "unplanned", "outreach", "framing"]
Direction = Literal["low", "high", "none"]
Grain = Literal["commune", "iris", "departement", "bassin_vie"]
Interval = Literal["none", "byar", "wilson", "range", "dobson", "difference", "order"]
Rows = tuple[Mapping[str, Any], ...]
# By code, or by code, period and slice: a numerator and a denominator, or the value itself.
Answers = Mapping[Any, tuple[float, float] | float | None]

VOLETS: dict[Volet, Text] = {
    "supply": Text("Offre de soins", "Supply of care"),
    "planned": Text("Soins programmés", "Planned care"),
    "unplanned": Text("Soins non programmés", "Unplanned care"),
    "outreach": Text("Aller vers", "Outreach"),
    "framing": Text("Cadrage", "Framing"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """A source that an indicator reads, for which periods (all where none is named), and what its reader must know.

    ``instead_of`` names the sources whose place it takes where the run read it; it counts for nothing where it did not.
    """

    source: str
    periods: tuple[str, ...] = ()
    warning: Text | None = None
    instead_of: tuple[str, ...] = ()

    def feeds(self, period: str) -> bool:
        """Whether the figures of ``period`` come from this source."""
        return not self.periods or period in self.periods


@dataclass(frozen=True, slots=True)
class Break:
    """A break of series: periods up to ``after`` do not compare with later ones."""

    after: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Records:
    """The event tables that an indicator counts (any of them will do), and when they are complete.

    ``date`` is the column of their dates: where one is named, a period is complete once records go up to its end, and
    final ``delay_months`` later; where none is, the records say themselves which period they are about. ``counted``
    is the sum that grows with the number of records. ``everywhere`` says that where there is none, nothing happened:
    else a département without records did not deliver them.

    Raises DefinitionError for a table that holds no records.
    """

    tables: tuple[str, ...]
    date: str = ""
    delay_months: int = 0
    counted: Literal["numerator", "denominator"] = "denominator"
    everywhere: bool = False

    def __post_init__(self) -> None:
        astray = sorted(set(self.tables) - {table.name for table in EVENT_TABLES})
        if astray or not self.tables:
            raise DefinitionError(f"Records lie in tables of events, found {astray or 'none'}.")


@dataclass(frozen=True, slots=True)
class Tally:
    """A computation that adds up over records, whatever the batches they come in.

    ``count`` gives whole numbers by ``code, period, slice, stratum`` (``numerator``, and ``denominator`` where records
    give it) from the records alone; ``complete`` turns them into the rows of the indicator (residents, for a rate).
    """

    count: Callable[[Engine], Any]
    complete: Callable[[Any, Engine], Any] | None = None

    def __call__(self, engine: Engine) -> Any:
        """The expression of the indicator over all the records of the engine."""
        return self.finish(self.count(engine), engine)

    def finish(self, counted: Any, engine: Engine) -> Any:
        """The expression of the indicator over sums already counted."""
        return counted if self.complete is None else self.complete(counted, engine)


@dataclass(frozen=True, slots=True)
class Counted:
    """The sums of a Tally counted before, and the date of the last record among them."""

    sums: pl.DataFrame
    last: date | None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: small input tables by name, and the observations that they must give.

    ``tables`` leaves out the columns that do not matter (they are empty). ``expected`` rows hold ``code``, ``value``
    and any of ``period, slice, numerator, denominator, low, high``. ``oracle`` computes the same (Answers) from the
    same rows in plain Python, by the definition and not by the expression.
    """

    words: Text
    tables: Mapping[str, Rows]
    expected: Rows
    oracle: Callable[[Mapping[str, Rows]], Answers] | None = None

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

    A figure that does not add up (a median, a standardised rate, a gap) has rows by ``stratum`` too: strata add up,
    and ``combination`` turns those of a territory into its value and interval. ``slices`` names the sub-populations
    beside the whole (slice ""); ``adds_up`` where their numerators add up to its. ``records`` names the
    events counted, if any.

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
    slices: Mapping[str, Text] = field(default_factory=dict)
    adds_up: bool = False
    records: Records | None = None
    combination: Combination | None = None
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
        given = "none" if self.combination is None else self.combination.interval
        if given != self.interval and (self.combination or self.interval in ("dobson", "difference", "order")):
            raise DefinitionError(f"Indicator {self.id!r}: its combination has the interval {given!r}.")

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
