"""Bring one's own records: choose a file, read what was understood of it, map its columns, keep it.

Each step answers with a part of the page, which the page's script puts in place.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from maillage import __version__
from maillage.catalog.layout import FileLayout
from maillage.catalog.schema import table_schema
from maillage.catalog.store import writing_to
from maillage.errors import MaillageError, NotFoundError, StoreError, TooLargeError, UnknownLayoutError
from maillage.pipeline.imports import Import, imports_folder
from maillage.pipeline.record_import import columns_of, held_batches
from maillage.settings import Settings
from maillage.sources.records.batch import RecordBatch
from maillage.sources.records.mapping import Declared, load_mapping, mapping_text, nearest_layout
from maillage.sources.registry import LAYOUTS, SOURCES
from maillage.web.language import Language, choose_language
from maillage.web.mapping_form import answered, form_lines
from maillage.web.page import Desk, atlas_or_none, draw
from maillage.web.uploads import Upload, Uploads

router = APIRouter(prefix="/importer", include_in_schema=False)
FORM_BYTES_MAX = 1 << 20


def language_of(lang: str | None = None) -> Language:
    """The language asked for."""
    return choose_language(lang)


def guarded(request: Request) -> Uploads:
    """Where files are received; raises ForbiddenError unless the request comes from the page."""
    uploads: Uploads = request.app.state.desk.uploads
    uploads.require(request)
    return uploads


LanguageOf = Annotated[Language, Depends(language_of)]
Guarded = Annotated[Uploads, Depends(guarded)]


@router.get("", response_class=HTMLResponse)
def page(request: Request, language: LanguageOf) -> HTMLResponse:
    """Where a file is chosen; how to do it on the command line where files are not taken."""
    desk: Desk = request.app.state.desk
    offered = desk.uploads.offered(request)
    return draw(
        desk,
        request,
        language,
        "import.html",
        atlas=atlas_or_none(request),
        token=desk.uploads.token if offered else "",
        bytes_max=desk.uploads.bytes_max,
        local=desk.uploads.access == "local",
        layouts=LAYOUTS,
        held=_held(desk.uploads.store) if offered else (),
        commands=("maillage import rpu.csv", _run_command(desk.uploads.store) if offered else "maillage run"),
    )


@router.get("/schema/{name}.json")
def schema(name: str) -> Response:
    """The Table Schema of a documented layout."""
    return JSONResponse(table_schema(_layout(name), __version__))


@router.post("/fichier")
async def receive(
    request: Request,
    language: LanguageOf,
    uploads: Guarded,
    name: str = Query("", max_length=400),
    simulated: bool = False,  # noqa: FBT001, FBT002
) -> Response:
    """Take a file in and say what was understood of it."""
    try:
        upload = await uploads.receive(request, name, simulated=simulated)
    except ClientDisconnect:
        return Response(status_code=400)
    return await run_in_threadpool(_report, request, language, uploads, upload)


@router.post("/{identifier}/correspondance")
async def mapping_form(request: Request, language: LanguageOf, uploads: Guarded, identifier: str) -> Response:
    """The form of a mapping to the layout that was chosen."""
    upload, fields = uploads.find(identifier), await _fields(request)
    layout = _layout(fields.get("layout", ""))
    return _draw(request, language, "import_mapping.html", form=_form(upload, layout, None))


@router.post("/{identifier}/lecture")
async def read_mapped(request: Request, language: LanguageOf, uploads: Guarded, identifier: str) -> Response:
    """Read the file again with the mapping that was answered."""
    upload, fields = uploads.find(identifier), await _fields(request)
    declared = answered(_layout(fields.get("layout", "")), fields)
    with writing_to(uploads.store):
        upload.mapping.write_text(mapping_text(declared), "utf-8")
    return await run_in_threadpool(_report, request, language, uploads, upload, declared)


@router.post("/{identifier}/garder")
async def keep(request: Request, language: LanguageOf, uploads: Guarded, identifier: str) -> Response:
    """Keep the file for the next run, as `maillage import` does."""
    upload, fields = uploads.find(identifier), await _fields(request)
    return await run_in_threadpool(_keep, request, language, upload, replaces="replace" in fields)


@router.post("/{identifier}/oublier")
def forget(uploads: Guarded, identifier: str) -> Response:
    """Remove a file that is not to be kept."""
    uploads.discard(uploads.find(identifier))
    return Response(status_code=204)


def _report(
    request: Request, language: Language, uploads: Uploads, upload: Upload, declared: Declared | None = None
) -> Response:
    try:
        return _told(request, language, upload, uploads.read(upload, language.lang, keeps=False), declared)
    except StoreError:
        uploads.discard(upload)
        raise


def _told(request: Request, language: Language, upload: Upload, result: Import, declared: Declared | None) -> Response:
    """The report on a file; one that nothing can be done with is removed at once."""
    uploads: Uploads = request.app.state.desk.uploads
    report, problem, shown = result.report, result.problem, {}
    held = held_batches(imports_folder(uploads.store) / result.source) if report else []
    if report or declared or isinstance(problem, UnknownLayoutError):
        try:
            shown = _form(upload, _layout_of(upload, result, declared), declared)
        except MaillageError as unreadable:
            problem = unreadable
    answer = _draw(
        request,
        language,
        "import_report.html",
        result=result,
        report=report,
        upload=upload,
        problem=_words(problem, language),
        title=_title(result, language),
        unknown=isinstance(problem, UnknownLayoutError) and bool(shown),
        again=any(_is_same(b, report.batch) for b in held) if report else False,
        replaceable=any(b.file == result.file for b in held),
        form=shown,
    )
    if not (result.accepted or shown):
        uploads.discard(upload)
    return answer


def _keep(request: Request, language: Language, upload: Upload, *, replaces: bool) -> Response:
    uploads: Uploads = request.app.state.desk.uploads
    result = uploads.read(upload, language.lang, keeps=True, replaces=replaces)
    if not result.accepted:
        return _told(request, language, upload, result, _declared(upload))
    uploads.discard(upload)
    return _draw(
        request,
        language,
        "import_kept.html",
        result=result,
        title=_title(result, language),
        command=_run_command(uploads.store),
    )


def _form(upload: Upload, layout: FileLayout, declared: Declared | None) -> dict[str, Any]:
    names = columns_of(upload.path)
    kept = declared if declared and declared.layout == layout.id else None
    return {
        "upload": upload,
        "layout": layout,
        "layouts": LAYOUTS,
        "names": names,
        "lines": form_lines(layout, names, kept),
        "text": mapping_text(kept) if kept else "",
    }


def _declared(upload: Upload) -> Declared | None:
    return load_mapping(upload.mapping, LAYOUTS) if upload.mapping.exists() else None


def _is_same(one: RecordBatch, other: RecordBatch) -> bool:
    return (one.sha256, one.mapping_sha256) == (other.sha256, other.mapping_sha256)


def _words(problem: MaillageError | None, language: Language) -> str:
    if problem is None:
        return ""
    return (problem.fr or language.t("import.refused_words")) if language.lang == "fr" else str(problem)


def _layout_of(upload: Upload, result: Import, declared: Declared | None) -> FileLayout:
    if result.report:
        return result.report.layout
    return _layout(declared.layout) if declared else nearest_layout(LAYOUTS, columns_of(upload.path))[0]


def _layout(identifier: str) -> FileLayout:
    found = next((layout for layout in LAYOUTS if layout.id == identifier), None)
    if found is None:
        raise NotFoundError(f"No layout is called {identifier!r}.", fr=f"Aucune disposition ne s’appelle {identifier}.")
    return found


def _title(result: Import, language: Language) -> str:
    return next((language.of(s.title) for s in SOURCES if s.id == result.source), "")


def _held(store: Path) -> list[tuple[FileLayout, RecordBatch]]:
    """The files of records that the next run will read."""
    folder = imports_folder(store)
    return [(layout, batch) for layout in LAYOUTS for batch in held_batches(folder / layout.id)]


def _run_command(store: Path) -> str:
    return "maillage run" if store == Settings().store else f"maillage run --store {shlex.quote(str(store))}"


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form; raises TooLargeError beyond what one holds."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            raise TooLargeError("A form under 1 MiB was expected.", fr="Le formulaire est trop grand.")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _draw(request: Request, language: Language, template: str, **values: Any) -> HTMLResponse:
    return draw(request.app.state.desk, request, language, template, **values)
