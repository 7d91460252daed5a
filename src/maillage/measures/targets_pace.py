"""When a target would be reached at the pace of the published counts, and how little they let anybody know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from scipy.stats import t as student

from maillage.errors import UsageError
from maillage.measures.targets import Point
from maillage.text import Text, format_number

YEAR_DAYS = 365.25
HORIZON_YEARS = 50
_MONTHS = Text(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "January February March April May June July August September October November December",
)
_NO_INTERVAL = Text("trop peu de décomptes pour un intervalle", "too few counts for an interval")


@dataclass(frozen=True, slots=True)
class Trajectory:
    """When a number would be reached if the pace of the published counts lasted.

    ``pace_year`` is the mean pace between the first and the last count, ``last_pace_year`` that between the last two.
    ``reached_on`` is empty where the count does not go up or the date is past the horizon; ``earliest`` and ``latest``
    bound it with ``confidence``, ``latest`` empty where the counts set no bound. ``bounded`` is False where there are
    too few counts for any interval. ``dispersion`` tells how uneven the pace was: 1 were signatures to come at random
    at a constant pace.
    """

    goal: float
    pace_year: float
    last_pace_year: float
    reached_on: date | None
    earliest: date | None
    latest: date | None
    bounded: bool
    dispersion: float | None
    confidence: float
    words: Text
    entries: tuple[str, ...]


def trajectory(points: Sequence[Point], goal: float, *, confidence: float = 0.95) -> Trajectory:
    """When ``goal`` would be reached at the current pace, with its interval.

    Model: the increments between successive counts have a mean in proportion to the time between them and a variance
    ``dispersion`` times that of a Poisson count (quasi-Poisson, estimated on the increments, at least 1). The interval
    holds the dates at which the goal is within the prediction limits of the count, ``rate T ± t √(φ rate T (1 + T/S))``
    with T the time ahead, S the time observed and t Student's quantile on the number of increments less one: it is
    exact for the model, needs no draw, and has no upper end where the counts allow a pace of 0. Two counts give a
    date without interval. Raises UsageError for fewer than two counts.
    """
    if len(points) < 2:
        raise UsageError(f"A pace needs two published counts at least, found {len(points)}.")
    span = (points[-1].on - points[0].on).days
    rate = (points[-1].value - points[0].value) / span
    last_span = (points[-1].on - points[-2].on).days
    missing = goal - points[-1].value
    ahead = missing / rate if rate > 0 else math.inf
    dispersion = _dispersion(points, rate) if len(points) > 2 and rate > 0 else None
    early, late = None, None
    if dispersion is not None and missing > 0:
        quantile = float(student.ppf(0.5 + confidence / 2, len(points) - 2))
        early, late = _limits(missing, rate, span, quantile**2 * dispersion)
    last = points[-1].on
    held = [_after(last, days) for days in (max(ahead, 0.0), early, late)]
    return Trajectory(
        goal=goal,
        pace_year=rate * YEAR_DAYS,
        last_pace_year=(points[-1].value - points[-2].value) / last_span * YEAR_DAYS,
        reached_on=held[0],
        earliest=held[1],
        latest=held[2],
        bounded=dispersion is not None,
        dispersion=dispersion,
        confidence=confidence,
        words=_words(points, goal, rate * YEAR_DAYS, held),
        entries=tuple(p.entry for p in points),
    )


def _dispersion(points: Sequence[Point], rate: float) -> float:
    pairs = list(pairwise(points))
    expected = [rate * (b.on - a.on).days for a, b in pairs]
    squares = [(b.value - a.value - e) ** 2 / e for (a, b), e in zip(pairs, expected, strict=True)]
    return max(1.0, math.fsum(squares) / (len(pairs) - 1))


def _limits(missing: float, rate: float, span: float, spread: float) -> tuple[float, float | None]:
    """Days ahead at which the goal enters and leaves the prediction limits: the roots of a quadratic."""
    a = rate**2 - spread * rate / span
    b = 2 * missing * rate + spread * rate
    root = math.sqrt(max(b**2 - 4 * a * missing**2, 0.0))
    return 2 * missing**2 / (b + root), (b + root) / (2 * a) if a > 0 else None


def _after(last: date, days: float | None) -> date | None:
    if days is None or days > HORIZON_YEARS * YEAR_DAYS:
        return None
    return last + timedelta(days=math.ceil(days - 1e-9))


def _words(points: Sequence[Point], goal: float, pace: float, held: list[date | None]) -> Text:
    reached, early, late = held
    if points[-1].value >= goal:
        return Text("Déjà atteint au dernier décompte.", "Already reached at the last count.")
    if reached is None:
        return Text(
            f"Au rythme publié, l’objectif n’est pas atteint avant {HORIZON_YEARS} ans.",
            f"At the published pace the target is not reached within {HORIZON_YEARS} years.",
        )
    begun, ended, met = (_month(day) for day in (points[0].on, points[-1].on, reached))
    interval = _interval(early, late)
    return Text(
        f"Au rythme moyen de {format_number(pace, 0, 'fr')} par an entre {begun.fr} et {ended.fr} ({len(points)} "
        f"décomptes), l’objectif serait atteint en {met.fr} ; {interval.fr}.",
        f"At the mean pace of {format_number(pace, 0, 'en')} a year from {begun.en} to {ended.en} "
        f"({len(points)} counts) the target would be reached in {met.en}; {interval.en}.",
    )


def _interval(early: date | None, late: date | None) -> Text:
    if early is None:
        return _NO_INTERVAL
    first = _month(early)
    if late is None:
        return Text(
            f"au plus tôt en {first.fr}, sans borne haute", f"{first.en} at the earliest, without an upper bound"
        )
    last = _month(late)
    return Text(f"entre {first.fr} et {last.fr}", f"between {first.en} and {last.en}")


def _month(day: date) -> Text:
    return Text(*(f"{names.split()[day.month - 1]} {day.year}" for names in (_MONTHS.fr, _MONTHS.en)))
