"""Panels without any effect, made of real outcomes free of treatment, on which the design is played again.

Whole trajectories of untreated clusters are drawn with replacement, one for each cluster of the design (several where
donors are smaller), and the dates of the design are dealt among them (simulated power: Burlig, Preonas and Woerman
2020; Black, Hollingsworth, Nunes and Simon 2022). What is kept is real: levels, trends, shocks, the correlation of
periods and of units within a cluster, the number of clusters in each cohort. No outcome that treatment or its
anticipation may have touched is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maillage.errors import ArrayInputError
from maillage.evaluation.cohorts import untreated
from maillage.evaluation.panel import FloatArray, IntArray, Panel

# Assumptions: below 30 clusters the spread drawn from is itself known to no better than 13 % (1/√(2·30)), and the
# window is shortened to find more; below 10 nothing is said.
ENOUGH_DONORS = 30
FEWEST_DONORS = 10


@dataclass(frozen=True, slots=True)
class Pool:
    """What is dealt: ``donors`` clusters (d) free of treatment in ``periods``, and the design (G clusters).

    ``units`` (u): positions in the panel of the donors' units, cluster after cluster; ``start`` and ``size`` (d) where
    each stands. ``date`` (all units of the design, cluster after cluster), with ``date_start`` and ``date_size`` (G):
    adoption dates within ``periods``, 0 for never. ``alone``: every cluster of the design has one date.
    """

    periods: IntArray
    units: IntArray
    start: IntArray
    size: IntArray
    date: IntArray
    date_start: IntArray
    date_size: IntArray
    alone: bool

    @property
    def donors(self) -> int:
        """The number of clusters drawn from."""
        return int(self.size.size)

    @property
    def clustered(self) -> bool:
        """Whether clusters of the design hold several units."""
        return bool((self.date_size > 1).any())


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal: ``row`` (positions among the donors' units or blocks), its ``date`` and ``cluster`` (codes from 0)."""

    row: IntArray
    date: IntArray
    cluster: IntArray


def pool_of(panel: Panel, anticipation: int = 0) -> Pool:
    """The longest window from the first period in which 30 clusters are free of treatment, or where most are.

    When it is shorter than the panel, dates move earlier by as many periods, so that cohorts keep their treated periods
    as far as a base period allows, or else are spread over the window in their order. Raises ArrayInputError below 10
    such clusters, or when everyone would then be treated at one date.
    """
    free = untreated(panel, anticipation)
    first = int((panel.periods - anticipation <= panel.periods[0]).sum())  # where the earliest date can stand
    lengths = range(panel.periods.size, first, -1)
    donors = [np.unique(panel.cluster[free[:, :length].all(axis=1)]).size for length in lengths]
    if not donors or max(donors) < FEWEST_DONORS:
        raise ArrayInputError(
            f"Power needs {FEWEST_DONORS} clusters free of treatment in a base period and one after, found "
            f"{max(donors, default=0)}.",
            hint="Give earlier outcomes, or more untreated units.",
            fr=f"La puissance se calcule sur au moins {FEWEST_DONORS} grappes sans traitement pendant une période de "
            f"base et une période suivante ; il y en a {max(donors, default=0)}. Donner des résultats plus anciens, "
            "ou davantage d’unités non traitées.",
        )
    chosen = next((at for at, count in enumerate(donors) if count >= ENOUGH_DONORS), int(np.argmax(donors)))
    length = lengths[chosen]
    date = _moved(panel, length, first)
    kept = np.flatnonzero(free[:, :length].all(axis=1))
    kept = kept[np.argsort(panel.cluster[kept], kind="stable")]
    _, start, size = np.unique(panel.cluster[kept], return_index=True, return_counts=True)
    order = np.argsort(panel.cluster, kind="stable")
    _, date_start, date_size = np.unique(panel.cluster[order], return_index=True, return_counts=True)
    dealt = date[order]
    alone = bool((dealt == np.repeat(dealt[date_start], date_size)).all())
    return Pool(panel.periods[:length], kept, start, size, dealt, date_start, date_size, alone)


def _moved(panel: Panel, length: int, first: int) -> IntArray:
    """The date (n) of each unit in a window of ``length`` periods, 0 for never."""
    position = np.searchsorted(panel.periods, panel.cohort)
    moved = np.maximum(position - (panel.periods.size - length), first)
    if np.unique(moved).size == 1 and not (panel.cohort == 0).any():
        share = (position - position.min()) / max(np.ptp(position), 1)
        moved = first + np.rint(share * (length - 1 - first)).astype(np.int64)
    date = np.where(panel.cohort == 0, 0, panel.periods[np.minimum(moved, length - 1)])
    if np.unique(date).size < 2:
        raise ArrayInputError(
            f"Over the {length} periods where outcomes are free of treatment, every unit would be treated at one date.",
            hint="Give earlier outcomes, or untreated units.",
            fr=f"Sur les {length} périodes sans traitement, toutes les unités seraient traitées à la même date. "
            "Donner des résultats plus anciens, ou des unités non traitées.",
        )
    return np.asarray(date, dtype=np.int64)


def blocks(pool: Pool, values: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
    """Sums of ``values`` (n, k) over what is dealt together, with the start and size (d) of each donor among them.

    Units of a cluster with one date are one block; otherwise each unit is its own.
    """
    own = values[pool.units]
    if not pool.alone:
        return own, pool.start, pool.size
    summed = np.add.reduceat(own, pool.start, axis=0)
    return np.asarray(summed), np.arange(pool.donors), np.ones(pool.donors, dtype=np.int64)


def deal(
    pool: Pool,
    random: np.random.Generator,
    places: tuple[IntArray, IntArray],
    chance: dict[int, FloatArray] | None = None,
) -> Deal:
    """A donor for each cluster of the design, with its dates; ``places``: start and size of each donor.

    A cluster larger than donors are on average is made of several, so that it weighs what it does: untreated communes
    alone cannot stand for a community of thirty, and what its communes share is then told too low. ``chance``: by date,
    the probability (d) of each donor, the same for all where it is absent. In a cluster of several dates, each drawn
    unit takes the date of a unit of it.
    """
    start, size = places
    many = np.maximum(np.rint(pool.date_size / pool.size.mean()), 1).astype(np.int64)
    owner = np.repeat(np.arange(many.size), many)
    picked = random.integers(0, pool.donors, size=owner.size)
    for date, share in (chance or {}).items():
        at = (pool.date[pool.date_start] == date)[owner]
        picked[at] = random.choice(pool.donors, size=int(at.sum()), p=share)
    count = size[picked]
    cluster = np.repeat(owner, count)
    row = np.arange(count.sum()) + np.repeat(start[picked] - (np.cumsum(count) - count), count)
    dates = pool.date_start[cluster]
    if not pool.alone:
        dates = dates + np.floor(random.random(cluster.size) * pool.date_size[cluster]).astype(np.int64)
    return Deal(row, pool.date[dates], cluster)
