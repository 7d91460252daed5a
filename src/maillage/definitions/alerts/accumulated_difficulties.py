"""Accumulated difficulties of access to general practitioners, nurses and physiotherapists."""

from __future__ import annotations

from maillage.alerts.rule import Rule, Step
from maillage.definitions.alerts.gp_under_dense import LEVELS, OWN
from maillage.text import Text

COURT = Text("Cour des comptes, mai 2024", "Cour des comptes, May 2024")

RULES = (
    Rule(
        id="cumul_difficultes",
        label=Text("Difficultés d’accès cumulées", "Accumulated difficulties of access"),
        indicator="cumul_difficultes",
        volet="supply",
        levels=("commune",),
        side="high",
        parameters="apl/thresholds",
        steps=(Step(2, "difficulties_two", OWN), Step(3, "difficulties_three", COURT)),
    ),
    Rule(
        id="part_cumul_difficultes",
        label=Text(
            "Population qui cumule les trois difficultés d’accès",
            "People with the three difficulties of access",
        ),
        indicator="part_cumul_difficultes",
        volet="supply",
        levels=tuple(level for level in LEVELS if level != "commune"),
        side="high",
        parameters="apl/thresholds",
        steps=(Step(1, "share_three_some", OWN), Step(2, "share_three_many", OWN), Step(3, "share_three_most", OWN)),
    ),
)
