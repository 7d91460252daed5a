"""Interrupted series: did the level or the slope change when everybody started at once, as with the SAS?

Segmented regression (Wagner, Soumerai, Zhang and Ross-Degnan 2002; Bernal, Cummins and Gasparrini 2017) with errors
that follow on from one period to the next, by restricted maximum likelihood, which errs less on short series (Turner
and others 2021, BMC Medical Research Methodology 21). Newey and West's errors stand beside: they are too small there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import stdtr, stdtrit

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import FloatArray
from maillage.evaluation.series import COMPARED, LEAST_AFTER, WEAKER, Series, compared, least_before, terms
from maillage.text import Text

LONGEST_MEMORY = 0.98  # largest correlation of successive errors that is looked for
DRAWS, SEED = 999, 1  # of noise, behind the test of correlation that is left


@dataclass(frozen=True, slots=True)
class Change:
    """A change, its standard error, interval and p-value; ``newey_west``: the standard error of Newey and West."""

    effect: float
    se: float
    low: float
    high: float
    p_value: float
    newey_west: float


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What changed at the start of a series.

    ``level``: at the first period, in the unit of the outcome. ``slope``: per period. ``average``: over the periods
    from the start on that are not set aside. ``expected`` (n): the path had nothing changed; ``fitted`` (n): the path
    found, both of the difference where there is a control.
    ``memory``: correlation of successive errors; ``durbin_watson`` of residuals, 2 without memory; ``left_over``:
    p-value that no correlation is left once memory is counted. ``lags``: of Newey and West.
    ``statement``: what this design can say.
    """

    level: Change
    slope: Change
    average: Change
    expected: FloatArray
    fitted: FloatArray
    memory: float
    durbin_watson: float
    left_over: float
    lags: int
    degrees: int
    interval: float
    statement: Text


def interrupted(series: Series, *, level: float = 0.95) -> Interrupted:
    """The changes of level and slope of ``series`` at its start, with intervals at ``level``.

    Student's n - k degrees of freedom. Raises ArrayInputError when the series has no noise around its terms.
    """
    y = compared(series)
    design = terms(series)
    n, k = design.shape
    memory = _memory(design, y)
    _, beta, covariance = _likelihood(memory, design, y)
    plain = np.linalg.lstsq(design, y, rcond=None)[0]
    lags = min(int(4 * (n / 100) ** (2 / 9)), n - 1)  # Newey and West (1994)
    robust = newey_west(design, y - design @ plain, lags)
    after = (design[:, 2] > 0) & ~np.isin(series.period, series.aside)
    shift = np.zeros((3, k))
    shift[0, 2] = shift[1, 3] = 1
    shift[2, 2:4] = design[after, 2:4].mean(axis=0)
    changes = [
        _change(float(row @ beta), float(row @ covariance @ row), float(row @ robust @ row), n - k, level)
        for row in shift
    ]
    left = y - design @ beta
    return Interrupted(
        level=changes[0],
        slope=changes[1],
        average=changes[2],
        expected=design[:, [*range(2), *range(4, k)]] @ beta[[*range(2), *range(4, k)]],
        fitted=design @ beta,
        memory=memory,
        durbin_watson=float((np.diff(left) ** 2).sum() / (left**2).sum()),
        left_over=_left_over(design, left, memory, series.season),
        lags=lags,
        degrees=n - k,
        interval=level,
        statement=WEAKER if series.control is None else COMPARED,
    )


def placebo_starts(series: Series, *, level: float = 0.95) -> dict[int, Interrupted]:
    """The changes of the series before its start at each date that leaves enough points, where nothing began."""
    period = np.asarray(series.period)
    early = period < series.start
    short: dict[str, Any] = {
        "period": period[early],
        "outcome": np.asarray(series.outcome)[early],
        "control": None if series.control is None else np.asarray(series.control)[early],
        "aside": tuple(each for each in series.aside if each < series.start),
    }
    least = least_before(series.season)
    found = {}
    for date in period[early][least : -LEAST_AFTER + 1 or None].tolist():
        try:
            found[int(date)] = interrupted(replace(series, start=int(date), **short), level=level)
        except ArrayInputError:
            continue  # periods set aside left too few points on a side of this date
    return found


