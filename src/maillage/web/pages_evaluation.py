"""The evaluations: protocols registered, how far each went, what was found, and the documents."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from maillage.errors import NotFoundError
from maillage.pipeline.evaluations import dossier
from maillage.report.evaluation.choices import known_words
from maillage.web import evaluation_view as view
from maillage.web.page import PageOf

router = APIRouter(include_in_schema=False)
# A saved document carries its own style and nothing that runs.
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/evaluations", response_class=HTMLResponse)
def evaluations(page: PageOf) -> HTMLResponse:
    """Every registered protocol."""
    kept = view.register_of(page.desk.library.store)
    return page.render("evaluations.html", kept=kept, found=view.found_words, named=known_words)


@router.get("/evaluations/{name}", response_class=HTMLResponse)
def evaluation(name: str, page: PageOf) -> HTMLResponse:
    """One protocol, whole."""
    kept, lang = dossier(page.desk.library.store, name), page.language.lang
    return page.render(
        "evaluation.html",
        kept=kept,
        protocol=kept.last.protocol,
        named=known_words,
        found=view.found_words(kept, lang),
        effect=view.effect_words(kept, lang),
        detectable=view.detectable_words(kept, lang),
        papers=view.papers_of(kept, lang),
        choices=view.choices_of(kept, lang),
    )


@router.get("/evaluations/{name}/documents/{file}")
def document(name: str, file: str, page: PageOf) -> Response:
    """A document of a protocol as it was written."""
    path = dossier(page.desk.library.store, name).documents.get(file)
    form = file.rpartition(".")[2]
    if path is None or form not in view.FORMS:
        raise NotFoundError(f"The protocol {name!r} has no document {file!r}.")
    headers = {
        "content-security-policy": DOCUMENT_POLICY,
        "content-disposition": f'inline; filename="{name}.{file}"',
        "cache-control": "no-cache",
    }
    return Response(path.read_bytes(), media_type=view.FORMS[form], headers=headers)
