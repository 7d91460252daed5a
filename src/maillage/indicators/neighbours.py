"""The territories most like one another: nearest neighbours on declared covariates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maillage.catalog.parameters import load_parameters
from maillage.errors import ArrayInputError
from maillage.indicators.conventions import Array, convention, counts, finite

_WEIGHT = "neighbours_weight_"
# Distances closer than this are equal: the rest is the noise of sums taken in another order.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Covariate:
    """An indicator that territories are compared on; ``log`` where by the logarithm of 1 + value."""

    indicator: str
    weight: float
    log: bool

    def scaled(self, values: npt.ArrayLike) -> Array:
        """The values as they are compared, before they are standardised."""
        array = np.asarray(values, dtype=np.float64)
        return np.log1p(array) if self.log else array


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The positions of the nearest territories, nearest first, and their distances.

    ``typical`` is the median distance to all the others, against which the distances are read.
    """

    position: npt.NDArray[np.intp]
    distance: Array
    typical: float


def covariates() -> tuple[Covariate, ...]:
    """The covariates declared in ``definitions/parameters/statistics.toml``, in the order of the file."""
    known = load_parameters("statistics")
    logged = known["neighbours_log"].value
    return tuple(
        Covariate(indicator, float(parameter.value), indicator in logged)
        for name, parameter in known.items()
        if (indicator := name.removeprefix(_WEIGHT)) != name
    )


def nearest(
    values: npt.ArrayLike,
    at: int,
    codes: Sequence[str],
    *,
    weights: npt.ArrayLike | None = None,
    count: int | None = None,
) -> Neighbours:
    """The territories nearest to that of position ``at``, among all those given, itself left out.

    ``values`` is a table of territories × covariates, ``codes`` name the territories and settle ties. Covariates are
    standardised over the territories given (mean 0, standard deviation 1; one that does not vary tells nothing). The
    distance is the root of the mean of squared gaps, each covariate counting by its weight (all the same where none is
    given). ``count`` is ``neighbours_count`` unless told; all the others where they are fewer.
    Raises ArrayInputError where a value is missing, the codes are not one a territory, or no weight is above 0.
    """
    table = finite("A covariate", values)
    if table.ndim != 2 or len(table) != len(codes) or not 0 <= at < len(codes):
        raise ArrayInputError(
            f"Covariates make a table of one row a territory, found shape {table.shape} for {len(codes)} codes and "
            f"the territory at {at}."
        )
    standard = _standardised(table)
    gaps = standard - standard[at]
    distance = np.round(np.sqrt(gaps**2 @ _shares(weights, table.shape[1])), _DECIMALS)
    others = np.flatnonzero(np.arange(len(codes)) != at)
    ordered = others[np.lexsort((np.asarray(codes, dtype=str)[others], distance[others]))]
    kept = ordered[: int(convention("neighbours_count")) if count is None else count]
    typical = float(np.median(distance[others])) if len(others) else float("nan")
    return Neighbours(kept, distance[kept], typical)


def _standardised(table: Array) -> Array:
    spread = table.std(axis=0)
    # A covariate that is the same everywhere has a spread of rounding errors.
    varies = spread > 1e-12 * np.maximum(np.abs(table).max(axis=0), 1e-300)
    return np.where(varies, (table - table.mean(axis=0)) / np.where(varies, spread, 1.0), 0.0)


def _shares(weights: npt.ArrayLike | None, columns: int) -> Array:
    given = np.ones(columns) if weights is None else counts("A weight", weights)
    if given.shape != (columns,) or not given.sum():
        raise ArrayInputError(f"Weights are one a covariate, {columns}, not all 0, found {given.tolist()}.")
    share: Array = given / given.sum()
    return share
