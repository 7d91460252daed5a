"""Outreach: people of 50 and over without any care, and the gap of C2S beneficiaries, beyond the country's."""

from __future__ import annotations

from maillage.alerts.rule import Rule
from maillage.definitions.alerts.without_doctor import LEVELS, STEPS
from maillage.text import Text

RULES = (
    Rule(
        id="eloignement_50plus",
        label=Text("Personnes de 50 ans et plus sans aucun soin", "People of 50 and over without any care"),
        indicator="part_50plus_sans_soin",
        volet="outreach",
        levels=LEVELS,
        side="high",
        parameters="alerts",
        steps=STEPS,
        against="france",
        certainty="whole_interval",
        margin="margin",
        aggravated=True,
    ),
    Rule(
        id="ecart_c2s",
        label=Text(
            "Écart des bénéficiaires de la C2S sans médecin traitant",
            "Gap of C2S beneficiaries without a médecin traitant",
        ),
        indicator="ecart_psmt_c2s",
        volet="outreach",
        levels=LEVELS,
        side="high",
        parameters="alerts",
        steps=STEPS,
        against="france",
        certainty="whole_interval",
        margin="margin",
        aggravated=True,
    ),
)
