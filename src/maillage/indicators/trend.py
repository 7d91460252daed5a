"""Whether the last points of a series rise or fall more than chance would make them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

from maillage.errors import ArrayInputError
from maillage.indicators.conventions import Array, convention, entry, finite


@dataclass(frozen=True, slots=True)
class Trend:
    """The weighted slope of the last points of each series, its chi-squared (one degree of freedom) and the verdict.

    ``direction`` is 1 (rises), -1 (falls) or 0 (no trend established). Where the points are too few to test,
    ``tested`` is False, slope and chi-squared are NaN, direction 0.
    """

    slope: Array
    chi2: Array
    direction: npt.NDArray[np.int8]
    tested: bool


def trend(
    values: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    *,
    times: npt.ArrayLike | None = None,
) -> Trend:
    """Test the trend of series, tables of one row a territory and one column a point, the oldest first.

    The last ``trend_points`` points are regressed on ``times`` (1, 2, 3 … where not given), each weighted by the
    inverse of its variance, read from the width of its 95 % interval. A trend is called where
    chi-squared passes the limit of ``trend_confidence`` and the slope keeps its sign whichever point is left out.
    Source: Public Health England, Fingertips technical guidance, recent trends.
    Raises ArrayInputError where a figure is missing, shapes differ, times do not increase, or an interval has no width.
    """
    points = int(convention("trend_points"))
    seen, bottom, top = (
        np.atleast_2d(finite(name, x))
        for name, x in (("A value", values), ("A lower limit", low), ("An upper limit", high))
    )
    moments = _moments(seen.shape[1], times)
    _refuse_odd_intervals(seen, bottom, top)
    if seen.shape[1] < points:
        unknown = np.full(len(seen), np.nan)
        return Trend(unknown, unknown.copy(), np.zeros(len(seen), np.int8), tested=False)
    last = slice(-points, None)
    weight = (2 * convention("trend_interval_z") / (top - bottom)[:, last]) ** 2
    slope, precision = _slope(seen[:, last], weight, moments[last])
    chi2 = slope**2 * precision
    kept = np.ones(len(seen), dtype=bool)
    for left_out in range(points):
        rest = np.arange(points) != left_out
        other, _ = _slope(seen[:, last][:, rest], weight[:, rest], moments[last][rest])
        kept &= np.sign(other) == np.sign(slope)
    established = kept & (chi2 > chdtri(1, 1 - convention("trend_confidence")))
    return Trend(slope, chi2, np.where(established, np.sign(slope), 0).astype(np.int8), tested=True)


def _slope(values: Array, weight: Array, times: Array) -> tuple[Array, Array]:
    """Weighted least squares: the slope of each row and the inverse of its variance."""
    total = weight.sum(axis=1, keepdims=True)
    apart = times - (weight * times).sum(axis=1, keepdims=True) / total
    precision = (weight * apart**2).sum(axis=1)
    return (weight * apart * values).sum(axis=1) / precision, precision


def _moments(points: int, times: npt.ArrayLike | None) -> Array:
    moments = np.arange(1.0, points + 1) if times is None else finite("A time", times)
    if moments.shape != (points,) or (np.diff(moments) <= 0).any():
        raise ArrayInputError(f"Times go up, one a point: expected {points}, found {moments.tolist()}.")
    return moments


def _refuse_odd_intervals(values: Array, low: Array, high: Array) -> None:
    if not values.shape == low.shape == high.shape:
        raise ArrayInputError(
            f"Values and limits go together, found shapes {values.shape}, {low.shape} and {high.shape}."
        )
    flat = np.argwhere(high <= low)
    if len(flat):
        raise ArrayInputError(
            f"A point without an interval has no weight in a trend, found {len(flat)} of no width, the first at "
            f"{entry(flat[0])}.",
            hint="Leave out indicators whose values carry no sampling error.",
        )
