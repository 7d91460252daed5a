"""The panel: one outcome for each unit and period, checked before anything is estimated on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError
from maillage.text import Text

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
TREATMENT_DATE = Text(fr="La date de traitement", en="treatment date")
CLUSTER = Text(fr="La grappe", en="cluster")
SMALLEST_COHORT = 2  # units: with one, no spread between treated units is seen and no standard error holds


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of one length, one entry for each unit and period, in any order.

    ``cohort``: the first treated period of the unit, 0 when it is never treated. ``weight``: people, or another weight
    above 0 (1 when absent). ``cluster``: the level at which treatment was assigned (the unit itself when absent).
    ``suppressed``: the outcome is withheld. ``exposure``: what reaches the unit from treated neighbours. ``offset``:
    the log of the people or time at risk behind a count.
    """

    unit: NDArray[Any]
    period: NDArray[Any]
    outcome: NDArray[Any]
    cohort: NDArray[Any]
    weight: NDArray[Any] | None = None
    cluster: NDArray[Any] | None = None
    suppressed: NDArray[Any] | None = None
    exposure: NDArray[Any] | None = None
    offset: NDArray[Any] | None = None
    covariates: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in self.columns().items():
            if np.shape(column) != np.shape(self.unit) or np.ndim(column) != 1:
                raise ArrayInputError(
                    f"Each column of a panel is as long as the units, {np.size(self.unit)}, "
                    f"found shape {np.shape(column)} in {name!r}.",
                    fr=f"Chaque colonne d’un panel a la longueur des unités, {np.size(self.unit)} : la colonne "
                    f"{name!r} est de forme {np.shape(column)}.",
                )

    def columns(self) -> dict[str, NDArray[Any]]:
        """Every column that is there, by name; covariates under their own names."""
        named = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "covariates"}
        return {name: column for name, column in (named | dict(self.covariates)).items() if column is not None}

    def where(self, keep: NDArray[np.bool_]) -> Self:
        """The same columns at the rows that are true."""
        kept = {name: np.asarray(column)[keep] for name, column in self.columns().items()}
        covariates = {name: kept.pop(name) for name in self.covariates}
        return type(self)(**kept, covariates=covariates)


@dataclass(frozen=True, slots=True)
class UnitFlow:
    """How units come and go: for each period, how many are present, appear, and are gone since the period before.

    ``complete`` units are seen in every period, out of ``total``.
    """

    periods: IntArray
    present: IntArray
    entered: IntArray
    left: IntArray
    complete: int
    total: int

    def __str__(self) -> str:
        rows = zip(self.periods, self.present, self.entered, self.left, strict=True)
        return "; ".join(f"{period}: {here} present, +{new}, -{gone}" for period, here, new, gone in rows)

    @property
    def french(self) -> str:
        """The same as `str`, in French."""
        rows = zip(self.periods, self.present, self.entered, self.left, strict=True)
        return " ; ".join(f"{period} : {here} présentes, +{new}, −{gone}" for period, here, new, gone in rows)


