"""When a series left its usual level: cumulated sums of its departures from a target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maillage.errors import ArrayInputError
from maillage.indicators.conventions import Array, convention


@dataclass(frozen=True, slots=True)
class _Settings:
    window: int
    sensitivity: float
    decimals: int

    def usual(self, window: Array) -> tuple[float, float]:
        """Target and threshold of a window."""
        return float(np.nanmean(window)), float(np.nanstd(window) * self.sensitivity)


@dataclass(slots=True)
class _Chart:
    """The state of the chart as it walks along a series."""

    settings: _Settings
    mean: float
    threshold: float
    up: float = 0.0
    down: float = 0.0

    @property
    def alarm(self) -> int:
        return int(self.up > self.threshold) - int(self.down < -self.threshold)

    def following(self, value: float, *, anew: bool = False) -> tuple[float, float]:
        """The two sums after a value; a missing value sets them back to 0."""
        slack, decimals = 0.5 * self.threshold / self.settings.sensitivity, self.settings.decimals
        up, down = (0.0, 0.0) if anew else (self.up, self.down)
        if np.isnan(value):
            return 0.0, 0.0
        up = max(0.0, up + value - (self.mean + slack))
        down = min(0.0, down + value - (self.mean - slack))
        return round(up, decimals), round(down, decimals)


def cusum(
    values: npt.ArrayLike, *, window: int | None = None, sensitivity: float | None = None, decimals: int = 9
) -> npt.NDArray[np.int8]:
    """Where a series has moved away from its usual level: 1 above, -1 below, 0 neither, one a point.

    The target is the mean of the first ``window`` values, the threshold ``sensitivity`` times their standard deviation;
    sums gather departures beyond half a standard deviation. Once the threshold is passed the target is the mean of the
    last ``window`` values, and the sums start again when the series no longer moves the same way. Sums are kept to
    ``decimals``. Missing values are NaN; a series that is missing altogether has no alarm.
    Sources: Montgomery, Introduction to Statistical Quality Control (2009), chapter 9; OpenPrescribing.
    Raises ArrayInputError for a series that is not a line of finite numbers or NaN.
    """
    series = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if series.ndim != 1 or np.isinf(series).any():
        raise ArrayInputError("A cumulated sum follows one series of finite numbers, found a table or an infinite one.")
    width = int(window or convention("cusum_window"))
    settings = _Settings(width, sensitivity or convention("cusum_sensitivity"), decimals)
    alarms = np.zeros(len(series), dtype=np.int8)
    known = np.flatnonzero(~np.isnan(series))
    if not len(known):
        return alarms
    # The window may open on missing values as long as one of its values is known.
    start = max(int(known[0]) - width + 1, 0)
    chart = _Chart(settings, *settings.usual(series[start : start + width]))
    for at in range(start, len(series)):
        _step(chart, float(series[at]), series[max(at - width, 0) : at], first=at == start)
        alarms[at] = chart.alarm
    return alarms


def _step(chart: _Chart, value: float, window: Array, *, first: bool) -> None:
    """Take one value; where an alarm rings, the level of the window before it becomes the target."""
    anew = first
    if not first and chart.alarm:
        chart.mean, threshold = chart.settings.usual(window)
        up, down = chart.following(value)
        anew = not (up > chart.up if chart.alarm > 0 else down < chart.down)
        chart.threshold = threshold if anew else chart.threshold
    chart.up, chart.down = chart.following(value, anew=anew)
