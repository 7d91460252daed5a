"""Telemedicine: places where a patient is helped to consult at a distance."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import NAME, PLACE, REPORT, TO_CHECK, WHO, kind, structure_life
from maillage.text import Text

MEASURE = Measure(
    id="telemedecine",
    name=Text("Télémédecine", "Telemedicine"),
    short=Text("Télémédecine", "Telemedicine"),
    family="practice",
    beneficiary=Text("un point de téléconsultation assistée", "a place for assisted teleconsultation"),
    why=Text(
        "Donner accès à un médecin à distance, avec l’aide d’un professionnel sur place.",
        "To give access to a doctor at a distance, with the help of a professional on site.",
    ),
    statuses=structure_life(),
    attributes=(
        NAME,
        PLACE,
        kind(
            {
                "pharmacy": Text("en pharmacie", "in a pharmacy"),
                "nurse": Text("avec un infirmier", "with a nurse"),
                "booth": Text("cabine", "booth"),
                "other": Text("autre", "other"),
            }
        ),
    ),
    signers=(
        Text("le professionnel ou la structure d’accueil", "the professional or structure that hosts it"),
        Text("l’assurance maladie", "the national health insurance"),
    ),
    legal=(
        LegalBase(
            Text("Avenant n° 6 à la convention médicale", "Amendment 6 to the doctors’ agreement"),
            date(2018, 9, 15),
            f"{REPORT}, chapter III: tariffs since 2018; the day is {TO_CHECK}",
        ),
    ),
    commitments=(
        Commitment(
            "plafond",
            Text(
                "au plus 20 % de l’activité d’un médecin à distance",
                "at most 20 % of a doctor’s activity at a distance",
            ),
        ),
    ),
    expectations=(
        Expectation("part_rdv_3j", "up", f"{REPORT}, chapter III, as an aim: so far it served large cities first"),
    ),
    limits=Text(
        "Sept téléconsultations sur dix concernaient des patients de grands pôles urbains en 2021 (Drees, citée par la "
        "Cour des comptes). Le registre suit les points d’accès, non les actes.",
        "Seven teleconsultations in ten were for patients of large urban centres in 2021 (DREES, quoted by the "
        "Cour des comptes). The register follows places of access, not acts.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