def newey_west(design: FloatArray, left: FloatArray, lags: int) -> FloatArray:
    """The covariance (k, k) of least squares on ``design`` (n, k) with residuals ``left`` (n), Bartlett weights.

    Newey and West (1987), Econometrica 55(3), times n / (n - k).
    """
    score = design * left[:, None]
    middle = score.T @ score
    for lag in range(1, lags + 1):
        product = score[lag:].T @ score[:-lag]
        middle += (1 - lag / (lags + 1)) * (product + product.T)
    outer = np.linalg.inv(design.T @ design)
    n, k = design.shape
    return np.asarray(outer @ middle @ outer * n / (n - k), dtype=np.float64)


def _whiten(values: FloatArray, memory: float) -> FloatArray:
    """``values`` (n, k) less what the period before tells of them, by Prais and Winsten."""
    first = values[:1] * np.sqrt(1 - memory**2)
    return np.concatenate([first, values[1:] - memory * values[:-1]])


def _likelihood(memory: float, design: FloatArray, y: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """The restricted log likelihood at ``memory``, and the coefficients and their covariance there."""
    x, z = _whiten(design, memory), _whiten(y[:, None], memory)[:, 0]
    inner = x.T @ x
    beta = np.linalg.solve(inner, x.T @ z)
    n, k = design.shape
    noise = float(((z - x @ beta) ** 2).sum() / (n - k))
    if noise <= (1e-9 * np.abs(y).max()) ** 2:
        raise ArrayInputError(
            "The series has no noise around its trend: it looks computed or interpolated.",
            hint="Give the series as it was counted.",
            fr="La série n’a pas de bruit autour de sa tendance : elle semble calculée ou interpolée. Donner la série "
            "telle qu’elle a été comptée.",
        )
    log = -0.5 * ((n - k) * np.log(noise) - np.log(1 - memory**2) + np.linalg.slogdet(inner)[1])
    covariance = np.asarray(noise * np.linalg.inv(inner), dtype=np.float64)
    return float(log), np.asarray(beta, dtype=np.float64), covariance


def _memory(design: FloatArray, y: FloatArray) -> float:
    found = minimize_scalar(
        lambda memory: -_likelihood(memory, design, y)[0], bounds=(-LONGEST_MEMORY, LONGEST_MEMORY), method="bounded"
    )
    return float(found.x)


def _change(effect: float, variance: float, robust: float, degrees: int, level: float) -> Change:
    se = float(np.sqrt(variance))
    reach = float(stdtrit(degrees, 0.5 + level / 2)) * se
    p_value = float(2 * stdtr(degrees, -abs(effect) / se))
    return Change(effect, se, effect - reach, effect + reach, p_value, float(np.sqrt(max(robust, 0.0))))


def _left_over(design: FloatArray, left: FloatArray, memory: float, season: int) -> float:
    """The p-value that whitened residuals (n) do not follow from earlier ones, over a season or 4 periods.

    The statistic of Ljung and Box (1978, Biometrika 65(2)), against its values on residuals of noise alone with these
    terms: its chi-square rejects up to four times too often on short series with seasons.
    """
    clean, terms_ = _whiten(left[:, None], memory), _whiten(design, memory)
    basis = np.linalg.qr(terms_)[0]
    noise = np.random.default_rng(SEED).normal(size=(left.size, DRAWS))
    lags = min(max(season, 4), left.size // 3)
    drawn = _followed(noise - basis @ (basis.T @ noise), lags)
    return float((1 + (drawn >= _followed(clean, lags)[0]).sum()) / (1 + DRAWS))


def _followed(values: FloatArray, lags: int) -> FloatArray:
    """Squared correlations of each column (n, d) with itself earlier, added up over ``lags`` (d)."""
    n, total = values.shape[0], (values**2).sum(axis=0)
    parts = [((values[lag:] * values[:-lag]).sum(axis=0) / total) ** 2 / (n - lag) for lag in range(1, lags + 1)]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)
