"""What a version of the store holds of measures: events, payments, and the coverage asked for so far."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast

import polars as pl

from maillage.catalog.store import Version
from maillage.catalog.table import Table
from maillage.catalog.tables import MEASURE_EVENT, PAYMENT
from maillage.measures.coverage import DEFINITIONS, CoverageGaps, coverage, coverage_gaps
from maillage.measures.events import STATUS, Moment, history, state
from maillage.measures.perimeters import Country, country
from maillage.measures.reference import load_reference
from maillage.measures.registry import load_measures

Answer = TypeVar("Answer")
COVERED = "cpts"
BY_ID = {definition.id: definition for definition in DEFINITIONS}
KEPT_ANSWERS = 400


@dataclass(slots=True)
class Register:
    """Rows of MEASURE_EVENT and PAYMENT of a version, empty where it has none, and answers already worked out.

    ``payments`` are those of the files read: the published amounts that a store carries beside them are left out.
    """

    events: pl.DataFrame
    payments: pl.DataFrame
    place: Country
    version: Version
    _known: dict[Hashable, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def measures(self) -> frozenset[str]:
        """The measures of which the store holds events."""
        return self.once("measures", lambda: frozenset(self.events.get_column("measure").unique()))

    def simulated(self, measure: str) -> bool:
        """Whether any event of a measure comes from the demonstration."""
        return self.once(("simulated", measure), lambda: bool(self.of(measure).get_column("simulated").any()))

    @property
    def any_simulated(self) -> bool:
        """Whether any event or payment comes from the demonstration."""
        return self.once(
            "any_simulated",
            lambda: any(bool(t.get_column("simulated").any()) for t in (self.events, self.payments)),
        )

    def of(self, measure: str) -> pl.DataFrame:
        """The events of a measure."""
        return self.once(("events", measure), lambda: self.events.filter(pl.col("measure") == measure))

    def latest(self, measure: str) -> date | None:
        """The last day on which a life went on, of what had happened when it was made known; None without any.

        The end of a contract is no news of deployment: a register that stops being told would seem to empty.
        """
        return cast("date | None", self.once(("latest", measure), lambda: self._last_step(measure)))

    def _last_step(self, measure: str) -> object:
        statuses = load_measures()[measure].statuses if measure in load_measures() else ()
        terminal = {s.id for s in statuses if not any(s.id in other.after for other in statuses)}
        steps = (pl.col("attribute") == STATUS) & (pl.col("event_date") <= pl.col("known_date"))
        going_on = steps & pl.col("content").is_not_null() & ~pl.col("content").is_in(sorted(terminal))
        return self.of(measure).filter(going_on).get_column("event_date").max()

    def state(self, measure: str, on: date) -> pl.DataFrame:
        """What held of a measure on a day: rows of MEASURE_EVENT."""
        return self.once(("state", measure, on), lambda: state(self.of(measure), Moment(on)))

    def spans(self, measure: str) -> pl.DataFrame:
        """Statuses of a measure with the day each ceases (``until``, empty: in force)."""
        return self.once(("spans", measure), lambda: history(self.of(measure).filter(pl.col("attribute") == STATUS)))

    @property
    def now(self) -> date | None:
        """The day whose perimeters are today's: that of the last event of a CPTS that had happened when it was told."""
        past = pl.col("event_date") <= pl.col("known_date")
        found = self.once("now", lambda: self.of(COVERED).filter(past).get_column("event_date").max())
        return cast("date | None", found)

    def coverage(self, on: date) -> dict[tuple[str, str], pl.DataFrame]:
        """Rows of COVERAGE on a day, by definition and level."""
        return self.once(("coverage", on), lambda: self._coverage(on))

    def _coverage(self, on: date) -> dict[tuple[str, str], pl.DataFrame]:
        rows = coverage(self.of(COVERED), self.place, [Moment(on)], now=self.now or on)
        parts = rows.partition_by("definition", "level", as_dict=True)
        return {(str(definition), str(level)): part for (definition, level), part in parts.items()}

    def gaps(self, definition: str, on: date) -> CoverageGaps:
        """Holes and overlaps of one definition and day."""
        now = self.now or on
        return self.once(
            ("gaps", definition, on),
            lambda: coverage_gaps(self.of(COVERED), self.place, BY_ID[definition], Moment(on), now=now),
        )

    def table(self, name: str) -> pl.DataFrame | None:
        """Another table of the version, None where it has none."""
        held = {str(entry["name"]) for entry in self.version.manifest.get("tables", ())}
        return self.once(("table", name), lambda: self.version.read(name) if name in held else None)

    def once(self, key: Hashable, work: Callable[[], Answer]) -> Answer:
        """An answer worked out the first time that it is asked for; the oldest go when there are many."""
        found = self._known.get(key, self)
        if found is not self:
            return cast("Answer", found)
        made = work()
        with self._lock:
            while len(self._known) >= KEPT_ANSWERS:
                self._known.pop(next(iter(self._known)))
            self._known[key] = made
        return made


def read_register(version: Version) -> Register:
    """The register of a version; a version without measures gives an empty one."""
    return Register(
        events=_read(version, MEASURE_EVENT),
        payments=_read(version, PAYMENT).filter(~pl.col("source").is_in(list(load_reference().documents))),
        place=country(version.read("membership"), version.read("population")),
        version=version,
    )


def _read(version: Version, table: Table) -> pl.DataFrame:
    names = {str(entry["name"]) for entry in version.manifest.get("tables", ())}
    return version.read(table.name) if table.name in names else table.empty()
