"""Unplanned care: emergency visits that needed no act (CCMU 1) beyond the country's."""

from __future__ import annotations

from maillage.alerts.rule import Rule
from maillage.definitions.alerts.without_doctor import LEVELS, STEPS
from maillage.text import Text

RULE = Rule(
    id="urgences_ccmu1",
    label=Text("Passages aux urgences sans acte nécessaire (CCMU 1)", "Emergency visits that needed no act (CCMU 1)"),
    indicator="part_ccmu1",
    volet="unplanned",
    levels=LEVELS,
    side="high",
    parameters="alerts",
    steps=STEPS,
    against="france",
    certainty="whole_interval",
    margin="margin",
    aggravated=True,
)
