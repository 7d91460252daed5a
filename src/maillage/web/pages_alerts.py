"""The list of alerts."""

from __future__ import annotations

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from maillage.web.atlas import PAGE_LEVELS, Alert
from maillage.web.page import Page, PageOf

router = APIRouter(include_in_schema=False)
PAGE_SIZE = 40


@router.get("/alertes", response_class=HTMLResponse)
def alerts(
    page: PageOf,
    level: str = "",
    degree: str = Query("", pattern="^[123]?$"),
    region: str = "",
    rows: int = Query(1, ge=1, alias="page"),
) -> HTMLResponse:
    """Alerts by level, degree and région, the highest degree first."""
    matching = [a for a in page.atlas.alerts if _keeps(page, a, level, degree, region)]
    pages = max(-(-len(matching) // PAGE_SIZE), 1)
    shown = min(rows, pages)
    raised = {a.level for a in page.atlas.alerts}
    regions = page.atlas.levels.get("region")
    return page.render(
        "alerts.html",
        shown=[
            (a, page.atlas.territory(a.level, a.code)) for a in matching[(shown - 1) * PAGE_SIZE : shown * PAGE_SIZE]
        ],
        cards={a.indicator: page.card(a.indicator) for a in page.atlas.alerts},
        total=len(matching),
        page_number=shown,
        pages=pages,
        level=level,
        degree=degree,
        region=region,
        levels=[name for name in PAGE_LEVELS if name in raised],
        regions=sorted(zip(regions.names, regions.codes, strict=True)) if regions else [],
        simulated=any(a.simulated for a in matching),
    )


def _keeps(page: Page, alert: Alert, level: str, degree: str, region: str) -> bool:
    if (level and alert.level != level) or (degree and alert.degree != int(degree)):
        return False
    table = page.atlas.levels.get(alert.level)
    position = table.position.get(alert.code) if table else None
    if table is None or position is None:
        return False
    return not region or table.regions[position] == region or (alert.level == "region" and alert.code == region)
