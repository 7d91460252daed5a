"""The national assessment as a document: its sections in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from maillage.catalog.store import Version
from maillage.measures.reference import Reference
from maillage.report.document import Block, Document, Name, say
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
from maillage.report.national.registered import covered, covered_range, joined, zoned
from maillage.report.national.store import Register, open_register
from maillage.report.national.targeted import targeted
from maillage.report.national.targeting import targeting
from maillage.report.national.targets import targets
from maillage.report.national.territories import territories
from maillage.text import Text

TITLE = Text(
    "CPTS, assistants médicaux et autres aides à l’accès aux soins : bilan national",
    "CPTS, medical assistants and other aid for access to care: national assessment",
)


WARNING = Text("Contient des données simulées", "Holds simulated data")


def assessment(reference: Reference, day: date, version: Version | None = None, level: str = "") -> Document:
    """The national assessment as known on ``day``: the reference ledger, and what a store adds.

    ``level`` asks of the store one line for each territory of that level.
    """
    book = open_book(reference, day)
    register = open_register(version, reference, day) if version else None
    return Document(
        id="bilan",
        title=TITLE,
        subtitle=say(
            "Ce que demande la {question} : couverture du territoire, adhésion des professionnels, objectifs atteints",
            "What {question} asks: territorial coverage, membership of professionals, targets reached",
            question=Name(Text("question écrite n° 13189", "written question 13189")),
        ),
        day=day,
        warning=WARNING if register is not None and register.simulated else None,
        sections=(
            answers(book, covered_range(register) if register else ()),
            deployment(book),
            coverage(book, tuple(covered(register)) if register else ()),
            membership(book, tuple(_joined(register, version)) if register and version else ()),
            targets(book),
            money(book, (*costs(book), *constant_euros(book))),
            targeting(book, (*zoned(register), *targeted(register)) if register else ()),
            territories(register, level),
            changes(book),
            gaps(),
            method(book),
        ),
    )


def _joined(register: Register, version: Version) -> Iterator[Block]:
    return joined(register, version.read("professional"), version.read("professional_departement"))
