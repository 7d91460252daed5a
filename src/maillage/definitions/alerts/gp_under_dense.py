"""General practitioners: territories under-dense by the published APL."""

from __future__ import annotations

from maillage.alerts.rule import Rule, Step
from maillage.text import Text

LEVELS = ("commune", "ville", "epci", "bassin_vie", "cpts", "departement")
ORDER = Text("arrêté du 13 novembre 2017", "order of 13 November 2017")
OWN = Text("repère de Maillage, hypothèse", "Maillage's benchmark, an assumption")
STEPS = (Step(1, "gp_under_dense", ORDER), Step(2, "gp_low", OWN), Step(3, "gp_very_low", OWN))

# The order judges territoires de vie-santé; here each level is judged by its own mean.
RULE = Rule(
    id="apl_mg_65_sous_dense",
    label=Text("Sous-densité en médecins généralistes", "Too few general practitioners within reach"),
    indicator="apl_mg_65",
    volet="supply",
    levels=LEVELS,
    side="low",
    parameters="apl/thresholds",
    steps=STEPS,
    margin="gp_margin",
    varied="mg",
)
