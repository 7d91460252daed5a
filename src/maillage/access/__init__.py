"""Floating-catchment access scores: arrays in, frozen results out."""

from maillage.access.audit import Contributions
from maillage.access.car import CarTravelModel, TravelError, UrbanSlowing, calibrate, travel_errors
from maillage.access.catchment import CatchmentResult, PairWeights, catchment, floating
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
from maillage.access.methods import (
    balanced,
    cumulative_opportunities,
    gravity,
    huff_shared,
    huff_three_step,
    modified,
    spatial_availability,
    three_step,
    two_step,
)
from maillage.access.nearest import NearestResult, nearest_k
from maillage.access.pairs import travel_from_pairs
from maillage.access.points import Points, disc_inner_km, nearest_minutes, travel_from_points
from maillage.access.raam import RaamResult, raam
from maillage.access.roads import RoadAccess, RoadNetwork, RoadTravel, join_roads, travel_on_roads
from maillage.access.speeds import RoadSpeeds, segment_minutes
from maillage.access.supply import Activity, acts_by_density, annual_acts, supply_around
from maillage.access.tile_plan import TilePlan, Tiling, cut_tiles, plan_tiles
from maillage.access.tiles import TiledScores, catchment_by_tiles
from maillage.access.travel import TravelMatrix
from maillage.access.uncertainty import Draws, UncertainResult, Uncertainty, uncertain_scores
from maillage.access.variants import Bounds, Convention, VariantsResult, variant_scores, variants
from maillage.access.what_if import WhatIf, what_if

__all__ = [
    "Activity",
    "AgeWeights",
    "Bounds",
    "CarTravelModel",
    "CatchmentResult",
    "Contributions",
    "Convention",
    "Curve",
    "Decay",
    "DecayFunction",
    "Draws",
    "NearestResult",
    "PairWeights",
    "Points",
    "RaamResult",
    "RoadAccess",
    "RoadNetwork",
    "RoadSpeeds",
    "RoadTravel",
    "TilePlan",
    "TiledScores",
    "Tiling",
    "TravelError",
    "TravelMatrix",
    "UncertainResult",
    "Uncertainty",
    "UrbanSlowing",
    "VariantsResult",
    "WhatIf",
    "acts_by_density",
    "annual_acts",
    "balanced",
    "binary",
    "calibrate",
    "catchment",
    "catchment_by_tiles",
    "cumulative_opportunities",
    "cut_tiles",
    "declared_decay",
    "disc_inner_km",
    "epanechnikov",
    "exponential",
    "floating",
    "gaussian",
    "gaussian_to_zero",
    "gravity",
    "huff_shared",
    "huff_three_step",
    "inverse_power",
    "join_roads",
    "linear",
    "logistic",
    "modified",
    "nearest_k",
    "nearest_minutes",
    "piecewise_linear",
    "plan_tiles",
    "quartic",
    "raam",
    "segment_minutes",
    "spatial_availability",
    "standardised_demand",
    "steps",
    "supply_around",
    "three_step",
    "travel_errors",
    "travel_from_pairs",
    "travel_from_points",
    "travel_on_roads",
    "two_step",
    "uncertain_scores",
    "variant_scores",
    "variants",
    "what_if",
]
