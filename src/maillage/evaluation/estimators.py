"""Several estimators of one effect, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.alternatives import imputation, synthetic_did
from maillage.evaluation.counts import count_effects
from maillage.evaluation.panel import Panel
from maillage.evaluation.randomise import randomise
from maillage.evaluation.sensitivity import Estimate, Line, Question, answer, attempt, estimate_of, estimate_with

MOST_UNITS_SYNTHETIC = 3_000  # its weights need a row a unit, and its jackknife a fit a unit


def as_rates(panel: Panel) -> Panel:
    """``panel`` of counts over the people or time at risk of its offset; the panel itself where it has none."""
    if panel.offset is None:
        return panel
    return replace(panel, outcome=panel.outcome / np.exp(panel.offset), offset=None)


def estimators(panel: Panel, question: Question, *, draws: int = 999, seed: int = 1) -> tuple[Line, ...]:
    """The question by ATT(g, t), plain and with each adjustment where it has covariates, and by other estimators.

    Imputation (mean over treated units and periods), synthetic comparison of each cohort with the never-treated (units
    alike), Poisson where ``panel`` has an offset (its outcome then is a count, and rates answer elsewhere), and dates
    dealt anew ``draws`` times (0: not asked), which gives a p-value and no interval.
    """
    rates, comparison = as_rates(panel), question.comparison
    fits: dict[str, Callable[[], Estimate]] = {
        "group_time_plain": partial(answer, rates, question.otherwise(covariates=(), method="dr"))
    }
    for method in ("reg", "ipw", "dr") if comparison.covariates else ():
        fits[f"group_time_{method}"] = partial(answer, rates, question.otherwise(method=method))
    fits["imputation"] = partial(_imputed, rates, question)
    for date in panel.cohorts.tolist():
        fits[f"synthetic_did_{date}"] = partial(_synthetic, rates, date, question.level)
    if panel.offset is not None:
        fits["counts"] = partial(_counted, panel, question)
    if draws:
        fits["randomisation"] = partial(_dealt, rates, question, draws, seed)
    return tuple(attempt("estimator", key, fit) for key, fit in fits.items())


def _imputed(panel: Panel, question: Question) -> Estimate:
    asked = question.comparison
    found = imputation(panel, covariates=asked.covariates, anticipation=asked.anticipation, weighted=asked.weighted)
    return estimate_with(found.overall, found.overall_se, panel, question.level)


def _synthetic(panel: Panel, date: int, level: float) -> Estimate:
    chosen = panel.select((panel.cohort == 0) | (panel.cohort == date), smallest_cohort=1)
    if chosen.units.size > MOST_UNITS_SYNTHETIC:
        raise ArrayInputError(
            f"A synthetic comparison is made of at most {MOST_UNITS_SYNTHETIC} units, found {chosen.units.size}.",
            hint="Ask it at a coarser level.",
            fr=f"Une comparaison synthétique se fait sur {MOST_UNITS_SYNTHETIC} unités au plus : il y en a "
            f"{chosen.units.size}. La demander à un niveau plus large.",
        )
    found = synthetic_did(chosen)
    return estimate_with(found.att, found.se, chosen, level)


def _counted(panel: Panel, question: Question) -> Estimate:
    cells = count_effects(panel, anticipation=question.comparison.anticipation)
    return estimate_of(aggregate(cells, question.over, longest=question.longest), question.level)


def _dealt(panel: Panel, question: Question, draws: int, seed: int) -> Estimate:
    asked = question.comparison
    found = randomise(
        panel,
        control=asked.control,
        anticipation=asked.anticipation,
        weighted=asked.weighted,
        draws=draws,
        seed=seed,
    )
    nan = float("nan")
    return Estimate(found.effect, nan, nan, nan, found.p_value, panel.units.size)
