"""Who takes each simulated measure and when, and what it adds to the outcomes of every place and quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maillage.demo.draw import Drawn
from maillage.demo.events.parameters import QUARTERS, Planted, drawn, planted, quarter_rank, years
from maillage.demo.places import Floats, Ints, Places, Texts

NEVER = -1
GP = "D265"
LOW_ACCESS = 2.5


@dataclass(frozen=True, slots=True)
class Adoption:
    """When each place has a measure: ``start`` is the rank of a quarter, NEVER where it has it not.

    ``unit`` is the territory of each place at the level of the measure (a CPTS by its name, a commune by its code),
    empty outside any and where it cannot be taken.
    """

    measure: Planted
    unit: Texts
    start: Ints


def adopt(country: Drawn, rng: np.random.Generator) -> tuple[Adoption, ...]:
    """Draw who takes each measure and when; the worse the access, the sooner on average, as policies aim to do.

    What is taken commune by commune is taken where there is a GP.
    """
    gp_apl = country.apl_2021["mg"].by_limit[65]
    return tuple(_adopted(measure, _units(measure, country), gp_apl, rng) for measure in planted())


def outcome_effects(places: Places, adoptions: Sequence[Adoption], gp_apl: Floats) -> dict[str, Floats]:
    """What the measures add to each outcome: tables of one row a place and one column a quarter."""
    total: dict[str, Floats] = {}
    for adoption in adoptions:
        felt = _felt(adoption, places, gp_apl)
        for outcome, size in adoption.measure.effect.items():
            total[outcome] = total.get(outcome, 0.0) + size * felt
    return total


def grown(measure: Planted, quarters_since: Ints) -> Floats:
    """The part of the full effect that is felt so many quarters after the start: nil, then a ramp, then 1."""
    rise = (quarters_since - measure.delay + 1) / max(measure.ramp, 1)
    return np.asarray(np.clip(rise, 0.0, 1.0) * (quarters_since >= 0), dtype=np.float64)


def quarters() -> Ints:
    """The ranks of the quarters that are drawn."""
    return np.arange(QUARTERS * len(years()))


def _units(measure: Planted, country: Drawn) -> Texts:
    served = np.where(country.counts[GP] > 0, country.places.code, "")
    return country.cpts if measure.level == "cpts" else served


def _adopted(measure: Planted, unit: Texts, gp_apl: Floats, rng: np.random.Generator) -> Adoption:
    names, of = np.unique(unit.astype(str), return_inverse=True)
    access = np.bincount(of, np.nan_to_num(gp_apl, nan=LOW_ACCESS)) / np.bincount(of)
    span = drawn("start_quarters")
    first, last = quarter_rank(span["first"]), quarter_rank(span["last"])
    haste = np.argsort(np.argsort(access + rng.normal(scale=2.0, size=len(names)), kind="stable"))
    spread = first + (haste / max(len(names) - 1, 1) * (last - first)).round()
    taken = (rng.random(len(names)) < measure.adopted) & (names != "")
    return Adoption(measure, unit, np.where(taken, spread, NEVER).astype(np.int64)[of])


def _felt(adoption: Adoption, places: Places, gp_apl: Floats) -> Floats:
    """The part of the full effect that each place feels in each quarter."""
    measure = adoption.measure
    has = adoption.start != NEVER
    own = grown(measure, quarters()[None, :] - adoption.start[:, None]) * has[:, None]
    depth = np.where(np.nan_to_num(gp_apl, nan=LOW_ACCESS) < LOW_ACCESS, measure.low_access, 1.0)
    felt = np.asarray(own * depth[:, None], dtype=np.float64)
    if measure.spillover and has.any() and not has.all():
        near = _nearest_with(places.position_km, has, measure.reach_km)
        outside = near != NEVER
        felt[outside] = measure.spillover * own[near[outside]]
    return felt


def _nearest_with(position_km: Floats, has: NDArray[np.bool_], reach_km: float) -> Ints:
    """For each place without the measure, the row of the nearest that has it within reach; NEVER for the others."""
    holders, without = np.flatnonzero(has), np.flatnonzero(~has)
    distance, index = cKDTree(position_km[holders]).query(position_km[without], distance_upper_bound=reach_km)
    near = np.full(len(has), NEVER)
    known = np.isfinite(distance)
    near[without[known]] = holders[index[known]]
    return near
