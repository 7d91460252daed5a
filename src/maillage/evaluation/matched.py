"""The event study of matched sets: what those who entered became, less what their matched controls became.

For contracts signed one by one, whose signers differ from others before they sign: growing practices hire, and their
raw growth is not the effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.evaluation.aggregate import Effects
from maillage.evaluation.matching import Balance, Matching, Rule, balance, features, match
from maillage.evaluation.panel import FloatArray, IntArray, Panel


@dataclass(frozen=True, slots=True)
class Matched:
    """Effects by periods since treatment (k), for treated units that are matched.

    ``effects`` goes to `band` and `overall_interval`; its summary is the mean of times from 0 up. ``fitted`` (k): times
    that were matched on, whose closeness to 0 proves nothing; others before treatment are placebos. ``raw`` (k): growth
    of every treated unit less that of everyone they could be matched with, which is what a comparison of growths shows.
    ``asked`` treated units, ``matched`` of them; ``outside``: those whose window is not in the data.
    """

    effects: Effects
    fitted: NDArray[np.bool_]
    raw: FloatArray
    balance: tuple[Balance, ...]
    matching: Matching
    asked: int
    matched: int
    outside: int


def matched_effects(panel: Panel, rule: Rule) -> Matched:
    """The matched event study of ``panel`` under ``rule``.

    In each set, the change since the last period before treatment, less that of controls by their share, adjusted for
    what remains of their differences by a regression among controls (Abadie and Imbens 2011, JBES 29(1)); then the mean
    of sets. Errors are those of Abadie and Imbens (2006, Econometrica 74(1), theorem 7, for the treated), in influences
    that add up within clusters of the panel: spread between sets, plus what controls that serve several sets share.
    Raises ArrayInputError as `match` does.
    """
    matching = match(panel, rule)
    event = np.arange(-rule.before, rule.follow + 1)
    sets, of_set = np.unique(matching.treated, return_inverse=True)
    first = np.unique(matching.treated, return_index=True)[1]
    x_control, x_treated = (_at(panel, matching, unit) for unit in (matching.control, matching.treated))
    change = _change(panel, rule, matching.control, matching.entry)
    slope = _slope(matching, x_control, change)
    adjusted = change + (x_treated - x_control) @ slope
    mean = np.zeros((sets.size, event.size))
    np.add.at(mean, of_set, matching.share[:, None] * adjusted)
    gain = _change(panel, rule, sets, matching.entry[first]) - mean
    att = gain.mean(axis=0)
    influence = np.zeros((panel.units.size, event.size))
    influence[sets] += gain - att
    influence += _shared(matching, adjusted - mean[of_set], of_set, panel.units.size)
    influence /= sets.size
    after = event >= 0
    effects = Effects(
        "event", event, att, influence, float(att[after].mean()), influence[:, after].mean(axis=1), panel.cluster
    )
    last = -1 - rule.anticipation
    return Matched(
        effects=effects,
        fitted=(event > last - rule.trajectory) & (event <= last),
        raw=_raw(panel, matching),
        balance=balance(panel, matching),
        matching=matching,
        asked=matching.asked.size,
        matched=sets.size,
        outside=matching.outside,
    )


def _change(panel: Panel, rule: Rule, unit: IntArray, entry: IntArray) -> FloatArray:
    """The outcome of each unit through its window, less that of the last period before treatment (m, k)."""
    position = entry[:, None] + np.arange(-rule.before, rule.follow + 1)
    last = panel.outcome[unit, entry - 1 - rule.anticipation]
    return np.asarray(panel.outcome[unit[:, None], position] - last[:, None], dtype=np.float64)


def _at(panel: Panel, matching: Matching, unit: IntArray) -> FloatArray:
    """The features (m, f) of each unit of the pairs at the date of its set."""
    found = np.zeros((unit.size, 2 + len(matching.rule.near)))
    for date in matching.dates.tolist():
        here = matching.entry == date
        found[here] = features(panel, matching.rule, date)[unit[here]]
    return found


def _slope(matching: Matching, x: FloatArray, change: FloatArray) -> FloatArray:
    """How changes of controls hang on their features at one date (f, k), by least squares weighted by share."""
    x, change = (_centred(matching, values) for values in (x, change))
    spread = x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    root = np.sqrt(matching.share)[:, None]
    found = np.linalg.lstsq(x / spread * root, change * root, rcond=None)[0]
    return np.asarray(found / spread[:, None], dtype=np.float64)


def _centred(matching: Matching, values: FloatArray) -> FloatArray:
    """Values (m, k) of pairs less the mean of their date, by share: what a date does to all is no feature of theirs."""
    left = values.copy()
    for date in matching.dates:
        here = matching.entry == date
        if here.any():
            left[here] -= matching.share[here] @ values[here] / matching.share[here].sum()
    return left


def _shared(matching: Matching, left: FloatArray, of_set: IntArray, count: int) -> FloatArray:
    """What the noise of controls adds because they serve several sets (count, k); 0 for those that serve one.

    ``left`` (m, k): what each control differs from its set by. With k the shares of a control added up and k2 their
    squares, the variance gains (k² - k2) times that of the control.
    """
    size = np.bincount(of_set)[of_set]
    noise = left * np.sqrt(size / (size - 1))[:, None]
    total = np.zeros((count, left.shape[1]))
    np.add.at(total, matching.control, matching.share[:, None] * noise)
    used = np.bincount(matching.control, matching.share, count)
    squares = np.bincount(matching.control, matching.share**2, count)
    again = np.sqrt(np.maximum(1 - squares / np.where(used > 0, used, 1.0) ** 2, 0))
    return np.asarray(total * again[:, None], dtype=np.float64)


def _raw(panel: Panel, matching: Matching) -> FloatArray:
    """Growth of all treated units less that of all they could be matched with, dates by their treated units (k)."""
    own = _change(panel, matching.rule, matching.asked, matching.asked_entry).mean(axis=0)
    others = np.zeros_like(own)
    for date, can in zip(matching.dates, matching.pool, strict=True):
        unit = np.flatnonzero(can)
        growth = _change(panel, matching.rule, unit, np.full(unit.size, date)).mean(axis=0)
        others += growth * (matching.asked_entry == date).mean()
    return np.asarray(own - others, dtype=np.float64)
