"""Spillover: exposed controls left out, or what reaches them estimated (Butts 2021; Clarke 2017).

Every effect is measured against clean units, neither treated nor exposed over the whole panel. Errors add up by the
panel's clusters: the defaults of diff-diff's ring estimator do not (tests pin it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.aggregate import Effects, average
from maillage.evaluation.estimate import frame_of, group_time, listening
from maillage.evaluation.exposure import Exposure
from maillage.evaluation.group_time import Comparison, GroupTime, Method
from maillage.evaluation.panel import SMALLEST_COHORT, FloatArray, IntArray, Panel
from maillage.evaluation.sensitivity import estimate_of

FEWEST_A_COVARIATE = 10  # units treated alike for each covariate of a logit (Peduzzi and others 1996)


@dataclass(frozen=True, slots=True)
class Dropped:
    """The panel without exposed controls: ``exposed`` units left out; ``early`` units exposed before their treatment.

    ``early_kept``: the latter stand in ``panel``.
    """

    panel: Panel
    exposed: int
    early: int
    early_kept: bool


@dataclass(frozen=True, slots=True)
class Part:
    """An average effect over cells of unit and period, its error, interval, p-value and influence (n).

    ``units`` and ``mass`` (units, or people when weighted, times periods) it is averaged over: ``att`` times ``mass``
    is the sum of the effect.
    """

    att: float
    se: float
    low: float
    high: float
    p_value: float
    influence: FloatArray
    units: int
    mass: float


@dataclass(frozen=True, slots=True)
class Spillover:
    """Effects against clean units.

    ``direct``: on treated units, all they receive from treated neighbours included; ``spilled``: on units while
    exposed and untreated; ``rings``: the same by largest exposure (0 for the lowest), of units never treated;
    ``total``: on both. ``clean`` units are the comparison; ``unknown`` units, reached since the first period, are left
    out: nothing is known of them before. ``units`` (n) that stand in each influence. ``method`` that was used.
    """

    direct: Part
    spilled: Part
    rings: Mapping[int, Part]
    total: Part
    clean: int
    unknown: int
    units: NDArray[np.bool_]
    method: Method


def drop_exposed(panel: Panel, exposure: Exposure, *, early: Literal["keep", "drop"] = "keep") -> Dropped:
    """``panel`` without the untreated units that are ever exposed, in all periods, so that it stays balanced.

    ``early``: whether units exposed before their own treatment are kept; they are no clean comparison before it, so
    drop them to compare with units not yet treated. Raises ArrayInputError where exposure is that of another panel,
    or as `Panel.select`.
    """
    _check_same(panel, exposure)
    out = exposure.exposed | (exposure.early if early == "drop" else False)
    # No cohort shrinks where treated units are kept: one that was let in alone stays.
    smallest = SMALLEST_COHORT if early == "drop" else 1
    kept = panel if not out.any() else panel.select(~out, smallest_cohort=smallest)
    return Dropped(kept, int(exposure.exposed.sum()), int(exposure.early.sum()), early == "keep")


def reached(exposure: Exposure) -> IntArray:
    """The first period (n) in which a unit is treated or exposed; 0 for clean units."""
    return np.where(exposure.onset > 0, exposure.onset, exposure.cohort)


def modelled(
    panel: Panel,
    exposure: Exposure,
    comparison: Comparison | None = None,
    *,
    rings: tuple[float, ...] = (),
    level: float = 0.95,
) -> Spillover:
    """The direct effect, the spillover and their total, by ATT(g, t) against clean units.

    A unit is compared with its last period before it was reached, by treatment or by exposure, whichever came first;
    units count once for all their periods, by weight where the comparison is weighted. ``rings``: exposures, rising,
    that part the rings above the threshold. Units of one date of treatment and one of exposure may be few: where fewer
    than `FEWEST_A_COVARIATE` stand for each covariate, no propensity is told from them and all is by regression.

    Raises ArrayInputError when no unit is clean, or no untreated unit exposed, and as `group_time`.
    """
    _check_same(panel, exposure)
    comparison = replace(comparison or Comparison(), control="never_treated")
    start = reached(exposure)
    known = (start == 0) | (start - comparison.anticipation > panel.periods[0])
    _check_told(exposure, known)
    panel, exposure, start = panel.select(known, smallest_cohort=1), exposure.select(known), start[known]
    ring = np.where(exposure.exposed, np.digitize(exposure.value.max(axis=1), rings), 0)
    kinds, kind = np.unique(np.stack([panel.cohort, start, ring]), axis=1, return_inverse=True)
    few = np.bincount(kind.ravel())[kinds[1] > 0].min() < FEWEST_A_COVARIATE * len(comparison.covariates)
    comparison = replace(comparison, method="reg") if few else comparison
    cells = _cells(panel, comparison, (kinds, kind.ravel()), start)
    own, since, of_ring = kinds[:, cells.cohort]
    direct = (own > 0) & (cells.period >= own)
    spilled = (since > 0) & (cells.period >= since) & ((own == 0) | (cells.period < own - comparison.anticipation))
    everywhere = range(len(rings) + 1)

    def part(chosen: NDArray[np.bool_]) -> Part:
        return _part(cells, chosen, level)

    return Spillover(
        direct=part(direct),
        spilled=part(spilled),
        rings={at: part(each) for at in everywhere if (each := spilled & (own == 0) & (of_ring == at)).any()},
        total=part(direct | spilled),
        clean=int(exposure.clean.sum()),
        unknown=int((~known).sum()),
        units=known,
        method=comparison.method,
    )


def _check_told(exposure: Exposure, known: NDArray[np.bool_]) -> None:
    """Refuse exposure that no unit is free of, or that reaches no untreated unit that is ``known`` before."""
    if not exposure.clean.any():
        raise ArrayInputError(
            "Every untreated unit is exposed: there is no clean comparison.",
            hint="Raise the threshold, shorten the reach, or add units further away.",
            fr="Toute unité non traitée est exposée : il n’y a pas de comparaison indemne. Relever le seuil, "
            "raccourcir la portée, ou ajouter des unités plus lointaines.",
        )
    if not (exposure.exposed & known).any():
        raise ArrayInputError(
            "No untreated unit becomes exposed within the panel: there is no spillover to estimate.",
            hint="Widen the reach or lower the threshold.",
            fr="Aucune unité non traitée ne devient exposée au cours du panel : il n’y a pas de débordement à estimer. "
            "Étendre la portée ou abaisser le seuil.",
        )


def _cells(panel: Panel, comparison: Comparison, kinds: tuple[IntArray, IntArray], start: IntArray) -> GroupTime:
    """ATT by kind of unit (own date, date reached, ring) and period; kinds stand where cohorts do."""
    table, kind = kinds
    clean = start == 0
    parts: list[GroupTime] = []
    rows: list[FloatArray] = []
    codes: list[IntArray] = []
    for own, ring in np.unique(table[[0, 2]][:, table[1] > 0], axis=1).T:
        here = ~clean & (table[0, kind] == own) & (table[2, kind] == ring)
        found = group_time(panel.select(here | clean, cohort=start, smallest_cohort=1), comparison)
        influence = np.zeros((start.size, found.att.size))
        influence[here | clean] = found.influence
        same = (table[0] == own) & (table[2] == ring)
        codes.append(np.flatnonzero(same)[np.searchsorted(table[1, same], found.cohort)])
        parts.append(found)
        rows.append(influence)
    return GroupTime(
        cohort=np.concatenate(codes),
        period=np.concatenate([each.period for each in parts]),
        att=np.concatenate([each.att for each in parts]),
        influence=np.concatenate(rows, axis=1),
        reference=np.concatenate([each.reference for each in parts]),
        unit_cohort=kind,
        unit_weight=panel.weight[:, 0] if comparison.weighted else np.ones(start.size),
        cluster=panel.cluster,
        comparison=comparison,
        notes=tuple(dict.fromkeys(note for each in parts for note in each.notes)),
    )


def _part(cells: GroupTime, chosen: NDArray[np.bool_], level: float) -> Part:
    effect: Effects = average(cells, chosen)
    found = estimate_of(effect, level)
    mass = np.bincount(cells.unit_cohort, cells.unit_weight)[cells.cohort[chosen]].sum()
    units = int(np.isin(cells.unit_cohort, cells.cohort[chosen]).sum())
    numbers = (found.att, found.se, found.low, found.high, found.p_value)
    return Part(*numbers, effect.overall_influence, units, float(mass))


@dataclass(frozen=True, slots=True)
class Ringed:
    """The effect on treated units and on untreated ones in each ring (k), by diff-diff."""

    direct: float
    direct_se: float
    spilled: FloatArray
    spilled_se: FloatArray
    notes: tuple[str, ...] = ()


def distance_rings(
    panel: Panel, position_km: FloatArray, edges_km: tuple[float, ...], *, anticipation: int = 0
) -> Ringed:
    """The ring estimator of Butts (2021) by diff-diff, errors clustered explicitly at the panel's clusters.

    ``position_km`` (n, 2): where units stand, on a plane; ``edges_km`` (k + 1), from 0 up: distances to the nearest
    treated unit that part the rings; beyond the last, units are clean. Raises ArrayInputError on a shape that differs
    or no clean unit.
    """
    from diff_diff import SpilloverDiD

    if position_km.shape != (panel.units.size, 2) or not np.isfinite(position_km).all():
        raise ArrayInputError(
            f"Positions are known for {panel.units.size} units on a plane, found {position_km.shape}.",
            fr=f"Les positions sont connues pour {panel.units.size} unités sur un plan : trouvé {position_km.shape}.",
        )
    frame = frame_of(panel)
    for axis, name in enumerate(("east_km", "north_km")):
        frame[name] = np.repeat(position_km[:, axis], panel.periods.size)
    model = SpilloverDiD(
        rings=list(edges_km),
        conley_coords=("east_km", "north_km"),
        conley_metric="euclidean",
        cluster="cluster",
        anticipation=anticipation,
        rank_deficient_action="error",
    )
    with listening() as caught:
        found = model.fit(frame, outcome="outcome", unit="unit", time="period", first_treat="cohort")
    return Ringed(
        direct=float(found.att),
        direct_se=float(found.se),
        spilled=found.spillover_effects["coef"].to_numpy(dtype=np.float64),
        spilled_se=found.spillover_effects["se"].to_numpy(dtype=np.float64),
        notes=tuple(dict.fromkeys(str(each.message) for each in caught)),
    )


def _check_same(panel: Panel, exposure: Exposure) -> None:
    if (
        exposure.value.shape != panel.outcome.shape
        or (exposure.cohort != panel.cohort).any()
        or (exposure.periods != panel.periods).any()
    ):
        raise ArrayInputError(
            f"Exposure and panel have the same units, dates and periods, found {exposure.value.shape} and "
            f"{panel.outcome.shape}, or dates that differ.",
            hint="Map exposure over all units, then `select` those of the panel.",
            fr="L’exposition et le panel ont les mêmes unités, dates et périodes : trouvé "
            f"{exposure.value.shape} et {panel.outcome.shape}, ou des dates qui diffèrent. Calculer l’exposition sur "
            "toutes les unités, puis sélectionner celles du panel.",
        )
