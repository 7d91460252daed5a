"""Simulated APL: raw access to the drawn professionals, brought to the published national figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from maillage.demo.field import smooth_field
from maillage.demo.parameters import PROFESSIONS, assumed, target, targets
from maillage.demo.places import Floats, Ints, Places
from maillage.demo.rescale import PublishedMeans, gain_to_mean, to_published, weighted_mean

# Access at each place to the supply of a profession, given a demand: the two-step catchment of the access floor.
Reach = Callable[[str, Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Apl:
    """Scores of one profession and one year: by age limit (0: none), and the standardised population they refer to.

    Values of places without a census are NaN.
    """

    profession: str
    year: int
    by_limit: Mapping[int, Floats]
    standardised: Floats


def standardised_population(places: Places, profession: str) -> Floats:
    """Inhabitants weighted by age for this profession, adding to the censused population (midwives: a part of it)."""
    weighted = places.population @ np.array(assumed("standardised_ages")[profession])
    weighted = np.where(places.censused, weighted, 0.0)
    total = float(places.inhabitants[places.censused].sum())
    part = target("apl_sf_standardised_share") if profession == "sf" else 1.0
    return np.asarray(weighted * part * total / weighted.sum(), dtype=np.float64)


def simulate_2021(places: Places, counts: Mapping[str, Ints], reach: Reach, rng: np.random.Generator) -> dict[str, Apl]:
    """The 2021 scores of the five professions; GPs with the age limits 65 and 62 besides none.

    62 ≤ 65 ≤ no limit holds in every place: the draws are nested, doctor by doctor.
    """
    return {
        profession: _gp_2021(places, counts[code], reach, rng)
        if profession == "mg"
        else _other_2021(places, profession, counts[code], reach, rng)
        for profession, code in PROFESSIONS.items()
    }


def drift_to_2022(places: Places, before: Apl, rng: np.random.Generator) -> Apl:
    """The following year: the same scores under a small smooth and local drift, at the published means of 2022."""
    drift = np.exp(
        float(assumed("drift_smooth")) * smooth_field(rng, places.position_km, float(assumed("smooth_range_km")))
        + rng.normal(scale=float(assumed("drift_local")), size=len(places))
    )
    limit = 65 if before.profession == "mg" else min(before.by_limit)
    weight, known = before.standardised, places.censused
    moved = np.where(known, before.by_limit[limit], 0.0) * drift
    moved *= target(f"apl_2022_{before.profession}_{limit}_mean") / weighted_mean(moved, weight)
    by_limit = {limit: np.where(known, moved, np.nan)}
    if before.profession == "mg":
        older = np.where(known, before.by_limit[0] - before.by_limit[65], 0.0) * drift
        gain = gain_to_mean(moved, older, weight, target("apl_2022_mg_0_mean"))
        by_limit[0] = np.where(known, moved + gain * older, np.nan)
    return Apl(before.profession, 2022, by_limit, weight)


def _gp_2021(places: Places, doctors: Ints, reach: Reach, rng: np.random.Generator) -> Apl:
    weight, known = standardised_population(places, "mg"), places.censused
    young = rng.binomial(doctors, float(assumed("gp_share_65")))
    younger = rng.binomial(young, float(assumed("gp_share_62_of_65")))
    supply_62 = _activity(younger, rng)
    supply_65 = supply_62 + _activity(young - younger, rng)
    supply_0 = supply_65 + _activity(doctors - young, rng)
    raw_0, raw_65, raw_62 = (reach("mg", s, weight) for s in (supply_0, supply_65, supply_62))
    score_65 = _scaled(places, raw_65, weight, "mg_65")
    older = np.maximum(raw_0 - raw_65, 0.0)
    score_0 = score_65 + gain_to_mean(score_65, older, weight, target("apl_2021_mg_0_mean")) * older
    lost = score_65 * np.clip(1.0 - np.divide(raw_62, raw_65, out=np.ones_like(raw_65), where=raw_65 > 0), 0.0, 1.0)
    score_62 = score_65 + gain_to_mean(score_65, lost, weight, target("apl_2021_mg_62_mean")) * lost
    by_limit = {limit: np.where(known, s, np.nan) for limit, s in ((0, score_0), (65, score_65), (62, score_62))}
    return Apl("mg", 2021, by_limit, weight)


def _other_2021(places: Places, profession: str, heads: Ints, reach: Reach, rng: np.random.Generator) -> Apl:
    weight = standardised_population(places, profession)
    limit = 0 if profession == "sf" else 65
    raw = reach(profession, _activity(heads, rng), weight)
    score = _scaled(places, raw, weight, f"{profession}_{limit}")
    return Apl(profession, 2021, {limit: np.where(places.censused, score, np.nan)}, weight)


def _activity(heads: Ints, rng: np.random.Generator) -> Floats:
    """Full-time equivalents: each professional's activity is gamma distributed with mean one."""
    shape = float(assumed("activity_shape"))
    return np.asarray(rng.gamma(shape * heads) / shape, dtype=np.float64)


def _scaled(places: Places, raw: Floats, weight: Floats, name: str) -> Floats:
    known, out = places.censused, np.zeros(len(raw))
    published = PublishedMeans(target(f"apl_2021_{name}_mean"), targets(f"apl_2021_{name}_deciles"))
    out[known] = to_published(raw[known], weight[known], places.inhabitants[known], published)
    return out
