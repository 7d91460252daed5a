"""Matched controls for units that enter a measure at different dates: who is compared with whom, and how alike.

A general practitioner who signs is matched, at the last date before, with others who have not: same strata (zone), and
nearest in level and growth of the outcome and in covariates (age), none further than a caliper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maillage.errors import ArrayInputError
from maillage.evaluation.estimate import known_covariates
from maillage.evaluation.group_time import Control
from maillage.evaluation.panel import FloatArray, IntArray, Panel

SMALLEST_SET = 2  # controls: with one, no spread between controls of a set is seen
SMALLEST_SETS = 20  # sets behind a standard error: an assumption


@dataclass(frozen=True, slots=True)
class Rule:
    """How treated units are matched, and the window that is looked at, in periods.

    ``exact``: covariates of the panel that agree exactly. ``near``: covariates that are close. The outcome's last value
    before treatment and its slope over ``trajectory`` periods are always close. ``controls``: the nearest, at most, in
    the largest of the differences, counted in standard deviations of the treated; none is further than ``caliper``.
    ``control``: never treated, or also not treated before the window ends. The window goes from ``before`` periods
    before treatment, at least ``trajectory``, to ``follow`` after; ``anticipation`` periods may already be changed.

    Raises ArrayInputError on fewer than 2 controls, a trajectory of fewer than 2 periods or longer than the window, or
    a caliper not above 0.
    """

    exact: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    trajectory: int = 4
    before: int = 6
    follow: int = 4
    controls: int = 3
    caliper: float = 0.25
    control: Control = "not_yet_treated"
    anticipation: int = 0

    def __post_init__(self) -> None:
        problem = ("", "")
        if self.controls < SMALLEST_SET:
            problem = (
                f"A matched set has at least {SMALLEST_SET} controls, {self.controls} asked for.",
                f"Un groupe apparié a au moins {SMALLEST_SET} témoins ; {self.controls} demandés.",
            )
        elif not 2 <= self.trajectory <= self.before - self.anticipation or self.follow < 0 or self.anticipation < 0:
            problem = (
                f"A trajectory of {self.trajectory} periods needs 2 or more that fit in the {self.before} before "
                f"treatment, less {self.anticipation} of anticipation.",
                f"Une trajectoire de {self.trajectory} périodes en demande 2 ou plus, qui tiennent dans les "
                f"{self.before} d’avant la mesure, moins {self.anticipation} d’anticipation.",
            )
        elif not self.caliper > 0:
            problem = (
                f"A caliper is above 0 standard deviations, found {self.caliper:g}.",
                f"Un calibre est au-dessus de 0 écart-type ; trouvé {self.caliper:g}.",
            )
        if problem[0]:
            raise ArrayInputError(problem[0], fr=problem[1])


@dataclass(frozen=True, slots=True)
class Balance:
    """How alike treated and controls are in one ``feature``: means, and their difference in standard deviations.

    Before: every treated unit whose window is in the data, and everyone they could be matched with. After: those that
    are matched, controls by their share.
    """

    feature: str
    treated_before: float
    control_before: float
    difference_before: float
    treated_after: float
    control_after: float
    difference_after: float


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs (m) of a ``treated`` unit and a ``control``, positions in the panel, with the ``share`` of the control.

    Shares add up to 1 in each set. ``entry``: position of the treatment date. ``asked``: positions of all treated units
    whose window is in the data; ``asked_entry``: those dates; ``pool`` (cohorts × n): who could be matched with each
    date of ``dates``. ``outside``: treated units whose window is not.
    """

    treated: IntArray
    control: IntArray
    share: FloatArray
    entry: IntArray
    asked: IntArray
    asked_entry: IntArray
    dates: IntArray
    pool: NDArray[np.bool_]
    outside: int
    rule: Rule

    @property
    def unmatched(self) -> IntArray:
        """Positions of the treated units that found fewer than 2 controls: the answer is not about them."""
        return np.setdiff1d(self.asked, self.treated)

    def weights(self, count: int) -> FloatArray:
        """The weight of each of ``count`` units: 1 if matched as treated, plus what it counts for as a control."""
        return np.asarray(
            np.isin(np.arange(count), self.treated) + np.bincount(self.control, self.share, count), dtype=np.float64
        )


def match(panel: Panel, rule: Rule) -> Matching:
    """The matched sets of ``panel`` under ``rule``; a control may serve several sets.

    Raises ArrayInputError on an unknown covariate, no treated unit whose window is in the data, or fewer than 20 sets.
    """
    known_covariates(panel, rule.exact + rule.near)
    entry = np.searchsorted(panel.periods, panel.cohort)
    inside = (entry >= rule.before) & (entry + rule.follow < panel.periods.size)
    asked = np.flatnonzero((panel.cohort > 0) & inside)
    if not asked.size:
        raise ArrayInputError(
            f"No treated unit has {rule.before} periods before treatment and {rule.follow} after in the data.",
            hint="Shorten the window, or give more periods.",
            fr=f"Aucune unité traitée n’a {rule.before} périodes avant la mesure et {rule.follow} après dans les "
            "données. Raccourcir la fenêtre, ou donner plus de périodes.",
        )
    dates = np.unique(entry[asked])
    spread = _spread([features(panel, rule, date)[asked[entry[asked] == date]] for date in dates])
    pool = np.stack([_pool(panel, rule, date) for date in dates])
    pairs = [
        _pairs(panel, rule, (int(date), asked[entry[asked] == date], can), spread)
        for date, can in zip(dates, pool, strict=True)
    ]
    treated, control, share, at = (np.concatenate([pair[part] for pair in pairs]) for part in range(4))
    if np.unique(treated).size < SMALLEST_SETS:
        raise ArrayInputError(
            f"A matched comparison needs {SMALLEST_SETS} sets, found {np.unique(treated).size} among {asked.size} "
            "treated units.",
            hint="Widen the caliper, match on fewer things, or give more controls, and say so.",
            fr=f"Une comparaison appariée demande {SMALLEST_SETS} groupes ; {np.unique(treated).size} trouvés pour "
            f"{asked.size} unités traitées. Élargir le calibre, apparier sur moins de choses, ou donner plus de "
            "témoins, et le dire.",
        )
    outside = int((panel.cohort > 0).sum()) - asked.size
    return Matching(treated, control, share, at, asked, entry[asked], dates, pool, outside, rule)


