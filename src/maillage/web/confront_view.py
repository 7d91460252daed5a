"""The sheet of a territory: measures at work, money received, and what moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from maillage.catalog.tables import ALERT, MEASURE_EVENT, OBSERVATION, PAYMENT
from maillage.measures.confront import Confrontation, Evidence, confront
from maillage.measures.events import Moment
from maillage.web.atlas import Territory
from maillage.web.money_view import store_ledger
from maillage.web.register import COVERED, Register


@dataclass(frozen=True, slots=True)
class Paid:
    """What a territory received for a measure from a payer, by year."""

    measure: str
    payer: str
    amounts: dict[int, float]


@dataclass(frozen=True, slots=True)
class Moved:
    """An indicator before and after: ``verdict`` is 1 better, -1 worse, 0 no change established, None untested."""

    indicator: str
    since: str
    until: str
    before: float
    after: float
    verdict: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Measures at work (``measure, beneficiaries``), money, moves, and the share covered by CPTS with an agreement."""

    on: date
    measures: tuple[tuple[str, int], ...]
    years: tuple[int, ...]
    money: tuple[Paid, ...]
    per_head_eur: float | None
    covered: float | None
    moves: tuple[Moved, ...]


def sheet(register: Register, place: Territory) -> Sheet | None:
    """The sheet of a territory; None where the store holds neither measures nor payments."""
    on = _last_day(register)
    if on is None:
        return None
    shared = register.once(("confront", place.level), lambda: _level(register, place.level, on))
    here = (pl.col("level") == place.level) & (pl.col("code") == place.code)
    paid = shared.money.filter(here)
    years = tuple(int(y) for y in paid.get_column("year").unique().sort())
    return Sheet(
        on=on,
        measures=tuple(shared.measures.filter(here).select("measure", "beneficiaries").iter_rows()),
        years=years,
        money=_money(paid),
        per_head_eur=_per_head(paid, years[-1], place.population) if years else None,
        covered=_covered(register, place),
        moves=_moves(register, place, on),
    )


def _last_day(register: Register) -> date | None:
    days = [day for day in (register.latest(measure) for measure in register.measures) if day]
    years = [int(y) for y in register.payments.get_column("year").unique()]
    return max([*days, *(date(year, 12, 31) for year in years)], default=None)


def _level(register: Register, level: str, on: date) -> Confrontation:
    """Measures and money of every territory of a level."""
    evidence = Evidence(
        alert=ALERT.empty(),
        observation=OBSERVATION.empty(),
        measure_event=register.events,
        payment=store_ledger(register).lines if register.payments.height else PAYMENT.empty(),
    )
    return confront(evidence, register.place, Moment(on), [level])


def _money(paid: pl.DataFrame) -> tuple[Paid, ...]:
    found: dict[tuple[str, str], dict[int, float]] = {}
    for measure, payer, year, amount in paid.select("measure", "payer", "year", "amount_eur").iter_rows():
        found.setdefault((measure, payer), {})[int(year)] = amount
    ordered = sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return tuple(Paid(measure, payer, amounts) for (measure, payer), amounts in ordered)


def _per_head(paid: pl.DataFrame, year: int, people: float) -> float | None:
    amount = float(paid.filter(pl.col("year") == year).get_column("amount_eur").sum())
    return amount / people if people > 0 else None


def _covered(register: Register, place: Territory) -> float | None:
    last = register.latest(COVERED)
    if last is None:
        return None
    rows = register.coverage(last).get(("aci_shares", place.level))
    found = rows.filter(pl.col("code") == place.code).get_column("share").to_list() if rows is not None else []
    return found[0] if found else None


def _moves(register: Register, place: Territory, on: date) -> tuple[Moved, ...]:
    """What moved in the published figures of the territory."""
    path = register.version.tables / f"{OBSERVATION.name}.parquet"
    mine = pl.scan_parquet(path).filter(pl.col("level") == place.level, pl.col("code") == place.code).collect()
    evidence = Evidence(
        alert=ALERT.empty(), observation=mine, measure_event=MEASURE_EVENT.empty(), payment=PAYMENT.empty()
    )
    rows = confront(evidence, register.place, Moment(on), [place.level]).moves
    columns = ("indicator", "since", "until", "before", "after", "verdict")
    return tuple(Moved(*row) for row in rows.select(columns).iter_rows())
