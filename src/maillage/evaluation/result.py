"""The result of a protocol: the effect, what stands behind it, what was checked, and what is decided of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.checks import Checked, check, question_of
from maillage.evaluation.decide import Decision, Rule, decide
from maillage.evaluation.feasibility import Feasibility, feasibility
from maillage.evaluation.panel import Panel
from maillage.evaluation.sensitivity import Estimate, Line, answer, attempt
from maillage.evaluation.spillover import drop_exposed
from maillage.evaluation.staggered import Estimates, Headline, comparison_of, estimate, exposure_of
from maillage.evaluation.study import Study
from maillage.text import Text, both_ways

Reliability = Literal["observed", "estimated", "assumed"]
STAGGERED = ("staggered", "matched")
UNMATCHED = Text(
    "Ceci est calculé sur toutes les unités, avant tout appariement : une fois appariées, elles sont moins nombreuses"
    " et plus semblables, et l’effet le plus petit que l’on verrait change.",
    "This is computed on all units, before any matching: once matched, they are fewer and more alike, and the smallest"
    " effect that would be seen changes.",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What was paid for the measure in treated units and ``years``, in euros, as sure as its least sure payment.

    ``level``: the territories at which amounts are told (``france`` where they are not told of units). None of it is
    the measure's own price: what would have been paid without it is not taken off.
    """

    amount_eur: float
    years: tuple[int, ...]
    reliability: Reliability
    level: str
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a study of staggered adoption answers; ``family`` are the other outcomes, asked alike."""

    study: Study
    feasibility: Feasibility
    estimates: Estimates
    checked: Checked
    decision: Decision
    family: Mapping[str, Line] = field(default_factory=dict)
    cost: Cost | None = None

    @property
    def headline(self) -> Headline:
        """The effect that answers the question."""
        return self.estimates.headline


def before_result(study: Study, *, draws: int = 400) -> Feasibility | None:
    """What can be said of a study before any result.

    None where it has no panel, and for a design that is not about entry at different dates (see `footing`).
    """
    if study.panel is None or study.protocol.design not in STAGGERED:
        return None
    asked = study.protocol
    panel, lost = _untouched(study, study.panel)
    found = feasibility(
        panel,
        comparison_of(study),
        over=asked.estimand.over,
        longest=asked.estimand.longest,
        level=asked.inference.level,
        draws=draws,
        seed=asked.inference.seed,
    )
    apart = (UNMATCHED,) if asked.design == "matched" else ()
    return replace(found, reasons=(*apart, *lost, *found.reasons))


def _untouched(study: Study, panel: Panel) -> tuple[Panel, tuple[Text, ...]]:
    """The panel that will be estimated: without units that treated neighbours reach, unless the protocol ignores them.

    With how many these are; where nothing can be compared without them, the whole panel and the reason.
    """
    reach = exposure_of(study)
    if reach is None or study.protocol.spillover.handling == "ignore":
        return panel, ()
    try:
        left = drop_exposed(panel, reach, early="drop")
    except ArrayInputError as refused:
        return panel, (both_ways(refused),)
    if not left.exposed + left.early:
        return panel, ()
    fr = f"Unités atteintes par des voisins traités et laissées de côté : {left.exposed} jamais traitées, {left.early}"
    en = (
        f"Units reached by treated neighbours and left out: {left.exposed} never treated, {left.early} before their own"
    )
    return left.panel, (Text(f"{fr} avant leur propre entrée.", f"{en} entry."),)


def analyse(study: Study) -> Result:
    """The result of a staggered study: effect, checks, decision.

    Raises ArrayInputError where it has no panel, or as `estimate`.
    """
    found, estimates = before_result(study), estimate(study)
    if found is None:
        raise ArrayInputError("A study without a panel cannot be estimated.", hint="See its refusals.")
    checked, family = check(study, estimates), _family(study, estimates)
    head, pretest = estimates.headline, estimates.pretest
    decision = decide(
        Line("estimator", "protocol", head.att, head.se, head.low, head.high, head.units, p_value=head.p_value),
        checked.lines,
        Rule(study.protocol.decision.smallest_effect, alpha=1 - study.protocol.inference.level),
        pretest_p=pretest.p_value if pretest else float("nan"),
        family=[line.p_value for line in family.values()] if study.protocol.decision.multiplicity == "holm" else (),
    )
    return Result(
        study=study, feasibility=found, estimates=estimates, checked=checked, decision=decision, family=family
    )


def _family(study: Study, estimates: Estimates) -> dict[str, Line]:
    question, panel = question_of(study, estimates), estimates.panel
    kept = np.isin(study.panel.units, panel.units) if study.panel is not None else np.zeros(0, dtype=bool)
    lines = {}
    for name in study.protocol.outcome.family:
        if name in study.others:

            def fit(values: np.ndarray = study.others[name][kept]) -> Estimate:
                return answer(replace(panel, outcome=values), question)

            lines[name] = attempt("estimator", name, fit)
    return lines
