"""Raw access to the drawn professionals, by the catchment engine of the access floor."""

from __future__ import annotations

import numpy as np

from maillage.access import CarTravelModel, Decay, Points, catchment, travel_from_points
from maillage.catalog.parameters import load_parameters
from maillage.demo.apl import Reach
from maillage.demo.parameters import assumed
from maillage.demo.places import Floats, Places


def reach_by_car(places: Places) -> Reach:
    """Access scores between these places, by the calibrated travel model and the decays of the demonstration."""
    car = load_parameters("travel_car")
    model = CarTravelModel(float(car["coefficient"].value), float(car["exponent"].value))
    decays = {name: _decay(name, spec) for name, spec in assumed("decay").items()}
    longest = max(decay.max_min for decay in decays.values())
    inner_km = np.full(len(places), float(car["inner_default_km"].value))
    points = Points.at(places.longitude, places.latitude, inner_km)
    travel = travel_from_points(points, points, model=model, max_min=longest)

    def reach(profession: str, supply: Floats, demand: Floats) -> Floats:
        decay = decays.get(profession, decays["other"])
        return catchment(travel, demand, supply, decay).scores

    return reach


def _decay(name: str, spec: dict[str, list[float]]) -> Decay:
    return Decay(f"demo {name}", "linear", tuple(spec["minutes"]), tuple(spec["weights"]))
