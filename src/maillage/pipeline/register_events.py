"""Registers told day after day: what each day of knowledge adds to the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from maillage.catalog.layout import FileLayout
from maillage.catalog.tables import MEASURE_EVENT
from maillage.measures.events import SUBJECT
from maillage.measures.statements import OBSERVED, SCOPES, STATEMENT, TELLER, differences, spread, statements
from maillage.pipeline.held import Held
from maillage.pipeline.register_place import Ground, place_rows
from maillage.text import Text

_FILE, _SIMULATED = "_file", "_simulated"


@dataclass(frozen=True, slots=True)
class Telling:
    """A register, and the day on which it was made known; ``rank`` tells those of one day apart, in the order told."""

    held: Held
    layout: FileLayout
    known_on: date
    rank: int = 0

    @property
    def name(self) -> str:
        """The name of the file, which a later one may replace."""
        return self.held.batch.file.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Listing:
    """A published list taken as a register from the day of its vintage: ``STATEMENT`` and ``TELLER`` columns.

    It gives way to any register of the layout ``gives_way``. ``finding`` says what it does not tell.
    """

    statements: pl.DataFrame
    known_on: date
    gives_way: str
    finding: Text


@dataclass(slots=True)
class _Register:
    """The rows of one layout as they are known so far, and what they state."""

    layout: FileLayout
    rows: pl.DataFrame
    told: pl.DataFrame | None = None

    def take(self, rows: pl.DataFrame, telling: Telling) -> pl.DataFrame:
        """Add the rows of a file; returns the beneficiaries of those that they touch."""
        scope = list(SCOPES.get(self.layout.id, self.layout.table.key))
        new = rows.select(*self.layout.table.columns).with_columns(
            pl.lit(telling.name).alias(_FILE), pl.lit(telling.held.batch.simulated).alias(_SIMULATED)
        )
        replaced = self.rows.join(new.select(scope).unique(), on=scope, how="semi", nulls_equal=True)
        if telling.held.batch.replaces:
            replaced = pl.concat([replaced, self.rows.filter(pl.col(_FILE) == telling.name)])
        stays = self.rows.join(new.select(scope).unique(), on=scope, how="anti", nulls_equal=True)
        if telling.held.batch.replaces:
            stays = stays.filter(pl.col(_FILE) != telling.name)
        self.rows, self.told = pl.concat([stays, new]), None
        return pl.concat([replaced, new]).select("beneficiary").unique()

    def stated(self, ground: Ground) -> pl.DataFrame:
        """What the rows state: ``STATEMENT`` and ``TELLER`` columns."""
        if self.told is None:
            parts = [
                _with_teller(statements(self.layout.id, part.drop(_FILE, _SIMULATED)), self.layout.id, simulated)
                for (simulated,), part in self.rows.group_by(_SIMULATED, maintain_order=True)
            ]
            self.told = spread(pl.concat(parts), ground.members) if parts else _nothing()
        return self.told


@dataclass(slots=True)
class _Book:
    """Everything known so far."""

    ground: Ground
    registers: dict[str, _Register] = field(default_factory=dict)
    events: list[pl.DataFrame] = field(default_factory=lambda: [MEASURE_EVENT.empty()])

    def learn(self, day: date, tellings: Sequence[Telling], listings: Sequence[Listing]) -> None:
        """Add what one day of knowledge adds."""
        before = set(self.registers)
        touched = [self._take(telling) for telling in tellings]
        first = set(self.registers) - before
        fresh = [item for item in listings if item.known_on == day or item.gives_way in first]
        touched += [item.statements.select("beneficiary").unique() for item in fresh]
        whose = pl.concat(touched).unique()
        listed = [i.statements for i in listings if i.known_on <= day and i.gives_way not in self.registers]
        told = pl.concat(
            [_nothing(), *listed, *(self.registers[n].stated(self.ground) for n in sorted(self.registers))]
        )
        told = told.join(whose, on="beneficiary", how="semi", maintain_order="left")
        told = told.unique([*SUBJECT, "event_date"], keep="last", maintain_order=True)
        known = pl.concat(self.events).join(whose, on="beneficiary", how="semi")
        self.events.append(differences(known, told, day))

    def _take(self, telling: Telling) -> pl.DataFrame:
        layout = telling.layout
        parts = [pl.read_parquet(part) for part in telling.held.batch.parts]
        rows = pl.concat(parts) if parts else layout.table.empty().with_columns(line=pl.lit(0, pl.Int64))
        placed = place_rows(telling.held, rows, self.ground, telling.known_on)
        empty = layout.table.empty().with_columns(
            pl.lit("", pl.String).alias(_FILE), pl.lit(value=False).alias(_SIMULATED)
        )
        register = self.registers.setdefault(layout.id, _Register(layout, empty))
        return register.take(placed, telling)


def events_of(tellings: Sequence[Telling], ground: Ground, listings: Sequence[Listing] = ()) -> pl.DataFrame:
    """Rows of MEASURE_EVENT of registers and lists, in any order, told in that of the days they were made known.

    Of two files of one day that say otherwise of the same row, the one of the higher ``rank`` holds.
    """
    book = _Book(ground)
    for day in sorted({t.known_on for t in tellings} | {item.known_on for item in listings}):
        today = sorted((t for t in tellings if t.known_on == day), key=lambda t: t.rank)
        book.learn(day, today, listings)
    return pl.concat(book.events).sort(MEASURE_EVENT.key)


def _with_teller(told: pl.DataFrame, source: str, simulated: object) -> pl.DataFrame:
    teller = pl.lit(source).alias("source"), pl.lit(OBSERVED).alias("reliability"), pl.lit(simulated).alias("simulated")
    return told.select(*STATEMENT).with_columns(*teller)


def _nothing() -> pl.DataFrame:
    return MEASURE_EVENT.empty().select(*STATEMENT, *TELLER)
