"""The list of alerts."""

from __future__ import annotations

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from maillage.web.atlas import PAGE_LEVELS, Priority
from maillage.web.page import Page, PageOf

router = APIRouter(include_in_schema=False)
PAGE_SIZE = 40
# The first that raises alerts is shown: a level at which people organise care.
ALERT_LEVELS = ("epci", *(level for level in PAGE_LEVELS if level != "epci"))


@router.get("/alertes", response_class=HTMLResponse)
def alerts(
    page: PageOf,
    level: str = "",
    degree: str = Query("", pattern="^[123]?$"),
    region: str = "",
    rows: int = Query(1, ge=1, alias="page"),
) -> HTMLResponse:
    """Territories in alert at a level, by degree and région, the most pressing first."""
    raised = [name for name in ALERT_LEVELS if name in page.atlas.priorities]
    level = level if level in raised else (raised or [""])[0]
    matching = [p for p in page.atlas.priorities.get(level, ()) if _keeps(page, p, degree, region)]
    pages = max(-(-len(matching) // PAGE_SIZE), 1)
    shown = min(rows, pages)
    regions = page.atlas.levels.get("region")
    return page.render(
        "alerts.html",
        shown=[
            (p, page.atlas.territory(p.level, p.code)) for p in matching[(shown - 1) * PAGE_SIZE : shown * PAGE_SIZE]
        ],
        cards={a.indicator: page.card(a.indicator) for a in page.atlas.alerts},
        lives=page.book.lives,
        total=len(matching),
        page_number=shown,
        pages=pages,
        level=level,
        degree=degree,
        region=region,
        levels=raised,
        regions=sorted(zip(regions.names, regions.codes, strict=True)) if regions else [],
        simulated=any(a.simulated for p in matching for a in p.alerts),
    )


def _keeps(page: Page, priority: Priority, degree: str, region: str) -> bool:
    if degree and priority.degree != int(degree):
        return False
    place = page.atlas.territory(priority.level, priority.code)
    return not region or region in (place.region, place.code if place.level == "region" else None)
