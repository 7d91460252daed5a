"""A count through time, drawn on the server: what the store tells, what was published, what was aimed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 20, 16, 34


@dataclass(frozen=True, slots=True)
class Dated:
    """A count on a day; ``label`` tells what it is."""

    on: date
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the drawing."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A graduation: its place and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lengths in the units of a WIDTH by HEIGHT drawing; ``line`` is the points attribute of a polyline."""

    line: str
    published: tuple[Dot, ...]
    targets: tuple[Dot, ...]
    years: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def draw_timeline(
    counts: Sequence[tuple[date, float]], published: Sequence[Dated], targets: Sequence[Dated], lang: str
) -> Timeline | None:
    """Draw a line of ``counts``, dots for published figures and diamonds for targets; None where there is nothing."""
    days = [d for d, _ in counts] + [p.on for p in (*published, *targets)]
    values = [v for _, v in counts] + [p.value for p in (*published, *targets)]
    if len(set(days)) < 2:
        return None
    first, last = min(days).year, max(days).year + 1
    step = _step(max(values))
    top = step * (int(max(values) / step) + 1)
    opens, closes = date(first, 1, 1).toordinal(), date(last, 1, 1).toordinal()

    def x(day: date) -> float:
        return round(LEFT + (day.toordinal() - opens) / (closes - opens) * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)

    every = -(-(last - first) // 10)
    return Timeline(
        line=" ".join(f"{x(day)},{y(value)}" for day, value in counts),
        published=tuple(Dot(x(p.on), y(p.value), p.label) for p in published),
        targets=tuple(Dot(x(p.on), y(p.value), p.label) for p in targets),
        years=tuple(Tick(x(date(year, 1, 1)), str(year)) for year in range(first, last + 1, every)),
        levels=tuple(Tick(y(k * step), _thousands(k * step, lang)) for k in range(int(top / step) + 1)),
    )


def _step(highest: float) -> float:
    """A round step that cuts a scale in three to six."""
    size = 10.0 ** max(len(str(int(max(highest, 1)))) - 1, 0)
    return next(s for s in (size / 5, size / 2, size, 2 * size) if highest / s <= 6)


def _thousands(value: float, lang: str) -> str:
    text = f"{value:,.10g}"
    return text.replace(",", "\u202f").replace(".", ",") if lang == "fr" else text
