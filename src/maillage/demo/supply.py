"""Draw how many of each equipment every commune holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maillage.demo.field import smooth_field
from maillage.demo.groups import totals
from maillage.demo.parameters import SupplyModel, assumed
from maillage.demo.places import Floats, Ints, Places

REFERENCE_LATITUDE = 46.5


@dataclass(frozen=True, slots=True)
class Ground:
    """What every draw shares: the places, their basin, the poles, and the surface that favours some areas."""

    places: Places
    basin: Ints
    pole: Floats
    favour: Floats
    south: Floats


def lay_ground(places: Places, basin: Ints, poles: Ints, rng: np.random.Generator) -> Ground:
    """The shared ground; ``basin`` numbers the basin of each place, ``poles`` are the rows of the poles."""
    pole = np.zeros(len(places))
    pole[poles] = 1.0
    overseas = places.latitude < 40.0
    return Ground(
        places=places,
        basin=basin,
        pole=pole,
        favour=smooth_field(rng, places.position_km, float(assumed("smooth_range_km"))),
        south=np.where(overseas, 0.0, REFERENCE_LATITUDE - places.latitude),
    )


def regional_effect(places: Places) -> Floats:
    """Log effect of the région, replaced by that of the département where one is declared."""
    regions, departements = assumed("region_effect"), assumed("departement_effect")
    rows = zip(places.departement, places.region, strict=True)
    return np.array([float(departements.get(d, regions.get(r, 0.0))) for d, r in rows])


def draw_counts(ground: Ground, model: SupplyModel, total: int, rng: np.random.Generator) -> Ints:
    """Counts by commune that add to ``total``: a multinomial draw on the expected shares of the model."""
    share = expected_share(ground, model, rng)
    return np.asarray(rng.multinomial(total, share), dtype=np.int64)


def expected_share(ground: Ground, model: SupplyModel, rng: np.random.Generator) -> Floats:
    """Share of the national total expected in each commune.

    The need of a basin (inhabitants weighted by age) is multiplied by the regional, latitude and smooth effects, then
    spread within the basin towards its populated communes.
    """
    places, inhabitants = ground.places, ground.places.inhabitants
    need = places.population @ np.array(model.ages)
    own = smooth_field(rng, places.position_km, float(assumed("smooth_range_km")))
    log_effect = (
        model.region * regional_effect(places)
        + model.south * ground.south
        + model.smooth * (0.7 * ground.favour + 0.7 * own)
    )
    basin_need = totals(ground.basin, need * np.exp(log_effect))
    damping = inhabitants**3 / (inhabitants**3 + model.threshold**3)
    shape = model.dispersion * (1.0 + inhabitants / float(assumed("noise_halved_at")))
    noise = rng.gamma(shape) / shape
    weight = inhabitants**model.exponent * (damping + 1e-6) * np.exp(model.pole * ground.pole) * noise
    within = weight / np.maximum(totals(ground.basin, weight), 1e-300)[ground.basin]
    expected = basin_need[ground.basin] * within
    return np.asarray(expected / expected.sum(), dtype=np.float64)