def features(panel: Panel, rule: Rule, entry: int) -> FloatArray:
    """What is close in a set (n, f) for treatment at position ``entry``: last outcome, slope a period, covariates."""
    last = entry - 1 - rule.anticipation
    time = np.arange(rule.trajectory) - (rule.trajectory - 1) / 2
    path = panel.outcome[:, last - rule.trajectory + 1 : last + 1]
    columns = [path[:, -1], path @ time / (time @ time), *(panel.covariates[name][:, last] for name in rule.near)]
    return np.stack(columns, axis=1)


def feature_names(rule: Rule) -> tuple[str, ...]:
    """The names of `features`."""
    return ("outcome", "slope", *rule.near)


def balance(panel: Panel, matching: Matching) -> tuple[Balance, ...]:
    """How alike treated and controls are before and after matching, one entry a feature of `feature_names`.

    A difference above 0.1 standard deviations is usually called an imbalance (Austin 2009, Statistics in Medicine 28).
    """
    rule = matching.rule
    by_date = {int(date): features(panel, rule, int(date)) for date in matching.dates}
    asked = np.stack([by_date[int(at)][i] for i, at in zip(matching.asked, matching.asked_entry, strict=True)])
    pools = {
        int(date): by_date[int(date)][can].mean(axis=0) for date, can in zip(matching.dates, matching.pool, strict=True)
    }
    could = np.stack([pools[int(at)] for at in matching.asked_entry]).mean(axis=0)
    paired = np.isin(matching.asked, matching.treated)
    chosen = np.stack([by_date[int(at)][j] for j, at in zip(matching.control, matching.entry, strict=True)])
    control = matching.share @ chosen / matching.share.sum()
    before, after, spread = (
        asked.mean(axis=0),
        asked[paired].mean(axis=0),
        _spread([asked[matching.asked_entry == date] for date in matching.dates]),
    )
    return tuple(
        Balance(
            feature=name,
            treated_before=float(before[k]),
            control_before=float(could[k]),
            difference_before=float((before - could)[k] / spread[k]),
            treated_after=float(after[k]),
            control_after=float(control[k]),
            difference_after=float((after - control)[k] / spread[k]),
        )
        for k, name in enumerate(feature_names(rule))
    )


def _spread(treated: list[FloatArray]) -> FloatArray:
    """The standard deviation of each feature among the treated of one date, 1 where it does not vary."""
    found = np.concatenate([each - each.mean(axis=0) for each in treated]).std(axis=0)
    return np.asarray(np.where(found > 0, found, 1.0), dtype=np.float64)


def _pool(panel: Panel, rule: Rule, entry: int) -> NDArray[np.bool_]:
    late = panel.cohort > panel.periods[entry + rule.follow] + rule.anticipation
    return np.asarray((panel.cohort == 0) | (late & (rule.control == "not_yet_treated")))


def _pairs(
    panel: Panel, rule: Rule, asked: tuple[int, IntArray, NDArray[np.bool_]], spread: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Treated, control, share and entry of the pairs of one date: (date, treated positions, who could be matched)."""
    entry, treated, can = asked
    last = entry - 1 - rule.anticipation
    scaled = features(panel, rule, entry) / spread
    strata = np.stack([panel.covariates[name][:, last] for name in rule.exact] or [np.zeros(can.size)], axis=1)
    stratum = np.unique(strata, axis=0, return_inverse=True)[1].reshape(-1)
    found_treated, found_control, found_share = [], [], []
    for code in np.unique(stratum[treated]):
        here, there = treated[stratum[treated] == code], np.flatnonzero(can & (stratum == code))
        if there.size < SMALLEST_SET:
            continue
        reach = np.nextafter(rule.caliper, np.inf)
        within, nearest = cKDTree(scaled[there]).query(
            scaled[here], k=rule.controls, p=np.inf, distance_upper_bound=reach
        )
        kept = np.isfinite(within) & (np.isfinite(within).sum(axis=1) >= SMALLEST_SET)[:, None]
        row, column = np.nonzero(kept)
        found_treated.append(here[row])
        found_control.append(there[nearest[row, column]])
        found_share.append(1 / kept.sum(axis=1)[row])
    sets = np.concatenate([np.zeros(0, dtype=np.int64), *found_treated])
    controls = np.concatenate([np.zeros(0, dtype=np.int64), *found_control])
    return sets, controls, np.concatenate([np.zeros(0), *found_share]), np.full(sets.size, entry, dtype=np.int64)
