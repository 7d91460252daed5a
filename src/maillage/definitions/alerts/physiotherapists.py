"""Physiotherapists: territories where access is difficult."""

from __future__ import annotations

from maillage.alerts.rule import Rule, Step
from maillage.definitions.alerts.gp_under_dense import LEVELS
from maillage.text import Text

RULE = Rule(
    id="apl_mk_difficulte",
    label=Text("Accès difficile aux masseurs-kinésithérapeutes", "Difficult access to physiotherapists"),
    indicator="apl_mk",
    volet="supply",
    levels=LEVELS,
    side="low",
    parameters="apl/thresholds",
    steps=(
        Step(
            1,
            "difficulty_mk",
            Text("limite du premier dixième de la population en 2021", "limit of the first tenth of people in 2021"),
        ),
        Step(
            2,
            "severe_mk",
            Text("limite du premier vingtième de la population en 2021", "limit of the first twentieth in 2021"),
        ),
    ),
)
