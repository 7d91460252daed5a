"""Convert figures by commune from the geography of one year to that of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.tables import QUARANTINE
from maillage.territory.vintages import LAST, CommuneHistory

OVERSEAS_CODES = ("975", "977", "978", "986", "987", "988")


@dataclass(frozen=True, slots=True)
class Converted:
    """Rows on the new geography, and those that could not be placed (layout of the table ``quarantine``)."""

    rows: pl.DataFrame
    problems: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Measures:
    """What the columns of a frame are; any column not named here (nor ``code_commune``) is a key.

    ``sums`` are shared by population at a split and added at a merger. ``means`` (column to its weight, a column of
    ``sums`` or ``""`` for the resident population) are repeated at a split and averaged at a merger. ``labels`` (zones,
    perimeters) are repeated at a split; at a merger the one that holds most of the population stays.
    """

    sums: Sequence[str] = ()
    means: Mapping[str, str] | None = None
    labels: Sequence[str] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All the measured columns."""
        return (*self.sums, *(self.means or {}), *self.labels)


def convert(
    history: CommuneHistory, frame: pl.DataFrame, measures: Measures, *, from_year: int, source: str
) -> Converted:
    """Put ``frame`` (``code_commune``, keys, measures) on the geography of ``history.millesime``.

    A code that is not of ``from_year`` (or of a year that is not known) is read as one of the nearest year that knows
    it, else as the delegated commune of its name. A whole city (Paris, Lyon, Marseille) gives its means and labels to
    each arrondissement; its sums cannot be shared and are reported. A missing value leaves sums, means and labels.
    """
    codes = frame.get_column("code_commune").unique().sort()
    links = place(history, codes, from_year)
    city = history.arrondissements.get_column("city").implode()
    lost = codes.filter(~codes.is_in(links.get_column("code_from").implode()))
    overseas = lost.str.slice(0, 3).is_in(OVERSEAS_CODES)
    problems = [
        problem(lost.filter(~overseas), source, reasons.UNKNOWN.en.format(first=history.years[0], last=LAST)),
        problem(lost.filter(overseas), source, reasons.OVERSEAS.en),
    ]
    if measures.sums:
        problems.append(problem(codes.filter(codes.is_in(city)), source, reasons.WHOLE_CITY.en))
        links = links.filter(~pl.col("code_from").is_in(city))
    keys = ["code_to", *(c for c in frame.columns if c not in (*measures.columns, "code_commune"))]
    joined = frame.join(links, left_on="code_commune", right_on="code_from", maintain_order="left")
    joined = joined.sort(*keys, "code_commune").with_columns(
        (pl.col("population_from").fill_null(0.0) * pl.col("share")).alias("_people")
    )
    rows = joined.group_by(keys, maintain_order=True).agg(*_sums(measures), *_means(measures))
    for column in measures.labels:
        rows = rows.join(_labels(joined, keys, column), on=keys, how="left", nulls_equal=True, maintain_order="left")
    return Converted(rows.rename({"code_to": "code_commune"}).select(frame.columns), pl.concat(problems))


def place(history: CommuneHistory, codes: pl.Series, from_year: int) -> pl.DataFrame:
    """The links of ``codes`` to the communes of the run, from the geography nearest to ``from_year`` that knows each.

    Columns of ``CommuneHistory.links``; a code that no geography knows has no link.
    """
    years = sorted(history.years, key=lambda year: (abs(year - from_year), -year))
    found: list[pl.DataFrame] = []
    for year in years:
        if not codes.len():
            break
        mine = codes.filter(codes.is_in(history.codes(year).implode()))
        if mine.len():
            links = history.links(year, history.millesime)
            found.append(links.filter(pl.col("code_from").is_in(mine.implode())))
            codes = codes.filter(~codes.is_in(found[-1].get_column("code_from").implode()))
    latest = history.links(LAST, history.millesime)
    for table, column in ((history.delegated, "code_after"), (history.arrondissements, "code")):
        origin = "code" if column == "code_after" else "city"
        held = table.filter(pl.col(origin).is_in(codes.implode())).select(asked=origin, code_from=column)
        through = held.join(latest, on="code_from").with_columns(pl.col("asked").alias("code_from")).drop("asked")
        part = pl.col("population_from").fill_null(1.0).clip(1e-9) if origin == "city" else pl.col("share")
        found.append(through.with_columns((part / part.sum().over("code_from")).alias("share")))
    return pl.concat(found)


def _sums(measures: Measures) -> list[pl.Expr]:
    return [
        pl.when(pl.col(c).is_not_null().any()).then((pl.col(c) * pl.col("share")).sum()).alias(c) for c in measures.sums
    ]


def _means(measures: Measures) -> list[pl.Expr]:
    """Weighted means; the plain mean where no weight is known, the value itself where there is only one."""
    found = []
    for column, weight in (measures.means or {}).items():
        known = pl.col(column).is_not_null()
        heavy = (pl.col(weight) * pl.col("share") if weight else pl.col("_people")).fill_null(0.0).filter(known)
        values = pl.col(column).filter(known)
        usable = (heavy.sum() > 0) & (known.sum() > 1)
        found.append(pl.when(usable).then((values * heavy).sum() / heavy.sum()).otherwise(values.mean()).alias(column))
    return found


def _labels(joined: pl.DataFrame, keys: list[str], column: str) -> pl.DataFrame:
    held = joined.drop_nulls(column).group_by([*keys, column]).agg(pl.col("_people").sum())
    ordered = held.sort(*keys, "_people", column, descending=[False] * len(keys) + [True, False])
    return ordered.group_by(keys, maintain_order=True).agg(pl.col(column).first())


def problem(codes: pl.Series, source: str, reason: str, met: pl.Series | None = None) -> pl.DataFrame:
    """Quarantine rows that give ``reason`` for each code of a commune; ``met`` is what was found there, in words."""
    return pl.DataFrame(
        {
            "source": [source] * codes.len(),
            "file": [""] * codes.len(),
            "line": [None] * codes.len(),
            "field": ["code_commune"] * codes.len(),
            "found": codes if met is None else codes + " / " + met,
            "reason": [reason] * codes.len(),
        },
        schema=QUARANTINE.schema,
    )
