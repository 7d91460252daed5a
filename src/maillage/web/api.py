"""The figures as JSON, for the map and for others; described at /api/openapi.json."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from maillage.text import typeset
from maillage.web.atlas import MAP_LEVELS, STATUSES, Atlas, Series
from maillage.web.classes import quantile_classes
from maillage.web.figures import break_notes
from maillage.web.files import weak_etag
from maillage.web.language import capitalised
from maillage.web.origins import is_simulated, numbers, source_words
from maillage.web.page import Page, PageOf
from maillage.web.search import LIMIT_MAX

router = APIRouter(prefix="/api", tags=["observatory"])


@router.get("/values")
def values(indicator: str, level: str, page: PageOf, period: str | None = None) -> Response:
    """Values of an indicator at a level: an array in the order of the codes, null where there is none."""
    series = page.atlas.get_series(indicator, level, period)
    tag = weak_etag("values", page.atlas.id, indicator, level, series.period, page.language.lang)
    return _tagged(page, tag, lambda: _values_content(page, series))


def _values_content(page: Page, series: Series) -> dict[str, Any]:
    card, lang = page.card(series.indicator), page.language.lang
    classes = quantile_classes(series.value, card.worst)
    periods = page.atlas.periods(series.indicator, series.level)
    return {
        "indicator": series.indicator,
        "level": series.level,
        "period": series.period,
        "label": typeset(card.label[lang], lang),
        "unit": card.unit[lang],
        "decimals": card.decimals,
        "worst": card.worst,
        "limits": list(classes.limits),
        "colours": list(classes.colours),
        "values": numbers(series.value, card.decimals + 2),
        "periods": list(periods),
        "definition": typeset(card.definition[lang], lang),
        "levels": [
            [at, capitalised(page.language.t(f"levels.{at}"))]
            for at in MAP_LEVELS
            if page.atlas.periods(series.indicator, at)
        ],
        "breaks": [typeset(note, lang) for note in break_notes(card, periods, page.language)],
        "source": [typeset(words, lang) for words in source_words(page.atlas, series, lang)],
        "simulated": is_simulated(page.atlas, series),
    }


@router.get("/territories")
def territories(level: str, page: PageOf) -> Response:
    """Codes, names and places of a level's territories, in the order of the codes."""
    if level not in page.atlas.levels:
        return JSONResponse({"error": f"level should be one of {', '.join(page.atlas.levels)}"}, status_code=404)
    table = page.atlas.levels[level]
    tag = weak_etag("territories", page.atlas.id, level)
    return _tagged(
        page,
        tag,
        lambda: {
            "level": level,
            "codes": table.codes,
            "names": table.names,
            "departements": table.departements,
            "longitudes": numbers(table.longitudes, 3),
            "latitudes": numbers(table.latitudes, 3),
            "population": numbers(table.population, 0),
        },
    )


@router.get("/observations")
def observations(level: str, code: str, page: PageOf) -> list[dict[str, Any]]:
    """Every figure of a territory, with its bounds, its status and the sentence of its origin."""
    place, lang = page.atlas.territory(level, code), page.language.lang
    return [
        _observation(page.atlas, series, place.position, lang)
        for (_, at), periods in sorted(page.atlas.series.items())
        if at == level
        for _, series in sorted(periods.items())
        if series.status[place.position] < len(STATUSES)
    ]


def _observation(atlas: Atlas, series: Series, position: int, lang: str) -> dict[str, Any]:
    origin = int(series.origin[position])
    arrays = {name: getattr(series, name) for name in ("value", "low", "high", "numerator", "denominator")}
    return {
        "indicator": series.indicator,
        "period": series.period,
        **{name: None if np.isnan(array[position]) else float(array[position]) for name, array in arrays.items()},
        "status": STATUSES[int(series.status[position])],
        "origin": atlas.origins[origin].label[lang] if origin >= 0 else None,
        "simulated": atlas.origins[origin].simulated if origin >= 0 else False,
    }


@router.get("/alerts")
def alerts(
    page: PageOf, level: str | None = None, degree: int | None = Query(None, ge=1, le=3)
) -> list[dict[str, Any]]:
    """Alerts, the highest degree first."""
    lang = page.language.lang
    return [
        {
            "rule": alert.rule,
            "indicator": alert.indicator,
            "level": alert.level,
            "code": alert.code,
            "period": alert.period,
            "degree": alert.degree,
            "since": alert.since,
            "trend": alert.trend,
            "stability": alert.stability,
            "value": alert.value,
            "reference": alert.reference,
            "reason": alert.reason[lang],
            "simulated": alert.simulated,
        }
        for alert in page.atlas.alerts
        if level in (None, alert.level) and degree in (None, alert.degree)
    ]


@router.get("/search")
def search(page: PageOf, q: str = Query("", max_length=80), limit: int = Query(8, ge=1, le=LIMIT_MAX)) -> Response:
    """Territories by name, code or postcode, best first."""
    found = [
        {
            "level": hit.level,
            "kind": page.language.t(f"level.{hit.level}"),
            "code": hit.code,
            "name": hit.name,
            "departement": hit.departement,
            "postcode": hit.postcode,
            "url": page.language.url(f"/territoire/{hit.level}/{hit.code}"),
        }
        for hit in page.shelf.index.find(q, limit)
    ]
    return JSONResponse(found, headers={"cache-control": "no-cache"})


def _tagged(page: Page, tag: str, content: Any) -> Response:
    headers = {"etag": tag, "cache-control": "no-cache"}
    if page.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return JSONResponse(content(), headers=headers)
