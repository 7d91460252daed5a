"""The whole draw: from real places to every simulated table, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maillage.demo.apl import Apl, drift_to_2022, simulate_2021
from maillage.demo.parameters import assumed, supply_models, target
from maillage.demo.perimeters import draw_cpts
from maillage.demo.places import Ints, Places, Texts, restrict, whole_towns
from maillage.demo.poles import assign, choose_poles
from maillage.demo.reach import reach_by_car
from maillage.demo.supply import draw_counts, lay_ground
from maillage.demo.zoning import draw_zones


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything drawn, one entry a place (one a town for ``bassin_de_vie``, in the order of ``towns``).

    ``scale`` is the part of the national population that was drawn for, 1 for the whole country.
    """

    places: Places
    towns: Places
    scale: float
    counts: Mapping[str, Ints]
    apl_2021: Mapping[str, Apl]
    apl_2022: Mapping[str, Apl]
    zones: Texts
    cpts: Texts
    bassin_de_vie: Texts


def draw(country: Places, seed: int, departements: tuple[str, ...] = ()) -> Drawn:
    """Draw every table for the country, or for some départements with totals scaled to their population.

    Each table has its own stream of the seed, so that a change to one leaves the others as they were.
    """
    places = restrict(country, departements)
    scale = float(places.inhabitants.sum() / country.inhabitants.sum())
    ground_rng, supply_rng, apl_rng, drift_rng, cpts_rng = _streams(seed, 5)
    towns, town_of = whole_towns(places)
    poles = choose_poles(towns.position_km, towns.inhabitants, max(1, round(scale * float(assumed("basins")))))
    attraction = np.maximum(towns.inhabitants[poles], 1.0) ** float(assumed("attraction_exponent"))
    basin = assign(towns.position_km, poles, attraction)
    first_place = np.unique(town_of, return_index=True)[1]
    ground = lay_ground(places, basin[town_of], first_place[poles], ground_rng)
    counts = {
        code: draw_counts(ground, model, round(scale * target(f"bpe_{code}")), supply_rng)
        for code, model in supply_models().items()
    }
    apl_2021 = simulate_2021(places, counts, reach_by_car(places), apl_rng)
    return Drawn(
        places=places,
        towns=towns,
        scale=scale,
        counts=counts,
        apl_2021=apl_2021,
        apl_2022={name: drift_to_2022(places, apl, drift_rng) for name, apl in apl_2021.items()},
        zones=draw_zones(places, apl_2021["mg"].by_limit[65], basin[town_of]),
        cpts=draw_cpts(places, cpts_rng),
        bassin_de_vie=towns.code[poles][basin],
    )


def _streams(seed: int, count: int) -> list[np.random.Generator]:
    children = np.random.SeedSequence(seed).spawn(count)
    return [np.random.Generator(np.random.PCG64(child)) for child in children]