@dataclass(frozen=True, slots=True)
class Panel:
    """A balanced panel: ``n`` units in rising order by ``T`` periods in rising order.

    ``units`` (n), ``periods`` (T, whole numbers), ``outcome`` (n, T), ``cohort`` (n, first treated period, 0 for
    never), ``weight`` (n, T), ``cluster`` (n, codes from 0), ``covariates`` name → (n, T), ``exposure`` and ``offset``
    (n, T) where given.
    """

    units: NDArray[Any]
    periods: IntArray
    outcome: FloatArray
    cohort: IntArray
    weight: FloatArray
    cluster: IntArray
    covariates: Mapping[str, FloatArray]
    exposure: FloatArray | None = None
    offset: FloatArray | None = None

    @classmethod
    def of(cls, rows: Rows, *, smallest_cohort: int = SMALLEST_COHORT) -> Self:
        """The panel that ``rows`` hold; ``smallest_cohort`` is 1 for a synthetic control of one territory only.

        Raises ArrayInputError, with the reason and a remedy, as `balanced` does and on any design that `check_design`
        refuses.
        """
        panel = cls.balanced(rows)
        check_design(panel, smallest_cohort)
        return panel

    @classmethod
    def balanced(cls, rows: Rows) -> Self:
        """The panel that ``rows`` hold whatever its design: for one that needs no date, or nobody untreated.

        Raises ArrayInputError, with the reason and a remedy, on an outcome suppressed or missing, a unit seen twice in
        a period, a unit absent from a period, and a treatment date or a cluster that changes within a unit.
        """
        _check_outcome(rows)
        units, unit_at = np.unique(np.asarray(rows.unit), return_inverse=True)
        periods, period_at = np.unique(np.asarray(rows.period).astype(np.int64), return_inverse=True)
        _check_balance(rows, units, periods, unit_at * periods.size + period_at)
        order = np.lexsort((period_at, unit_at))

        def wide(column: NDArray[Any]) -> NDArray[Any]:
            return np.asarray(column)[order].reshape(units.size, periods.size)

        def measured(name: str, column: NDArray[Any]) -> FloatArray:
            values = wide(column).astype(np.float64)
            if not np.isfinite(values).all():
                raise ArrayInputError(
                    f"Column {name!r} of the panel is missing in {(~np.isfinite(values)).sum()} rows.",
                    fr=f"La colonne {name!r} du panel manque dans {(~np.isfinite(values)).sum()} lignes.",
                )
            return values

        cohort = _constant(TREATMENT_DATE, wide(rows.cohort).astype(np.int64), units)
        cluster = wide(rows.unit if rows.cluster is None else rows.cluster)
        return cls(
            units=units,
            periods=periods,
            outcome=measured("outcome", rows.outcome),
            cohort=cohort,
            weight=measured("weight", np.ones(unit_at.size) if rows.weight is None else rows.weight),
            cluster=np.unique(_constant(CLUSTER, cluster, units), return_inverse=True)[1].astype(np.int64),
            covariates={name: measured(name, column) for name, column in rows.covariates.items()},
            exposure=None if rows.exposure is None else measured("exposure", rows.exposure),
            offset=None if rows.offset is None else measured("offset", rows.offset),
        )

    @property
    def cohorts(self) -> IntArray:
        """The treatment dates that occur, rising, never-treated aside."""
        return np.unique(self.cohort[self.cohort > 0])

    def select(
        self, keep: NDArray[np.bool_], *, cohort: IntArray | None = None, smallest_cohort: int = SMALLEST_COHORT
    ) -> Self:
        """The panel of the units that are true in ``keep`` (n), at other dates where ``cohort`` (n) gives them.

        Raises ArrayInputError as `of` does.
        """
        chosen = type(self)(
            units=self.units[keep],
            periods=self.periods,
            outcome=self.outcome[keep],
            cohort=(self.cohort if cohort is None else cohort)[keep],
            weight=self.weight[keep],
            cluster=np.unique(self.cluster[keep], return_inverse=True)[1].astype(np.int64),
            covariates={name: values[keep] for name, values in self.covariates.items()},
            exposure=None if self.exposure is None else self.exposure[keep],
            offset=None if self.offset is None else self.offset[keep],
        )
        check_design(chosen, smallest_cohort)
        return chosen


def unit_flow(rows: Rows) -> UnitFlow:
    """How the units of ``rows`` come and go between periods."""
    units, unit_at = np.unique(np.asarray(rows.unit), return_inverse=True)
    periods, period_at = np.unique(np.asarray(rows.period).astype(np.int64), return_inverse=True)
    seen = np.zeros((units.size, periods.size), dtype=bool)
    seen[unit_at, period_at] = True
    change = np.diff(seen.astype(np.int8), axis=1, prepend=0)
    return UnitFlow(
        periods=periods,
        present=seen.sum(axis=0),
        entered=(change > 0).sum(axis=0),
        left=(change < 0).sum(axis=0),
        complete=int(seen.all(axis=1).sum()),
        total=units.size,
    )


def keep_complete(rows: Rows) -> Rows:
    """The rows of the units that have an outcome, neither missing nor suppressed, in every period.

    Dropping units changes the population of the answer: report `unit_flow` with it.
    """
    there = rows.where(~_withheld(rows) & np.isfinite(np.asarray(rows.outcome, dtype=np.float64)))
    units, unit_at = np.unique(np.asarray(there.unit), return_inverse=True)
    periods = np.unique(np.asarray(rows.period)).size
    pairs = np.unique(np.stack([unit_at, np.asarray(there.period).astype(np.int64)]), axis=1)
    complete = np.bincount(pairs[0], minlength=units.size) == periods
    return there.where(complete[unit_at])


