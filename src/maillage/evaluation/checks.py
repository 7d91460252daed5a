"""The checks that a protocol lists, made on the panel of its study, whatever they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.counts import count_effects
from maillage.evaluation.dose import doses
from maillage.evaluation.estimators import estimators
from maillage.evaluation.exposure import Exposure
from maillage.evaluation.heterogeneity import Heterogeneity, by_group
from maillage.evaluation.panel import Panel
from maillage.evaluation.protocol import Check
from maillage.evaluation.robust import Robust, robust
from maillage.evaluation.sensitivity import (
    Estimate,
    Line,
    Question,
    adjustments,
    answer,
    anticipations,
    attempt,
    controls,
    estimate_of,
    placebo_dates,
    placebo_outcomes,
    weights,
    without_cohorts,
    without_groups,
)
from maillage.evaluation.spillover import Part, Spillover, drop_exposed, modelled
from maillage.evaluation.staggered import Estimates
from maillage.evaluation.study import Study
from maillage.text import Text, both_ways

# Labels by which effects are told apart; the others of a study serve to leave territories out.
MODERATORS = ("access", "deprivation", "rural")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks say: a line an answer; effects by type of territory; honest bounds, or why there are none."""

    lines: tuple[Line, ...]
    heterogeneity: Mapping[str, Heterogeneity]
    robust: Robust | None
    not_robust: Text | None


def question_of(study: Study, estimates: Estimates) -> Question:
    """What the protocol asks of a panel: its comparison and its average."""
    asked = study.protocol
    return Question(estimates.comparison, asked.estimand.over, asked.estimand.longest, asked.inference.level)


def check(study: Study, estimates: Estimates) -> Checked:
    """The checks of the protocol of ``study``, on the panel of its ``estimates``."""
    question = question_of(study, estimates)
    asked = study.protocol.sensitivity.checks
    lines = [line for name, made in _CHECKS.items() if name in asked for line in made(study, estimates, question)]
    groups = {
        name: by_group(estimates.panel, _of(study, estimates.panel, name), question)
        for name in MODERATORS
        if "heterogeneity" in asked and name in study.groups
    }
    bounds, why = _bounds(estimates.panel, question) if "honest" in asked else (None, None)
    return Checked(tuple(lines), groups, bounds, why)


def _bounds(panel: Panel, question: Question) -> tuple[Robust | None, Text | None]:
    try:
        return robust(panel, question), None
    except ArrayInputError as refused:
        return None, both_ways(refused)


def _of(study: Study, panel: Panel, group: str) -> NDArray[Any]:
    """The labels of a group for the units of a panel that may have lost some."""
    whole = _panel(study)
    return np.asarray(study.groups[group])[np.isin(whole.units, panel.units)]


def _panel(study: Study) -> Panel:
    if study.panel is None:
        raise ArrayInputError("A study without a panel has no checks.", hint="See its refusals.")
    return study.panel


def _estimators(study: Study, estimates: Estimates, question: Question) -> Iterator[Line]:
    sensitivity = study.protocol.sensitivity
    draws = sensitivity.permutations if "randomisation" in sensitivity.checks else 0
    yield from estimators(estimates.panel, question, draws=draws, seed=study.protocol.inference.seed)
    if study.counts:
        yield attempt("estimator", "counts", partial(_counted, study, estimates.panel, question))


def _counted(study: Study, panel: Panel, question: Question) -> Estimate:
    """Poisson on the counts behind the outcome, back in its unit."""
    if study.volume is None:
        raise ArrayInputError("The counts behind the outcome are not known.")
    behind = study.volume[np.isin(_panel(study).units, panel.units)]
    counts = replace(panel, outcome=panel.outcome * behind / study.scale, offset=np.log(behind))
    cells = count_effects(counts, anticipation=question.comparison.anticipation)
    found = estimate_of(aggregate(cells, question.over, longest=question.longest), question.level)
    scaled = {name: study.scale * getattr(found, name) for name in ("att", "se", "low", "high")}
    return replace(found, **scaled)


