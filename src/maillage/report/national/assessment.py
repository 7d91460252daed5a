"""The national assessment as a document: its sections in the order of reading."""

from __future__ import annotations

from datetime import date

from maillage.measures.reference import Reference
from maillage.report.document import Document, Name, say
from maillage.report.national.answers import answers
from maillage.report.national.book import open_book
from maillage.report.national.changes import changes
from maillage.report.national.costs import constant_euros, costs
from maillage.report.national.coverage import coverage
from maillage.report.national.deployment import deployment
from maillage.report.national.gaps import gaps
from maillage.report.national.membership import membership
from maillage.report.national.method import method
from maillage.report.national.money import money
from maillage.report.national.targeting import targeting
from maillage.report.national.targets import targets
from maillage.report.national.territories import territories
from maillage.text import Text

TITLE = Text(
    "CPTS, assistants médicaux et autres aides à l’accès aux soins : bilan national",
    "CPTS, medical assistants and other aid for access to care: national assessment",
)


def assessment(reference: Reference, day: date) -> Document:
    """The national assessment as known on ``day``, from the reference ledger alone."""
    book = open_book(reference, day)
    return Document(
        id="bilan",
        title=TITLE,
        subtitle=say(
            "Ce que demande la {question} : couverture du territoire, adhésion des professionnels, objectifs atteints",
            "What {question} asks: territorial coverage, membership of professionals, targets reached",
            question=Name(Text("question écrite n° 13189", "written question 13189")),
        ),
        day=day,
        sections=(
            answers(book),
            deployment(book),
            coverage(book),
            membership(book),
            targets(book),
            money(book, (*costs(book), *constant_euros(book))),
            targeting(book),
            territories(),
            changes(book),
            gaps(),
            method(book),
        ),
    )
