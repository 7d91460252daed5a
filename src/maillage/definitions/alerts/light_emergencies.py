"""Unplanned care: emergency visits that needed no act (CCMU 1) beyond the country's."""

from __future__ import annotations

from dataclasses import replace

from maillage.definitions.alerts.without_doctor import RULE as WITHOUT_DOCTOR
from maillage.text import Text

RULE = replace(
    WITHOUT_DOCTOR,
    id="urgences_ccmu1",
    label=Text("Passages aux urgences sans acte nécessaire (CCMU 1)", "Emergency visits that needed no act (CCMU 1)"),
    indicator="part_ccmu1",
    volet="unplanned",
)
