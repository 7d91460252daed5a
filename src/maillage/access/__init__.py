"""Floating-catchment access scores: arrays in, frozen results out."""

from maillage.access.car import CarTravelModel, TravelError, calibrate, travel_errors
from maillage.access.catchment import CatchmentResult, catchment
from maillage.access.curves import (
    Curve,
    declared_decay,
    epanechnikov,
    exponential,
    gaussian,
    gaussian_to_zero,
    inverse_power,
    logistic,
    quartic,
)
from maillage.access.decay import Decay, DecayFunction, binary, linear, piecewise_linear, steps
from maillage.access.demand import AgeWeights, standardised_demand
from maillage.access.points import Points, disc_inner_km, nearest_minutes, travel_from_points
from maillage.access.supply import Activity, annual_acts
from maillage.access.travel import TravelMatrix

__all__ = [
    "Activity",
    "AgeWeights",
    "CarTravelModel",
    "CatchmentResult",
    "Curve",
    "Decay",
    "DecayFunction",
    "Points",
    "TravelError",
    "TravelMatrix",
    "annual_acts",
    "binary",
    "calibrate",
    "catchment",
    "declared_decay",
    "disc_inner_km",
    "epanechnikov",
    "exponential",
    "gaussian",
    "gaussian_to_zero",
    "inverse_power",
    "linear",
    "logistic",
    "nearest_minutes",
    "piecewise_linear",
    "quartic",
    "standardised_demand",
    "steps",
    "travel_errors",
    "travel_from_points",
]
