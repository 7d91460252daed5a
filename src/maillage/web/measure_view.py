"""What a screen tells of a measure: what the store holds, what was published, what was aimed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from maillage.measures.contracts import contracts, need, placed, ranking, tally
from maillage.measures.coverage import SIGNED
from maillage.measures.definition import Measure
from maillage.measures.events import STATUS, Moment
from maillage.measures.membership import membership_rates, missions, professionals_by_commune
from maillage.measures.reference import Reference
from maillage.measures.reference_entry import Figure, Target
from maillage.measures.targets import Assessment, assess, chains, counts_of, moves, points_of
from maillage.measures.targets_pace import trajectory
from maillage.text import Text
from maillage.web.atlas import Atlas
from maillage.web.measure_words import DEPLOYED
from maillage.web.register import Register


@dataclass(frozen=True, slots=True)
class Aimed:
    """A target, what was counted against it, how it was moved to, and when the published pace would reach it.

    The last two are empty where it was not moved, is reached, or has too few counts for a pace.
    """

    target: Target
    assessed: Assessment
    due: Figure | None
    now: Figure | None
    moved: Text | None
    pace: Text | None


@dataclass(frozen=True, slots=True)
class Placed:
    """How many are active in a territory, and against its inhabitants."""

    level: str
    code: str
    name: str
    count: int
    per_100k: float | None


def main_figures(reference: Reference, measure: str) -> list[Figure]:
    """Published counts of deployment, the main quantity, oldest first."""
    wanted = DEPLOYED.get(measure, ())[:1]
    found = [f for f in reference.figures if f.measure == measure and f.quantity in wanted]
    return sorted(found, key=lambda f: (f.on, f.id))


def aimed(reference: Reference, measure: str, known_on: date) -> list[Aimed]:
    """The targets of a measure, each after the one it replaces, against the published counts that may answer it."""
    held, figures = {t.id: t for t in reference.targets}, {f.id: f for f in reference.figures}
    chained = chains(reference)
    moved = {move.after: move.words for chain in chained for move in moves(reference, chain)}
    order = {name: (held[chain[0]].set_on, chain[0], step) for chain in chained for step, name in enumerate(chain)}
    rows = reference.target_table().filter(pl.col("measure") == measure)
    found = assess(rows, reference.figure_table(), known_on=known_on, counts=counts_of(reference))
    made = [
        Aimed(
            held[a.target],
            a,
            figures[a.before.entry] if a.before else None,
            figures[a.now.entry] if a.now else None,
            moved.get(a.target),
            _pace(reference, a),
        )
        for a in found
    ]
    return sorted(made, key=lambda m: order[m.target.id])


def _pace(reference: Reference, assessed: Assessment) -> Text | None:
    points = points_of(reference.figure_table(), assessed.measure, assessed.quantity)
    if assessed.verdict == "reached" or len(points) < 2 or points[-1].value >= assessed.value:
        return None
    return trajectory(points, assessed.value).words


def known_on(reference: Reference) -> date:
    """The last day on which anything was added to the reference ledger."""
    return max(e.known for e in reference.entries.values())


def status_counts(register: Register, measure: Measure, on: date) -> list[tuple[str, int]]:
    """How many are in each status on a day, in the order of a life: (status, count)."""
    held = register.state(measure.id, on).filter(pl.col("attribute") == STATUS)
    counts = dict(held.group_by("content").len().iter_rows())
    return [(status.id, int(counts.get(status.id, 0))) for status in measure.statuses]


def active_on(register: Register, measure: Measure, on: date) -> pl.DataFrame:
    """The beneficiaries in an active status on a day: ``beneficiary``."""
    held = register.state(measure.id, on).filter(pl.col("attribute") == STATUS)
    return held.filter(pl.col("content").is_in(sorted(measure.active))).select("beneficiary")


def deployed(register: Register, measure: Measure) -> list[tuple[date, float]]:
    """How many are active at the end of each month, from before the first to the last change."""
    last = register.latest(measure.id)
    if last is None:
        return []
    spans = register.spans(measure.id).filter(
        pl.col("content").is_in(sorted(measure.active)), pl.col("event_date") <= last
    )
    if spans.is_empty():
        return []
    first = spans.get_column("event_date").min()
    assert isinstance(first, date)
    months: list[date] = pl.Series(pl.date_range(first, last, "1mo", eager=True)).dt.month_end().to_list()
    ends = pl.Series([*(day for day in months if day < last), last])
    begun = spans.get_column("event_date").sort()
    over = spans.get_column("until").drop_nulls().sort()
    counts = begun.search_sorted(ends, side="right").cast(pl.Int64) - over.search_sorted(ends, side="right").cast(
        pl.Int64
    )
    return list(zip(ends.to_list(), [float(n) for n in counts], strict=True))


def home_departement(register: Register, atlas: Atlas, measure: str, on: date) -> pl.DataFrame:
    """Where each beneficiary is: ``beneficiary, departement``, by its commune or by most of its perimeter."""
    table = atlas.levels["commune"]
    of = pl.DataFrame(
        {"commune": table.codes, "departement": table.departements},
        schema={"commune": pl.String, "departement": pl.String},
    )
    held = register.state(measure, on)
    places = held.filter(pl.col("attribute") == "place").select("beneficiary", commune="content")
    inside = held.filter(pl.col("attribute") == "perimeter").select("beneficiary", commune="item")
    counted = pl.concat([places, inside]).join(of, on="commune").group_by("beneficiary", "departement").len()
    return (
        counted.sort("beneficiary", "len", "departement", descending=[False, True, False])
        .unique("beneficiary", keep="first", maintain_order=True)
        .select("beneficiary", "departement")
    )


def by_departement(register: Register, atlas: Atlas, measure: Measure, on: date) -> list[Placed]:
    """The active ones by département, most per inhabitant first; départements without any come last."""
    homes = active_on(register, measure, on).join(home_departement(register, atlas, measure.id, on), on="beneficiary")
    counts = dict(homes.group_by("departement").len().iter_rows())
    table = atlas.levels.get("departement")
    if table is None or not counts:
        return []
    rows = [
        Placed("departement", code, name, int(counts.get(code, 0)), _per(counts.get(code, 0), float(people)))
        for code, name, people in zip(table.codes, table.names, table.population, strict=True)
    ]
    return sorted(rows, key=lambda row: (-(row.per_100k or 0.0), row.code))


def _per(count: int, people: float) -> float | None:
    return 1e5 * count / people if people > 0 else None


def shared(register: Register, measure: Measure, attribute: str, on: date) -> list[tuple[str, int]]:
    """How many of the active ones state each content of an attribute: (content, count), the most frequent first."""
    held = register.state(measure.id, on).filter(pl.col("attribute") == attribute)
    mine = held.join(active_on(register, measure, on), on="beneficiary", how="semi")
    counts = mine.group_by("content").len().sort("len", "content", descending=[True, False])
    return [(str(content), int(count)) for content, count in counts.iter_rows()]


def mission_shares(register: Register, on: date) -> list[tuple[str, int, int]]:
    """Of the CPTS with an agreement that told any mission, how many carry each: (mission, count, told)."""
    rows = register.once(("missions", on), lambda: missions(register.of("cpts"), Moment(on)))
    signed = rows.filter(pl.col("status").is_in(sorted(SIGNED))).group_by("mission").agg(pl.col("active", "told").sum())
    return list(signed.sort("active", "mission", descending=[True, False]).iter_rows())


def full_times(register: Register, measure: Measure, on: date) -> float:
    """Full-time equivalents of the active contracts."""
    held = register.state(measure.id, on).filter(pl.col("attribute") == "fte")
    mine = held.join(active_on(register, measure, on), on="beneficiary", how="semi")
    return float(mine.get_column("content").cast(pl.Float64, strict=False).sum())


def last_count(register: Register) -> date | None:
    """The last day on which members were counted."""
    counted = pl.col("attribute") == "members"
    found = register.of("cpts").filter(counted).get_column("event_date").max()
    return found if isinstance(found, date) else None


def joined(register: Register) -> list[dict[str, Any]]:
    """Members of CPTS by profession against the professionals of their perimeters, for the country; all of them last.

    As last counted. Empty where the store has no count, or no table of professionals.
    """
    on = last_count(register)
    return [] if on is None else register.once("joined", lambda: _joined(register, on))


def _joined(register: Register, on: date) -> list[dict[str, Any]]:
    professional, departement = register.table("professional"), register.table("professional_departement")
    if professional is None or departement is None:
        return []
    there = professionals_by_commune(professional, departement, register.place, on.year)
    rates = membership_rates(register.of("cpts"), there, Moment(on)).filter(pl.col("level") == "france")
    return rates.sort(pl.col("profession") == "", "members", descending=[False, True]).to_dicts()


def against_need(register: Register, atlas: Atlas, on: date) -> list[dict[str, Any]]:
    """Départements by assistants' contracts per GP and against need; empty where GPs or zones are not known."""
    return register.once(("against_need", on), lambda: _against_need(register, atlas, on))


def _against_need(register: Register, atlas: Atlas, on: date) -> list[dict[str, Any]]:
    professional, zoning = register.table("professional"), register.table("zoning")
    if professional is None or zoning is None or "departement" not in atlas.levels:
        return []
    gps = professional.filter(pl.col("profession") == "mg", pl.col("year") == pl.col("year").max())
    homes = register.place.within("departement").join(gps.select("code", "headcount"), on="code")
    doctors = homes.group_by(code="parent").agg(pl.col("headcount").sum()).sort("code")
    signed = placed(contracts(register.of("assistants_medicaux"), Moment(on)), register.place)
    counted = tally(signed.drop_nulls("departement"), ["departement"]).rename({"departement": "code"})
    names = dict(zip(atlas.levels["departement"].codes, atlas.levels["departement"].names, strict=True))
    rows = ranking(counted, doctors, need(zoning, register.place))
    return [{**row, "name": names.get(row["code"], row["code"])} for row in rows.iter_rows(named=True)]


def figures_of(reference: Reference, measure: str) -> Sequence[Figure]:
    """Every published figure of a measure, the most recent first."""
    return sorted((f for f in reference.figures if f.measure == measure), key=lambda f: (-f.on.toordinal(), f.id))
