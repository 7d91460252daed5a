"""Raw access to the drawn professionals, by the catchment engine of the access floor."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from maillage.access import CarTravelModel, Decay, Points, catchment, travel_from_points
from maillage.demo.apl import Reach
from maillage.demo.parameters import assumed
from maillage.demo.places import Floats, Places


def reach_by_car(places: Places) -> Reach:
    """Access scores between these places, under the travel model and the decays that the demonstration assumes."""
    model = CarTravelModel(float(assumed("car_coefficient")), float(assumed("car_exponent")))
    decays = {name: _decay(name, spec) for name, spec in assumed("decay").items()}
    longest = max(decay.max_min for decay in decays.values())
    points = Points.at(places.longitude, places.latitude, _inner_km(places))
    travel = travel_from_points(points, points, model=model, max_min=longest)

    def reach(profession: str, supply: Floats, demand: Floats) -> Floats:
        decay = decays.get(profession, decays["other"])
        return catchment(travel, demand, supply, decay).scores

    return reach


def _decay(name: str, spec: dict[str, list[float]]) -> Decay:
    return Decay(f"demo {name}", "linear", tuple(spec["minutes"]), tuple(spec["weights"]))


def _inner_km(places: Places) -> Floats:
    """How far residents live from their town hall: half the way to the next place, within bounds."""
    next_km = cKDTree(places.position_km).query(places.position_km, k=2)[0][:, 1]
    return np.asarray(np.clip(0.5 * next_km, 0.3, 4.0), dtype=np.float64)
