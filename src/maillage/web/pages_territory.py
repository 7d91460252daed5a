"""The page of a territory: how it stands, against what, why, and from which sources."""

from __future__ import annotations

import polars as pl
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from maillage.catalog.reasons import in_language
from maillage.errors import NotFoundError
from maillage.sources.registry import SOURCES
from maillage.web.atlas import PAGE_LEVELS, Territory
from maillage.web.cards import Card
from maillage.web.classes import MISSING, quantile_classes
from maillage.web.confront_view import Sheet, sheet
from maillage.web.measure_words import PAYERS, name_of, named
from maillage.web.minimap import Minimap, draw
from maillage.web.origins import is_simulated
from maillage.web.page import Page, PageOf
from maillage.web.pages_iris import communes_of
from maillage.web.profile import CARD_ORDER, entries, origins_used, territories_above
from maillage.web.ranking import Ranking, rank_territories
from maillage.web.similar import similar

router = APIRouter(include_in_schema=False)
# A number may be the code of several levels (01 is a département and a région): the first of these wins.
LEVEL_OF_BARE_CODE = ("commune", "ville", "departement", "epci", "cpts", "bassin_vie", "region", "france")
# Longer lists of what is inside are folded, so that the origins of the figures stay in reach.
SHOWN_INSIDE = 30
NO_VALUE = "#e4e7ea"
CHILD_LEVEL = {"region": "departement", "france": "region"}


@router.get("/territoire/{code}")
def by_code(code: str, page: PageOf) -> Response:
    """The page of a code whose level is not said."""
    for level in LEVEL_OF_BARE_CODE:
        if level in page.atlas.levels and code in page.atlas.levels[level].position:
            return RedirectResponse(page.language.url(f"/territoire/{level}/{code}"), status_code=307)
    if communes_of(page, code):
        return RedirectResponse(page.language.url(f"/territoire/iris/{code}"), status_code=307)
    raise NotFoundError(f"No territory has the code {code!r}.")


@router.get("/territoire/{level}/{code}", response_class=HTMLResponse)
def territory(level: str, code: str, page: PageOf, order: str = "worst") -> HTMLResponse:
    """A territory in words and figures."""
    place = page.atlas.territory(level, code)
    found = entries(page, place)
    origins, numbers = origins_used(found)
    main = page.main_indicator(level)
    order = order if order in ("worst", "best", "name") else "worst"
    return page.render(
        "territory.html",
        place=place,
        cards=[entry for entry in found if entry.figure.card.id in CARD_ORDER],
        others=[entry for entry in found if entry.figure.card.id not in CARD_ORDER],
        lead=found[0] if found and found[0].figure.card.id == main and found[0].figure.known else None,
        above=territories_above(page.atlas, place),
        member_of=member_of(page, place),
        alerts=[(a, page.card(a.indicator)) for a in page.atlas.alerts_of.get((level, code), ())],
        similar=similar(page, place),
        lives=page.book.lives,
        children=children(page, place, order),
        order=order,
        shown_inside=SHOWN_INSIDE,
        map=still_map(page, place),
        origins=origins,
        numbers=numbers,
        put_aside=put_aside(page, code),
        sheet=(confronted := sheet(page.shelf.register, place)),
        moves_simulated=confronted is not None and _any_simulated(page, place, confronted),
        measures_simulated=page.shelf.register.any_simulated,
        measure_name=lambda name: name_of(name)[page.language.lang],
        payer=lambda name: named(PAYERS, name, page.language.lang),
        card_of=page.card,
        simulated=any(e.figure.origin and e.figure.origin.simulated for e in found) or place.simulated,
    )


def _any_simulated(page: Page, place: Territory, confronted: Sheet) -> bool:
    """Whether any indicator that moved comes from the demonstration."""
    series = [page.atlas.series.get((m.indicator, place.level), {}).get(m.until) for m in confronted.moves]
    return any(is_simulated(page.atlas, found) for found in series if found is not None)


def member_of(page: Page, place: Territory) -> list[tuple[Territory, float]]:
    """The territories that a commune belongs to, with the share that belongs."""
    order = {level: rank for rank, level in enumerate(PAGE_LEVELS)}
    parents = page.atlas.parents.get((place.level, place.code), ())
    return [
        (page.atlas.territory(level, code), share)
        for level, code, share in sorted(parents, key=lambda p: (order.get(p[0], 99), p[1]))
        if level in page.atlas.levels and level != "france" and code in page.atlas.levels[level].position
    ]


def children(page: Page, place: Territory, order: str) -> tuple[str, Card, str, Ranking] | None:
    """The territories inside, worst first: (level, indicator, period, list)."""
    level = CHILD_LEVEL.get(place.level, "commune")
    indicator = page.main_indicator(level)
    if place.level == "commune" or level not in page.atlas.levels or indicator is None:
        return None
    positions = _positions_inside(page, place, level)
    if not positions:
        return None
    series = page.atlas.get_series(indicator, level)
    ranking = rank_territories(page.atlas, series, page.card(indicator), page.language, order, positions=positions)
    return level, page.card(indicator), series.period, ranking


def _positions_inside(page: Page, place: Territory, level: str) -> list[int]:
    table = page.atlas.levels[level]
    if level == "commune":
        return [
            table.position[c] for c in page.atlas.communes.get((place.level, place.code), ()) if c in table.position
        ]
    if place.level == "france":
        return list(range(len(table.codes)))
    return [position for position, region in enumerate(table.regions) if region == place.code]


def still_map(page: Page, place: Territory) -> tuple[Minimap, str, str] | None:
    """The surroundings of a territory, coloured by the main indicator: (map, level drawn, what it shows and when)."""
    level = {"region": "epci", "france": "departement"}.get(place.level, "commune")
    indicator = page.main_indicator(level)
    if level not in page.atlas.shapes or indicator is None:
        return None
    codes = _codes_around(page, place, level)
    series = page.atlas.get_series(indicator, level)
    classes = quantile_classes(series.value, page.card(indicator).worst)
    position, classed = page.atlas.levels[level].position, classes.of(series.value)
    fills = {
        code: classes.colours[int(classed[position[code]])]
        for code in codes
        if code in position and classed[position[code]] != MISSING
    }
    drawn = draw(page.atlas.shapes[level], codes, fills, place.code if place.level == level else "", NO_VALUE)
    shown = f"{page.card(indicator).short[page.language.lang]}, {series.period}"
    return (drawn, level, shown) if drawn else None


def _codes_around(page: Page, place: Territory, level: str) -> list[str]:
    table = page.atlas.levels[level]
    if place.level == "france":
        return [code for code in table.codes if not code.startswith("97")]
    if place.level == "region":
        return [code for code, region in zip(table.codes, table.regions, strict=True) if region == place.code]
    if place.level == "commune":
        return [code for code, dep in zip(table.codes, table.departements, strict=True) if dep == place.departement]
    return list(page.atlas.communes.get((place.level, place.code), ()))


def put_aside(page: Page, code: str) -> list[dict[str, object]]:
    """Rows of the sources put aside whose value or key names this territory."""
    found = pl.col("found").fill_null("")
    rows = page.atlas.quarantine.filter((found == code) | found.str.starts_with(f"{code} /"))
    lang, known = page.language.lang, {source.id: source for source in SOURCES}
    return [
        {
            **row,
            "source": known[row["source"]].title[lang] if row["source"] in known else row["source"],
            "words": in_language(row["reason"], lang),
            "met": row["found"].removeprefix(code).removeprefix(" / "),
        }
        for row in rows.sort("source", "file", "line").head(20).iter_rows(named=True)
    ]
