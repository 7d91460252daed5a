"""Units around the threshold that opens a measure, checked before anything is estimated on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.evaluation.local_polynomial import DISTINCT, Side
from maillage.evaluation.panel import FloatArray, IntArray

SMALLEST_SIDE = 20  # units on each side, and DISTINCT values of the running variable among them: an assumption
SMALLEST_CLUSTERS = 10  # within the bandwidth on each side; fewer over-reject (Cameron, Gelbach and Miller 2008)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Units (n) with the ``running`` variable whose ``cutoff`` decides, and their ``outcome``.

    ``eligible``: the side to which the measure is open; a unit at the cutoff is above. ``weight``: above 0, 1 when
    absent. ``cluster``: the level at which the decision was taken. ``taken``: whether, or how much, the unit took the
    measure, where the threshold does not decide alone (fuzzy).

    Raises ArrayInputError, with the reason and a remedy, on columns of other lengths, a value missing or not finite, a
    weight not above 0, too few units or values on a side, and nobody who takes the measure.
    """

    running: NDArray[Any]
    outcome: NDArray[Any]
    cutoff: float
    eligible: Literal["below", "above"] = "below"
    weight: NDArray[Any] | None = None
    cluster: NDArray[Any] | None = None
    taken: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        columns = {"running": self.running, "outcome": self.outcome, "weight": self.weight, "taken": self.taken}
        for name, column in {**columns, "cluster": self.cluster}.items():
            if column is not None and np.shape(column) != (np.size(self.running),):
                raise ArrayInputError(
                    f"Each column is as long as the running variable, {np.size(self.running)}, found shape "
                    f"{np.shape(column)} in {name!r}.",
                    fr=f"Chaque colonne a la longueur de la variable de seuil, {np.size(self.running)} ; « {name} » a "
                    f"la forme {np.shape(column)}.",
                )
        for name, column in columns.items():
            if column is not None:
                _check_finite(name, np.asarray(column, dtype=np.float64))
        if self.weight is not None and not (np.asarray(self.weight) > 0).all():
            raise ArrayInputError("Weights are above 0.", fr="Les poids sont au-dessus de 0.")
        self._check_sides()

    def _check_sides(self) -> None:
        above = np.asarray(self.running, dtype=np.float64) >= self.cutoff
        for name, french, on in (("below", "sous", ~above), ("above", "au-dessus de", above)):
            distinct = np.unique(np.asarray(self.running)[on]).size
            if on.sum() < SMALLEST_SIDE or distinct < DISTINCT:
                raise ArrayInputError(
                    f"A discontinuity needs {SMALLEST_SIDE} units with {DISTINCT} values {name} the cutoff "
                    f"{self.cutoff:g}, found {int(on.sum())} with {distinct}.",
                    hint="Take more territories, or a running variable in finer steps.",
                    fr=f"Une discontinuité demande {SMALLEST_SIDE} unités et {DISTINCT} valeurs {french} "
                    f"{self.cutoff:g} ; {int(on.sum())} et {distinct} trouvées. Prendre plus de territoires, ou une "
                    "variable plus fine.",
                )


def sides(design: Threshold) -> tuple[Side, Side]:
    """The two sides of ``design``, below and above, with take-up as a second response where it has ``taken``."""
    order = np.argsort(np.asarray(design.running, dtype=np.float64), kind="stable")
    distance = np.asarray(design.running, dtype=np.float64)[order] - design.cutoff
    columns = [design.outcome] if design.taken is None else [design.outcome, design.taken]
    response = np.stack([np.asarray(column, dtype=np.float64)[order] for column in columns], axis=1)
    weight = np.ones(order.size) if design.weight is None else np.asarray(design.weight, dtype=np.float64)[order]
    code = _codes(design)

    def side(on: NDArray[np.bool_]) -> Side:
        return Side(distance[on], response[on], weight[on], None if code is None else code[order][on])

    above = np.asarray(design.running, dtype=np.float64)[order] >= design.cutoff
    return side(~above), side(above)


def select(design: Threshold, keep: NDArray[np.bool_], *, cutoff: float | None = None) -> Threshold:
    """The units of ``design`` that are true in ``keep`` (n), around its cutoff or another."""
    columns = ("running", "outcome", "weight", "cluster", "taken")
    kept = {name: getattr(design, name) for name in columns}
    changes: dict[str, Any] = {
        name: None if column is None else np.asarray(column)[keep] for name, column in kept.items()
    }
    return replace(design, **changes, cutoff=design.cutoff if cutoff is None else cutoff)


def clusters_within(design: Threshold, h: float) -> int:
    """How many clusters stand within ``h`` of the cutoff; 0 without clusters, refused where a side holds too few."""
    code = _codes(design)
    if code is None:
        return 0
    distance = np.asarray(design.running, dtype=np.float64) - design.cutoff
    near = np.abs(distance) < h
    found = [np.unique(code[near & on]).size for on in (distance < 0, distance >= 0)]
    if min(found) < SMALLEST_CLUSTERS:
        raise ArrayInputError(
            f"Errors by cluster need {SMALLEST_CLUSTERS} clusters on each side within {h:.4g} of the cutoff, found "
            f"{found[0]} below and {found[1]} above.",
            hint="Take more territories, or widen the bandwidth and say so.",
            fr=f"Des erreurs par grappe demandent {SMALLEST_CLUSTERS} grappes de chaque côté à moins de {h:.4g} du "
            f"seuil ; {found[0]} dessous et {found[1]} au-dessus. Prendre plus de territoires, ou élargir la fenêtre "
            "et le dire.",
        )
    return int(np.unique(code[near]).size)


def _codes(design: Threshold) -> IntArray | None:
    if design.cluster is None:
        return None
    return np.unique(np.asarray(design.cluster), return_inverse=True)[1].astype(np.int64)


def _check_finite(name: str, column: FloatArray) -> None:
    missing = ~np.isfinite(column)
    if missing.any():
        raise ArrayInputError(
            f"Column {name!r} is missing or not finite in {int(missing.sum())} of {missing.size} units, first in unit "
            f"{int(np.flatnonzero(missing)[0])}.",
            hint="Leave these units out and say so, or mend them.",
            fr=f"La colonne « {name} » manque ou n’est pas finie pour {int(missing.sum())} unités sur {missing.size}. "
            "Écarter ces unités et le dire, ou les corriger.",
        )
