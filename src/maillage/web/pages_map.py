"""The map, its choices, and the list that says the same in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from maillage.errors import NotFoundError
from maillage.web.atlas import MAP_LEVELS, Atlas
from maillage.web.classes import Classes, quantile_classes
from maillage.web.figures import break_notes
from maillage.web.origins import is_simulated, source_words
from maillage.web.page import Page, PageOf
from maillage.web.ranking import ORDERS, rank_territories

router = APIRouter(include_in_schema=False)

# West, south, east, north of what each quick button shows.
PLACES = {
    "metropole": (-5.3, 41.3, 9.7, 51.2),
    "guadeloupe": (-61.85, 15.8, -60.95, 16.55),
    "martinique": (-61.3, 14.35, -60.75, 14.92),
    "guyane": (-54.7, 2.0, -51.5, 5.9),
    "reunion": (55.15, -21.45, 55.9, -20.82),
    "mayotte": (45.0, -13.05, 45.33, -12.6),
}
# Words that the script writes, by the name it gives them.
SCRIPT_WORDS = {
    **{
        name: f"map.{name}"
        for name in (
            "rank",
            "missing",
            "failed",
            "to",
            "zoom_in",
            "zoom_out",
            "attribution",
            "quantiles",
            "worst_low",
            "worst_high",
            "worst_none",
            "gesture",
            "gesture_touch",
        )
    },
    "map": "map.aria",
    "simulated": "simulated.short",
    "previous": "list.previous",
    "next": "list.next",
    "pages": "list.pages",
}


@router.get("/carte", response_class=HTMLResponse)
def show_map(
    page: PageOf,
    level: str = "commune",
    indicator: str | None = None,
    period: str | None = None,
    order: str = "worst",
    rows: int = Query(1, ge=1, alias="page"),
) -> HTMLResponse:
    """The map of an indicator at a level; the list beside it works without a script."""
    if level not in MAP_LEVELS or level not in page.atlas.levels:
        raise NotFoundError(f"The map has no level {level!r}.", hint=f"Its levels: {', '.join(MAP_LEVELS)}.")
    chosen = indicator or page.map_indicator(level)
    if chosen is None:
        raise NotFoundError(f"No indicator is known at level {level!r}.")
    level = level if page.atlas.periods(chosen, level) else first_level(page.atlas, chosen)
    series = page.atlas.get_series(chosen, level, period if period in page.atlas.periods(chosen, level) else None)
    card = page.card(chosen)
    classes = quantile_classes(series.value, card.worst)
    order = order if order in ORDERS else "worst"
    return page.render(
        "map.html",
        card=card,
        series=series,
        level=level,
        levels=[at for at in MAP_LEVELS if page.atlas.periods(chosen, at)],
        indicators=indicator_choices(page),
        periods=page.atlas.periods(chosen, level),
        breaks=break_notes(card, page.atlas.periods(chosen, level), page.language),
        legend=legend(classes, series.value, card, page),
        ranking=rank_territories(page.atlas, series, card, page.language, order, rows),
        order=order,
        source=source_words(page.atlas, series, page.language.lang),
        simulated=is_simulated(page.atlas, series),
        config=map_config(page, level, chosen, series.period),
        places=tuple(PLACES),
    )


def first_level(atlas: Atlas, indicator: str) -> str:
    """The finest level of the map at which an indicator is known; raises NotFoundError."""
    found = next((level for level in MAP_LEVELS if atlas.periods(indicator, level)), None)
    if found is None:
        raise NotFoundError(f"There is no indicator {indicator!r} on the map.")
    return found


def indicator_choices(page: Page) -> list[tuple[str, list[tuple[str, str]]]]:
    """Indicators of the map in the order of the volets: (volet, [(id, label)])."""
    names = sorted({name for name, level in page.atlas.series if level in MAP_LEVELS})
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        card = page.card(name)
        groups.setdefault(card.volet, []).append((name, card.label[page.language.lang]))
    order = ("supply", "planned", "unplanned", "outreach", "framing")
    return [(volet, groups[volet]) for volet in order if volet in groups]


def legend(classes: Classes, values: np.ndarray, card: Any, page: Page) -> list[dict[str, Any]]:
    """Classes in words: colour, limits, number of territories."""
    lang, ranks = page.language.lang, classes.of(values)
    last = len(classes.colours) - 1
    single = len(classes.limits) > 1 and classes.limits[-1] == classes.limits[-2]
    return [
        {
            "colour": colour,
            "low": card.number(classes.limits[rank], lang),
            "high": "" if single else card.number(classes.limits[rank + 1], lang),
            "count": int((ranks == rank).sum()),
            "last": rank == last,
        }
        for rank, colour in enumerate(classes.colours)
    ]


def map_config(page: Page, level: str, indicator: str, period: str) -> dict[str, Any]:
    """What the script of the map starts from."""
    atlas, t = page.atlas, page.language.t
    return {
        "version": atlas.id,
        "level": level,
        "indicator": indicator,
        "period": period,
        "lang": page.language.lang,
        "levels": [name for name in MAP_LEVELS if name in page.shelf.tiles],
        "zooms": {name: [tiles.zoom_min, tiles.zoom_max] for name, tiles in page.shelf.tiles.items()},
        "places": PLACES,
        "extents": page.shelf.extents,
        "cities": page.shelf.cities,
        "words": {name: t(key) for name, key in SCRIPT_WORDS.items()},
    }
