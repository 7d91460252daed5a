"""Assets, tiles and downloads."""

from __future__ import annotations

import gzip
import hashlib

from fastapi import APIRouter, Request, Response

from maillage.catalog.export import observation_rows, to_csv
from maillage.catalog.store import Version
from maillage.errors import NotFoundError
from maillage.web.page import Page, PageOf
from maillage.web.profile_export import territory_rows

router = APIRouter(include_in_schema=False)
FOR_EVER = "public, max-age=31536000, immutable"
TILE_TYPE = "application/vnd.mapbox-vector-tile"


@router.get("/static/{stamp}/{name}")
def asset(stamp: str, name: str, request: Request) -> Response:
    """A style sheet or a script; browsers keep it for ever, its path changes with its content."""
    assets = request.app.state.desk.assets
    found = assets.files.get(name)
    if found is None or stamp != assets.stamp:
        raise NotFoundError(f"There is no file {name!r} under this address.")
    return _packed(request, found.gzipped, found.media_type, {"cache-control": FOR_EVER}, plain=found.plain)


@router.get("/favicon.ico")
def favicon(request: Request) -> Response:
    """The mark of the site."""
    found = request.app.state.desk.assets.files["mark.svg"]
    return Response(found.plain, media_type=found.media_type, headers={"cache-control": "public, max-age=86400"})


@router.get("/tiles/{version}/{level}/{zoom}/{column}/{row}.mvt")
def tile(version: str, level: str, zoom: int, column: int, row: int, page: PageOf) -> Response:
    """A vector tile of a level; the version in the path lets browsers keep it for ever."""
    tileset = page.shelf.tiles.get(level)
    if tileset is None or version != page.atlas.id:
        raise NotFoundError(f"There are no tiles of level {level!r} in this version of the store.")
    data = tileset.tile(zoom, column, row)
    headers = {"cache-control": FOR_EVER, "etag": f'"{version}-{level}-{zoom}-{column}-{row}"'}
    if page.request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if data is None:
        return Response(status_code=204, headers=headers)
    return _packed(page.request, data, TILE_TYPE, headers)


@router.get("/csv/indicateur/{indicator}")
def indicator_csv(indicator: str, level: str, page: PageOf, period: str | None = None) -> Response:
    """What the map shows, as CSV."""
    series = page.atlas.get_series(indicator, level, period)
    rows = observation_rows(version_of(page), indicator, level, series.period, page.language.lang)
    return csv_answer(to_csv(rows), f"maillage-{indicator}-{level}-{series.period}")


@router.get("/csv/territoire/{level}/{code}")
def territory_csv(level: str, code: str, page: PageOf) -> Response:
    """Every figure of a territory, as CSV."""
    page.atlas.territory(level, code)
    return csv_answer(
        to_csv(territory_rows(version_of(page), level, code, page.language.lang)), f"maillage-{level}-{code}"
    )


def version_of(page: Page) -> Version:
    """The version of the store that a request reads."""
    return Version(folder=page.atlas.tiles.parent, manifest=page.atlas.manifest)


def csv_answer(text: str, name: str) -> Response:
    """A CSV to be downloaded under a name."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    headers = {"content-disposition": f'attachment; filename="{safe}.csv"', "cache-control": "no-cache"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _packed(
    request: Request, packed: bytes, media_type: str, headers: dict[str, str], *, plain: bytes | None = None
) -> Response:
    """Gzipped bytes as they are, or opened for a client that does not take them."""
    headers = {**headers, "vary": "accept-encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        content = gzip.decompress(packed) if plain is None else plain
        return Response(content, media_type=media_type, headers=headers)
    return Response(packed, media_type=media_type, headers={**headers, "content-encoding": "gzip"})


def weak_etag(*parts: str) -> str:
    """An ETag of the parts that decide the content of an answer."""
    return f'W/"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]}"'
