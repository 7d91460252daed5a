"""What can be said before any result is looked at: who, compared with whom, and what could be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Over
from maillage.evaluation.cohorts import CohortTable, blind, cohort_table
from maillage.evaluation.counts import Scale
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.overlap import Overlap, overlap
from maillage.evaluation.panel import Panel
from maillage.evaluation.power import Power, minimum_detectable
from maillage.evaluation.power_counts import minimum_detectable_fall
from maillage.evaluation.pretrend_power import PretrendPower, pretrend_power
from maillage.text import Text

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
    counts: Scale | None = None,
    draws: int = 400,
    seed: int = 1,
) -> Feasibility:
    """All that `maillage.evaluation` says of a design before its results.

    No outcome that treatment or its anticipation may have touched is read: they are blanked first. With ``counts``, the
    scale of `count_effects`, the effect is a fall in a count, and the test before treatment is that of rates. What
    cannot be computed is a reason, never an error.
    """
    hidden = blind(panel, comparison.anticipation)
    reasons: list[Text] = []

    def power() -> Power:
        if counts is None:
            return minimum_detectable(hidden, comparison, over=over, longest=longest, draws=draws, seed=seed)
        return minimum_detectable_fall(
            hidden,
            scale=counts,
            anticipation=comparison.anticipation,
            over=over,
            longest=longest,
            draws=draws,
            seed=seed,
        )

    def attempt(compute: Callable[[], Found]) -> Found | None:
        try:
            return compute()
        except ArrayInputError as error:
            reasons.append(Text(fr=error.fr or str(error), en=str(error)))
            return None

    compared = attempt(lambda: overlap(hidden, comparison)) or ()
    reasons.extend(reason for each in compared for reason in each.reasons)
    return Feasibility(
        cohorts=cohort_table(hidden, comparison.anticipation),
        overlap=compared,
        power=attempt(power),
        pretrend=attempt(lambda: pretrend_power(_rates(hidden, counts), comparison, over=over, longest=longest)),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _rates(panel: Panel, counts: Scale | None) -> Panel:
    if counts is None or panel.offset is None:
        return panel
    return replace(panel, outcome=panel.outcome / np.exp(panel.offset))
