"""Documents of an evaluation, in both languages and as page and paper, kept beside its protocol or in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from maillage.pipeline.evaluations import keep
from maillage.report.document import Document
from maillage.report.render import render
from maillage.text import LANGS

FORMS = ("html", "pdf")


def publish(folder: Path, documents: Mapping[str, Document]) -> list[Path]:
    """Write each document as ``<name>.<language>.<form>`` in ``folder``; returns the files in the order written.

    Raises StoreError when one cannot be written.
    """
    return [
        keep(folder, f"{name}.{lang}.{form}", render(document, form, lang))
        for name, document in documents.items()
        for lang in LANGS
        for form in FORMS
    ]
