"""The sensitivity table as a matter of course: every line that the panel and what is given with it allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from numpy.typing import NDArray

from maillage.evaluation.dose import doses
from maillage.evaluation.estimators import as_rates, estimators
from maillage.evaluation.exposure import Exposure
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.sensitivity import (
    Estimate,
    Line,
    Question,
    adjustments,
    answer,
    anticipations,
    attempt,
    controls,
    placebo_dates,
    placebo_outcomes,
    weights,
    without_cohorts,
    without_groups,
)
from maillage.evaluation.spillover import Part, Spillover, drop_exposed, modelled


@dataclass(frozen=True, slots=True)
class Given:
    """What the table is made with, beside the panel; what is not given makes no line.

    ``groups`` (n): regions or départements to leave out. ``exposure``: to treated neighbours, with the ``rings`` that
    part it. ``doses`` (n each) and ``outcomes`` that treatment cannot have changed, by name. ``earlier``: periods by
    which placebo dates are moved. ``draws`` and ``seed`` of the dates dealt anew.
    """

    groups: NDArray[Any] | None = None
    exposure: Exposure | None = None
    rings: tuple[float, ...] = ()
    doses: Mapping[str, FloatArray] = field(default_factory=dict)
    outcomes: Mapping[str, Panel] = field(default_factory=dict)
    earlier: tuple[int, ...] = (1, 2, 3)
    draws: int = 999
    seed: int = 1


def battery(panel: Panel, question: Question, given: Given) -> tuple[Line, ...]:
    """Every line of the table, by kind; a count over an offset is asked as a rate, and by Poisson too."""
    rates = as_rates(panel)
    lines = [
        *estimators(panel, question, draws=given.draws, seed=given.seed),
        *adjustments(rates, question),
        *controls(rates, question),
        *weights(rates, question),
        *anticipations(rates, question),
        *placebo_dates(rates, question, earlier=given.earlier),
        *placebo_outcomes(given.outcomes, question),
        *without_cohorts(rates, question),
    ]
    if given.groups is not None:
        lines += without_groups(rates, given.groups, question)
    if given.exposure is not None:
        lines += spillovers(rates, given.exposure, question, rings=given.rings)
    for name, dose in given.doses.items():
        lines += doses(rates, dose, name, question)
    return tuple(lines)


def spillovers(
    panel: Panel, exposure: Exposure, question: Question, *, rings: tuple[float, ...] = ()
) -> tuple[Line, ...]:
    """Neighbours ignored; exposed controls dropped, without and with units exposed early; and what reaches them.

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
