"""The list that says what the map shows: territories in order of difficulty, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maillage.indicators.compare import ranks
from maillage.web.atlas import Atlas, Level, Series
from maillage.web.cards import Card
from maillage.web.language import Language

PAGE_SIZE = 20
ORDERS = ("worst", "best", "name")


@dataclass(frozen=True, slots=True)
class Line:
    """One territory of the list."""

    level: str
    code: str
    name: str
    number: str
    rank: int
    departement: str | None
    alert: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """A page of the list and what surrounds it."""

    lines: tuple[Line, ...]
    page: int
    pages: int
    known: int


def rank_territories(
    atlas: Atlas,
    series: Series,
    card: Card,
    language: Language,
    order: str,
    page: int = 1,
    positions: Sequence[int] | None = None,
) -> Ranking:
    """Territories with a value, ordered; ``positions`` keeps some of the level only (all on one page)."""
    table = atlas.levels[series.level]
    rank = ranks(series.value, card.worst)
    kept = np.arange(len(table.codes)) if positions is None else np.asarray(positions, dtype=np.int64)
    known = kept[rank[kept] > 0] if positions is None else kept
    ordered = _ordered(known, rank, table, order)
    size = PAGE_SIZE if positions is None else max(len(ordered), 1)
    pages = max(-(-len(ordered) // size), 1)
    page = min(max(page, 1), pages)
    shown = ordered[(page - 1) * size : page * size]
    lines = tuple(_line(atlas, table, series, card, language, int(p), int(rank[p])) for p in shown)
    return Ranking(lines=lines, page=page, pages=pages, known=int((rank > 0).sum()))


def _ordered(kept: np.ndarray, rank: np.ndarray, table: Level, order: str) -> list[int]:
    if order == "name":
        return sorted(kept.tolist(), key=lambda p: (table.names[p], table.codes[p]))
    sign = -1 if order == "best" else 1
    return sorted(kept.tolist(), key=lambda p: (rank[p] == 0, sign * int(rank[p]), table.codes[p]))


def _line(atlas: Atlas, table: Level, series: Series, card: Card, language: Language, position: int, rank: int) -> Line:
    code = table.codes[position]
    return Line(
        level=table.id,
        code=code,
        name=table.names[position],
        number=card.number(float(series.value[position]), language.lang),
        rank=rank,
        departement=table.departements[position],
        alert=max((a.degree for a in atlas.alerts_of.get((table.id, code), ())), default=0),
    )
