"""Demand: population weighted by relative care consumption at each age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maillage.access.faults import FloatArray, quantities
from maillage.errors import ArrayInputError, DefinitionError

FALL_FROM_AGE, LAST_AGE = 65, 100


@dataclass(frozen=True, slots=True)
class AgeWeights:
    """Relative consumption of care: ``weights[k]`` from age ``from_ages[k]`` (completed years) to the next one.

    Raises DefinitionError when ages do not rise from 0 or a weight is negative.
    """

    from_ages: tuple[int, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        ages, weights = np.asarray(self.from_ages), np.asarray(self.weights)
        if ages.size == 0 or ages.shape != weights.shape or ages[0] != 0 or (np.diff(ages) <= 0).any():
            raise DefinitionError(f"Age weights need one weight for each age, rising from 0: found {self.from_ages}.")
        if not (np.isfinite(weights) & (weights >= 0)).all():
            raise DefinitionError(f"Age weights should not be negative, found {self.weights}.")

    def mean(self, first_age: int, end_age: int | None) -> float:
        """The mean weight of a band from ``first_age`` to ``end_age`` excluded (None: no upper limit).

        Where the population is known by wide bands only, ages are taken as equally numerous up to 65, then as falling
        in a straight line to none at 100. This is an assumption: with IRDES' weights it gives 0.745 for 0-19, 0.841
        for 20-64 and 1.85 for 65 and over.
        """
        ages = np.arange(first_age, LAST_AGE if end_age is None else end_age)
        if ages.size == 0:
            raise DefinitionError(f"An age band should not be empty, found {first_age} to {end_age}.")
        numbers = np.clip((LAST_AGE - ages - 0.5) / (LAST_AGE - FALL_FROM_AGE), 0.0, 1.0)
        weights = np.asarray(self.weights)[np.searchsorted(np.asarray(self.from_ages), ages, side="right") - 1]
        return float(np.average(weights, weights=numbers))


def standardised_demand(population: Any, band_weights: Any) -> FloatArray:
    """Demand by place: population (n × bands) times the weight of each band, normalised to the total population.

    Raises ArrayInputError when the bands differ or a population is negative, NaN or infinite.
    """
    people, weights = np.asarray(population, dtype=np.float64), quantities(band_weights, name="weights of age bands")
    if people.ndim != 2 or people.shape[1] != weights.size:
        raise ArrayInputError(f"The population should have {weights.size} age bands, found the shape {people.shape}.")
    quantities(people.ravel(), name="populations by place and band")
    demand = people @ weights
    total = demand.sum()
    return np.asarray(demand * (people.sum() / total)) if total > 0 else np.asarray(demand)
