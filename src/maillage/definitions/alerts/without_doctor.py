"""Planned care: patients without a médecin traitant beyond the country's."""

from __future__ import annotations

from maillage.alerts.rule import Rule, Step
from maillage.text import Text

# Records are not published below these levels.
LEVELS = ("epci", "bassin_vie", "cpts", "departement")
STEPS = (
    Step(1, "above_france", Text("1,25 fois la France, hypothèse", "1.25 times France, an assumption")),
    Step(2, "far_above_france", Text("1,5 fois la France, hypothèse", "1.5 times France, an assumption")),
    Step(3, "twice_france", Text("2 fois la France, hypothèse", "2 times France, an assumption")),
)

RULE = Rule(
    id="sans_medecin_traitant",
    label=Text("Patients sans médecin traitant", "Patients without a médecin traitant"),
    indicator="part_psmt",
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
