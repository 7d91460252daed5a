"""Planned care: potentially avoidable stays beyond the country's."""

from __future__ import annotations

from dataclasses import replace

from maillage.definitions.alerts.without_doctor import RULE as WITHOUT_DOCTOR
from maillage.text import Text

RULE = replace(
    WITHOUT_DOCTOR,
    id="hospitalisations_evitables",
    label=Text("Hospitalisations potentiellement évitables", "Potentially avoidable stays"),
    indicator="taux_hpe",
    volet="planned",
)
