"""Local polynomials on the two sides of a cutoff, and the bandwidths at which they err least.

Calonico, Cattaneo and Titiunik (2014), Robust nonparametric confidence intervals for regression-discontinuity designs,
Econometrica 82(6); weights and clusters as in Calonico, Cattaneo, Farrell and Titiunik (2019). Every estimate is linear
in the outcome: what is handled here are its *lines*, the weight of each unit in each coefficient. diff-diff 3.13 has
the same bandwidths without weights or clusters: tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import FloatArray, IntArray

NEIGHBOURS = 3  # of the same side, behind each variance (Calonico, Cattaneo and Titiunik 2014, section 5)
START = 2.576  # of a triangular kernel, in the rule of thumb that begins the search (rdrobust 4.0)
REPEATED = 0.2  # share of units that repeat a value from which a bandwidth keeps DISTINCT values a side (rdrobust 4.0)
DISTINCT = 10


@dataclass(frozen=True, slots=True)
class Side:
    """Units of one side by rising ``distance`` to the cutoff (n, negative below); ``response`` (n, k), ``weight`` (n).

    ``cluster`` (n, codes) where errors are shared within clusters, else None.
    """

    distance: FloatArray
    response: FloatArray
    weight: FloatArray
    cluster: IntArray | None

    @property
    def range(self) -> float:
        """The largest distance to the cutoff."""
        return float(np.abs(self.distance).max())


def lines(side: Side, order: int, reach: float) -> FloatArray:
    """The lines (order + 1, n) of each coefficient of a polynomial, triangular kernel of half-width ``reach``.

    Coefficient j is that of distance to the power j. Raises ArrayInputError when too few values are within reach.
    """
    scaled = side.distance / reach
    root = np.sqrt(side.weight * np.maximum(1 - np.abs(scaled), 0))
    distinct = np.unique(scaled[root > 0]).size
    if distinct <= order:
        raise ArrayInputError(
            f"A polynomial of order {order} needs {order + 1} values within {reach:.4g} of the cutoff on each side, "
            f"found {distinct}.",
            hint="Widen the bandwidth, or give more units near the cutoff.",
            fr=f"Un polynôme de degré {order} demande {order + 1} valeurs à moins de {reach:.4g} du seuil de chaque "
            f"côté ; {distinct} trouvées. Élargir la fenêtre, ou donner plus d’unités près du seuil.",
        )
    design = scaled[:, None] ** np.arange(order + 1)
    found = np.linalg.pinv(design * root[:, None]) * root
    return np.asarray(found / reach ** np.arange(order + 1)[:, None], dtype=np.float64)


def residuals(side: Side, line: FloatArray, inside: NDArray[np.bool_]) -> FloatArray:
    """The residuals (n, k), 0 outside: from nearest neighbours, or from the fit of ``line`` where there are clusters.

    A neighbour's residual knows nothing of the errors that a cluster shares; the fit's does.
    """
    found = np.zeros_like(side.response)
    if side.cluster is None:
        found[inside] = _neighbour_residuals(side.distance[inside], side.response[inside])
    else:
        fitted = side.distance[:, None] ** np.arange(line.shape[0]) @ (line @ side.response)
        found[inside] = (side.response - fitted)[inside]
    return found


def scores(side: Side, line: FloatArray, left: FloatArray, inside: NDArray[np.bool_], order: int) -> FloatArray:
    """What each unit adds to an estimate of ``line`` (n) with residuals ``left`` (n); CR1 scale with clusters."""
    found = line * left
    if side.cluster is None:
        return np.asarray(found, dtype=np.float64)
    units, groups = int(inside.sum()), np.unique(side.cluster[inside]).size
    if groups < 2:
        raise ArrayInputError(
            "Errors by cluster need at least 2 clusters on each side of the cutoff, found 1.",
            hint="Cluster at a finer level of assignment, or widen the bandwidth.",
            fr="Des erreurs par grappe demandent au moins 2 grappes de chaque côté du seuil ; 1 trouvée. Regrouper à "
            "un niveau plus fin, ou élargir la fenêtre.",
        )
    small = (units - 1) / (units - order - 1) * groups / (groups - 1)
    return np.asarray(found * np.sqrt(small), dtype=np.float64)


def variance(score: FloatArray, cluster: IntArray | None) -> float:
    """The variance of an estimate from its scores (n), added up within clusters first."""
    total = score if cluster is None else np.bincount(cluster, score)
    return float((total**2).sum())


def bandwidths(below: Side, above: Side) -> tuple[float, float]:
    """The half-widths (h, b) of least mean squared error of the jump, and of the curvature that corrects its bias.

    One width for both sides, regularised, outcome in the first response (``mserd`` of rdrobust). Raises ArrayInputError
    when the outcome has no noise or no curvature to weigh against each other.
    """
    sides = (below, above)
    widest = max(side.range for side in sides)
    values = np.concatenate([side.distance for side in sides])
    distinct = [np.unique(np.abs(side.distance)) for side in sides]
    low, high = np.quantile(values, [0.25, 0.75], method="averaged_inverted_cdf")
    spread = min(float(np.std(values, ddof=1)), (high - low) / 1.349)
    start = min(START * spread * sum(each.size for each in distinct) ** -0.2, widest)
    least = 0.0
    if any(1 - each.size / side.distance.size >= REPEATED for each, side in zip(distinct, sides, strict=True)):
        least = max(float(each[min(DISTINCT, each.size) - 1]) for each in distinct) + 1e-8
    start = max(start, least)
    pilot = [_pilot(side, (3, 3, 4), (start, side.range), regular=0.0) for side in sides]
    first = max(_best(pilot, 3, widest), least)
    bias = _best([_pilot(side, (2, 2, 3), (start, first), regular=1.0) for side in sides], 2, widest)
    return _best([_pilot(side, (1, 0, 2), (start, bias), regular=1.0) for side in sides], 1, widest), bias


@dataclass(frozen=True, slots=True)
class _Error:
    """Constants of the mean squared error of one side: variance, bias, and the noise of that bias."""

    variance: float
    bias: float
    noise: float


def _pilot(side: Side, orders: tuple[int, int, int], reach: tuple[float, float], *, regular: float) -> _Error:
    """The constants for coefficient ``orders[1]`` of a fit of order ``orders[0]``, its bias by one of ``orders[2]``."""
    order, derivative, above = orders
    first = Side(side.distance, side.response[:, :1], side.weight, side.cluster)
    line, inside = lines(first, order, reach[0]), np.abs(side.distance) < reach[0]
    left = residuals(first, line, inside)[:, 0]
    noise = variance(scores(first, line[derivative], left, inside, order), side.cluster)
    pull = line[derivative] @ (side.distance / reach[0]) ** (order + 1) * reach[0] ** derivative
    wider, within = lines(first, above, reach[1]), np.abs(side.distance) < reach[1]
    rest = residuals(first, wider, within)[:, 0]
    shaky = variance(scores(first, wider[order + 1], rest, within, above), side.cluster)
    power = 2.0 * (order + 1 - derivative)
    return _Error(
        variance=(2 * derivative + 1) * reach[0] ** (2 * derivative + 1) * noise,
        bias=float(np.sqrt(power) * pull * (wider[order + 1] @ first.response[:, 0])),
        noise=regular * power * 3 * pull**2 * shaky,
    )


def _best(pilots: list[_Error], order: int, widest: float) -> float:
    below, above = pilots
    departure = (above.bias - below.bias) ** 2 + below.noise + above.noise
    total = below.variance + above.variance
    if not (np.isfinite(total) and total > 0 and departure > 0):
        raise ArrayInputError(
            "The outcome has no noise or no curvature near the cutoff: no bandwidth can be chosen from it.",
            hint="Check that the outcome is not a function of the running variable, or give the bandwidth.",
            fr="Le résultat n’a ni bruit ni courbure près du seuil : aucune fenêtre ne peut en être tirée. Vérifier "
            "qu’il n’est pas une fonction de la variable de seuil, ou donner la fenêtre.",
        )
    return float(min((total / departure) ** (1 / (2 * order + 3)), widest))


def _neighbour_residuals(distance: FloatArray, response: FloatArray) -> FloatArray:
    """Each response less the mean of its nearest neighbours', scaled; units at one distance are neighbours together."""
    size = distance.size
    value, start, count = np.unique(distance, return_index=True, return_counts=True)
    edge = np.append(start, size)
    low = np.arange(value.size)
    high = low.copy()
    for _ in range(NEIGHBOURS):
        lacking = edge[high + 1] - edge[low] - 1 < min(NEIGHBOURS, size - 1)
        left = np.where(low > 0, value - value[np.maximum(low - 1, 0)], np.inf)
        right = np.where(high < value.size - 1, value[np.minimum(high + 1, value.size - 1)] - value, np.inf)
        low = low - (lacking & (left <= right) & np.isfinite(left))
        high = high + (lacking & (right <= left) & np.isfinite(right))
    total = np.concatenate([np.zeros((1, response.shape[1])), np.cumsum(response, axis=0)])
    around = np.repeat(total[edge[high + 1]] - total[edge[low]], count, axis=0) - response
    others = np.repeat(edge[high + 1] - edge[low] - 1, count)[:, None].astype(np.float64)
    return np.asarray(np.sqrt(others / (others + 1)) * (response - around / others), dtype=np.float64)
