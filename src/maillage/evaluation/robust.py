"""Honest bounds of an event study, and the departure from parallel trends at which its conclusion falls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from maillage.errors import ArrayInputError, BrokenInvariantError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.estimate import group_time
from maillage.evaluation.honest import Bounds, EventStudy, breakdown, relative_magnitudes
from maillage.evaluation.honest_smooth import smoothness
from maillage.evaluation.panel import Panel
from maillage.evaluation.sensitivity import Question

LONGEST = 10  # periods after treatment, anticipation included, that bounds by relative magnitudes can take
MOST_MAGNITUDE = 5.0
SLOPE_STEPS = 100


@dataclass(frozen=True, slots=True)
class Robust:
    """Bounds by relative ``magnitudes`` and by ``slopes``, with the size at which each no longer leaves 0 out.

    ``breakdown_magnitude``: times the largest bend before treatment (infinite above `MOST_MAGNITUDE`);
    ``breakdown_slope``: change of slope a period, in units of the outcome. ``study``: the estimates they are of, its
    target the mean over the periods after treatment.
    """

    study: EventStudy
    magnitudes: tuple[Bounds, ...]
    breakdown_magnitude: float
    slopes: tuple[Bounds, ...]
    breakdown_slope: float


def study_of(panel: Panel, question: Question, *, longest: int = 5) -> EventStudy:
    """The event study of ``question`` against one reference, ``longest`` periods after treatment at most.

    Its target is the mean of effects from treatment on; periods of anticipation follow the reference and weigh
    nothing in it. Only times that follow one another around the reference are kept. Raises ArrayInputError as
    `group_time` and `EventStudy.of`.
    """
    comparison = question.otherwise(base="universal").comparison
    effects = aggregate(group_time(panel, comparison), "event", longest=longest)
    zero = np.flatnonzero((effects.se == 0) & (effects.at < 0))
    if not zero.size:
        raise ArrayInputError(
            "The event study has no reference period.",
            hint="Give earlier outcomes.",
            fr="L’étude d’événement n’a pas de période de référence : donner des résultats antérieurs.",
        )
    reference = int(zero[-1])
    step = int(np.diff(panel.periods).min())
    apart = np.flatnonzero(np.diff(effects.at) != step)
    first = int(max((at + 1 for at in apart if at < reference), default=0))
    last = int(min((at for at in apart if at >= reference), default=effects.at.size - 1))
    ahead = int((effects.at[reference + 1 : last + 1] < 0).sum())
    last = min(last, reference + LONGEST)
    kept = np.r_[first:reference, reference + 1 : last + 1]
    after = last - reference
    target = np.where(np.arange(after) >= ahead, 1.0 / max(after - ahead, 1), 0.0)
    return EventStudy.of(effects.att[kept], effects.covariance[np.ix_(kept, kept)], reference - first, target)


def _smooth(study: EventStudy, size: float, level: float) -> Bounds:
    try:
        return smoothness(study, size, level=level)
    except BrokenInvariantError as unfound:
        raise ArrayInputError(
            unfound.message,
            hint="Keep fewer periods.",
            fr=f"Aucun intervalle le plus court n’a été trouvé quand la pente change de {size:g} au plus par période : "
            "garder moins de périodes.",
        ) from unfound


def robust(
    panel: Panel,
    question: Question,
    *,
    longest: int = 5,
    magnitudes: tuple[float, ...] = (0.5, 1.0, 2.0),
    slopes: tuple[float, ...] = (0.0,),
) -> Robust:
    """The bounds of the effect of ``question``, at the given sizes, and its breakdown values.

    Raises ArrayInputError as `study_of`.
    """
    study = study_of(panel, question, longest=longest)
    by_magnitude = partial(relative_magnitudes, study, level=question.level)
    by_slope = partial(_smooth, study, level=question.level)
    most = max(abs(study.estimate), study.se)
    return Robust(
        study=study,
        magnitudes=tuple(by_magnitude(size) for size in magnitudes),
        breakdown_magnitude=breakdown(by_magnitude, MOST_MAGNITUDE, precision=0.05),
        slopes=tuple(by_slope(size) for size in slopes),
        breakdown_slope=breakdown(by_slope, most, precision=most / SLOPE_STEPS),
    )
