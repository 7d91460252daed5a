"""Protocols of other designs: a threshold, a series that everybody left at once, one territory, matched contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.decide import Decision, Rule, decide
from maillage.evaluation.discontinuity import Jump, jump
from maillage.evaluation.discontinuity_checks import Density, continuity, donut, other_bandwidths
from maillage.evaluation.discontinuity_checks import placebo_cutoffs as at_placebos
from maillage.evaluation.feasibility import Feasibility
from maillage.evaluation.footing import Footing, Sides, footing, series_of, threshold_of
from maillage.evaluation.interrupted import Change, Interrupted, interrupted, placebo_starts
from maillage.evaluation.matched import Matched, matched_effects
from maillage.evaluation.matching import Rule as MatchingRule
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.protocol import Design
from maillage.evaluation.result import before_result
from maillage.evaluation.sensitivity import Estimate, Line, attempt, estimate_of
from maillage.evaluation.series import Series
from maillage.evaluation.single import Single, synthetic_control
from maillage.evaluation.study import Study
from maillage.evaluation.threshold import Threshold
from maillage.text import Text

Detail = Jump | Interrupted | Single | Matched
FACTORS, RADII = (0.5, 2.0), (0.05, 0.1)  # of the bandwidth; of the spread of the score


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """What a study of another design answers: the effect, its checks, the decision, and what is proper to the design.

    ``scope`` says of whom the effect is, and what it cannot say. ``headline`` has no interval where the design gives a
    p-value only. ``detail`` rests on ``ground``: units around a threshold, or a series. ``footing`` and ``feasibility``
    are what could be said before the result, where the design has them.
    """

    study: Study
    headline: Estimate
    lines: tuple[Line, ...]
    decision: Decision
    detail: Detail
    scope: Text
    ground: Threshold | Series | None = None
    footing: Footing | None = None
    feasibility: Feasibility | None = None

    @property
    def density(self) -> Density | None:
        """That of the score on both sides of a threshold, where it can be seen."""
        return self.footing.density if isinstance(self.footing, Sides) else None


@dataclass(frozen=True, slots=True)
class _Answer:
    headline: Estimate
    lines: tuple[Line, ...]
    detail: Detail
    ground: Threshold | Series | None = None


def analyse_special(study: Study) -> Special:
    """The result of a study of a design that is not staggered.

    Raises ArrayInputError where it has no panel, or where its design cannot be answered on it.
    """
    if study.panel is None:
        raise ArrayInputError("A study without a panel cannot be estimated.", hint="See its refusals.")
    protocol = study.protocol
    found = _DESIGNS[protocol.design](study, study.panel)
    head = found.headline
    decision = decide(
        Line("estimator", "protocol", head.att, head.se, head.low, head.high, head.units, p_value=head.p_value),
        found.lines,
        Rule(protocol.decision.smallest_effect, alpha=1 - protocol.inference.level),
    )
    return Special(
        study=study,
        headline=head,
        lines=found.lines,
        decision=decision,
        detail=found.detail,
        scope=SCOPES[protocol.design],
        ground=found.ground,
        footing=footing(study),
        feasibility=before_result(study),
    )


def _discontinuity(study: Study, panel: Panel) -> _Answer:
    design, level = threshold_of(study, panel), study.protocol.inference.level
    found = jump(design, level=level)
    before = {name: values[:, 0] for name, values in panel.covariates.items()}
    lines = [*_around(design, level), *_smooth(design, before, level)]
    return _Answer(_of_jump(found), tuple(lines), found, design)


def _around(design: Threshold, level: float) -> Iterator[Line]:
    """Other bandwidths, units next to the cutoff left out, and cutoffs where nothing is decided."""
    for factor in FACTORS:
        yield attempt(
            "bandwidth", f"{factor:g}", partial(_only, partial(other_bandwidths, design, (factor,), level=level))
        )
    spread = float(np.std(design.running))
    for share in RADII:
        yield attempt("donut", f"{share:g}", partial(_only, partial(donut, design, (share * spread,), level=level)))
    for side in (design.running < design.cutoff, design.running >= design.cutoff):
        middle = float(np.median(np.asarray(design.running)[side]))
        fit = partial(_only, partial(at_placebos, design, (middle,), level=level))
        yield attempt("placebo_cutoff", f"{middle:.3g}", fit, expected_zero=True)


def _smooth(design: Threshold, before: Mapping[str, FloatArray], level: float) -> Iterator[Line]:
    """What was fixed before should not jump."""
    for name, values in before.items():
        fit = partial(_only, partial(continuity, design, {name: values}, level=level))
        yield attempt("placebo_outcome", name, fit, expected_zero=True)


def _only(fit: Callable[[], Mapping[Any, Jump]]) -> Estimate:
    (found,) = fit().values()
    return _of_jump(found)


def _of_jump(found: Jump) -> Estimate:
    return Estimate(found.corrected, found.se, found.low, found.high, found.p_value, found.below + found.above)


def _interrupted(study: Study, panel: Panel) -> _Answer:
    level, series = study.protocol.inference.level, series_of(study, panel)
    found = interrupted(series, level=level)
    units = int((panel.cohort > 0).sum())
    changes = {"level": found.level, "slope": found.slope}
    lines = [attempt("component", key, partial(_of_change, change, units)) for key, change in changes.items()]
    for date, early in placebo_starts(series, level=level).items():
        fit = partial(_of_change, early.average, units)
        lines.append(attempt("placebo_date", str(date), fit, expected_zero=True))
    return _Answer(_of_change(found.average, units), tuple(lines), found, series)


def _of_change(change: Change, units: int) -> Estimate:
    return Estimate(change.effect, change.se, change.low, change.high, change.p_value, units)


def _single(study: Study, panel: Panel) -> _Answer:
    found = synthetic_control(panel)
    nan = float("nan")
    head = Estimate(found.att, nan, nan, nan, found.p_value, 1)
    lines = [
        Line("leave_out_donor", study.names.get(str(unit), str(unit)), att, nan, nan, nan, panel.units.size - 1)
        for unit, att in found.without.items()
    ]
    lines += [
        Line("placebo_date", str(date), att, nan, nan, nan, panel.units.size, expected_zero=True)
        for date, att in found.earlier.items()
    ]
    return _Answer(head, tuple(lines), found)


def _matched(study: Study, panel: Panel) -> _Answer:
    """Matched on their path before, and on the covariates of the protocol."""
    asked, level = study.protocol.estimator, study.protocol.inference.level
    rule = replace(
        _window(panel, asked.anticipation),
        near=tuple(each.indicator for each in asked.covariates),
        control=asked.control,
    )
    found = matched_effects(panel, rule)
    names = ("wider", "closer")
    lines = [
        attempt(
            "estimator",
            f"{name} caliper",
            partial(_of_matched, panel, replace(rule, caliper=rule.caliper * factor), level),
        )
        for name, factor in zip(names, (2.0, 0.5), strict=True)
    ]
    for time, att, fitted in zip(found.effects.at, found.effects.att, found.fitted, strict=True):
        if time < -1 - asked.anticipation and not fitted:
            lines.append(_placebo(found, int(time), float(att), level))
    return _Answer(estimate_of(found.effects, level), tuple(lines), found)


def _window(panel: Panel, anticipation: int) -> MatchingRule:
    """The longest window that treated units of the median date have, up to six periods before and four after."""
    entry = int(np.median(np.searchsorted(panel.periods, panel.cohort[panel.cohort > 0])))
    before = max(min(entry, 6), 2 + anticipation)
    return MatchingRule(
        before=before,
        trajectory=max(min(4, before - anticipation), 2),
        follow=min(panel.periods.size - entry - 1, 4),
        anticipation=anticipation,
    )


def _of_matched(panel: Panel, rule: MatchingRule, level: float) -> Estimate:
    return estimate_of(matched_effects(panel, rule).effects, level)


def _placebo(found: Matched, time: int, att: float, level: float) -> Line:
    at = int(np.flatnonzero(found.effects.at == time)[0])
    column = found.effects.influence[:, at]
    part = replace(found.effects, overall=att, overall_influence=column)
    return attempt("placebo_date", str(-time), partial(estimate_of, part, level), expected_zero=True)


_DESIGNS: Mapping[Design, Callable[[Study, Panel], _Answer]] = {
    "discontinuity": _discontinuity,
    "interrupted": _interrupted,
    "single": _single,
    "matched": _matched,
}
SCOPES: Mapping[Design, Text] = {
    "discontinuity": Text(
        "L’effet est celui des territoires tout proches du seuil, et d’eux seuls : rien n’est dit de ceux qui en sont"
        " loin.",
        "The effect is that of territories next to the threshold, and of them alone: nothing is said of others.",
    ),
    "interrupted": Text(
        "Tout le monde a commencé à la même date : ce que le passé laissait attendre tient lieu de comparaison, et tout"
        " autre changement survenu alors serait pris pour l’effet de la mesure.",
        "Everybody began at one date: what the past led to expect stands for a comparison, and anything else that"
        " changed then would be taken for the effect of the measure.",
    ),
    "single": Text(
        "L’effet est celui d’un seul territoire, comparé à un mélange d’autres : il ne se transporte pas ailleurs, et"
        " sa valeur p ne peut pas descendre au-dessous d’un sur le nombre de territoires.",
        "The effect is that of one territory, compared with a mix of others: it says nothing of elsewhere, and its"
        " p-value cannot fall below one over the number of territories.",
    ),
    "matched": Text(
        "L’effet est celui des unités qui ont trouvé des témoins semblables avant d’entrer ; ce que l’on n’observe pas"
        " peut encore les distinguer.",
        "The effect is that of units that found controls alike before entry; what is not observed may still set them"
        " apart.",
    ),
}
