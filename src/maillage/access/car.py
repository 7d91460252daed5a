"""Minutes by car from the distance as the crow flies: the model, its calibration and its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from maillage.access.faults import FloatArray, quantities
from maillage.access.travel import TravelMatrix
from maillage.errors import ArrayInputError

CLASS_EDGES_KM = (0.0, 5.0, 10.0, 20.0, 40.0, np.inf)


@dataclass(frozen=True, slots=True)
class CarTravelModel:
    """Minutes = ``coefficient`` × km ** ``exponent``: 0 at 0, rising, and faster a kilometre on longer trips.

    Raises ArrayInputError when the coefficient is not positive or the exponent not within ]0, 1].
    """

    coefficient: float
    exponent: float

    def __post_init__(self) -> None:
        if not (self.coefficient > 0 and 0 < self.exponent <= 1):
            raise ArrayInputError(
                "A car travel model needs a positive coefficient and an exponent within ]0, 1],"
                f" found {self.coefficient:g} and {self.exponent:g}."
            )

    def minutes(self, km: FloatArray) -> FloatArray:
        """Minutes for distances as the crow flies, in km."""
        return np.asarray(self.coefficient * np.power(km, self.exponent), dtype=np.float64)

    def km(self, minutes: float) -> float:
        """The distance, in km as the crow flies, driven in ``minutes``."""
        return float((minutes / self.coefficient) ** (1 / self.exponent))


@dataclass(frozen=True, slots=True)
class UrbanSlowing:
    """How many times longer driving takes in dense places: 1 up to ``from_density``, ``factor`` from ``to_density`` on.

    Densities are inhabitants a km²; between the two it rises in proportion to their logarithm. Raises ArrayInputError
    when the densities do not rise from above 0 or the factor is under 1.
    """

    from_density: float
    to_density: float
    factor: float

    def __post_init__(self) -> None:
        if not (0 < self.from_density < self.to_density and 1 <= self.factor < np.inf):
            raise ArrayInputError(
                "An urban slowing needs two rising densities and a factor of 1 or more,"
                f" found {self.from_density:g}, {self.to_density:g} and {self.factor:g}."
            )

    def factors(self, density: FloatArray) -> FloatArray:
        """How many times longer a kilometre takes at each density; 1 where it is 0 or NaN (unknown)."""
        known = np.nan_to_num(np.asarray(density, dtype=np.float64), nan=0.0)
        steps = np.log([self.from_density, self.to_density])
        return np.asarray(np.interp(np.log(np.maximum(known, 1e-9)), steps, [1.0, self.factor]), dtype=np.float64)

    def slow(
        self, travel: TravelMatrix, home_density: FloatArray, place_density: FloatArray, *, max_min: float
    ) -> TravelMatrix:
        """The pairs with their minutes times the mean factor of both ends; those past ``max_min`` are left out."""
        homes, places = self.factors(home_density), self.factors(place_density)
        rows = travel.rows
        minutes = travel.minutes * ((homes[rows] + places[travel.indices]) / 2).astype(travel.minutes.dtype)
        kept = minutes <= max_min
        indptr = np.zeros(travel.n_demand + 1, dtype=np.int32)
        np.cumsum(np.bincount(rows[kept], minlength=travel.n_demand), out=indptr[1:])
        return TravelMatrix(indptr, travel.indices[kept], minutes[kept], travel.n_supply)


@dataclass(frozen=True, slots=True)
class TravelError:
    """Modelled minus measured minutes in one class of distance [``from_km``, ``to_km``[."""

    from_km: float
    to_km: float
    n: int
    mean_measured_min: float
    bias_min: float
    mae_min: float
    rmse_min: float


def calibrate(
    km: FloatArray, minutes: FloatArray, sets: NDArray[np.str_], *, within_km: tuple[float, float]
) -> CarTravelModel:
    """Fit the model on measured pairs whose distance lies within ``within_km``.

    ``km``, ``minutes`` and ``sets`` have one entry a pair. Each measuring set weighs the same in each class of
    distance, so that neither the many long pairs nor the largest set decide for the short trips that matter; residuals
    are taken relative to the square root of the fitted time, whose variance grows with it.

    Raises ArrayInputError when fewer than ten pairs remain.
    """
    km, minutes = quantities(km, name="distances"), quantities(minutes, name="measured minutes", length=len(km))
    used = (km >= within_km[0]) & (km <= within_km[1])
    if used.sum() < 10:
        raise ArrayInputError(f"A calibration needs ten pairs within {within_km} km, found {int(used.sum())}.")
    km, minutes = km[used], minutes[used]
    names, which = np.unique(sets[used], return_inverse=True)
    cells = which + names.size * _classes(km)
    weight = np.sqrt(1 / np.bincount(cells)[cells])

    def residuals(free: FloatArray) -> FloatArray:
        fitted = free[0] * km ** free[1]
        return np.asarray(weight * (fitted - minutes) / np.sqrt(fitted))

    found = least_squares(residuals, x0=(2.0, 0.8), bounds=((0.01, 0.1), (60.0, 1.0)))
    return CarTravelModel(float(found.x[0]), float(found.x[1]))


def travel_errors(model: CarTravelModel, km: FloatArray, minutes: FloatArray) -> tuple[TravelError, ...]:
    """The error of the model on measured pairs, by class of distance (classes without a pair are left out)."""
    classes, gap = _classes(km), model.minutes(km) - minutes
    return tuple(
        TravelError(
            from_km=CLASS_EDGES_KM[c],
            to_km=CLASS_EDGES_KM[c + 1],
            n=int((classes == c).sum()),
            mean_measured_min=float(minutes[classes == c].mean()),
            bias_min=float(gap[classes == c].mean()),
            mae_min=float(np.abs(gap[classes == c]).mean()),
            rmse_min=float(np.sqrt((gap[classes == c] ** 2).mean())),
        )
        for c in np.unique(classes).tolist()
    )


def _classes(km: FloatArray) -> NDArray[np.int64]:
    return np.searchsorted(np.asarray(CLASS_EDGES_KM[1:-1]), km, side="right").astype(np.int64)
