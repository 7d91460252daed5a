"""The sources of event records: a layout, who holds such files, and the table of the store that they feed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from maillage.catalog.layout import FileLayout
from maillage.sources.head import FileHead, read_head
from maillage.sources.records.appointments import APPOINTMENT_REQUESTS, USER_REPORTS
from maillage.sources.records.common import OWN_LICENCE
from maillage.sources.records.files import KINDS, open_records
from maillage.sources.records.insurance import BENEFICIARIES, BENEFICIARY_COUNTS, CARE
from maillage.sources.records.mapping import Declared, match
from maillage.sources.records.pmsi import PMSI_MCO
from maillage.sources.records.rpu import RPU
from maillage.sources.records.translate import translate
from maillage.sources.source import Source
from maillage.text import Text

LAYOUTS: tuple[FileLayout, ...] = (
    RPU,
    PMSI_MCO,
    BENEFICIARIES,
    BENEFICIARY_COUNTS,
    CARE,
    APPOINTMENT_REQUESTS,
    USER_REPORTS,
)


@dataclass(frozen=True, slots=True)
class HasLayout:
    """Recognises a file whose header has every column that the layout cannot do without, under any known name."""

    layout: FileLayout

    def __call__(self, head: FileHead) -> bool:
        """True when the file has this layout."""
        names = tuple(dict.fromkeys(name for name in head.columns if name))
        return head.kind in KINDS and not match(self.layout, names, Declared(), near=False).lacks(self.layout, {})


def _parse(layout: FileLayout, path: Path) -> pl.DataFrame:
    """The whole file at once, for small ones; ``read_records`` reads any size."""
    file = open_records(read_head(path))
    met = match(layout, file.names, Declared())
    return pl.concat([translate(batch.cells, layout, met, Declared()) for batch in file.batches()])


def layout_source(layout: FileLayout, producer: Text, feeds: tuple[str, ...], licence: Text, vintage: str) -> Source:
    """The source of the files of a documented layout, which ``producer`` holds."""
    names = ", ".join(c.name for c in layout.columns)
    return Source(
        id=layout.id,
        producer=producer,
        title=layout.title,
        licence=licence,
        address=f"docs/schemas/{layout.id}.json",
        layout=f"CSV, Parquet or xlsx, one row a line: {names}.",
        feeds=feeds,
        table=layout.table,
        vintage=vintage,
        geography=0,
        recognise=HasLayout(layout),
        parse=partial(_parse, layout),
        records=layout,
    )


def _source(layout: FileLayout, producer: Text, table: str) -> Source:
    return layout_source(layout, producer, (table, "record_quality"), OWN_LICENCE, "that of the records")


_HOSPITALS = Text("Établissements de santé (RPU, via les ORU)", "Hospitals (RPU, through regional observatories)")
_ATIH = Text("Établissements de santé (PMSI, ATIH)", "Hospitals (PMSI, ATIH)")
_CNAM = Text("Assurance maladie (Cnam, CPAM, MSA)", "Health insurance (Cnam, CPAM, MSA)")
_SURVEYS = Text("Enquêtes, appels mystères, plateformes", "Surveys, mystery calls, platforms")
_USERS = Text("Usagers", "Users")

SOURCES: tuple[Source, ...] = (
    _source(RPU, _HOSPITALS, "emergency_visit"),
    _source(PMSI_MCO, _ATIH, "stay"),
    _source(BENEFICIARIES, _CNAM, "beneficiary"),
    _source(BENEFICIARY_COUNTS, _CNAM, "beneficiary_count"),
    _source(CARE, _CNAM, "care"),
    _source(APPOINTMENT_REQUESTS, _SURVEYS, "appointment_request"),
    _source(USER_REPORTS, _USERS, "user_report"),
)