def _placebo_dates(study: Study, estimates: Estimates, question: Question) -> tuple[Line, ...]:
    first = study.protocol.sensitivity.placebo_shift
    return placebo_dates(estimates.panel, question, earlier=tuple(range(first, first + 3)))


def _placebo_outcomes(study: Study, estimates: Estimates, question: Question) -> tuple[Line, ...]:
    kept = np.isin(_panel(study).units, estimates.panel.units)
    asked = study.protocol.sensitivity.placebo_outcomes
    others = {name: values[kept] for name, values in study.others.items() if name in asked}
    return placebo_outcomes({n: replace(estimates.panel, outcome=v) for n, v in others.items()}, question)


def _regions(study: Study, estimates: Estimates, question: Question) -> tuple[Line, ...]:
    if "region" not in study.groups:
        return ()
    return without_groups(estimates.panel, _of(study, estimates.panel, "region"), question)


def _spillovers(study: Study, estimates: Estimates, question: Question) -> tuple[Line, ...]:
    if estimates.exposure is None:
        return ()
    return spillovers(_panel(study), estimates.exposure, question)


def spillovers(
    panel: Panel, exposure: Exposure, question: Question, *, rings: tuple[float, ...] = ()
) -> tuple[Line, ...]:
    """The effect with neighbours ignored; exposed controls dropped, then units exposed early too; what reaches them.

    "direct", "spilled", "total" and each "ring" are averages over cells (see `modelled`).
    """
    found: list[Spillover] = []

    def part(of: Callable[[Spillover], Part]) -> Estimate:
        if not found:
            found.append(modelled(panel, exposure, question.comparison, rings=rings, level=question.level))
        return _estimate(of(found[0]), found[0].clean)

    def dropped(early: Literal["keep", "drop"]) -> Estimate:
        return answer(drop_exposed(panel, exposure, early=early).panel, question)

    lines = [
        attempt("spillover", "ignored", partial(answer, panel, question)),
        attempt("spillover", "dropped", partial(dropped, "keep")),
        attempt("spillover", "dropped_early", partial(dropped, "drop")),
        attempt("spillover", "direct", partial(part, lambda spillover: spillover.direct)),
        attempt("spillover", "spilled", partial(part, lambda spillover: spillover.spilled)),
        attempt("spillover", "total", partial(part, lambda spillover: spillover.total)),
    ]
    by_ring = found[0].rings.items() if found and rings else ()
    return (
        *lines,
        *(attempt("spillover", f"ring {ring + 1}", partial(_estimate, each, found[0].clean)) for ring, each in by_ring),
    )


def _estimate(part: Part, clean: int) -> Estimate:
    return Estimate(part.att, part.se, part.low, part.high, part.p_value, part.units + clean)


def _doses(study: Study, estimates: Estimates, question: Question) -> tuple[Line, ...]:
    if study.dose is None:
        return ()
    kept = np.isin(_panel(study).units, estimates.panel.units)
    return doses(estimates.panel, study.dose[kept], study.protocol.treatment.dose, question)


_Check = Callable[[Study, Estimates, Question], Iterator[Line] | tuple[Line, ...]]
_CHECKS: Mapping[Check, _Check] = {
    "estimators": _estimators,
    "placebo_dates": _placebo_dates,
    "placebo_outcomes": _placebo_outcomes,
    "leave_out_cohort": lambda _, estimates, question: without_cohorts(estimates.panel, question),
    "leave_out_region": _regions,
    "controls": lambda _, estimates, question: (
        *controls(estimates.panel, question),
        *adjustments(estimates.panel, question),
    ),
    "weights": lambda _, estimates, question: weights(estimates.panel, question),
    "anticipation": lambda _, estimates, question: anticipations(estimates.panel, question),
    "spillover": _spillovers,
    "dose": _doses,
}
