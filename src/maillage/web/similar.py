"""The territories like one: its nearest neighbours on declared covariates, with what makes them alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maillage.indicators.conventions import convention
from maillage.indicators.neighbours import Covariate, Neighbours, covariates, nearest
from maillage.text import format_number
from maillage.web.atlas import Series, Territory
from maillage.web.cards import Card
from maillage.web.page import Page

Positions = npt.NDArray[np.intp]
DISTANCE_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Alike:
    """A line of the table; the first is the territory itself, at distance 0."""

    level: str
    code: str
    name: str
    departement: str | None
    number: str
    covariates: tuple[str, ...]
    distance: str


@dataclass(frozen=True, slots=True)
class Similar:
    """The territories like one, the indicator that they are compared by, and the covariates that chose them.

    ``better`` counts those of ``known`` whose figure is better (higher where no side is bad); ``typical`` is the median
    distance to all the ``pool`` territories of the level.
    """

    card: Card
    period: str
    columns: tuple[tuple[Card, str], ...]
    lines: tuple[Alike, ...]
    median: str
    better: int
    known: int
    pool: int
    typical: str


def similar(page: Page, place: Territory) -> Similar | None:
    """The territories of its level most like one; None where the level is too small or its covariates are unknown."""
    main, compared = page.main_indicator(place.level), _compared(page, place.level)
    if main is None or len(compared) < 2:
        return None
    table = np.column_stack([covariate.scaled(series.value) for covariate, series in compared])
    complete = np.flatnonzero(np.isfinite(table).all(axis=1))
    if len(complete) < convention("neighbours_pool_min") or place.position not in complete:
        return None
    at = int(np.searchsorted(complete, place.position))
    codes = [page.atlas.levels[place.level].codes[p] for p in complete]
    near = nearest(table[complete], at, codes, weights=[covariate.weight for covariate, _ in compared])
    return _told(page, place, main, [series for _, series in compared], complete[near.position], near, len(complete))


def _compared(page: Page, level: str) -> list[tuple[Covariate, Series]]:
    """The declared covariates that the store holds at a level, at their latest period."""
    return [
        (covariate, page.atlas.get_series(covariate.indicator, level))
        for covariate in covariates()
        if page.atlas.periods(covariate.indicator, level)
    ]


def _told(
    page: Page, place: Territory, main: str, compared: list[Series], positions: Positions, near: Neighbours, pool: int
) -> Similar:
    series, lang = page.atlas.get_series(main, place.level), page.language.lang
    card, cards = page.card(main), [page.card(s.indicator) for s in compared]
    theirs = series.value[positions]
    known = theirs[~np.isnan(theirs)]
    mine = float(series.value[place.position])
    better = known < mine if card.worst == "high" else known > mine
    table = page.atlas.levels[place.level]

    def line(position: int, distance: float) -> Alike:
        return Alike(
            level=place.level,
            code=table.codes[position],
            name=table.names[position],
            departement=table.departements[position],
            number=_number(card, float(series.value[position]), page),
            covariates=tuple(_number(c, float(s.value[position]), page) for c, s in zip(cards, compared, strict=True)),
            distance=format_number(distance, DISTANCE_DECIMALS, lang),
        )

    return Similar(
        card=card,
        period=series.period,
        columns=tuple((c, s.period) for c, s in zip(cards, compared, strict=True)),
        lines=(
            line(place.position, 0.0),
            *(line(int(p), float(d)) for p, d in zip(positions, near.distance, strict=True)),
        ),
        median=_number(card, float(np.median(known)) if known.size else math.nan, page),
        better=int(better.sum()),
        known=int(known.size) if not math.isnan(mine) else 0,
        pool=pool,
        typical=format_number(near.typical, DISTANCE_DECIMALS, lang),
    )


def _number(card: Card, value: float, page: Page) -> str:
    return page.language.t("similar.unknown") if math.isnan(value) else card.number(value, page.language.lang)
