"""What every kind of record is drawn on: the level of each outcome by place and quarter, and the hospitals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from maillage.demo.draw import Drawn
from maillage.demo.events.effects import Adoption, adopt, outcome_effects, quarters
from maillage.demo.events.parameters import QUARTERS, drawn, years
from maillage.demo.field import smooth_field
from maillage.demo.places import Floats, Ints, Places, Texts

EMERGENCY = "D106"


@dataclass(frozen=True, slots=True)
class Ground:
    """The places, and what happens in them: tables of one row a place and one column a quarter.

    ``ccmu1`` and ``psmt`` are probabilities, ``delay_days`` a mean; ``site`` is the FINESS number of the hospital of
    each place. ``without`` holds the same outcomes as they would have been without any measure.
    """

    places: Places
    adoptions: tuple[Adoption, ...]
    outcomes: dict[str, Floats]
    without: dict[str, Floats]
    site: Texts

    def mean_of(self, outcome: str, year: int) -> Floats:
        """The mean of an outcome over the quarters of a year, by place."""
        return _mean_over(self.outcomes[outcome], year)

    def mean_without(self, outcome: str, year: int) -> Floats:
        """The same, had there been no measure."""
        return _mean_over(self.without[outcome], year)


def _mean_over(table: Floats, year: int) -> Floats:
    first = (year - years()[0]) * QUARTERS
    return np.asarray(table[:, first : first + QUARTERS].mean(axis=1), dtype=np.float64)


def lay_ground(drawn_country: Drawn, rng: np.random.Generator) -> Ground:
    """Levels by place and quarter: a national trend, what access explains, what nothing explains, and the measures."""
    places = drawn_country.places
    gp_apl = drawn_country.apl_2021["mg"].by_limit[65]
    adoptions = adopt(drawn_country, rng)
    without = {name: level(places, gp_apl, rng) for name, level in _LEVELS.items()}
    effects = outcome_effects(places, adoptions, gp_apl)
    outcomes = {name: np.asarray(table + effects.get(name, 0.0)) for name, table in without.items()}
    return Ground(places, adoptions, outcomes, without, _hospitals(places, drawn_country.counts[EMERGENCY]))


def _ccmu1(places: Places, gp_apl: Floats, rng: np.random.Generator) -> Floats:
    local = _local(places, gp_apl, rng, float(drawn("spread")["ccmu1"]))
    return _bounded("ccmu1", np.repeat((float(drawn("ccmu1_share")) + local)[:, None], len(quarters()), axis=1))


def _psmt(places: Places, gp_apl: Floats, rng: np.random.Generator) -> Floats:
    known = drawn("psmt_share")
    slope = (known["2022"] - known["2019"]) / (3 * QUARTERS)
    trend = known["2019"] + slope * (quarters() - (2019 - years()[0]) * QUARTERS)
    return _bounded("psmt", _local(places, gp_apl, rng, float(drawn("spread")["psmt"]))[:, None] + trend[None, :])


def _delay(places: Places, gp_apl: Floats, rng: np.random.Generator) -> Floats:
    local = _local(places, gp_apl, rng, float(drawn("spread")["delay_days"]))
    return _bounded("delay_days", np.repeat((drawn("levels")["delay_days"] + local)[:, None], len(quarters()), axis=1))


_LEVELS = {"ccmu1": _ccmu1, "psmt": _psmt, "delay_days": _delay}
# Levels keep far enough from nil for the largest effect: what is planted is felt whole.
_BOUNDS = {"ccmu1": (0.06, 0.5), "psmt": (0.04, 0.5), "delay_days": (4.0, 60.0)}


def _bounded(name: str, table: Floats) -> Floats:
    low, high = _BOUNDS[name]
    return np.asarray(np.clip(table, low, high), dtype=np.float64)


def _local(places: Places, gp_apl: Floats, rng: np.random.Generator, deviation: float) -> Floats:
    """A departure from the mean, in the unit of ``deviation``, of mean nil over the inhabitants."""
    weight = places.inhabitants / places.inhabitants.sum()
    apl = np.nan_to_num(gp_apl, nan=float(np.nanmean(gp_apl)))
    centred = apl - (weight * apl).sum()
    standard = centred / max(np.sqrt((weight * centred**2).sum()), 1e-9)
    share = float(drawn("spread")["per_apl"])
    smooth = smooth_field(rng, places.position_km, float(drawn("spread")["range_km"]))
    mixed = share * np.clip(standard, -2.0, 2.0) + np.sqrt(1 - share**2) * np.clip(smooth, -2.0, 2.0)
    return np.asarray(deviation * (mixed - (weight * mixed).sum()), dtype=np.float64)


def _hospitals(places: Places, counts: Ints) -> Texts:
    """An invented FINESS number for the nearest emergency department of each place (the most populated if none)."""
    holders = np.flatnonzero(counts > 0)
    holders = holders if len(holders) else np.array([int(np.argmax(places.inhabitants))])
    nearest = cKDTree(places.position_km[holders]).query(places.position_km)[1]
    names = [_finess(str(places.departement[row]), rank) for rank, row in enumerate(holders)]
    return np.asarray(np.array(names, dtype=object)[nearest], dtype=np.object_)


def _finess(departement: str, rank: int) -> str:
    return f"{departement}{900_000 + rank}".ljust(9, "0") if len(departement) == 3 else f"{departement}9{rank:06d}"
