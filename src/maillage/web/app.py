"""The observatory as a web application over a store that it only reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from maillage import __version__
from maillage.settings import load_settings
from maillage.web import (
    api,
    feeds,
    files,
    pages_alerts,
    pages_home,
    pages_iris,
    pages_map,
    pages_search,
    pages_sources,
    pages_territory,
    problems,
)
from maillage.web.alert_book import AlertBooks
from maillage.web.assets import load_assets
from maillage.web.cards import Card, load_cards
from maillage.web.library import Library
from maillage.web.page import Desk, make_templates
from maillage.web.security import SecurityHeaders

PARTS = (
    files,
    feeds,
    api,
    pages_home,
    pages_map,
    pages_search,
    pages_alerts,
    pages_sources,
    pages_iris,
    pages_territory,
)


def create_app(store: Path, *, cards: Mapping[str, Card] | None = None, carriers: Path | None = None) -> FastAPI:
    """The application over a store; ``cards`` replaces the defined indicators' words, for tests.

    The store is opened at the first request: where it is absent, pages say so with status 503. Raises
    MissingSourceError when the map's script is not installed.
    """
    app = FastAPI(
        title="Maillage",
        version=__version__,
        description="Access to primary care in France: figures, alerts and their origins, read-only.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)],
    )
    app.state.desk = Desk(
        library=Library(store=store),
        books=AlertBooks(store=store),
        cards=load_cards() if cards is None else cards,
        assets=load_assets(carriers or load_settings().carriers),
        templates=make_templates(),
    )
    for part in PARTS:
        app.include_router(part.router)
    problems.register(app)
    return app
