"""Who got a measure and its euros: the share of territories in alert, the concentration curve and its index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.errors import ArrayInputError
from maillage.indicators.conventions import counts, finite

Array = npt.NDArray[np.float64]
Interval = tuple[float, float]
PARAMETERS = "measures/targeting"


@dataclass(frozen=True, slots=True)
class Places:
    """Territories: access (low is bad), population and whether in alert; one entry a territory in each array.

    Raises ArrayInputError unless the three go together, access is known everywhere and somebody lives there.
    """

    access: Array
    population: Array
    in_alert: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        finite("Access", self.access)
        people = counts("A population", self.population)
        if not (self.access.shape == people.shape == self.in_alert.shape) or people.sum() <= 0:
            raise ArrayInputError(
                "Access, population and alert go by territory, with somebody living there, found "
                f"{self.access.size}, {people.size} and {self.in_alert.size} entries."
            )


@dataclass(frozen=True, slots=True)
class Targeting:
    """How an amount lies over territories ranked from the worst access.

    ``index``: the concentration index, −1 to 1: negative where the amount goes to the worst served, 0 where everybody
    has the same, positive where it goes to the best served. ``alert_share`` of the amount went to territories in alert,
    which hold ``population_share`` of the people. Intervals are of a bootstrap over territories, empty where there are
    too few. ``amount`` is the sum.
    """

    amount: float
    alert_share: float
    alert_interval: Interval | None
    population_share: float
    index: float
    index_interval: Interval | None


def concentration_curve(places: Places, amount: npt.ArrayLike) -> tuple[Array, Array]:
    """Cumulative shares of population and of the amount, territories being taken from the worst access; both from 0.

    Territories of the same access make one point. Raises ArrayInputError as ``concentration_index`` does.
    """
    group, _ = _groups(places)
    people, money = _sums(group, places.population, _amounts(places, amount))
    return _cumulated(people), _cumulated(money)


def concentration_index(places: Places, amount: npt.ArrayLike) -> float:
    """One less twice the area under the concentration curve: ``2 Σ aᵢ Rᵢ − 1``, a shares of the amount, R ranks.

    Source: Kakwani, Wagstaff and van Doorslaer, Journal of Econometrics 77 (1997), for grouped data; the rank of a
    territory is the middle of its population. Raises ArrayInputError when an amount is missing or negative, or all 0.
    """
    group, _ = _groups(places)
    return _index(*_sums(group, places.population, _amounts(places, amount)))


def erreygers_index(places: Places, share: npt.ArrayLike) -> float:
    """The index of a share of people between 0 and 1 (covered, members), corrected for its bounds: ``4 μ C``.

    ``share`` is that of each territory's population. Source: Erreygers, Journal of Health Economics 28 (2009). It is 0
    where nobody is covered. Raises ArrayInputError for a share outside 0 to 1.
    """
    shares = counts("A share", share)
    if shares.size and shares.max() > 1:
        raise ArrayInputError(f"A share lies between 0 and 1, found {shares.max():g}.")
    covered = shares * places.population
    if covered.sum() == 0:
        return 0.0
    return float(4 * covered.sum() / places.population.sum() * concentration_index(places, covered))


def targeting(places: Places, amount: npt.ArrayLike) -> Targeting:
    """How an amount (one entry a territory, euros or contracts) is targeted, with bootstrap intervals.

    Territories are resampled with replacement; draws, seed and confidence are parameters
    (``definitions/parameters/measures/targeting.toml``). Raises ArrayInputError as ``concentration_index`` does.
    """
    amounts = _amounts(places, amount)
    group, alert = _groups(places)
    drawn = _bootstrap(places, amounts)
    return Targeting(
        amount=float(amounts.sum()),
        alert_share=float(amounts @ alert / amounts.sum()),
        alert_interval=_interval(drawn[:, 1]),
        population_share=float(places.population @ alert / places.population.sum()),
        index=_index(*_sums(group, places.population, amounts)),
        index_interval=_interval(drawn[:, 0]),
    )


def by_measure(amounts: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """How each measure is targeted: one row for each ``measure``, in order.

    ``amounts``: ``measure``, ``code``, ``amount`` (euros, contracts) by territory of one level; ``places``: one row a
    territory, ``code``, ``access``, ``population``, ``in_alert``. Territories without an amount count for 0; amounts
    outside ``places`` go to ``unplaced`` and nowhere else. Columns: ``measure``, ``amount``, ``unplaced``,
    ``alert_share``, ``alert_low``, ``alert_high``, ``population_share``, ``index``, ``index_low``, ``index_high``.
    """
    ranked = places.drop_nulls(["access", "population", "in_alert"]).sort("code")
    held = Places(
        ranked["access"].cast(pl.Float64).to_numpy(),
        ranked["population"].cast(pl.Float64).to_numpy(),
        ranked["in_alert"].to_numpy(),
    )
    rows = []
    for (measure,), given in sorted(amounts.group_by("measure"), key=lambda item: str(item[0][0])):
        sums = given.group_by("code").agg(pl.col("amount").sum())
        placed = ranked.join(sums, on="code", how="left", maintain_order="left")["amount"].fill_null(0.0).to_numpy()
        rows.append(_row(str(measure), held, placed, float(sums["amount"].sum())))
    return pl.DataFrame(rows, schema=_ROW)


_ROW = {"measure": pl.String} | dict.fromkeys(
    (
        "amount",
        "unplaced",
        "alert_share",
        "alert_low",
        "alert_high",
        "population_share",
        "index",
        "index_low",
        "index_high",
    ),
    pl.Float64,
)


def _row(measure: str, places: Places, placed: Array, stated: float) -> dict[str, object]:
    row: dict[str, object] = {"measure": measure, "amount": float(placed.sum()), "unplaced": stated - placed.sum()}
    if placed.sum() <= 0:
        return dict.fromkeys(_ROW) | row
    found = targeting(places, placed)
    alert, index = found.alert_interval or (None, None), found.index_interval or (None, None)
    return row | {
        "alert_share": found.alert_share,
        "alert_low": alert[0],
        "alert_high": alert[1],
        "population_share": found.population_share,
        "index": found.index,
        "index_low": index[0],
        "index_high": index[1],
    }


def _parameter(name: str) -> float:
    return float(load_parameters(PARAMETERS)[name].value)


def _amounts(places: Places, amount: npt.ArrayLike) -> Array:
    amounts = counts("An amount", amount)
    if amounts.shape != places.population.shape or amounts.sum() <= 0:
        raise ArrayInputError(
            f"One amount a territory was expected, some above 0, found {amounts.size} for {places.population.size} "
            f"territories, {amounts.sum():g} in all."
        )
    return amounts


def _groups(places: Places) -> tuple[npt.NDArray[np.int64], Array]:
    """The rank of each territory's access among the distinct ones, worst first, and 1 for those in alert."""
    group = np.unique(places.access, return_inverse=True)[1]
    return np.asarray(group, dtype=np.int64), places.in_alert.astype(np.float64)


