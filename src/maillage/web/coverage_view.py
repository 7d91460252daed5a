"""Coverage by CPTS as a map shows it: dates to choose from, a series by level, classes, holes and overlaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from maillage.measures.coverage import DEFINITIONS, CoverageDefinition
from maillage.measures.events import STATUS
from maillage.text import Text
from maillage.web.atlas import MAP_LEVELS, STATUSES, Atlas, Series
from maillage.web.cards import EMPTY, INTERVALS, Card
from maillage.web.classes import WORST_TO_BEST, Classes
from maillage.web.register import BY_ID, COVERED, Register

# The share of residents that parts the classes: none, less than half, less than nine in ten, nearly all, all.
LIMITS = (0.0, 0.05, 50.0, 90.0, 99.95, 100.0)
CLASS_LABELS = (
    Text("0 %", "0%"),
    Text("moins de 50 %", "under 50%"),
    Text("50 à 90 %", "50 to 90%"),
    Text("plus de 90 %", "over 90%"),
    Text("100 %", "100%"),
)
CLASSES = Classes(LIMITS, (*WORST_TO_BEST[:3], *WORST_TO_BEST[4:]))
UNIT = Text("% de la population", "% of the population")
SHOWN = 15


@dataclass(frozen=True, slots=True)
class Side:
    """A definition beside the others: its share of the country's residents and of its communes."""

    definition: CoverageDefinition
    population: float | None
    communes: float | None
    vintage: date


@dataclass(frozen=True, slots=True)
class Gap:
    """A commune that nobody covers, or that several claim (``who``, by name, with the sum of their shares)."""

    code: str
    name: str
    population: float | None
    claimed: float | None = None
    who: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Gaps:
    """Holes and overlaps: how many communes and residents, and the most populated of them."""

    holes: int
    holes_population: float
    first_holes: tuple[Gap, ...]
    overlaps: int
    first_overlaps: tuple[Gap, ...]
    unmapped: int
    astray: int


def dates(register: Register) -> list[date]:
    """The ends of quarters from the first CPTS to the last change, and the day of this change; the last comes first."""
    last = register.latest(COVERED)
    if last is None:
        return []
    first = register.of(COVERED).filter(pl.col("attribute") == STATUS).get_column("event_date").min()
    assert isinstance(first, date)
    ends = pl.date_range(first.replace(day=1), last, "1mo", eager=True).dt.month_end()
    quarters = [day for day in ends.to_list() if day.month % 3 == 0 and first <= day < last]
    return [last, *reversed(quarters)]


def chosen_date(register: Register, asked: str | None) -> date | None:
    """The date asked for (ISO) where it is one, the last else; any day may be asked for."""
    known = dates(register)
    try:
        return date.fromisoformat(asked) if asked and known else (known[0] if known else None)
    except ValueError:
        return known[0] if known else None


def levels(register: Register, atlas: Atlas, on: date) -> list[str]:
    """The levels of the map at which coverage is known."""
    found = {level for _, level in register.coverage(on)}
    return [level for level in MAP_LEVELS if level in found and level in atlas.levels]


def series(register: Register, atlas: Atlas, definition: str, level: str, on: date) -> Series:
    """The share of residents covered in each territory of a level, in percent."""
    table = atlas.levels[level]
    rows = register.coverage(on)[definition, level].select("code", "share", "covered_population", "population")
    aligned = pl.DataFrame({"code": table.codes}).join(rows, on="code", how="left", maintain_order="left")
    found = {
        name: aligned.get_column(name).fill_null(np.nan).to_numpy()
        for name in ("share", "covered_population", "population")
    }
    empty = np.full(len(table.codes), np.nan)
    known = ~np.isnan(found["share"])
    return Series(
        indicator=definition,
        level=level,
        period=on.isoformat(),
        value=100 * found["share"],
        low=empty,
        high=empty,
        numerator=found["covered_population"],
        denominator=found["population"],
        status=np.where(known, STATUSES.index("published"), 255).astype(np.uint8),
        origin=np.full(len(table.codes), -1, dtype=np.int32),
    )


def card(definition: str) -> Card:
    """The words of a definition of coverage, as a map shows them."""
    label = BY_ID[definition].label
    return Card(
        id=definition,
        label=Text(f"Couverture CPTS : {label.fr}", f"CPTS coverage: {label.en}"),
        short=label,
        unit=UNIT,
        unit_one=None,
        decimals=1,
        worst="low",
        definition=EMPTY,
        why=EMPTY,
        limits=EMPTY,
        interval=INTERVALS["none"],
    )


def sides(register: Register, on: date) -> list[Side]:
    """Every definition on a day, for the whole country."""
    found = register.coverage(on)
    rows = [(d, found[d.id, "france"].row(0, named=True)) for d in DEFINITIONS if (d.id, "france") in found]
    return [
        Side(d, row["share"], row["covered_communes"] / row["communes"] if row["communes"] else None, row["vintage"])
        for d, row in rows
    ]


def gaps(register: Register, atlas: Atlas, definition: str, on: date) -> Gaps:
    """Holes and overlaps of a definition, the most populated first."""
    found = register.gaps(definition, on)
    names = register.once("cpts_names", lambda: _names(register))
    holes, overlaps = (
        rows.sort("population", "code", descending=[True, False], nulls_last=True)
        for rows in (found.holes, found.overlaps)
    )
    return Gaps(
        holes=holes.height,
        holes_population=float(holes.get_column("population").sum()),
        first_holes=tuple(
            Gap(row["code"], _name(atlas, row["code"]), row["population"])
            for row in holes.head(SHOWN).iter_rows(named=True)
        ),
        overlaps=overlaps.height,
        first_overlaps=tuple(
            Gap(
                row["code"],
                _name(atlas, row["code"]),
                row["population"],
                row["claimed"],
                tuple((who, names.get(who, who)) for who in row["who"]),
            )
            for row in overlaps.head(SHOWN).iter_rows(named=True)
        ),
        unmapped=found.unmapped.height,
        astray=found.astray.height,
    )


def gap_rows(register: Register, atlas: Atlas, definition: str, on: date) -> pl.DataFrame:
    """Every hole and overlap: ``kind, code, name, population, claimed, who``, for a download."""
    found = register.gaps(definition, on)
    holes = found.holes.select(
        "code", "population", kind=pl.lit("hole"), claimed=pl.lit(0.0), who=pl.lit("", pl.String)
    )
    overlaps = found.overlaps.select(
        "code", "population", "claimed", kind=pl.lit("overlap"), who=pl.col("who").list.join(", ")
    )
    columns = ("kind", "code", "population", "claimed", "who")
    rows = pl.concat([holes.select(columns), overlaps.select(columns)])
    named = pl.Series("name", [_name(atlas, code) for code in rows.get_column("code")], dtype=pl.String)
    return rows.with_columns(named, simulated=pl.lit(register.simulated(COVERED)), date=pl.lit(on))


def _names(register: Register) -> dict[str, str]:
    rows = register.of(COVERED).filter(pl.col("attribute") == "name").sort("event_date", "known_date")
    return dict(rows.select("beneficiary", "content").drop_nulls().iter_rows())


def _name(atlas: Atlas, code: str) -> str:
    table = atlas.levels["commune"]
    position = table.position.get(code)
    return code if position is None else table.names[position]