def check_design(panel: Panel, smallest_cohort: int = SMALLEST_COHORT) -> None:
    """Refuse a panel on which no staggered comparison can be made.

    Raises ArrayInputError, with the reason and a remedy, when nobody is treated, a treatment comes after the last
    period or in the first, a cohort has fewer units than ``smallest_cohort``, everybody is treated at one date, or
    weights are not above 0.
    """
    first, last = int(panel.periods[0]), int(panel.periods[-1])
    cohorts, sizes = np.unique(panel.cohort[panel.cohort > 0], return_counts=True)
    if not cohorts.size:
        raise ArrayInputError(
            "No unit of the panel is ever treated.",
            hint="Give adoption dates in `cohort`.",
            fr="Aucune unité du panel n’est jamais traitée : donner les dates d’entrée.",
        )
    if cohorts[-1] > last:
        raise ArrayInputError(
            f"{int((panel.cohort > last).sum())} units are treated after the last period of the data, {last} "
            f"(first: {int(cohorts[cohorts > last][0])}).",
            hint="Wait for later outcomes, or give these units cohort 0 as not treated within the data, and say so.",
            fr=f"{int((panel.cohort > last).sum())} unités sont traitées après la dernière période des données, {last} "
            f"(la première en {int(cohorts[cohorts > last][0])}) : attendre des résultats plus récents, ou compter ces "
            "unités comme non traitées sur la période observée, et le dire.",
        )
    if cohorts[0] <= first:
        raise ArrayInputError(
            f"{int(((panel.cohort > 0) & (panel.cohort <= first)).sum())} units are treated from the first period, "
            f"{first}: nothing is known of them before.",
            hint="Give earlier outcomes, or leave these units out.",
            fr=f"{int(((panel.cohort > 0) & (panel.cohort <= first)).sum())} unités sont traitées dès la première "
            f"période, {first} : rien n’est connu d’elles avant. Donner des résultats antérieurs, ou laisser ces "
            "unités de côté.",
        )
    _check_sizes(panel, cohorts, sizes, smallest_cohort)
    if (panel.weight <= 0).any():
        raise ArrayInputError(
            f"Weights are above 0, found {int((panel.weight <= 0).sum())} that are not.",
            fr=f"Les poids sont supérieurs à 0 : {int((panel.weight <= 0).sum())} ne le sont pas.",
        )


def _check_sizes(panel: Panel, cohorts: IntArray, sizes: IntArray, smallest_cohort: int) -> None:
    """Refuse cohorts that are too small, and one cohort alone."""
    if sizes.min() < smallest_cohort:
        alone = ", ".join(str(cohort) for cohort in cohorts[sizes < smallest_cohort])
        raise ArrayInputError(
            f"A cohort has at least {smallest_cohort} units, found one in {alone}.",
            hint="Group neighbouring adoption dates, leave the unit out, or use a synthetic control for one territory.",
            fr=f"Une cohorte compte au moins {smallest_cohort} unités ; en compte moins : {alone}. Regrouper des dates "
            "d’entrée voisines, laisser l’unité de côté, ou prendre un contrôle synthétique pour un seul territoire.",
        )
    if not (panel.cohort == 0).any() and cohorts.size == 1:
        raise ArrayInputError(
            f"Every unit is treated in {int(cohorts[0])}: there is no comparison.",
            hint="Add untreated units, or treat it as an interrupted series, which answers a weaker question.",
            fr=f"Toutes les unités sont traitées en {int(cohorts[0])} : il n’y a pas de comparaison. Ajouter des "
            "unités non traitées, ou étudier une série interrompue, qui répond à une question plus faible.",
        )


