"""The observatory as a web application over a store that it only reads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
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
    pages_coverage,
    pages_evaluation,
    pages_home,
    pages_import,
    pages_iris,
    pages_map,
    pages_measures,
    pages_money,
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
from maillage.web.uploads import Access, Uploads

PARTS = (
    files,
    feeds,
    api,
    pages_home,
    pages_coverage,
    pages_map,
    pages_measures,
    pages_money,
    pages_evaluation,
    pages_search,
    pages_alerts,
    pages_sources,
    pages_import,
    pages_iris,
    pages_territory,
)


def create_app(
    store: Path, *, cards: Mapping[str, Card] | None = None, carriers: Path | None = None, access: Access = "off"
) -> FastAPI:
    """The application over a store; ``cards`` replaces the defined indicators' words, for tests.

    ``access`` says who may bring files through its pages. The store is opened at the first request: where it is absent,
    pages say so with status 503. Raises MissingSourceError when the map's script is not installed.
    """
    settings = load_settings()
    carriers = carriers or settings.carriers
    uploads = Uploads(store, carriers, settings.upload_mib_max << 20, access)
    app = FastAPI(
        title="Maillage",
        version=__version__,
        description="Access to primary care in France: figures, alerts and their origins, read-only.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_holding(uploads),
        middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)],
    )
    app.state.desk = Desk(
        library=Library(store=store),
        books=AlertBooks(store=store),
        cards=load_cards() if cards is None else cards,
        assets=load_assets(carriers),
        templates=make_templates(),
        uploads=uploads,
    )
    for part in PARTS:
        app.include_router(part.router)
    problems.register(app)
    return app


def _holding(uploads: Uploads) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Removes what was brought and not kept, when the application starts and when it stops."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        uploads.close()
        yield
        uploads.close()

    return lifespan
