"""A document in any of its formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from maillage.report.document import Document
from maillage.report.html import to_html
from maillage.report.pdf import to_pdf
from maillage.report.xlsx import to_xlsx
from maillage.text import Lang

WRITERS: Mapping[str, Callable[[Document, Lang], bytes]] = {
    "pdf": to_pdf,
    "html": lambda document, lang: to_html(document, lang).encode(),
    "xlsx": to_xlsx,
}


def render(document: Document, form: str, lang: Lang) -> bytes:
    """The document as bytes: ``pdf``, ``html`` or ``xlsx``; the same document gives the same bytes."""
    return WRITERS[form](document, lang)
