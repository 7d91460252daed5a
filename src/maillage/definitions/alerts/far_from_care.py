"""Outreach: people of 50 and over without any care, and the gap of C2S beneficiaries, beyond the country's."""

from __future__ import annotations

from dataclasses import replace

from maillage.definitions.alerts.without_doctor import RULE as WITHOUT_DOCTOR
from maillage.text import Text

RULES = (
    replace(
        WITHOUT_DOCTOR,
        id="eloignement_50plus",
        label=Text("Personnes de 50 ans et plus sans aucun soin", "People of 50 and over without any care"),
        indicator="part_50plus_sans_soin",
        volet="outreach",
    ),
    replace(
        WITHOUT_DOCTOR,
        id="ecart_c2s",
        label=Text(
            "Écart des bénéficiaires de la C2S sans médecin traitant",
            "Gap of C2S beneficiaries without a médecin traitant",
        ),
        indicator="ecart_psmt_c2s",
        volet="outreach",
    ),
)
