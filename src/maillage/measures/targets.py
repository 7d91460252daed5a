"""Targets against what was reached: at their due date, now, and along the chain of moved goalposts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

import polars as pl

from maillage.measures.reference import Reference
from maillage.measures.reference_entry import Target
from maillage.text import Text, format_number

Verdict = Literal["reached", "missed", "likely_reached", "likely_missed", "unproven", "no_count", "under_way"]

VERDICTS: dict[Verdict, Text] = {
    "reached": Text("atteint", "reached"),
    "missed": Text("non atteint", "missed"),
    "likely_reached": Text("sans doute atteint, entre deux décomptes", "likely reached, between two counts"),
    "likely_missed": Text("sans doute non atteint, entre deux décomptes", "likely missed, between two counts"),
    "unproven": Text(
        "non établi : aucun décompte d’un côté de l’échéance", "unproven: no count on one side of the date"
    ),
    "no_count": Text("aucun décompte publié", "no published count"),
    "under_way": Text("échéance à venir", "not due yet"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """A published count: its value, the day it is about and its entry; ``others`` are lesser ones of the same day."""

    value: float
    on: date
    entry: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """A target against one published count, as known on a day.

    ``before`` and ``after`` are the last count up to the due date and the first one past it; ``at_due`` is the count
    on a straight line between them, empty where one is missing. ``now`` is the last count of all. ``entries`` names
    the target first, then the counts.
    """

    target: str
    measure: str
    quantity: str
    value: float
    due: date
    before: Point | None
    after: Point | None
    at_due: float | None
    now: Point | None
    verdict: Verdict

    @property
    def share_now(self) -> float | None:
        """The last count over the target."""
        return None if self.now is None else self.now.value / self.value

    @property
    def entries(self) -> tuple[str, ...]:
        """The entries that the assessment rests on."""
        found = [p.entry for p in (self.before, self.after, self.now) if p is not None]
        return (self.target, *dict.fromkeys(found))


def assess(
    targets: pl.DataFrame, figures: pl.DataFrame, *, known_on: date, counts: Mapping[str, Sequence[str]] | None = None
) -> tuple[Assessment, ...]:
    """Each target (rows of TARGET) against the figures (rows of FIGURE) of its territory known on a day.

    ``counts`` names by target the quantities that may answer it, where more than its own: one assessment for each.
    A count is taken never to go down: what is reached stays so. Where several figures are about one day the most
    favourable holds and the others are named. Targets set after ``known_on`` are left out.
    """
    known = figures.filter(pl.col("known_date") <= known_on, pl.col("figure_date") <= known_on)
    found = []
    for row in targets.filter(pl.col("set_date") <= known_on).sort("measure", "due_date", "target_id").to_dicts():
        for quantity in (counts or {}).get(row["target_id"], (row["quantity"],)):
            points = points_of(known, row["measure"], quantity, place=(row["level"], row["code"]))
            found.append(_assess(row, quantity, points, known_on))
    return tuple(found)


def counts_of(reference: Reference) -> dict[str, tuple[str, ...]]:
    """The quantities that may answer each target of the reference."""
    return {t.id: t.counts for t in reference.targets}


def points_of(
    figures: pl.DataFrame, measure: str, quantity: str, *, place: tuple[str, str] = ("france", "FRA")
) -> tuple[Point, ...]:
    """The published counts of a quantity of a measure in a territory, one a day, in order of days."""
    rows = figures.filter(measure=measure, quantity=quantity, level=place[0], code=place[1]).sort(
        "figure_date", "value", "figure_id", descending=[False, True, False]
    )
    days = rows.group_by("figure_date", maintain_order=True).agg("value", "figure_id").to_dicts()
    return tuple(
        Point(day["value"][0], day["figure_date"], day["figure_id"][0], tuple(day["figure_id"][1:])) for day in days
    )


def _assess(row: Mapping[str, object], quantity: str, points: Sequence[Point], known_on: date) -> Assessment:
    due, value = row["due_date"], row["value"]
    assert isinstance(due, date)
    assert isinstance(value, float)
    before = next((p for p in reversed(points) if p.on <= due), None)
    after = next((p for p in points if p.on > due), None)
    at_due = _between(before, after, due)
    return Assessment(
        target=str(row["target_id"]),
        measure=str(row["measure"]),
        quantity=quantity,
        value=value,
        due=due,
        before=before,
        after=after,
        at_due=at_due,
        now=points[-1] if points else None,
        verdict=_verdict(value, (before, after), at_due, past=known_on >= due),
    )


def _between(before: Point | None, after: Point | None, due: date) -> float | None:
    if before is None:
        return None
    if before.on == due:
        return before.value
    if after is None:
        return None
    share = (due - before.on).days / (after.on - before.on).days
    return before.value + share * (after.value - before.value)


def _verdict(value: float, around: tuple[Point | None, Point | None], at_due: float | None, *, past: bool) -> Verdict:
    before, after = around
    if before is None and after is None:
        return "no_count"
    if before is not None and before.value >= value:
        return "reached"
    if not past:
        return "under_way"
    return _past_verdict(value, after, at_due)


def _past_verdict(value: float, after: Point | None, at_due: float | None) -> Verdict:
    """Past the due date, the last count up to it being under the target or missing."""
    if after is not None and after.value < value:
        return "missed"
    if at_due is None:
        return "unproven"
    if after is None:
        return "missed"
    return "likely_reached" if at_due >= value else "likely_missed"


@dataclass(frozen=True, slots=True)
class Move:
    """A goalpost moved: by how much the number and by how many days the due date, in words."""

    before: str
    after: str
    value_change: float
    due_change_days: int
    words: Text


def chains(reference: Reference) -> tuple[tuple[str, ...], ...]:
    """Targets by chains of replacement, each from the first stated to the last, in the order of identifiers."""
    after = {t.replaces: t.id for t in reference.targets if t.replaces}
    found = []
    for target in sorted(t.id for t in reference.targets if not t.replaces):
        chain = [target]
        while chain[-1] in after:
            chain.append(after[chain[-1]])
        found.append(tuple(chain))
    return tuple(found)


def moves(reference: Reference, chain: Sequence[str]) -> tuple[Move, ...]:
    """What changed at each step of a chain of targets."""
    held = {t.id: t for t in reference.targets}
    return tuple(_move(held[a], held[b]) for a, b in pairwise(chain))


def _move(before: Target, after: Target) -> Move:
    days = (after.on - before.on).days
    if before.quantity != after.quantity:
        words = Text("l’objectif change de nature", "the target changes in kind")
    elif after.value != before.value:
        words = Text(
            f"objectif porté de {format_number(before.value, 0, 'fr')} à {format_number(after.value, 0, 'fr')}",
            f"target moved from {format_number(before.value, 0, 'en')} to {format_number(after.value, 0, 'en')}",
        )
    elif days == 0:
        words = Text("objectif redit", "target stated again")
    else:
        words = (
            Text("échéance repoussée", "due date put off")
            if days > 0
            else Text("échéance avancée", "due date brought forward")
        )
    return Move(before.id, after.id, after.value - before.value, days, words)
