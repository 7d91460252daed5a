"""The map of coverage by CPTS: a definition, a date, and what the others would say."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse

from maillage.catalog.export import to_csv
from maillage.errors import NotFoundError
from maillage.measures.coverage import DEFINITIONS
from maillage.measures.reference import load_reference
from maillage.text import format_quantity, typeset
from maillage.web import coverage_view as view
from maillage.web.atlas import Series
from maillage.web.cards import Card
from maillage.web.files import csv_answer
from maillage.web.language import capitalised
from maillage.web.measure_words import entry_number
from maillage.web.origins import numbers
from maillage.web.page import PERCENT, Page, PageOf
from maillage.web.pages_map import PLACES, legend, map_config
from maillage.web.ranking import ORDERS, rank_territories
from maillage.web.register import BY_ID, COVERED

router = APIRouter(include_in_schema=False)
FIRST = "aci_shares"
PUBLISHED = "population_covered"


@router.get("/carte/cpts", response_class=HTMLResponse)
def coverage_map(
    page: PageOf,
    indicator: str = FIRST,
    level: str = "commune",
    period: str | None = None,
    order: str = "worst",
    rows: int = Query(1, ge=1, alias="page"),
) -> HTMLResponse:
    """The map of coverage, or the published figures where the store holds no CPTS."""
    register = page.shelf.register
    on = view.chosen_date(register, period)
    if on is None:
        return page.render("coverage_none.html", published=_published(), entry_number=entry_number)
    _check(indicator)
    known = view.levels(register, page.atlas, on)
    level = level if level in known else known[0]
    series = view.series(register, page.atlas, indicator, level, on)
    card = view.card(indicator)
    order = order if order in ORDERS else "worst"
    return page.render(
        "coverage.html",
        card=card,
        series=series,
        level=level,
        levels=known,
        definitions=DEFINITIONS,
        dates=_dates(page, on),
        on=on,
        legend=_legend(page, series, card),
        ranking=rank_territories(page.atlas, series, card, page.language, order, rows),
        order=order,
        simulated=register.simulated(COVERED),
        panel=_panel(page, indicator, on),
        places=tuple(PLACES),
        config={
            **map_config(page, level, indicator, on.isoformat()),
            "values": "/api/coverage",
            "download": "/csv/couverture",
        },
    )


@router.get("/api/coverage")
def coverage_values(indicator: str, level: str, page: PageOf, period: str | None = None) -> JSONResponse:
    """What the map of coverage paints: a share a territory, in the order of the codes."""
    register, lang = page.shelf.register, page.language.lang
    on = view.chosen_date(register, period)
    if on is None:
        raise NotFoundError("The store holds no CPTS.")
    _check(indicator)
    known = view.levels(register, page.atlas, on)
    if level not in known:
        raise NotFoundError(f"Coverage has no level {level!r}.", hint=f"Its levels: {', '.join(known)}.")
    series, card = view.series(register, page.atlas, indicator, level, on), view.card(indicator)
    dates = _dates(page, on)
    return JSONResponse(
        {
            "indicator": indicator,
            "level": level,
            "period": on.isoformat(),
            "period_label": page.language.day(on),
            "periods": [day for day, _ in dates],
            "period_labels": [words for _, words in dates],
            "label": typeset(card.label[lang], lang),
            "unit": card.unit[lang],
            "decimals": card.decimals,
            "worst": card.worst,
            "limits": list(view.CLASSES.limits),
            "colours": list(view.CLASSES.colours),
            "class_labels": [typeset(words[lang], lang) for words in view.CLASS_LABELS],
            "classes_words": typeset(page.language.t("coverage.classes"), lang),
            "values": numbers(series.value, card.decimals + 1),
            "definition": typeset(page.language.t("coverage.definition"), lang),
            "levels": [[at, capitalised(page.language.t(f"levels.{at}"))] for at in known],
            "breaks": [],
            "source": [typeset(page.language.t("coverage.source", date=page.language.day(on)), lang)],
            "simulated": register.simulated(COVERED),
            "panel": _panel(page, indicator, on),
        },
        headers={"cache-control": "no-cache"},
    )


@router.get("/csv/couverture/{definition}")
def coverage_csv(definition: str, level: str, page: PageOf, period: str | None = None) -> Response:
    """The coverage of every territory of a level, as CSV."""
    register = page.shelf.register
    on = view.chosen_date(register, period)
    _check(definition)
    if on is None or (definition, level) not in register.coverage(on):
        raise NotFoundError(f"Coverage is not known at level {level!r}.")
    rows = register.coverage(on)[definition, level].with_columns(simulated=pl.lit(register.simulated(COVERED)))
    return csv_answer(to_csv(rows), f"maillage-couverture-{definition}-{level}-{on}")


@router.get("/csv/couverture/{definition}/trous")
def gaps_csv(definition: str, page: PageOf, period: str | None = None) -> Response:
    """Every hole and overlap, as CSV."""
    on = view.chosen_date(page.shelf.register, period)
    _check(definition)
    if on is None:
        raise NotFoundError("The store holds no CPTS.")
    rows = view.gap_rows(page.shelf.register, page.atlas, definition, on)
    return csv_answer(to_csv(rows), f"maillage-trous-{definition}-{on}")


def _legend(page: Page, series: Series, card: Card) -> list[dict[str, Any]]:
    """The classes with their own words."""
    shown = legend(view.CLASSES, series.value, card, page)
    words = [label[page.language.lang] for label in view.CLASS_LABELS]
    return [{**entry, "low": low, "high": ""} for entry, low in zip(shown, words, strict=True)]


def _check(definition: str) -> None:
    if definition not in BY_ID:
        raise NotFoundError(
            f"There is no definition of coverage called {definition!r}.", hint=f"There are {', '.join(BY_ID)}."
        )


def _dates(page: Page, on: date) -> list[tuple[str, str]]:
    """The dates of the chooser, the one shown among them: (ISO, words), the last first."""
    known = sorted({on, *view.dates(page.shelf.register)}, reverse=True)
    return [(day.isoformat(), page.language.day(day)) for day in known]


def _panel(page: Page, definition: str, on: date) -> str:
    """The definitions side by side, holes and overlaps, in HTML."""
    return page.text(
        "coverage_panel.html",
        sides=view.sides(page.shelf.register, on),
        chosen=definition,
        on=on,
        gaps=view.gaps(page.shelf.register, page.atlas, definition, on),
        published=_published(),
        entry_number=entry_number,
        rate=lambda share: format_quantity(100 * share, 1, PERCENT, page.language.lang),
        simulated=page.shelf.register.simulated(COVERED),
    )


def _published() -> list[Any]:
    """The shares of the population that others have given, the last first."""
    found = [f for f in load_reference().figures if (f.measure, f.quantity) == (COVERED, PUBLISHED)]
    return sorted(found, key=lambda f: (-f.on.toordinal(), f.id))
