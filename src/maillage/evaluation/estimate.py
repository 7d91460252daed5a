"""ATT(g, t) of Callaway and Sant'Anna (2021) by diff-diff, pinned exactly; every average over them is ours.

diff-diff keeps the influence functions of its cells under a private name: tests pin what is read there.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.doubly_robust import doubly_robust
from maillage.evaluation.group_time import Comparison, GroupTime
from maillage.evaluation.panel import FloatArray, IntArray, Panel

if TYPE_CHECKING:
    import pandas as pd


# Propensities are clipped here, as in R `did`: the library's own 0.01 moves estimates of cells with good overlap.
PROPENSITY_CLIP = 1e-6


@dataclass(frozen=True, slots=True)
class _Cell:
    att: float
    reference: bool
    influence: FloatArray


def group_time(panel: Panel, comparison: Comparison) -> GroupTime:
    """ATT(g, t) of ``panel`` under ``comparison``.

    Raises ArrayInputError on an unknown covariate, no never-treated unit where they are the comparison, a cohort
    without any period free of treatment and of its anticipation, or nothing that can be estimated.
    """
    _check(panel, comparison)
    cells: dict[tuple[int, int], _Cell] = {}
    notes: list[str] = []
    if comparison.method == "dr" and comparison.covariates:
        cells |= _adjusted(panel, comparison)
    else:
        for weight, chosen in _passes(panel, comparison):
            found = _fit(panel, comparison, weight, notes)
            cells |= {key: cell for key, cell in found.items() if chosen is None or key in chosen}
    keys = sorted(key for key, cell in cells.items() if np.isfinite(cell.att))
    if not keys:
        raise ArrayInputError(
            "No cohort and period can be compared with anyone.",
            hint="Widen the comparison.",
            fr="Aucune cohorte ne peut être comparée à personne, à aucune période : élargir la comparaison.",
        )
    return GroupTime(
        cohort=np.asarray([g for g, _ in keys], dtype=np.int64),
        period=np.asarray([t for _, t in keys], dtype=np.int64),
        att=np.asarray([cells[key].att for key in keys]),
        influence=np.stack([cells[key].influence for key in keys], axis=1),
        reference=np.asarray([cells[key].reference for key in keys]),
        unit_cohort=panel.cohort,
        unit_weight=panel.weight[:, 0] if comparison.weighted else np.ones(panel.units.size),
        cluster=panel.cluster,
        comparison=comparison,
        skipped=tuple(sorted(set(cells) - set(keys))),
        notes=tuple(dict.fromkeys(notes)),
    )


def frame_of(panel: Panel, covariates: tuple[str, ...] = (), weight: FloatArray | None = None) -> pd.DataFrame:
    """The long table that the library reads: unit (codes from 0), period, outcome, cohort, cluster, covariates."""
    import pandas as pd

    n, periods = panel.outcome.shape
    columns: dict[str, NDArray[Any]] = {
        "unit": np.repeat(np.arange(n), periods),
        "period": np.tile(panel.periods, n),
        "outcome": panel.outcome.ravel(),
        "cohort": np.repeat(panel.cohort, periods),
        "cluster": np.repeat(panel.cluster, periods),
    }
    columns |= {f"x_{name}": panel.covariates[name].ravel() for name in covariates}
    if weight is not None:
        columns["weight"] = weight.ravel()
    return pd.DataFrame(columns)


@contextmanager
def listening() -> Iterator[list[warnings.WarningMessage]]:
    """Record what the library warns of; what it refuses is raised as an ArrayInputError, in its own words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield caught
        except ArrayInputError:
            raise
        except (ValueError, RuntimeError) as refused:
            said = str(refused).splitlines()[0]
            raise ArrayInputError(
                f"The library refuses to estimate: {said}", fr=f"La bibliothèque d’estimation refuse : « {said} »"
            ) from refused


def known_covariates(panel: Panel, names: tuple[str, ...]) -> None:
    """Raise ArrayInputError where ``panel`` lacks one of the covariates ``names``."""
    unknown = [name for name in names if name not in panel.covariates]
    if unknown:
        raise ArrayInputError(
            f"The panel has no covariate {unknown[0]!r}; it has {sorted(panel.covariates)}.",
            fr=f"Le panel n’a pas de covariable {unknown[0]!r} ; il a {sorted(panel.covariates)}.",
        )


def _check(panel: Panel, comparison: Comparison) -> None:
    known_covariates(panel, comparison.covariates)
    if comparison.control == "never_treated" and not (panel.cohort == 0).any():
        raise ArrayInputError(
            "Never-treated units are the comparison and the panel has none.",
            hint="Compare with units not yet treated, or add untreated units.",
            fr="La comparaison se fait avec les unités jamais traitées et le panel n’en a pas : comparer avec les "
            "unités pas encore traitées, ou ajouter des unités non traitées.",
        )
    if comparison.weight_period == "each" and comparison.weighted and comparison.covariates:
        raise ArrayInputError(
            "Weights of each period for itself are not combined with covariates.",
            hint="Hold weights with `weight_period` earlier, base or first.",
            fr="Des poids propres à chaque période ne se combinent pas avec des covariables : fixer les poids à une "
            "période.",
        )
    first = int(panel.periods[0])
    blind = panel.cohorts[panel.cohorts - comparison.anticipation <= first]
    if blind.size:
        raise ArrayInputError(
            f"Cohort {int(blind[0])} has no period free of treatment when it is anticipated by "
            f"{comparison.anticipation}: the data begin in {first}.",
            hint="Give earlier outcomes, or leave this cohort out.",
            fr=f"La cohorte {int(blind[0])} n’a aucune période libre de traitement, anticipé de "
            f"{comparison.anticipation} : les données commencent en {first}. Donner des résultats antérieurs, ou "
            "laisser cette cohorte de côté.",
        )