def check_cluster(panel: Panel, assigned: NDArray[Any]) -> None:
    """Refuse a panel clustered below the level at which treatment was decided, ``assigned`` (n): its errors are too
    small (Abadie, Athey, Imbens and Wooldridge 2023).

    Coarser clusters pass. `Rows` without ``cluster`` has a cluster a unit: give it ``assigned``. Raises
    ArrayInputError, with the reason and a remedy, where units decided together lie in different clusters.
    """
    names, group = np.unique(np.asarray(assigned), return_inverse=True)
    if group.size != panel.units.size:
        raise ArrayInputError(
            f"The level of assignment is known for {panel.units.size} units, found {group.size}.",
            fr=f"Le niveau de décision est connu pour {panel.units.size} unités : {group.size} ont été trouvées.",
        )
    pairs = np.unique(np.stack([group, panel.cluster]), axis=1)
    split = np.bincount(pairs[0]) > 1
    if split.any():
        raise ArrayInputError(
            f"Errors are clustered below the level of assignment: {int(split.sum())} of {names.size} groups treated "
            f"together, first {names[split][0]}, are split between clusters.",
            hint="Cluster at the level where treatment was decided, or at a coarser one.",
            fr="Les erreurs sont groupées sous le niveau où le traitement est décidé : "
            f"{int(split.sum())} groupes décidés ensemble sur {names.size}, le premier : {names[split][0]}, sont "
            "partagés entre plusieurs grappes. Grouper au niveau de la décision, ou au-dessus.",
        )


def _withheld(rows: Rows) -> NDArray[np.bool_]:
    if rows.suppressed is None:
        return np.zeros(np.size(rows.unit), dtype=bool)
    return np.asarray(rows.suppressed, dtype=bool)


def _check_outcome(rows: Rows) -> None:
    if np.size(rows.unit) == 0:
        raise ArrayInputError(
            "A panel has at least one row, found none.", fr="Un panel a au moins une ligne : il n’y en a aucune."
        )
    withheld = int(_withheld(rows).sum())
    if withheld:
        raise ArrayInputError(
            f"The outcome is suppressed in {withheld} rows: what is withheld depends on its own size.",
            hint="Use a coarser level or period where nothing is suppressed, or `keep_complete` and say so.",
            fr=f"Le résultat est masqué par le secret dans {withheld} lignes : ce qui est masqué dépend de sa propre "
            "taille. Prendre un niveau ou une période plus larges où rien n’est masqué, ou garder les seules unités "
            "complètes et le dire.",
        )
    missing = ~np.isfinite(np.asarray(rows.outcome, dtype=np.float64))
    if missing.any():
        raise ArrayInputError(
            f"The outcome is missing in {int(missing.sum())} rows of {missing.size}, first for unit "
            f"{np.asarray(rows.unit)[missing][0]} in {np.asarray(rows.period)[missing][0]}.",
            hint="Mend the series, or `keep_complete` and say so.",
            fr=f"Le résultat manque dans {int(missing.sum())} lignes sur {missing.size}, la première pour l’unité "
            f"{np.asarray(rows.unit)[missing][0]} en {np.asarray(rows.period)[missing][0]} : compléter la série, ou "
            "garder les seules unités complètes et le dire.",
        )


def _check_balance(rows: Rows, units: NDArray[Any], periods: IntArray, cell: IntArray) -> None:
    found, times = np.unique(cell, return_counts=True)
    if times.max() > 1:
        twice = int(found[times > 1][0])
        raise ArrayInputError(
            f"A unit has one row a period, found {int(times[times > 1][0])} for unit "
            f"{units[twice // periods.size]} in {periods[twice % periods.size]}.",
            fr=f"Une unité a une ligne par période : {int(times[times > 1][0])} ont été trouvées pour l’unité "
            f"{units[twice // periods.size]} en {periods[twice % periods.size]}.",
        )
    if found.size < units.size * periods.size:
        flow = unit_flow(rows)
        raise ArrayInputError(
            f"The panel is unbalanced: {flow.complete} of {flow.total} units are seen in all {periods.size} periods "
            f"({flow}).",
            hint="Complete the series, fix the perimeter, or `keep_complete` and say so.",
            fr=f"Le panel n’est pas équilibré : {flow.complete} unités sur {flow.total} sont vues dans les "
            f"{periods.size} périodes ({flow.french}). Compléter la série, fixer le périmètre, ou garder les seules "
            "unités complètes et le dire.",
        )


def _constant(what: Text, values: NDArray[Any], units: NDArray[Any]) -> NDArray[Any]:
    changing = (values != values[:, :1]).any(axis=1)
    if changing.any():
        raise ArrayInputError(
            f"The {what.en} changes within {int(changing.sum())} units, first {units[changing][0]}.",
            hint="Treatment stays once begun, and a unit stays in its cluster: fix both over the panel.",
            fr=f"{what.fr} change au sein de {int(changing.sum())} unités, la première : {units[changing][0]}. Un "
            "traitement commencé demeure et une unité reste dans sa grappe : fixer les deux sur tout le panel.",
        )
    return values[:, 0]
