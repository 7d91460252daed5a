"""General practitioners: territories under-dense by the computed APL, whatever the convention."""

from __future__ import annotations

from maillage.alerts.rule import Rule
from maillage.definitions.alerts.gp_under_dense import LEVELS, STEPS
from maillage.text import Text

RULE = Rule(
    id="apl_mg_calcule_sous_dense",
    label=Text(
        "Sous-densité en médecins généralistes sous toutes les conventions de calcul",
        "Too few general practitioners within reach under every convention",
    ),
    indicator="apl_mg_calcule",
    volet="supply",
    levels=LEVELS,
    side="low",
    parameters="apl/thresholds",
    steps=STEPS,
    margin="gp_margin",
    varied="mg",
    certainty="whole_interval",
)