def _passes(panel: Panel, comparison: Comparison) -> list[tuple[FloatArray | None, set[tuple[int, int]] | None]]:
    """The weights (n, T) of each fit, and the cells to take from it (all where None)."""
    if not comparison.weighted:
        return [(None, None)]
    if comparison.weight_period == "each":
        return [(panel.weight, None)]
    if comparison.weight_period == "first" or not (panel.weight != panel.weight[:, :1]).any():
        return [(_held(panel, 0), None)]
    groups: dict[int, set[tuple[int, int]]] = {}
    for g in panel.cohorts.tolist():
        for at, t in enumerate(panel.periods.tolist()):
            groups.setdefault(_weight_at(panel, comparison, g, at), set()).add((g, t))
    return [(_held(panel, at), cells) for at, cells in sorted(groups.items())]


def _base_at(panel: Panel, comparison: Comparison, g: int, at: int) -> int:
    """The position of the period that period ``at`` is compared with; -1 where there is none."""
    if comparison.base == "varying" and panel.periods[at] < g:
        return at - 1
    return int(np.flatnonzero(panel.periods < g - comparison.anticipation)[-1])


def _weight_at(panel: Panel, comparison: Comparison, g: int, at: int) -> int:
    """The position of the period whose weights serve in the cell of cohort ``g`` and period ``at``."""
    if comparison.weight_period == "first":
        return 0
    if comparison.weight_period == "base":
        return int(np.flatnonzero(panel.periods < g - comparison.anticipation)[-1])
    return max(0, min(_base_at(panel, comparison, g, at), at))


def _adjusted(panel: Panel, comparison: Comparison) -> dict[tuple[int, int], _Cell]:
    """Every cell doubly robust with covariates, taken in the period compared with."""
    cells: dict[tuple[int, int], _Cell] = {}
    n = panel.units.size
    for g in panel.cohorts.tolist():
        for at, t in enumerate(panel.periods.tolist()):
            base = _base_at(panel, comparison, g, at)
            if base < 0:
                continue
            if base == at:
                cells[g, t] = _Cell(0.0, reference=True, influence=np.zeros(n))
                continue
            free = panel.cohort == 0
            if comparison.control == "not_yet_treated":
                latest = max(t, int(panel.periods[base])) + comparison.anticipation
                free |= (panel.cohort > latest) & (panel.cohort != g)
            if not free.any():
                cells[g, t] = _Cell(np.nan, reference=False, influence=np.zeros(n))
                continue
            used = np.flatnonzero(free | (panel.cohort == g))
            x = np.column_stack([panel.covariates[name][used, base] for name in comparison.covariates])
            weight = (
                panel.weight[used, _weight_at(panel, comparison, g, at)] if comparison.weighted else np.ones(used.size)
            )
            change = panel.outcome[used, at] - panel.outcome[used, base]
            influence = np.zeros(n)
            att, influence[used] = doubly_robust(change, panel.cohort[used] == g, x, weight)
            cells[g, t] = _Cell(att, reference=False, influence=influence)
    return cells


def _held(panel: Panel, at: int) -> FloatArray:
    return np.repeat(panel.weight[:, at : at + 1], panel.periods.size, axis=1)


def _fit(
    panel: Panel, comparison: Comparison, weight: FloatArray | None, notes: list[str]
) -> dict[tuple[int, int], _Cell]:
    """One fit; each period for itself when weights move within units, units followed through otherwise."""
    from diff_diff import CallawaySantAnna, SurveyDesign

    frame = frame_of(panel, comparison.covariates, weight)
    followed = weight is None or comparison.weight_period != "each"
    frame["entry"] = frame["unit"] if followed else np.arange(len(frame))
    model = CallawaySantAnna(
        control_group=comparison.control,
        anticipation=comparison.anticipation,
        estimation_method=comparison.method,
        base_period=comparison.base,
        rank_deficient_action="error",
        pscore_trim=PROPENSITY_CLIP,
        panel=followed,
    )
    with listening() as caught:
        result = model.fit(
            frame,
            outcome="outcome",
            unit="entry",
            time="period",
            first_treat="cohort",
            covariates=[f"x_{name}" for name in comparison.covariates] or None,
            survey_design=None if weight is None else SurveyDesign(weights="weight"),
        )
    notes.extend(str(each.message) for each in caught if "weights normalized" not in str(each.message))
    unit_of = np.asarray(frame["unit"]) if not followed else np.arange(panel.units.size)
    parts = result._aggregation_kit.influence if result._aggregation_kit else {}
    return {
        (int(g), int(t)): _Cell(
            att=float(effect["effect"]),
            reference=bool(effect.get("is_reference", False)),
            influence=_spread(parts.get((g, t)), unit_of, panel.units.size),
        )
        for (g, t), effect in result.group_time_effects.items()
    }


def _spread(parts: dict[str, Any] | None, unit_of: IntArray, count: int) -> FloatArray:
    """The influence of each unit (n) from those of the treated and controls of one cell."""
    total = np.zeros(count)
    for side in ("treated", "control") if parts else ():
        np.add.at(total, unit_of[parts[f"{side}_idx"]], parts[f"{side}_inf"])  # type: ignore[index]
    return total
