"""What another design stands on, told before its result: scores, dates and numbers of units, outcomes unread."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.discontinuity_checks import Density, density
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.series import Series
from maillage.evaluation.single import check_one
from maillage.evaluation.study import Study, refusal_of
from maillage.evaluation.threshold import Threshold
from maillage.text import Text

MEND = Text("Compléter les données, ou changer de plan de comparaison.", "Complete the data, or change the design.")


@dataclass(frozen=True, slots=True)
class Sides:
    """Units ``below`` and ``above`` the ``cutoff``; ``density`` of the score on both sides, or why it is ``unseen``."""

    cutoff: float
    below: int
    above: int
    density: Density | None
    unseen: Text | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a series ``before`` its ``start`` and from it on (``after``), those set ``aside`` not counted.

    ``treated`` units make the series, ``untreated`` ones that it is compared with, 0 for none.
    """

    start: int
    before: int
    after: int
    aside: int
    treated: int
    untreated: int


@dataclass(frozen=True, slots=True)
class Donors:
    """One ``territory`` with ``donors`` never treated, and the periods ``before`` treatment and from it on.

    ``least_p``: the smallest p-value that placebos can give.
    """

    territory: str
    donors: int
    before: int
    after: int
    least_p: float


Footing = Sides | Points | Donors


def footing(study: Study) -> Footing | None:
    """What the design of a study stands on; None without a panel, and for designs that power is computed for.

    Raises ArrayInputError where the design cannot be answered on the panel, whatever its outcomes.
    """
    if study.panel is None:
        return None
    hidden = replace(study.panel, outcome=np.zeros_like(study.panel.outcome))
    match study.protocol.design:
        case "discontinuity":
            return _sides(threshold_of(study, hidden))
        case "interrupted":
            return _points(series_of(study, hidden), hidden)
        case "single":
            return _donors(study, hidden)
    return None


def settled(study: Study) -> Study:
    """The study, refused where its design cannot be answered on its panel."""
    try:
        footing(study)
    except ArrayInputError as problem:
        return replace(study, panel=None, refusals=(*study.refusals, refusal_of("design", problem, MEND)))
    return study


def threshold_of(study: Study, panel: Panel) -> Threshold:
    """The mean outcome of each unit over the panel, on both sides of the threshold.

    Raises ArrayInputError without a score, or with too few units on a side.
    """
    cut = study.protocol.threshold
    if cut is None or study.running is None:
        raise ArrayInputError(
            "A discontinuity needs the score that its threshold cuts.",
            hint="Name it in [threshold].",
            fr="Une discontinuité demande la variable que coupe son seuil : la nommer dans [threshold].",
        )
    return Threshold(
        running=study.running,
        outcome=panel.outcome.mean(axis=1),
        cutoff=cut.cutoff,
        eligible=cut.eligible,
        weight=panel.weight.mean(axis=1) if study.protocol.estimand.weights == "people" else None,
        cluster=panel.cluster if np.unique(panel.cluster).size < panel.units.size else None,
    )


def series_of(study: Study, panel: Panel) -> Series:
    """The mean of treated units, by people, and that of units never treated where there are any.

    Raises ArrayInputError on dates that differ, or too few points.
    """
    treated = panel.cohort > 0
    starts = np.unique(panel.cohort[treated])
    if starts.size != 1:
        raise ArrayInputError(
            f"An interrupted series starts at one date, found {starts.size}.",
            hint='Take the design "staggered": dates that differ tell more.',
            fr=f"Une série interrompue a une seule date de début : il y en a {starts.size}. Prendre le plan"
            " « staggered », auquel des dates différentes apprennent davantage.",
        )
    return Series(
        period=panel.periods,
        outcome=_mean(study, panel, treated),
        start=int(starts[0]),
        control=None if treated.all() else _mean(study, panel, ~treated),
        aside=study.protocol.covid.years if study.protocol.covid.handling == "drop" else (),
    )


def _mean(study: Study, panel: Panel, chosen: np.ndarray) -> FloatArray:
    weight = panel.weight[chosen] if study.protocol.estimand.weights == "people" else None
    return np.asarray(np.average(panel.outcome[chosen], axis=0, weights=weight), dtype=np.float64)


def _sides(design: Threshold) -> Sides:
    below = int((np.asarray(design.running) < design.cutoff).sum())
    try:
        found, unseen = density(design), None
    except ArrayInputError as problem:
        found, unseen = None, Text(problem.fr or problem.message, problem.message)
    return Sides(design.cutoff, below, np.size(design.running) - below, found, unseen)


def _points(series: Series, panel: Panel) -> Points:
    used = ~np.isin(series.period, series.aside)
    early, treated = np.asarray(series.period) < series.start, int((panel.cohort > 0).sum())
    return Points(
        start=series.start,
        before=int((used & early).sum()),
        after=int((used & ~early).sum()),
        aside=int((~used).sum()),
        treated=treated,
        untreated=panel.units.size - treated,
    )


def _donors(study: Study, panel: Panel) -> Donors:
    position = check_one(panel)
    code, donors = str(panel.units[position]), int((panel.cohort == 0).sum())
    before = int((panel.periods < panel.cohorts[0]).sum())
    return Donors(study.names.get(code, code), donors, before, panel.periods.size - before, 1 / (donors + 1))
