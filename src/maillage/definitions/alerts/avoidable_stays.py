"""Planned care: potentially avoidable stays beyond the country's."""

from __future__ import annotations

from maillage.alerts.rule import Rule
from maillage.definitions.alerts.without_doctor import LEVELS, STEPS
from maillage.text import Text

RULE = Rule(
    id="hospitalisations_evitables",
    label=Text("Hospitalisations potentiellement évitables", "Potentially avoidable stays"),
    indicator="taux_hpe",
    volet="planned",
    levels=LEVELS,
    side="high",
    parameters="alerts",
    steps=STEPS,
    against="france",
    certainty="whole_interval",
    margin="margin",
    aggravated=True,
)
