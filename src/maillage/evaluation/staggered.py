"""The estimates that a protocol of staggered adoption asks for, from the panel of its study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Band, Effects, Pretest, aggregate, band, pretest
from maillage.evaluation.estimate import group_time
from maillage.evaluation.exposure import Exposure, Reach, exposure
from maillage.evaluation.group_time import Comparison, GroupTime
from maillage.evaluation.panel import Panel
from maillage.evaluation.sensitivity import Estimate, estimate_of
from maillage.evaluation.spillover import Dropped, Part, Spillover, drop_exposed, modelled
from maillage.evaluation.study import Study
from maillage.text import Text, both_ways


@dataclass(frozen=True, slots=True)
class Headline:
    """The effect that answers the question, in the unit of the outcome, with its interval at ``level``.

    ``units`` and ``people`` were treated, in ``clusters`` (people: weights of the last period); ``before`` is their
    mean outcome in the last period free of treatment, weighted as the effect is.
    """

    att: float
    se: float
    low: float
    high: float
    p_value: float
    level: float
    units: int
    clusters: int
    people: float
    before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """The effect, and what stands behind it: cells, averages, band of the event study, test before treatment.

    ``about`` (n): the treated units of the study's panel whose effect it is. ``panel`` is the one they come from,
    without exposed controls where they are ``dropped``. With ``spillover`` modelled, the headline is its direct effect,
    and the event study is that of clean controls. ``pretest``, of times before treatment, is None where nothing can be
    tested; ``untested`` says why.
    """

    panel: Panel
    about: NDArray[np.bool_]
    comparison: Comparison
    headline: Headline
    cells: GroupTime
    main: Effects
    event: Effects
    event_band: Band
    by_cohort: Effects
    by_calendar: Effects
    pretest: Pretest | None
    untested: Text | None = None
    exposure: Exposure | None = None
    dropped: Dropped | None = None
    spillover: Spillover | None = None


def comparison_of(study: Study) -> Comparison:
    """How the protocol of a study compares treated units with others."""
    asked = study.protocol.estimator
    return Comparison(
        method=asked.method,
        control=asked.control,
        covariates=tuple(each.indicator for each in asked.covariates),
        anticipation=asked.anticipation,
        weighted=study.protocol.estimand.weights == "people",
        weight_period="first",
    )


def exposure_of(study: Study) -> Exposure | None:
    """The exposure of each unit of a study to treated neighbours; None where its protocol asks for none."""
    if study.panel is None or study.neighbours is None or study.protocol.spillover.by == "none":
        return None
    asked = study.protocol.spillover
    # Care at home stays in the whole of flows; other neighbourhoods are told as shares of themselves.
    reach: Reach = "sum" if asked.by == "flow" else "share"
    return exposure(study.neighbours, study.panel.cohort, study.panel.periods, reach=reach, threshold=asked.above)


def estimate(study: Study) -> Estimates:
    """The estimates of a staggered study.

    Raises ArrayInputError where it has no panel, and as `group_time`, `drop_exposed` and `modelled`.
    """
    if study.panel is None:
        raise ArrayInputError("A study without a panel cannot be estimated.", hint="See its refusals.")
    protocol, comparison = study.protocol, comparison_of(study)
    panel, reach = study.panel, exposure_of(study)
    dropped = spillover = None
    if reach is not None and protocol.spillover.handling != "ignore":
        dropped = drop_exposed(panel, reach, early="drop")
        if protocol.spillover.handling == "model":
            spillover = modelled(panel, reach, comparison, level=protocol.inference.level)
        panel = dropped.panel
    there = np.isin(study.panel.units, panel.units) if spillover is None else spillover.units
    about = np.asarray((study.panel.cohort > 0) & there, dtype=np.bool_)
    cells = group_time(panel, comparison)
    main = aggregate(cells, protocol.estimand.over, longest=protocol.estimand.longest)
    event = aggregate(cells, "event", longest=protocol.estimand.longest)
    tested, why = _tested(cells)
    inference = protocol.inference
    found: Estimate | Part = spillover.direct if spillover is not None else estimate_of(main, inference.level)
    return Estimates(
        panel=panel,
        about=about,
        comparison=comparison,
        headline=_headline(study.panel, about, comparison, found, inference.level),
        cells=cells,
        main=main,
        event=event,
        event_band=band(event, level=inference.level, draws=inference.draws, seed=inference.seed),
        by_cohort=aggregate(cells, "cohort"),
        by_calendar=aggregate(cells, "calendar"),
        pretest=tested,
        untested=why,
        exposure=reach,
        dropped=dropped,
        spillover=spillover,
    )


def _tested(cells: GroupTime) -> tuple[Pretest | None, Text | None]:
    try:
        return pretest(cells, "event"), None
    except ArrayInputError as refused:
        return None, both_ways(refused)


def _headline(
    panel: Panel, about: NDArray[np.bool_], comparison: Comparison, found: Estimate | Part, level: float
) -> Headline:
    """The effect ``found``, with who it is about in the panel of the study."""
    last_free = np.searchsorted(panel.periods, panel.cohort[about] - comparison.anticipation) - 1
    before = panel.outcome[about, np.maximum(last_free, 0)]
    return Headline(
        att=found.att,
        se=found.se,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        level=level,
        units=int(about.sum()),
        clusters=int(np.unique(panel.cluster[about]).size),
        people=float(panel.weight[about, -1].sum()),
        before=float(np.average(before, weights=panel.weight[about, 0] if comparison.weighted else None)),
    )
