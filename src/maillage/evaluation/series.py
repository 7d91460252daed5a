"""A series interrupted at one date, checked, with its terms; and what it can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import FloatArray, IntArray
from maillage.text import Text

LEAST_BEFORE = 8  # points (Penfold and Zhang 2013, Academic Pediatrics 13(6)); EPOC's least is 3
LEAST_AFTER = 3  # points (Cochrane EPOC 2017, interrupted time series)
SEASONS_BEFORE = 2  # whole cycles before the start where a season is modelled: an assumption

WEAKER = Text(
    fr="Sans territoire non traité, cette série répond à une question plus faible : le résultat a-t-il quitté sa "
    "trajectoire à cette date ? Tout ce qui a changé au même moment y est compté.",
    en="Without an untreated territory, this series answers a weaker question: did the outcome leave its path at that "
    "date? Whatever else changed then is counted in.",
)
COMPARED = Text(
    fr="La série est comparée à une autre où rien n’a commencé : ce qui a changé pour les deux est retiré, ce qui n’a "
    "changé que pour l’une est compté.",
    en="The series is compared with another where nothing started: what changed for both is taken out, what changed "
    "for one alone is counted in.",
)


@dataclass(frozen=True, slots=True)
class Series:
    """An ``outcome`` (n) at successive ``period`` (n, whole numbers without a gap), interrupted at ``start``.

    ``season``: periods in a year where the year returns (4 for quarters, 12 for months), 0 for none. ``control``: the
    outcome where nothing started; the series is then the difference. ``aside``: periods set aside, such as those of a
    gradual start or of a confinement.

    Raises ArrayInputError, with the reason and a remedy, on columns of other lengths, a value missing, a gap between
    periods, fewer than 8 points before or 3 after, or fewer than two whole years before where a season is modelled.
    """

    period: NDArray[Any]
    outcome: NDArray[Any]
    start: int
    season: int = 0
    control: NDArray[Any] | None = None
    aside: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        period = np.asarray(self.period)
        for name, column in {"outcome": self.outcome, "control": self.control}.items():
            if column is not None and (np.shape(column) != period.shape or not _finite(column)):
                raise ArrayInputError(
                    f"Column {name!r} of a series has one finite value for each of {period.size} periods.",
                    hint="Mend the series, or begin it later and say so.",
                    fr=f"La colonne « {name} » d’une série a une valeur finie pour chacune des {period.size} périodes. "
                    "Corriger la série, ou la commencer plus tard et le dire.",
                )
        gaps = np.flatnonzero(np.diff(period) != 1)
        if gaps.size:
            raise ArrayInputError(
                f"Periods of a series follow each other one by one, found {period[gaps[0]]} then "
                f"{period[gaps[0] + 1]}.",
                hint="Give every period, in order.",
                fr=f"Les périodes d’une série se suivent une à une ; {period[gaps[0]]} puis {period[gaps[0] + 1]}. "
                "Donner toutes les périodes, dans l’ordre.",
            )
        used = ~np.isin(period, self.aside)
        before, after = int((used & (period < self.start)).sum()), int((used & (period >= self.start)).sum())
        least = least_before(self.season)
        if before < least or after < LEAST_AFTER:
            raise ArrayInputError(
                f"An interrupted series needs {least} points before {self.start} and {LEAST_AFTER} from it on, found "
                f"{before} and {after}.",
                hint="Give a longer series, or shorter periods.",
                fr=f"Une série interrompue demande {least} points avant {self.start} et {LEAST_AFTER} à partir de là ; "
                f"{before} et {after} trouvés. Donner une série plus longue, ou des périodes plus courtes.",
            )


def least_before(season: int) -> int:
    """The fewest points before the start, with ``season`` periods in a year."""
    return max(LEAST_BEFORE, SEASONS_BEFORE * season)


def compared(series: Series) -> FloatArray:
    """The outcome (n), less the control where there is one."""
    outcome = np.asarray(series.outcome, dtype=np.float64)
    return outcome if series.control is None else outcome - np.asarray(series.control, dtype=np.float64)


def terms(series: Series) -> FloatArray:
    """Terms (n, k): one, time, level and slope from the start on, season, one for each period set aside."""
    time = np.asarray(series.period, dtype=np.float64) - series.start
    after = 1.0 * (time >= 0)
    place: IntArray = np.asarray(series.period).astype(np.int64) % max(series.season, 1)
    seasons = [1.0 * (place == each) for each in range(1, series.season)]
    aside = [1.0 * (np.asarray(series.period) == each) for each in sorted(set(series.aside)) if each in series.period]
    return np.stack([np.ones_like(time), time, after, time * after, *seasons, *aside], axis=1)


def _finite(column: NDArray[Any]) -> bool:
    return bool(np.isfinite(np.asarray(column, dtype=np.float64)).all())
