"""Subscriptions: what happens to the alerts of a territory, as an Atom feed and as a file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import polars as pl
from fastapi import APIRouter, Response

from maillage.alerts.life import EVENT_WORDS
from maillage.catalog.export import to_csv
from maillage.catalog.profile import inside
from maillage.web.files import csv_answer, version_of
from maillage.web.language import capitalised
from maillage.web.page import Page, PageOf

router = APIRouter(include_in_schema=False)
# Readers keep what they have seen: a feed shows the latest, the file has everything.
FEED_ENTRIES = 200
CHANGE_COLUMNS = ("event_date", "event", "rule", "indicator", "level", "code", "name", "period", "degree")


@router.get("/alertes.atom")
def feed(page: PageOf) -> Response:
    """The latest events of every territory but communes, which are too many for one feed."""
    events = page.book.events.filter(pl.col("level") != "commune")
    return _feed(page, events, page.language.t("alerts.title"), "/alertes")


@router.get("/alertes/{level}/{code}.atom")
def territory_feed(level: str, code: str, page: PageOf) -> Response:
    """The latest events of a territory and of those inside it."""
    place = page.atlas.territory(level, code)
    title = page.language.t("alerts.feed_of", name=place.name)
    return _feed(page, _events_inside(page, level, code), title, f"/territoire/{level}/{code}")


@router.get("/csv/alertes/{level}/{code}")
def territory_changes(level: str, code: str, page: PageOf) -> Response:
    """Every event of a territory and of those inside it, newest first."""
    page.atlas.territory(level, code)
    said = f"reason_{page.language.lang}"
    rows = _named(page, _events_inside(page, level, code)).select(*CHANGE_COLUMNS, "author", "note", said, "simulated")
    return csv_answer(to_csv(rows), f"maillage-alertes-{level}-{code}")


def _events_inside(page: Page, level: str, code: str) -> pl.DataFrame:
    within = inside(version_of(page), code, level)
    return page.book.events.join(within, on=["level", "code"], how="semi", maintain_order="left")


def _named(page: Page, events: pl.DataFrame) -> pl.DataFrame:
    """Newest first, among those of a day the highest degree first, with the names of the territories."""
    newest = events.sort("event_date", "degree", "entry", descending=True)
    names = [_name(page, level, code) for level, code in newest.select("level", "code").iter_rows()]
    return newest.with_columns(pl.Series("name", names, dtype=pl.String))


def _name(page: Page, level: str, code: str) -> str:
    known = page.atlas.levels.get(level)
    position = known.position.get(code) if known else None
    return known.names[position] if known and position is not None else code


def _feed(page: Page, events: pl.DataFrame, title: str, path: str) -> Response:
    newest = events.sort("event_date", "degree", "entry", descending=True).head(FEED_ENTRIES)
    rows = _named(page, newest).to_dicts()
    body = page.text(
        "feed.xml",
        title=title,
        root=str(page.request.base_url).rstrip("/"),
        path=path,
        updated=rows[0]["event_date"].isoformat() if rows else "1970-01-01",
        id=_urn("feed", path, page.language.lang),
        entries=[_entry(page, row) for row in rows],
    )
    return Response(body, media_type="application/atom+xml; charset=utf-8", headers={"cache-control": "no-cache"})


def _entry(page: Page, row: Mapping[str, Any]) -> dict[str, Any]:
    lang = page.language.lang
    card = page.card(row["indicator"])
    event = capitalised(EVENT_WORDS[row["event"]][lang])
    degree = page.language.t(f"alert.degree_{row['degree']}") if row["degree"] else ""
    return {
        "id": _urn(row["rule"], row["level"], row["code"], str(row["entry"])),
        "title": f"{row['name']} – {card.short[lang]}{page.language.t('site.colon')} {event}"
        + (f" ({degree})" if degree else ""),
        "date": row["event_date"].isoformat(),
        "author": row["author"],
        "words": row["note"] or row[f"reason_{lang}"],
        "simulated": row["simulated"],
        "path": f"/territoire/{row['level']}/{row['code']}",
    }


def _urn(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("maillage", *parts))).urn
