"""What the screens tell of money: the reference ledger, and the payments of the store, each euro counted once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.measures.deflate import in_constant_euros, price_index
from maillage.measures.ledger import Ledger, breakdowns_of, consolidate, members_of, totals
from maillage.measures.reference import Reference
from maillage.measures.reference_entry import Entry, PrintedTable
from maillage.measures.reference_identity import Check, check_identities
from maillage.web.atlas import Atlas
from maillage.web.register import Register


@dataclass(frozen=True, slots=True)
class Line:
    """A sum of the ledger and its payments; ``constant_eur`` is in euros of the base year, None without prices."""

    measure: str
    payer: str
    year: int
    reliability: str
    amount_eur: float
    constant_eur: float | None
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """A table as printed, each row with the checks that it takes part in as the printed figure."""

    table: PrintedTable
    rows: tuple[tuple[Entry, tuple[Check, ...]], ...]


@dataclass(frozen=True, slots=True)
class Received:
    """What a territory received in a year, in all and per inhabitant."""

    level: str
    code: str
    name: str
    amount_eur: float
    per_head_eur: float | None


def base_year() -> int:
    """The year in whose euros constant amounts are given: the last of the price index."""
    return max(price_index())


def reference_ledger(reference: Reference) -> Ledger:
    """The published amounts, no euro counted twice."""
    return consolidate(reference.payment_table(), breakdowns=breakdowns_of(reference), members=members_of(reference))


def store_ledger(register: Register) -> Ledger:
    """The payments of the store, no euro counted twice."""
    return register.once("ledger", lambda: consolidate(register.payments))


def lines(ledger: Ledger) -> list[Line]:
    """Sums by measure, payer, year and reliability, the largest measures first."""
    by = ("measure", "payer", "year", "reliability")
    summed = totals(ledger.lines, by)
    known = summed.filter(pl.col("year").is_in(list(price_index())))
    constant = in_constant_euros(known, base_year()).select(*by, "constant_eur")
    rows = summed.join(constant, on=list(by), how="left", maintain_order="left")
    ordered = rows.with_columns(whole=pl.col("amount_eur").sum().over("measure")).sort(
        "whole", "measure", "payer", "year", "reliability", descending=[True, False, False, False, False]
    )
    return [
        Line(
            r["measure"],
            r["payer"],
            r["year"],
            r["reliability"],
            r["amount_eur"],
            r["constant_eur"],
            tuple(r["entries"]),
        )
        for r in ordered.iter_rows(named=True)
    ]


def by_payer(ledger: Ledger, year: int) -> list[tuple[str, float]]:
    """What each payer paid in a year, the largest first."""
    rows = totals(ledger.lines.filter(pl.col("year") == year), ("payer",)).sort("amount_eur", descending=True)
    return list(rows.select("payer", "amount_eur").iter_rows())


def years(ledger: Ledger) -> list[int]:
    """The years of a ledger, oldest first."""
    return [int(year) for year in ledger.lines.get_column("year").unique().sort()]


def by_measure_and_year(ledger: Ledger) -> list[tuple[str, dict[int, float]]]:
    """Amounts by measure and year, the largest measures first."""
    rows = totals(ledger.lines, ("measure", "year"))
    found: dict[str, dict[int, float]] = {}
    for measure, year, amount in rows.select("measure", "year", "amount_eur").iter_rows():
        found.setdefault(measure, {})[year] = amount
    return sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))


def printed(reference: Reference) -> list[Printed]:
    """The report's tables, row by row, with what does not add up."""
    checks: dict[str, list[Check]] = {}
    for check in check_identities(reference):
        checks.setdefault(check.entries[0], []).append(check)
    return [
        Printed(table, tuple((reference.entry(name), tuple(checks.get(name, ()))) for name in table.rows))
        for table in reference.tables
    ]


def placed(register: Register, atlas: Atlas) -> pl.DataFrame:
    """The store's payments with the département of their territory: rows of the ledger and ``departement``."""
    return register.once("placed", lambda: _placed(store_ledger(register), atlas))


def _placed(ledger: Ledger, atlas: Atlas) -> pl.DataFrame:
    parts = [
        pl.DataFrame(
            {"level": [level] * len(table.codes), "code": table.codes, "departement": table.departements},
            schema={"level": pl.String, "code": pl.String, "departement": pl.String},
        )
        for level, table in atlas.levels.items()
        if level not in ("departement", "region", "france")
    ]
    codes = atlas.levels["departement"].codes if "departement" in atlas.levels else ()
    own = pl.DataFrame(
        {"level": ["departement"] * len(codes), "code": codes, "departement": codes},
        schema={"level": pl.String, "code": pl.String, "departement": pl.String},
    )
    return ledger.lines.join(pl.concat([*parts, own]), on=["level", "code"], how="left", maintain_order="left")


def by_departement(register: Register, atlas: Atlas, year: int) -> list[Received]:
    """What each département received in a year, the most per inhabitant first; what cannot be placed is left out."""
    rows = placed(register, atlas).filter(pl.col("year") == year).drop_nulls("departement")
    amounts = dict(rows.group_by("departement").agg(pl.col("amount_eur").sum()).iter_rows())
    table = atlas.levels.get("departement")
    if table is None or not amounts:
        return []
    found = [
        Received("departement", code, name, amounts.get(code, 0.0), _per_head(amounts.get(code, 0.0), float(people)))
        for code, name, people in zip(table.codes, table.names, table.population, strict=True)
    ]
    return sorted(found, key=lambda r: (-(r.per_head_eur or 0.0), r.code))


def _per_head(amount: float, people: float) -> float | None:
    return amount / people if people > 0 else None
