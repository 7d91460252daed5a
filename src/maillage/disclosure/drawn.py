"""A territory that a reader draws: computed from what is published and from nothing else, or refused.

A sum of published figures tells nothing that the reader could not add up alone, so it needs no further protection,
not even against other drawn territories. A figure that would need a withheld one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from maillage.disclosure.protect import ProtectedObservations
from maillage.disclosure.solver import Programme
from maillage.disclosure.words import DRAWN_HIDDEN, DRAWN_NOTHING
from maillage.errors import UsageError
from maillage.territory.levels import BASE_LEVEL
from maillage.text import Text

_NODES = 1000


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator, period and slice."""

    indicator: str
    period: str
    slice: str = ""


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """Sums over a drawn territory, and the published territories (``level, code``) that were added up."""

    numerator: float
    denominator: float | None
    added: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a drawn territory has no figure; ``communes`` are those whose value is withheld and missed."""

    reason: Text
    communes: tuple[str, ...] = ()


def figure_of(
    drawn: Iterable[str], series: Series, protected: ProtectedObservations, membership: pl.DataFrame
) -> DrawnFigure | Refusal:
    """The sums of a union of communes, from published cells inside it that cover each commune exactly once.

    Territories larger than communes stand for the communes that are withheld one by one. Nothing is ever subtracted.
    Raises UsageError for a commune that the membership does not know, or an empty drawing.
    """
    wanted = sorted(set(drawn))
    nest = membership.filter(pl.col("child_level") == BASE_LEVEL)
    unknown = sorted(set(wanted) - set(nest.get_column("child_code").to_list()))
    if unknown or not wanted:
        raise UsageError(f"A drawn territory is made of communes of the release, found {unknown[:1] or 'none'}.")
    shown = protected.frame.filter(
        pl.col("indicator") == series.indicator,
        pl.col("period") == series.period,
        pl.col("slice") == series.slice,
        pl.col("status") == "published",
        pl.col("numerator").is_not_null(),
    )
    if shown.is_empty():
        return Refusal(DRAWN_NOTHING)
    inside = _inside(wanted, nest, shown)
    chosen = _exact_cover(wanted, inside)
    if chosen is None:
        covered = {code for communes in inside.values() for code in communes}
        missed = tuple(code for code in wanted if code not in covered)
        hidden = str(len(missed) or 1)
        return Refusal(Text(DRAWN_HIDDEN.fr.format(hidden=hidden), DRAWN_HIDDEN.en.format(hidden=hidden)), missed)
    names = pl.DataFrame(chosen, schema=["level", "code"], orient="row")
    rows = names.join(shown, on=["level", "code"], how="left", maintain_order="left")
    whole = rows.get_column("denominator")
    bottom = None if whole.null_count() else float(whole.sum())
    return DrawnFigure(float(rows.get_column("numerator").sum()), bottom, tuple(chosen))


def _inside(wanted: list[str], nest: pl.DataFrame, shown: pl.DataFrame) -> dict[tuple[str, str], list[str]]:
    """The published territories made of whole communes of the drawing, with those communes, in order."""
    mine = pl.Series("child_code", wanted)
    members = nest.join(shown.select(parent_level="level", parent_code="code"), on=["parent_level", "parent_code"])
    whole = (
        members.group_by("parent_level", "parent_code")
        .agg(
            (pl.col("child_code").is_in(mine.implode()) & (pl.col("share") == 1.0)).all().alias("in"),
            pl.col("child_code").sort(),
        )
        .filter("in")
        .sort("parent_level", "parent_code")
    )
    alone = shown.filter((pl.col("level") == BASE_LEVEL) & pl.col("code").is_in(mine.implode())).sort("code")
    found = {(BASE_LEVEL, code): [code] for code in alone.get_column("code").to_list()}
    found.update({(level, code): communes for level, code, _, communes in whole.iter_rows()})
    return found


def _exact_cover(wanted: list[str], inside: dict[tuple[str, str], list[str]]) -> list[tuple[str, str]] | None:
    """The fewest territories that hold each commune once, or None."""
    names = list(inside)
    place = {code: i for i, code in enumerate(wanted)}
    rows = [place[code] for name in names for code in inside[name]]
    columns = [j for j, name in enumerate(names) for _ in inside[name]]
    if set(rows) != set(place.values()):
        return None
    matrix = sparse.csc_array((np.ones(len(rows)), (rows, columns)), shape=(len(wanted), len(names)))
    once = np.ones(len(wanted))
    size = len(names)
    programme = Programme(
        matrix, np.ones(size), (np.zeros(size), np.ones(size)), (once, once), np.ones(size, dtype=bool)
    )
    programme.set_limits(nodes=_NODES, seconds=10.0)
    found = programme.solve()
    return None if found is None else [names[j] for j in np.flatnonzero(found.point > 0.5)]
