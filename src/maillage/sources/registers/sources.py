"""The sources of registers: a layout, and the table of the store that it feeds."""

from __future__ import annotations

from maillage.catalog.layout import FileLayout
from maillage.sources.records.sources import layout_source
from maillage.sources.registers.common import LICENCE
from maillage.sources.registers.contracts import ASSISTANTS, INSTALLATION, PROTOCOLS
from maillage.sources.registers.cpts import CPTS, CPTS_MISSIONS, MEMBERS, PERIMETER
from maillage.sources.registers.payments import PAYMENTS, STATEMENTS
from maillage.sources.registers.structures import CDS, ESP, MSP, SAS
from maillage.sources.source import Source
from maillage.text import Text

LAYOUTS: tuple[FileLayout, ...] = (
    CPTS,
    PERIMETER,
    CPTS_MISSIONS,
    MEMBERS,
    ASSISTANTS,
    INSTALLATION,
    PROTOCOLS,
    MSP,
    CDS,
    ESP,
    SAS,
    STATEMENTS,
    PAYMENTS,
)
_HOLDERS = Text(
    "ARS, Assurance maladie, porteurs (schéma proposé par Maillage)",
    "ARS, health insurance, holders (a schema that Maillage proposes)",
)
SOURCES: tuple[Source, ...] = tuple(
    layout_source(
        layout, _HOLDERS, ("payment",) if layout is PAYMENTS else ("measure_event",), LICENCE, "that of the register"
    )
    for layout in LAYOUTS
)
