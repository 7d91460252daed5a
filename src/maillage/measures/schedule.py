"""Aid due under a schedule: by contract and year, and along a path of signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.errors import DefinitionError, UsageError

ASSISTANTS, CPTS = "measures/assistants_medicaux", "measures/cpts"
CONTRACT = {"beneficiary": pl.String, "start": pl.Date, "end": pl.Date, "fte": pl.Float64}


@dataclass(frozen=True, slots=True)
class AidSchedule:
    """Aid for a full time, in euros a year, by year of the contract; ``since`` is the day it applies from."""

    year_1_eur: float
    year_2_eur: float
    later_eur: float
    since: date


@dataclass(frozen=True, slots=True)
class Path:
    """Contracts signed so far on some days, in order; straight between two days, flat after the last.

    Raises UsageError unless the days go up, the counts do not go down and the first is 0.
    """

    days: tuple[date, ...]
    contracts: tuple[float, ...]

    def __post_init__(self) -> None:
        ordered = all(a < b for a, b in zip(self.days, self.days[1:], strict=False))
        growing = all(a <= b for a, b in zip(self.contracts, self.contracts[1:], strict=False))
        if len(self.days) != len(self.contracts) or not (self.days and ordered and growing) or self.contracts[0] != 0:
            raise UsageError(
                "A path of contracts starts at 0 and grows from one day to a later one, "
                f"found {self.contracts} on {[str(d) for d in self.days]}."
            )


def assistants_schedule() -> AidSchedule:
    """The aid for medical assistants (``definitions/parameters/measures/assistants_medicaux.toml``)."""
    found = load_parameters(ASSISTANTS)
    first = found["aid_year_1_eur"]
    return AidSchedule(
        year_1_eur=float(first.value),
        year_2_eur=float(found["aid_year_2_eur"].value),
        later_eur=float(found["aid_later_years_eur"].value),
        since=date.fromisoformat(first.valid_from),
    )


def assistants_fte_mean() -> float:
    """Full-time equivalents a contract, on average: a published figure that is to be checked."""
    return float(load_parameters(ASSISTANTS)["fte_mean"].value)


def patients_list_before() -> float:
    """Adult patients of a GP before an assistant, on average: a published figure that is to be checked."""
    return float(load_parameters(ASSISTANTS)["patients_list_before"].value)


def aid_due(contracts: pl.DataFrame, schedule: AidSchedule, years: Sequence[int]) -> pl.DataFrame:
    """Aid due by contract and civil year: ``beneficiary``, ``year``, ``fte_years``, ``amount_eur``, no row without aid.

    ``contracts``: ``beneficiary``, ``start``, ``end`` (the first day without contract, empty while it runs), ``fte``.
    Aid is pro rata of days: a contract's first twelve months bring the first year's aid, wherever they fall. Raises
    UsageError when a column is missing, an end is before its start or a contract starts before the schedule.
    """
    rows = _checked(contracts, schedule).join(
        pl.DataFrame({"year": list(years)}, schema={"year": pl.Int32}), how="cross"
    )
    opens = pl.date(pl.col("year"), 1, 1)
    closes = pl.date(pl.col("year") + 1, 1, 1)
    stop = pl.min_horizontal(closes, pl.coalesce("end", closes))
    second, third = pl.col("start").dt.offset_by("1y"), pl.col("start").dt.offset_by("2y")
    spans = [
        (schedule.year_1_eur, pl.col("start"), second, (second - pl.col("start"))),
        (schedule.year_2_eur, second, third, (third - second)),
        (schedule.later_eur, third, closes, (closes - opens)),
    ]
    parts = [
        (rate, _days(pl.min_horizontal(stop, until) - pl.max_horizontal(opens, since)).clip(0) / _days(whole))
        for rate, since, until, whole in spans
    ]
    due = rows.with_columns(
        (pl.col("fte") * pl.sum_horizontal(share for _, share in parts)).alias("fte_years"),
        (pl.col("fte") * pl.sum_horizontal(rate * share for rate, share in parts)).alias("amount_eur"),
    )
    kept = due.filter(pl.col("fte_years") > 0).select("beneficiary", "year", "fte_years", "amount_eur")
    return kept.sort("beneficiary", "year")


def project(path: Path, schedule: AidSchedule, years: Sequence[int], *, fte_mean: float = 1.0) -> pl.DataFrame:
    """Aid due by year if contracts are signed along a path and none ends: ``year``, ``fte_years``, ``amount_eur``.

    Contracts signed in a month start in its middle; ``fte_mean`` is the full time of a contract on average. Raises
    UsageError when the path starts before the schedule.
    """
    months = pl.date_range(path.days[0].replace(day=1), date(max(years), 12, 1), "1mo", eager=True)
    bounds = np.append([d.toordinal() for d in months.to_list()], date(max(years) + 1, 1, 1).toordinal())
    signed = np.diff(np.interp(bounds, [d.toordinal() for d in path.days], path.contracts))
    cohorts = pl.DataFrame(
        {
            "beneficiary": months.dt.strftime("%Y-%m"),
            "start": [max(d, path.days[0]) for d in months.dt.offset_by("15d").to_list()],
            "end": pl.Series([None] * len(months), dtype=pl.Date),
            "fte": signed * fte_mean,
        }
    )
    due = aid_due(cohorts.filter(pl.col("fte") > 0), schedule, years)
    return due.group_by("year").agg(pl.col("fte_years", "amount_eur").sum()).sort("year")


def cpts_running_eur(population: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Yearly running aid of CPTS by population, one entry a CPTS (``definitions/parameters/measures/cpts.toml``)."""
    found = load_parameters(CPTS)
    amounts = np.array([float(found[f"running_size_{size}_eur"].value) for size in (1, 2, 3, 4)])
    sizes = np.searchsorted(np.asarray(found["size_limits"].value, dtype=np.float64), np.asarray(population), "right")
    return np.asarray(amounts[sizes])


def _days(span: pl.Expr) -> pl.Expr:
    return span.dt.total_days().cast(pl.Float64)


def _checked(contracts: pl.DataFrame, schedule: AidSchedule) -> pl.DataFrame:
    missing = [name for name in CONTRACT if name not in contracts.columns]
    if missing:
        raise UsageError(f"Contracts have the columns {', '.join(CONTRACT)}: {', '.join(missing)} is missing.")
    rows = contracts.select(pl.col(name).cast(kind) for name, kind in CONTRACT.items())
    early = rows.filter(pl.col("start") < schedule.since)
    if early.height:
        first = early.row(0, named=True)
        raise UsageError(
            f"The schedule applies from {schedule.since}: {early.height} contracts start before it, "
            f"the first, {first['beneficiary']!r}, on {first['start']}."
        )
    backwards = rows.filter(pl.col("end") < pl.col("start"))
    if backwards.height:
        first = backwards.row(0, named=True)
        raise UsageError(f"The contract {first['beneficiary']!r} ends on {first['end']}, before its start.")
    return rows


def first_year_share(mean_eur: float, schedule: AidSchedule) -> float:
    """Share of full times in their first year that makes a mean aid, the others being past their second.

    Above 1 or under 0 where no mix makes it. Raises DefinitionError when the schedule does not go down.
    """
    if schedule.year_1_eur <= schedule.later_eur:
        raise DefinitionError("The aid is expected to go down from the first year to the later ones.")
    return (mean_eur - schedule.later_eur) / (schedule.year_1_eur - schedule.later_eur)
