"""The page of results: what the suggestions show, for whoever has no script."""

from __future__ import annotations

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from maillage.web.page import PageOf
from maillage.web.pages_iris import communes_of
from maillage.web.search import LIMIT_MAX, fold

router = APIRouter(include_in_schema=False)


@router.get("/recherche", response_class=HTMLResponse)
def results(page: PageOf, q: str = Query("", max_length=80)) -> Response:
    """Territories that match; one alone opens at once."""
    hits = page.shelf.index.find(q, LIMIT_MAX)
    if len(hits) == 1 and fold(hits[0].name) == fold(q):
        return RedirectResponse(page.language.url(f"/territoire/{hits[0].level}/{hits[0].code}"), status_code=303)
    number = q.replace(" ", "")
    if not hits and communes_of(page, number):
        return RedirectResponse(page.language.url(f"/territoire/iris/{number}"), status_code=303)
    departement = page.atlas.levels.get("departement")
    departements = dict(zip(departement.codes, departement.names, strict=True)) if departement else {}
    return page.render("search.html", query=q, hits=hits, departements=departements, limit=LIMIT_MAX)
