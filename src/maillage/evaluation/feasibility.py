"""What can be said before any result is looked at: who, compared with whom, and what could be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Over
from maillage.evaluation.cohorts import CohortTable, blind, cohort_table
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.overlap import Overlap, overlap
from maillage.evaluation.panel import Panel
from maillage.evaluation.power import LEVEL, Power, minimum_detectable
from maillage.evaluation.pretrend_power import PretrendPower, pretrend_power
from maillage.text import Text, both_ways

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Cohorts, overlap, power and power of the test before treatment; what cannot be computed is None.

    ``reasons``: why something cannot be computed, and what is bad in the overlap.
    """

    cohorts: CohortTable
    overlap: tuple[Overlap, ...]
    power: Power | None
    pretrend: PretrendPower | None
    reasons: tuple[Text, ...]


def feasibility(
    panel: Panel,
    comparison: Comparison,
    *,
    over: Over = "cell",
    longest: int | None = None,
    level: float = LEVEL,
    draws: int = 400,
    seed: int = 1,
) -> Feasibility:
    """All that `maillage.evaluation` says of a design before its results.

    No outcome that treatment or its anticipation may have touched is read: they are blanked first. Give a panel without
    the untreated units that treatment reaches through neighbours, if any. What cannot be computed is a reason, never an
    error.
    """
    hidden = blind(panel, comparison.anticipation)
    reasons: list[Text] = []

    def attempt(compute: Callable[[], Found]) -> Found | None:
        try:
            return compute()
        except ArrayInputError as error:
            reasons.append(both_ways(error))
            return None

    compared = attempt(lambda: overlap(hidden, comparison)) or ()
    reasons.extend(reason for each in compared for reason in each.reasons)
    return Feasibility(
        cohorts=cohort_table(hidden, comparison.anticipation),
        overlap=compared,
        power=attempt(
            lambda: minimum_detectable(
                hidden, comparison, over=over, longest=longest, level=level, draws=draws, seed=seed
            )
        ),
        pretrend=attempt(lambda: pretrend_power(hidden, comparison, over=over, longest=longest)),
        reasons=tuple(dict.fromkeys(reasons)),
    )
