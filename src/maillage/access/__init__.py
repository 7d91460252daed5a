"""Floating-catchment access scores: arrays in, frozen results out."""

from maillage.access.car import CarTravelModel, TravelError, calibrate, travel_errors
from maillage.access.catchment import CatchmentResult, catchment
from maillage.access.decay import Decay
from maillage.access.demand import AgeWeights, standardised_demand
from maillage.access.pairs import travel_from_pairs
from maillage.access.points import Points, disc_inner_km, nearest_minutes, travel_from_points
from maillage.access.roads import RoadAccess, RoadNetwork, RoadTravel, travel_on_roads
from maillage.access.speeds import RoadSpeeds, segment_minutes
from maillage.access.supply import Activity, annual_acts
from maillage.access.tiles import Tile, TiledScores, catchment_by_tiles, tiles
from maillage.access.travel import TravelMatrix

__all__ = [
    "Activity",
    "AgeWeights",
    "CarTravelModel",
    "CatchmentResult",
    "Decay",
    "Points",
    "RoadAccess",
    "RoadNetwork",
    "RoadSpeeds",
    "RoadTravel",
    "Tile",
    "TiledScores",
    "TravelError",
    "TravelMatrix",
    "annual_acts",
    "calibrate",
    "catchment",
    "catchment_by_tiles",
    "disc_inner_km",
    "nearest_minutes",
    "segment_minutes",
    "standardised_demand",
    "tiles",
    "travel_errors",
    "travel_from_pairs",
    "travel_from_points",
    "travel_on_roads",
]
