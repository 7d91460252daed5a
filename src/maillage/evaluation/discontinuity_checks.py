"""What could undo a discontinuity: sorting at the cutoff, jumps elsewhere, and a result that hangs on one choice."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.discontinuity import Jump, jump
from maillage.evaluation.threshold import SMALLEST_SIDE, Threshold, select

FACTORS = (0.5, 1.0, 2.0)  # of the bandwidth


@dataclass(frozen=True, slots=True)
class Density:
    """The density of the running variable just ``below`` and just ``above`` the cutoff, and the test that they differ.

    ``units``: how many were counted, clusters where the running variable is theirs. ``notes``: warnings of the library.
    """

    below: float
    above: float
    p_value: float
    units: int
    notes: tuple[str, ...] = ()


def density(design: Threshold) -> Density:
    """The test of sorting at the cutoff of Cattaneo, Jansson and Ma (2020), JASA 115(531), by diff-diff.

    Where the running variable is the same throughout each cluster, clusters are counted, for they are what could have
    been moved; weights play no part. A large p-value is no proof. Raises ArrayInputError when too few values are near
    the cutoff to see a density.
    """
    import pandas as pd
    from diff_diff import RDDensityTest

    values = _assigned(design)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = RDDensityTest(cutoff=design.cutoff).fit(pd.DataFrame({"running": values}), running="running")
        except ValueError as problem:
            raise _unseen(design.cutoff, values.size) from problem
    if min(found.n_eff_left, found.n_eff_right) < SMALLEST_SIDE or min(found.f_left, found.f_right) <= 0:
        raise _unseen(design.cutoff, values.size)
    return Density(
        below=float(found.f_left),
        above=float(found.f_right),
        p_value=float(found.p_value),
        units=values.size,
        notes=tuple(dict.fromkeys(str(each.message) for each in caught)),
    )


def continuity(design: Threshold, covariates: Mapping[str, NDArray[Any]], *, level: float = 0.95) -> dict[str, Jump]:
    """The jump at the cutoff of each covariate fixed before the measure, which should be none; take-up aside."""
    return {
        name: jump(replace(design, outcome=covariates[name], taken=None), level=level) for name in sorted(covariates)
    }


def placebo_cutoffs(design: Threshold, cutoffs: Sequence[float], *, level: float = 0.95) -> dict[float, Jump]:
    """The jump of the outcome at ``cutoffs`` where nothing is decided, each among units of its side of the true one.

    Imbens and Lemieux (2008) propose the median of each side. Raises ArrayInputError for the true cutoff.
    """
    found = {}
    for cutoff in cutoffs:
        if cutoff == design.cutoff:
            raise ArrayInputError(
                f"A placebo cutoff is not the true one, {cutoff:g}.",
                fr=f"Un seuil fictif n’est pas le vrai, {cutoff:g}.",
            )
        above = np.asarray(design.running) >= design.cutoff
        side = above if cutoff > design.cutoff else ~above
        found[float(cutoff)] = jump(select(replace(design, taken=None), side, cutoff=float(cutoff)), level=level)
    return found


def donut(design: Threshold, radii: Sequence[float], *, level: float = 0.95) -> dict[float, Jump]:
    """The jump without the units nearer to the cutoff than each of ``radii``, whose values could have been tuned.

    The bandwidth is that of all units. Barreca, Guldi, Lindo and Waddell (2011), QJE 126(4).
    """
    full = jump(design, level=level)
    distance = np.abs(np.asarray(design.running, dtype=np.float64) - design.cutoff)
    return {
        float(radius): jump(
            select(design, distance >= radius),
            bandwidth=full.bandwidth,
            bias_bandwidth=full.bias_bandwidth,
            level=level,
        )
        for radius in radii
    }


def other_bandwidths(
    design: Threshold, factors: Sequence[float] = FACTORS, *, level: float = 0.95
) -> dict[float, Jump]:
    """The jump at ``factors`` of the bandwidth of least mean squared error and of that of its bias."""
    full = jump(design, level=level)
    return {
        float(factor): jump(
            design,
            bandwidth=factor * full.bandwidth,
            bias_bandwidth=factor * full.bias_bandwidth,
            level=level,
        )
        for factor in factors
    }


def _unseen(cutoff: float, count: int) -> ArrayInputError:
    return ArrayInputError(
        f"A density is seen from {SMALLEST_SIDE} values near the cutoff {cutoff:g} on each side, and {count} values in "
        "all do not hold them.",
        hint="Say that sorting could not be tested, or take more territories.",
        fr=f"Une densité se voit à partir de {SMALLEST_SIDE} valeurs de chaque côté, près du seuil {cutoff:g} ; "
        f"{count} valeurs en tout ne les contiennent pas. Dire que le tri n’a pas pu être testé, ou prendre plus de "
        "territoires.",
    )


def _assigned(design: Threshold) -> NDArray[np.float64]:
    """The running variable of each cluster where it is constant within clusters, else of each unit."""
    running = np.asarray(design.running, dtype=np.float64)
    if design.cluster is None:
        return running
    _, first, code = np.unique(np.asarray(design.cluster), return_index=True, return_inverse=True)
    return running[first] if (running[first][code] == running).all() else running
