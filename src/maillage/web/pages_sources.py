"""What was read, and how the figures are made."""

from __future__ import annotations

import polars as pl
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from maillage.catalog.reasons import in_language
from maillage.sources.registry import SOURCES
from maillage.sources.source import Source
from maillage.text import Lang
from maillage.web.language import capitalised
from maillage.web.origins import distinct_origins
from maillage.web.page import Page, PageOf

router = APIRouter(include_in_schema=False)


@router.get("/sources", response_class=HTMLResponse)
def sources(page: PageOf) -> HTMLResponse:
    """Files read by the run, rows kept, rows put aside."""
    quarantine = page.atlas.quarantine
    return page.render(
        "sources.html",
        files=page.atlas.source_files.sort("source", "file").to_dicts(),
        reasons=grouped(quarantine, page.language.lang),
        quarantined=quarantine.height,
        origins=distinct_origins(page.atlas.origins, page.language.lang),
        known=known_sources(),
    )


def grouped(quarantine: pl.DataFrame, lang: Lang) -> list[dict[str, object]]:
    """Reasons in words, the most frequent first, with the number of rows and the first of them."""
    keys = ["source", "reason"]
    rows = (
        quarantine.sort(*keys, "file", "line", "found", nulls_last=True)
        .group_by(keys, maintain_order=True)
        .agg(pl.len().alias("rows"), pl.col("line").first(), pl.col("found").first())
        .sort(["rows", *keys], descending=[True, False, False])
    )
    return [{**row, "words": capitalised(in_language(row["reason"], lang))} for row in rows.to_dicts()]


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
