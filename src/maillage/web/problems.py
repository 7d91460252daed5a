"""Pages and answers for what goes wrong: one sentence, what to do next, never a traceback."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from maillage.errors import MaillageError, StoreError
from maillage.web.language import choose_language
from maillage.web.page import Desk, atlas_or_none, draw

_RESERVED = (404, 405, 422, 503)


def register(app: FastAPI) -> None:
    """Answer errors in the form of the address: JSON under /api, a page elsewhere."""

    @app.exception_handler(MaillageError)
    def of_ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, MaillageError)
        return answer(request, error.http_status, str(error), error.fr)

    @app.exception_handler(RequestValidationError)
    def of_form(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        fields = ", ".join(sorted({str(e["loc"][-1]) for e in error.errors()}))
        return answer(request, 422, f"These parameters are missing or cannot be read: {fields}.")

    @app.exception_handler(HTTPException)
    def of_server(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(request, error.status_code, str(error.detail))


def answer(request: Request, status: int, detail: str, fr: str = "") -> Response:
    """The answer for a status; the detail is for whoever mends it, the page's words are in the reader's language.

    What the import page asks for is answered by a part of a page, which says the detail in French where ``fr`` does.
    """
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": detail}, status_code=status)
    kind = status if status in _RESERVED else (404 if status < 500 else 503)
    language = choose_language(request.query_params.get("lang"))
    desk: Desk = request.app.state.desk
    if request.method == "POST" and request.url.path.startswith("/importer/"):
        words = fr if language.lang == "fr" else detail
        return draw(desk, request, language, "import_problem.html", status=status, words=words, detail=detail)
    atlas = None if status == StoreError.http_status else atlas_or_none(request)
    return draw(desk, request, language, "problem.html", status=status, kind=kind, detail=detail, atlas=atlas)
