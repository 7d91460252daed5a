"""What there is to say of one territory: figures, peers, comparisons, history."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maillage.indicators.compare import has_sampling_error, rank_at, references, verdict
from maillage.web.atlas import Atlas, Origin, Series, Territory
from maillage.web.charts import Point, Strip, history, strip
from maillage.web.figures import Figure, break_notes, broken_between, figure, share_worse
from maillage.web.page import MAIN_INDICATORS, Page

# Indicators drawn in full on the page of a territory, in this order; the others stand in a table below.
CARD_ORDER = (
    *MAIN_INDICATORS,
    "minutes_mg",
    "part_zip",
    "part_zip_zac",
    "cumul_difficultes",
    "part_cumul_difficultes",
    "apl_inf",
    "apl_mk",
    "apl_sf",
    "apl_cd",
)
VOLET_ORDER = ("supply", "planned", "unplanned", "outreach", "framing")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same figure on a territory above.

    ``verdict`` is 1 where the territory's own figure is higher, -1 lower, 0 where no difference is established, None
    where the indicator has no sampling error to test it by.
    """

    level: str
    code: str
    name: str
    number: str
    value: float
    verdict: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator on the page of a territory."""

    figure: Figure
    comparisons: tuple[Comparison, ...]
    strip: Strip | None
    rank: int
    ranked: int
    better_share: float | None
    past: tuple[Figure, ...]
    points: tuple[Point, ...]
    breaks: tuple[str, ...]


def entries(page: Page, place: Territory) -> list[Entry]:
    """The indicators known at the level of a territory: the main one first, then by volet."""
    names = [name for name, level in page.atlas.series if level == place.level]
    names.sort(key=lambda name: _order(page, name))
    return [entry for name in names if (entry := _entry(page, place, name)) is not None]


def _order(page: Page, name: str) -> tuple[int, int, str]:
    main = CARD_ORDER.index(name) if name in CARD_ORDER else len(CARD_ORDER)
    volet = page.card(name).volet
    return main, VOLET_ORDER.index(volet) if volet in VOLET_ORDER else len(VOLET_ORDER), name


def _entry(page: Page, place: Territory, name: str) -> Entry | None:
    atlas, card = page.atlas, page.card(name)
    periods = atlas.periods(name, place.level)
    figures = [
        figure(atlas, card, atlas.get_series(name, place.level, period), place.position, page.language)
        for period in periods
    ]
    # The latest period that says something of this place; a place never observed is left out.
    seen = [found for found in figures if found.origin is not None or found.known]
    if not seen:
        return None
    latest = next((found for found in reversed(seen) if found.known), seen[-1])
    series = atlas.get_series(name, place.level, latest.period)
    above = tuple(_comparisons(page, place, series))
    return Entry(
        figure=latest,
        comparisons=above,
        strip=_strip(place, latest, series, above),
        rank=rank_at(series.value, card.worst, place.position),
        ranked=int((~np.isnan(series.value)).sum()),
        better_share=share_worse(series, card, latest.value),
        past=tuple(reversed([found for found in figures if found.known])),
        points=_points(figures),
        breaks=tuple(break_notes(card, tuple(f.period for f in figures if f.known), page.language)),
    )


def _points(figures: list[Figure]) -> tuple[Point, ...]:
    known = [found for found in figures if found.known]
    joined = [
        (found.period, found.value, rank > 0 and not broken_between(found.card, known[rank - 1].period, found.period))
        for rank, found in enumerate(known)
    ]
    return history(joined) if len(joined) > 1 else ()


def _strip(place: Territory, latest: Figure, series: Series, above: tuple[Comparison, ...]) -> Strip | None:
    if not latest.known or place.level == "france":
        return None
    points = [("above", found.name, found.value) for found in above]
    return strip(series.value, [*points, ("here", place.name, latest.value)])


def _comparisons(page: Page, place: Territory, series: Series) -> Iterator[Comparison]:
    sampled = has_sampling_error(series.indicator)
    for above in territories_above(page.atlas, place):
        if series.period not in page.atlas.periods(series.indicator, above.level):
            continue
        other = page.atlas.get_series(series.indicator, above.level, series.period)
        value = float(other.value[above.position])
        if not math.isnan(value):
            number = page.card(series.indicator).number(value, page.language.lang)
            tested = verdict(_bounds(series, place), _bounds(other, above)) if sampled else None
            yield Comparison(above.level, above.code, above.name, number, value, tested)


def _bounds(series: Series, place: Territory) -> tuple[float, float, float]:
    at = place.position
    return float(series.value[at]), float(series.low[at]), float(series.high[at])


def territories_above(atlas: Atlas, place: Territory) -> list[Territory]:
    """Département, région and France of a territory, as far as they are above it."""
    return [
        atlas.territory(level, code)
        for level, code in references(place.level, place.departement, place.region)
        if level in atlas.levels and code in atlas.levels[level].position
    ]


def origins_used(found: list[Entry]) -> tuple[list[Origin], dict[str, int]]:
    """The origins of the figures of a page in order of appearance, and the number of each by identifier.

    Origins that say the same words share a number.
    """
    told: dict[tuple[str, str], Origin] = {}
    numbers: dict[str, int] = {}
    for origin in (entry.figure.origin for entry in found if entry.figure.origin is not None):
        words = (origin.label["fr"], origin.warning["fr"])
        told.setdefault(words, origin)
        numbers[origin.id] = list(told).index(words) + 1
    return list(told.values()), numbers
