"""One treated territory: a synthetic control, with placebos in the place of an interval.

Abadie, Diamond and Hainmueller (2010), JASA 105(490), by diff-diff, on outcomes before treatment alone, each counted
alike (with all of them, covariates no longer matter: Kaul and others 2022, Journal of Business and Economic Statistics
40(3)). The synthetic difference in differences of `alternatives` stands beside it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.estimate import frame_of
from maillage.evaluation.panel import FloatArray, Panel

if TYPE_CHECKING:
    import pandas as pd

LEAST_DONORS = 19  # with fewer, the smallest p-value that placebos can give is above 0.05
EXPECTED = "n_dropped_specs"  # the library says that an earlier date is fitted on the periods before it alone
LEAST_BEFORE = 5  # periods: an assumption; Abadie (2021), Journal of Economic Literature 59(2), asks for many


@dataclass(frozen=True, slots=True)
class Single:
    """What one territory became less what its synthetic control became.

    ``att``: the mean gap from treatment on. ``gap`` and ``expected`` (T): the gap and the synthetic path by period.
    ``weight`` (n): of each unit in the synthetic control, 0 for the treated one. ``fit``: root mean squared gap before
    treatment; ``ratio``: that after over that before. ``placebo``: the same ratio for each donor taken as treated, by
    unit, and ``p_value``: the share of all at least as large, this one included; it is never below 1 over their number.
    ``without``: ``att`` without each donor that weighs. ``earlier``: the mean gap from each earlier date to treatment,
    fitted before that date, which should be none. ``failed``: placebos without a fit.
    """

    att: float
    gap: FloatArray
    expected: FloatArray
    weight: FloatArray
    fit: float
    ratio: float
    placebo: Mapping[Any, float]
    p_value: float
    without: Mapping[Any, float]
    earlier: Mapping[int, float]
    failed: int
    notes: tuple[str, ...] = ()


def synthetic_control(panel: Panel) -> Single:
    """The synthetic control of the one treated unit of ``panel`` (made with ``smallest_cohort`` 1).

    Raises ArrayInputError, with the reason and a remedy, on several treated units, fewer than 19 untreated ones, fewer
    than 5 periods before treatment, or a control that fits the territory before no better than its own mean.
    """
    from diff_diff import SyntheticControl

    treated = check_one(panel)
    start = int(panel.cohorts[0])
    before = panel.periods < start
    frame = frame_of(panel)
    frame["treated"] = 1 * ((frame["cohort"] > 0) & (frame["period"] >= start))
    model = SyntheticControl(v_method="custom", custom_v=np.ones(int(before.sum())), standardize="none")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = model.fit(frame, outcome="outcome", treatment="treated", unit="unit", time="period")
        _check_fit(panel.outcome[treated][before], float(found.pre_rmspe))
        placebo = _by(found.in_space_placebo(), "placebo", ("unit", "rmspe_ratio"))
        without = _by(found.leave_one_out(), "loo", ("dropped_unit", "att"))
        dates = panel.periods[before][LEAST_BEFORE:].tolist()
        earlier = _by(found.in_time_placebo(dates), "ran", ("placebo_period", "placebo_att")) if dates else {}
    gap = np.asarray([found.gap_path[period] for period in panel.periods], dtype=np.float64)
    return Single(
        att=float(found.att),
        gap=gap,
        expected=panel.outcome[treated] - gap,
        weight=np.asarray([found.donor_weights.get(each, 0.0) for each in range(panel.units.size)]),
        fit=float(found.pre_rmspe),
        ratio=float(found.rmspe_ratio),
        placebo={panel.units[unit]: ratio for unit, ratio in placebo.items()},
        p_value=float(found.placebo_p_value),
        without={panel.units[unit]: att for unit, att in without.items()},
        earlier=earlier,
        failed=int(found.n_failed + found.n_infeasible),
        notes=tuple(dict.fromkeys(str(each.message) for each in caught if EXPECTED not in str(each.message))),
    )


def _by(table: pd.DataFrame, status: str, columns: tuple[str, str]) -> dict[int, float]:
    """The second of ``columns`` by the first, rising, in the rows of ``table`` with this status."""
    rows = table[table["status"] == status]
    return dict(sorted((int(key), float(value)) for key, value in zip(*(rows[name] for name in columns), strict=True)))


def check_one(panel: Panel) -> int:
    """The position of the treated unit; raises ArrayInputError as `synthetic_control` does, outcomes unread."""
    treated = np.flatnonzero(panel.cohort > 0)
    donors = int((panel.cohort == 0).sum())
    before = int((panel.periods < panel.cohorts[0]).sum())
    if treated.size != 1:
        raise ArrayInputError(
            f"A synthetic control is made for one territory, found {treated.size} treated.",
            hint="Select one, or estimate ATT(g, t) or a synthetic difference in differences.",
            fr=f"Un contrôle synthétique se fait pour un territoire ; {treated.size} traités. En choisir un, ou "
            "estimer ATT(g, t) ou une double différence synthétique.",
        )
    if donors < LEAST_DONORS:
        raise ArrayInputError(
            f"A synthetic control needs {LEAST_DONORS} untreated territories for placebos to tell anything at 5 %, "
            f"found {donors}.",
            hint="Give more untreated territories, or smaller ones.",
            fr=f"Un contrôle synthétique demande {LEAST_DONORS} territoires non traités pour que les placebos disent "
            f"quelque chose à 5 % ; {donors} trouvés. Donner plus de territoires non traités, ou de plus petits.",
        )
    if before < LEAST_BEFORE:
        raise ArrayInputError(
            f"A synthetic control needs {LEAST_BEFORE} periods before treatment, found {before}.",
            hint="Give earlier outcomes.",
            fr=f"Un contrôle synthétique demande {LEAST_BEFORE} périodes avant la mesure ; {before} trouvées. Donner "
            "des résultats plus anciens.",
        )
    return int(treated[0])


def _check_fit(outcome: FloatArray, error: float) -> None:
    spread = float(outcome.std())
    if error > spread:
        raise ArrayInputError(
            f"The synthetic control misses the territory by {error:.3g} before treatment, more than its own mean does "
            f"({spread:.3g}): it lies outside what the others span.",
            hint="Use the synthetic difference in differences, which allows another level, or other territories.",
            fr=f"Le contrôle synthétique s’écarte du territoire de {error:.3g} avant la mesure, plus que sa propre "
            f"moyenne ({spread:.3g}) : il est hors de ce que les autres couvrent. Prendre la double différence "
            "synthétique, qui admet un autre niveau, ou d’autres territoires.",
        )
