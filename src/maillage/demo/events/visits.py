"""Simulated emergency visits, in the layout of the RPU."""

from __future__ import annotations

import numpy as np
import polars as pl

from maillage.demo.events.ground import Ground
from maillage.demo.events.parameters import QUARTERS, drawn, years
from maillage.demo.events.shared import ages, block_places, identifiers, inhabitants_by_age, sexes
from maillage.demo.places import Ints

# Visits a year for one inhabitant of each age band, relative to one another.
_USE = np.array([1.25, 0.85, 1.35])
_OTHER_CCMU = ("2", "3", "4", "5", "P")
_OTHER_SHARES = np.array([0.72, 0.22, 0.025, 0.01, 0.025])
_DIAGNOSES = np.array(["R104", "S619", "J069", "R51", "M545", "J459", "N390", "R074", "I10", "F411", "S934", "A099"])


def draw_visits(ground: Ground, year: int, rows: int, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """``rows`` visits of a year; identifiers start at ``first``."""
    people = inhabitants_by_age(ground.places) * _USE
    place, band = block_places(people, rows, rng)
    entry, quarter = _entries(year, rows, rng)
    column = (year - years()[0]) * QUARTERS + quarter
    ccmu = _ccmu(ground.outcomes["ccmu1"][place, column], rng)
    stay = rng.gamma(2.0, 95.0, size=rows).astype(np.int64) + 15
    return pl.DataFrame(
        {
            "ID_PASSAGE": identifiers("p", year, first, rows),
            "FINESS": pl.Series(ground.site[place].astype(str)),
            "CODE_INSEE": pl.Series(ground.places.code[place].astype(str)),
            "ENTREE": entry,
            "SORTIE": entry + (stay * 60_000_000).astype("timedelta64[us]"),
            "AGE": ages(band, rng),
            "SEXE": sexes(rows, rng),
            "GRAVITE": ccmu,
            "DP": pl.Series(_DIAGNOSES[rng.integers(len(_DIAGNOSES), size=rows)]),
        }
    )


def _entries(year: int, rows: int, rng: np.random.Generator) -> tuple[np.ndarray, Ints]:
    """Times of entry, to the minute, and the rank (0 to 3) of their quarter; weekends are busier."""
    start = np.datetime64(f"{year}-01-01", "D")
    days = np.arange(start, np.datetime64(f"{year + 1}-01-01", "D"))
    weight = np.where(np.is_busday(days), 1.0, float(drawn("levels")["weekend"]))
    day = days[rng.choice(len(days), size=rows, p=weight / weight.sum())]
    hours = np.array(drawn("hours"))
    minute = rng.choice(24, size=rows, p=hours / hours.sum()) * 60 + rng.integers(60, size=rows)
    month = day.astype("datetime64[M]").astype(np.int64) % 12
    entry = day.astype("datetime64[us]") + (minute * 60_000_000).astype("timedelta64[us]")
    return entry, month // 3


def _ccmu(probability: np.ndarray, rng: np.random.Generator) -> pl.Series:
    """The class of each visit; a few are not known."""
    rows = len(probability)
    others = np.array(_OTHER_CCMU)[rng.choice(len(_OTHER_CCMU), size=rows, p=_OTHER_SHARES)]
    classed = np.where(rng.random(rows) < probability, "1", others)
    known = rng.random(rows) >= drawn("levels")["unknown_ccmu"]
    return pl.Series(np.where(known, classed, "")).replace("", None)
