"""What was read, and how the figures are made."""

from __future__ import annotations

import polars as pl
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from maillage.sources.registry import SOURCES
from maillage.sources.source import Source
from maillage.web.origins import distinct_origins
from maillage.web.page import Page, PageOf

router = APIRouter(include_in_schema=False)
EXAMPLES_SHOWN = 12


@router.get("/sources", response_class=HTMLResponse)
def sources(page: PageOf) -> HTMLResponse:
    """Files read by the run, rows kept, rows put aside."""
    quarantine = page.atlas.quarantine
    reasons = (
        quarantine.group_by("source", "file", "field", "reason")
        .agg(pl.len().alias("rows"), pl.col("line").min(), pl.col("found").first())
        .sort(["rows", "source", "file", "field", "reason"], descending=[True, False, False, False, False])
    )
    return page.render(
        "sources.html",
        files=page.atlas.source_files.sort("source", "file").to_dicts(),
        reasons=reasons.head(EXAMPLES_SHOWN * 4).to_dicts(),
        quarantined=quarantine.height,
        origins=distinct_origins(page.atlas.origins, page.language.lang),
        known=known_sources(),
    )


@router.get("/methode", response_class=HTMLResponse)
def method(page: PageOf) -> HTMLResponse:
    """How to read the figures, and each indicator's definition."""
    return page.render("method.html", cards=shown_cards(page))


def shown_cards(page: Page) -> list[object]:
    """Cards of the indicators that the store holds."""
    return [page.card(name) for name in sorted({name for name, _ in page.atlas.series})]


def known_sources() -> dict[str, Source]:
    """Every known source by identifier."""
    return {source.id: source for source in SOURCES}
