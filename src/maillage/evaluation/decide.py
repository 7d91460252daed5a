"""The decision, from a rule written before: an effect, none that matters, nothing to be said, or a design that fails.

Not finding is not finding none: "no effect that matters" is said only of an interval that lies within the smallest
effect that matters, on both sides (equivalence; Schuirmann 1987).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.sensitivity import Line

Verdict = Literal["effect", "no_effect_that_matters", "cannot_tell", "fails_own_tests", "refused"]
Failure = Literal["pretest", "placebo_date", "placebo_outcome", "placebo_cutoff", "sign_changes"]
ALTERNATIVES = frozenset(
    {
        "estimator",
        "leave_out_cohort",
        "leave_out_group",
        "leave_out_donor",
        "control",
        "weights",
        "anticipation",
        "covariates",
        "bandwidth",
        "donut",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a protocol decides by.

    ``smallest_effect``: the smallest effect that matters, above 0, in units of the outcome. ``alpha``: the error
    allowed to the family of outcomes; ``test_alpha``: to the test before treatment, and to each kind of placebos.
    ``most_sign_changes``: the share of alternatives that may have the opposite sign.
    """

    smallest_effect: float
    alpha: float = 0.05
    test_alpha: float = 0.05
    most_sign_changes: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict and the numbers behind it.

    ``adjusted_p``: the p-value after Holm over the family. ``failed``: tests of its own that the design fails; none
    are told apart from tests that could not be made (``tested``: those that were). ``opposite`` of ``alternatives``
    lines have the opposite sign.
    """

    verdict: Verdict
    att: float
    low: float
    high: float
    p_value: float
    adjusted_p: float
    smallest_effect: float
    failed: tuple[Failure, ...]
    tested: tuple[Failure, ...]
    opposite: int
    alternatives: int


def decide(
    headline: Line,
    lines: Sequence[Line],
    rule: Rule,
    *,
    pretest_p: float = float("nan"),
    family: Sequence[float] = (),
) -> Decision:
    """The decision on ``headline`` by ``rule``.

    ``lines``: its sensitivity table; placebos (tested by Holm within their kind) and alternatives are taken from it.
    ``pretest_p``: the p-value of the test before treatment, missing where it was not made. ``family``: the p-values of
    the protocol's other outcomes. A test failed before the effect comes first, then the interval, then the p-value: an
    effect told from 0 but too small to matter is no effect that matters. Raises ArrayInputError on a smallest effect
    that is not above 0, or p-values beyond 0 and 1.
    """
    if not rule.smallest_effect > 0:
        raise ArrayInputError(
            f"The smallest effect that matters is above 0, found {rule.smallest_effect}.",
            fr=f"Le plus petit effet qui compte est supérieur à 0 : trouvé {rule.smallest_effect}.",
        )
    adjusted = holm((headline.p_value, *family))[0]
    failed, tested = _own_tests(lines, rule, pretest_p)
    others = alternatives(lines)
    opposite = sum(line.att * headline.att < 0 for line in others)
    told = adjusted <= rule.alpha
    if told and others:
        tested = (*tested, "sign_changes")
        if opposite > rule.most_sign_changes * len(others):
            failed = (*failed, "sign_changes")
    return Decision(
        verdict=_verdict(headline, rule, failed, told=bool(told)),
        att=headline.att,
        low=headline.low,
        high=headline.high,
        p_value=headline.p_value,
        adjusted_p=adjusted,
        smallest_effect=rule.smallest_effect,
        failed=failed,
        tested=tested,
        opposite=opposite,
        alternatives=len(others),
    )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values adjusted for their number (Holm 1979), in the order given; missing ones stay so and do not count.

    Raises ArrayInputError on one that is not between 0 and 1.
    """
    given = np.asarray(p_values, dtype=np.float64)
    known = np.isfinite(given)
    if ((given[known] < 0) | (given[known] > 1)).any() or np.isinf(given).any():
        raise ArrayInputError(
            f"P-values lie between 0 and 1, found {given.tolist()}.",
            fr=f"Les valeurs p sont entre 0 et 1 : trouvé {given.tolist()}.",
        )
    order = np.flatnonzero(known)[np.argsort(given[known], kind="stable")]
    adjusted = given.copy()
    adjusted[order] = np.minimum(np.maximum.accumulate(given[order] * np.arange(order.size, 0, -1)), 1.0)
    return tuple(adjusted.tolist())


def alternatives(lines: Sequence[Line]) -> list[Line]:
    """The lines that ask for the same effect otherwise; of several cohorts, one's own synthetic comparison does not."""
    found = [line for line in lines if line.kind in ALTERNATIVES and np.isfinite(line.att)]
    of_cohorts = [line for line in found if line.key.startswith("synthetic_did_")]
    return [line for line in found if len(of_cohorts) == 1 or line not in of_cohorts]


def _own_tests(lines: Sequence[Line], rule: Rule, pretest_p: float) -> tuple[tuple[Failure, ...], tuple[Failure, ...]]:
    """The tests that fail, and those that were made."""
    least: dict[Failure, float] = {"pretest": pretest_p}
    for kind in ("placebo_date", "placebo_outcome", "placebo_cutoff"):
        found = [line.p_value for line in lines if line.kind == kind and np.isfinite(line.p_value)]
        least[kind] = min(holm(found), default=float("nan"))
    made = tuple(test for test, p_value in least.items() if np.isfinite(p_value))
    return tuple(test for test in made if least[test] <= rule.test_alpha), made


def _verdict(headline: Line, rule: Rule, failed: tuple[Failure, ...], *, told: bool) -> Verdict:
    if headline.refused or not np.isfinite([headline.att, headline.p_value]).all():
        return "refused"
    if failed:
        return "fails_own_tests"
    # Without an interval (one territory, judged by placebos) no effect can be left out.
    if -rule.smallest_effect < headline.low and headline.high < rule.smallest_effect:
        return "no_effect_that_matters"
    return "effect" if told else "cannot_tell"
