"""Do untreated territories exist that resemble the treated ones? Propensities, effective numbers, balance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.doubly_robust import odds, propensity
from maillage.evaluation.estimate import known_covariates
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import FloatArray, Panel
from maillage.text import Text, format_number

# Rubin (2001), Stuart (2010), Imbens and Rubin (2015, chapter 14): past a quarter of a standard deviation, adjusting by
# regression rests on extrapolation.
LARGEST_DIFFERENCE = 0.25
# Austin (2009): what is left after weighting.
LARGEST_LEFT = 0.10
# Assumptions of ours: treated units that no control resembles, and how many controls must in effect be left.
LEAST_SUPPORT = 0.90
LEAST_CONTROLS = 20.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """How the units of one cohort compare with its controls on the covariates (k) of its base period.

    ``treated`` and ``controls``: units. ``support``: share of treated units whose propensity (logit) lies within the
    range of that of controls. ``effective``: controls once weighted by their odds, (Σw)²/Σw² (Kish). ``before`` and
    ``after`` (k): standardised differences of means, plain and with these weights, over the root of the mean of the
    two plain variances; nan where a covariate is the same everywhere. ``reasons``: what is bad, none when nothing is.
    All but ``before`` are nan where covariates separate the two groups.
    """

    cohort: int
    covariates: tuple[str, ...]
    treated: int
    controls: int
    support: float
    effective: float
    before: FloatArray
    after: FloatArray
    reasons: tuple[Text, ...]


def overlap(panel: Panel, comparison: Comparison) -> tuple[Overlap, ...]:
    """The overlap of each cohort, dates rising, with its controls in its first treated period.

    Uses no outcome. A cohort without controls then has 0 of them and says so. Raises ArrayInputError on an unknown
    covariate or a cohort without a base period.
    """
    known_covariates(panel, comparison.covariates)
    return tuple(_of_cohort(panel, comparison, int(g)) for g in panel.cohorts)


def controls_at_start(panel: Panel, comparison: Comparison, g: int) -> NDArray[np.bool_]:
    """The units (n) with which cohort ``g`` is compared in its first treated period."""
    free = panel.cohort == 0
    if comparison.control == "not_yet_treated":
        start = int(panel.periods[panel.periods >= g][0])
        free |= panel.cohort > start + comparison.anticipation
    return np.asarray(free, dtype=np.bool_)


def base_position(panel: Panel, g: int, anticipation: int) -> int:
    """The position of the last period free of the treatment of ``g``; raises ArrayInputError where there is none."""
    earlier = np.flatnonzero(panel.periods < g - anticipation)
    if not earlier.size:
        raise ArrayInputError(
            f"Cohort {g} has no period free of treatment in data that begin in {int(panel.periods[0])}.",
            hint="Give earlier outcomes, or leave this cohort out.",
            fr=f"La cohorte {g} n’a aucune période sans traitement dans des données qui commencent en "
            f"{int(panel.periods[0])} : donner des résultats plus anciens, ou la laisser de côté.",
        )
    return int(earlier[-1])


def logit_of(panel: Panel, comparison: Comparison, g: int) -> tuple[FloatArray, FloatArray]:
    """Covariates with a constant (n, 1 + k), and the logit (1 + k) of belonging to cohort ``g`` among its controls.

    Raises ArrayInputError when covariates separate the two.
    """
    x = _design(panel, comparison, g)
    used = controls_at_start(panel, comparison, g) | (panel.cohort == g)
    weight = panel.weight[:, 0] if comparison.weighted else np.ones(panel.units.size)
    beta, _ = propensity(x[used], panel.cohort[used] == g, weight[used] / weight[used].mean())
    return x, beta


def _design(panel: Panel, comparison: Comparison, g: int) -> FloatArray:
    base = base_position(panel, g, comparison.anticipation)
    columns = [np.ones(panel.units.size), *(panel.covariates[name][:, base] for name in comparison.covariates)]
    return np.column_stack(columns)


def _of_cohort(panel: Panel, comparison: Comparison, g: int) -> Overlap:
    here, there = panel.cohort == g, controls_at_start(panel, comparison, g)
    weight = panel.weight[:, 0] if comparison.weighted else np.ones(panel.units.size)
    x = _design(panel, comparison, g)[:, 1:]
    counts = (int(here.sum()), int(there.sum()))
    nothing = np.full(x.shape[1], np.nan)
    if not there.any():
        why = Text(
            fr=f"La cohorte {g} n’a aucun témoin dès sa première période traitée.",
            en=f"Cohort {g} has no control from its first treated period on.",
        )
        return Overlap(g, comparison.covariates, *counts, np.nan, 0.0, nothing, nothing, (why,))
    before = _differences(x, here, there, weight, weight)
    try:
        full, beta = logit_of(panel, comparison, g)
    except ArrayInputError:
        why = Text(
            fr=f"Les covariables séparent entièrement la cohorte {g} de ses témoins : aucun témoin ne lui ressemble.",
            en=f"Covariates separate cohort {g} from its controls entirely: no control resembles it.",
        )
        return Overlap(g, comparison.covariates, *counts, np.nan, np.nan, before, nothing, (why,))
    of = odds(full, beta)
    moved = weight * of
    low, high = of[there].min(), of[there].max()
    # Rounding must not put a treated unit equal to the last control out of their range.
    inside = (of[here] >= low * (1 - 1e-9)) & (of[here] <= high * (1 + 1e-9))
    support = float(np.average(inside, weights=weight[here]))
    effective = float(moved[there].sum() ** 2 / (moved[there] ** 2).sum())
    after = _differences(x, here, there, weight, moved)
    reasons = _reasons(g, comparison.covariates, (support, effective), before, after)
    return Overlap(g, comparison.covariates, *counts, support, effective, before, after, reasons)


def _differences(
    x: FloatArray, here: NDArray[np.bool_], there: NDArray[np.bool_], weight: FloatArray, moved: FloatArray
) -> FloatArray:
    """Differences of means (k), controls weighing ``moved``, over standard deviations under ``weight``."""
    means = [np.average(x[group], axis=0, weights=weight[group]) for group in (here, there)]
    spread = [
        np.average((x[group] - mean) ** 2, axis=0, weights=weight[group])
        for group, mean in zip((here, there), means, strict=True)
    ]
    gap = means[0] - np.average(x[there], axis=0, weights=moved[there])
    scale = np.sqrt((spread[0] + spread[1]) / 2)
    return np.asarray(np.divide(gap, scale, out=np.full(gap.shape, np.nan), where=scale > 0), dtype=np.float64)


def _reasons(
    g: int, names: tuple[str, ...], found: tuple[float, float], before: FloatArray, after: FloatArray
) -> tuple[Text, ...]:
    support, effective = found
    reasons = [
        _apart(g, name, first, left)
        for name, first, left in zip(names, before, after, strict=True)
        if abs(left) > LARGEST_LEFT or abs(first) > LARGEST_DIFFERENCE
    ]
    if support < LEAST_SUPPORT:
        reasons.append(
            Text(
                fr=f"Cohorte {g} : {_fr(100 * support, 0)} % seulement des unités traitées ont un témoin comparable "
                f"(moins de {_fr(100 * LEAST_SUPPORT, 0)} %).",
                en=f"Cohort {g}: only {support:.0%} of treated units have a control like them "
                f"(less than {LEAST_SUPPORT:.0%}).",
            )
        )
    if effective < LEAST_CONTROLS:
        reasons.append(
            Text(
                fr=f"Cohorte {g} : pondérés, les témoins en valent {_fr(effective, 0)} "
                f"(moins de {_fr(LEAST_CONTROLS, 0)}).",
                en=f"Cohort {g}: weighted controls are worth {effective:.0f} (fewer than {LEAST_CONTROLS:.0f}).",
            )
        )
    return tuple(reasons)


def _apart(g: int, name: str, first: float, left: float) -> Text:
    if abs(left) > LARGEST_LEFT:
        return Text(
            fr=f"Cohorte {g}, {name} : {_fr(left, 2)} écart-type d’écart reste après pondération "
            f"(plus de {_fr(LARGEST_LEFT, 2)}).",
            en=f"Cohort {g}, {name}: {left:.2f} standard deviations are left after weighting "
            f"(more than {LARGEST_LEFT:.2f}).",
        )
    return Text(
        fr=f"Cohorte {g}, {name} : {_fr(first, 2)} écart-type d’écart avant pondération "
        f"(plus de {_fr(LARGEST_DIFFERENCE, 2)}) : le résultat dépend du modèle.",
        en=f"Cohort {g}, {name}: {first:.2f} standard deviations apart before weighting "
        f"(more than {LARGEST_DIFFERENCE:.2f}): the result hangs on the model.",
    )


def _fr(value: float, decimals: int) -> str:
    return format_number(value, decimals, "fr")