def _sums(group: npt.NDArray[np.int64], *values: Array) -> tuple[Array, ...]:
    return tuple(np.bincount(group, weights=v).astype(np.float64) for v in values)


def _cumulated(values: Array) -> Array:
    return np.asarray(np.concatenate([[0.0], np.cumsum(values) / values.sum()]))


def _index(people: Array, money: Array) -> float:
    rank = (np.cumsum(people) - people / 2) / people.sum()
    return float(2 * (money / money.sum()) @ rank - 1)


def _bootstrap(places: Places, amounts: Array) -> Array:
    """The index and the alert share in each draw of territories, one row a draw; no row where there are too few."""
    size = places.population.size
    if size < _parameter("places_min"):
        return np.empty((0, 2))
    group, alert = _groups(places)
    random = np.random.default_rng(int(_parameter("seed")))
    found = np.full((int(_parameter("draws")), 2), np.nan)
    for row in found:
        times = np.bincount(random.integers(0, size, size), minlength=size).astype(np.float64)
        people, money = places.population * times, amounts * times
        if people.sum() > 0 and money.sum() > 0:
            row[:] = _index(*_sums(group, people, money)), money @ alert / money.sum()
    return np.asarray(found[~np.isnan(found[:, 0])])


def _interval(drawn: Array) -> Interval | None:
    if not drawn.size:
        return None
    tail = (1 - _parameter("confidence")) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)
