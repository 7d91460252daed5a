"""Secondary practices and advanced consultations: doctors who come part of their time."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Attribute, Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import (
    ARS,
    DOCTOR_SIGNS,
    PLACE,
    REPORT,
    SPECIALTY,
    TO_CHECK,
    WHO,
    kind,
    structure_life,
)
from maillage.text import Text

MEASURE = Measure(
    id="cabinets_secondaires",
    name=Text("Cabinets secondaires et consultations avancées", "Secondary practices and advanced consultations"),
    short=Text("Cabinets secondaires", "Secondary practices"),
    family="practice",
    beneficiary=Text("un cabinet secondaire", "a secondary practice"),
    why=Text(
        "Apporter du temps médical en zone sous-dense par des médecins installés à moins d’une heure.",
        "To bring doctors’ time to an under-dense zone by doctors settled within an hour.",
    ),
    statuses=structure_life(),
    attributes=(
        PLACE,
        SPECIALTY,
        Attribute(
            "days_year",
            Text("Jours de présence par an", "Days present in a year"),
            unit=Text("jours", "days"),
            maximum=366,
        ),
        kind(
            {
                "secondary_practice": Text("cabinet secondaire", "secondary practice"),
                "advanced_consultation": Text("consultations avancées", "advanced consultations"),
            }
        ),
    ),
    signers=(DOCTOR_SIGNS, ARS, Text("la collectivité qui équipe le cabinet", "the local authority that equips it")),
    legal=(
        LegalBase(
            Text(
                "Code de la santé publique, article R. 4127-85 (exercice sur plusieurs sites)",
                "Public health code, article R. 4127-85 (practice on several sites)",
            ),
            date(2019, 5, 25),
            f"{TO_CHECK}; {REPORT}, recommendation 5, asks for public support to the equipment of such practices",
        ),
    ),
    commitments=(
        Commitment(
            "presence",
            Text("une présence régulière, un jour par semaine par exemple", "regular days, one a week say"),
            "days_year",
        ),
    ),
    expectations=(
        Expectation(
            "apl_mg_calcule",
            "up",
            f"{REPORT}, chapter III, note 154: a day a week makes 40 days of doctors’ time a year",
        ),
        Expectation("minutes_mg", "down", "Maillage’s reading: a place of practice nearer"),
    ),
    limits=Text(
        "Recommandé par la Cour des comptes, sans décompte ni financement national dans les textes de référence. Le "
        "trajet du médecin est pris sur le temps apporté.",
        "Recommended by the Cour des comptes, without any national count or funding in the reference texts. The "
        "doctor’s travel is taken from the time brought.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
