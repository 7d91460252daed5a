"""Medical assistants: jobs that give doctors time back."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Attribute, Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import (
    ANSWER_13895,
    CPAM,
    DOCTOR,
    DOCTOR_SIGNS,
    FTE,
    PATIENTS,
    PLACE,
    PRESS_2019,
    REPORT,
    SPECIALTY,
    TO_CHECK,
    WHO,
    ZONE_AT_SIGNATURE,
    contract_life,
)
from maillage.text import Text

MEASURE = Measure(
    id="assistants_medicaux",
    name=Text("Assistants médicaux", "Medical assistants"),
    short=Text("Assistants médicaux", "Medical assistants"),
    family="support_jobs",
    beneficiary=Text("un contrat d’aide à l’emploi", "a contract of job support"),
    why=Text(
        "Décharger le médecin de l’accueil, des dossiers et de la préparation des consultations pour qu’il suive plus "
        "de patients, en contrepartie d’une aide dégressive puis pérenne.",
        "To relieve doctors of reception, files and the preparation of consultations so that they follow more "
        "patients, in return for an aid that decreases, then lasts.",
    ),
    statuses=contract_life(),
    attributes=(
        DOCTOR,
        PLACE,
        ZONE_AT_SIGNATURE,
        SPECIALTY,
        FTE,
        Attribute(
            "commitment_patients_mt",
            Text("Patients « médecin traitant » promis", "Family-doctor patients committed to"),
            unit=PATIENTS,
        ),
        Attribute(
            "commitment_patients_seen",
            Text("Patients vus dans l’année promis (file active)", "Patients seen in the year committed to"),
            unit=PATIENTS,
        ),
        Attribute(
            "patients_mt",
            Text("Patients « médecin traitant » constatés", "Family-doctor patients found"),
            unit=PATIENTS,
        ),
        Attribute(
            "patients_seen",
            Text("Patients vus dans l’année constatés (file active)", "Patients found seen in the year"),
            unit=PATIENTS,
        ),
    ),
    signers=(DOCTOR_SIGNS, CPAM),
    legal=(
        LegalBase(
            Text(
                "Loi de financement de la sécurité sociale pour 2019, article 42",
                "Social security financing act for 2019, article 42",
            ),
            date(2018, 12, 22),
            f"{REPORT}, annex 4, note 239; the day of the act is {TO_CHECK}",
        ),
        LegalBase(
            Text(
                "Avenant n° 7 à la convention médicale, signé le 20 juin 2019, approuvé par l’arrêté du 20 août 2019",
                "Amendment 7 to the doctors’ agreement, signed on 20 June 2019, approved on 20 August 2019",
            ),
            date(2019, 8, 20),
            f"{REPORT}, annex 1; {PRESS_2019}",
        ),
        LegalBase(
            Text("Extension aux centres de santé, février 2020", "Extended to health centres, February 2020"),
            date(2020, 2, 1),
            f"{REPORT}, annex 1: the month; the day is to check",
        ),
        LegalBase(
            Text(
                "Règlement arbitral de 2023 (avril selon le chapitre II, mai selon l’annexe 1)",
                "Arbitral ruling of 2023 (April in chapter II, May in annex 1)",
            ),
            date(2023, 5, 1),
            f"{REPORT}, chapter II and annex 1; the report gives the month: the day is to check",
        ),
    ),
    schedule="measures/assistants_medicaux",
    commitments=(
        Commitment(
            "patients_mt",
            Text("augmenter la patientèle adulte « médecin traitant »", "take on more adult patients as family doctor"),
            "commitment_patients_mt",
        ),
        Commitment(
            "patients_seen",
            Text("augmenter le nombre de patients vus dans l’année", "see more patients in the year"),
            "commitment_patients_seen",
        ),
    ),
    expectations=(
        Expectation(
            "part_psmt",
            "down",
            f"{REPORT}, chapter II: 13 % more patients for a GP with a full-time assistant; {ANSWER_13895}: 10 %",
        ),
        Expectation("part_refus", "down", "Maillage’s reading: doctors who take on more patients refuse fewer"),
    ),
    limits=Text(
        "Les effets annoncés (+13 %, +10 % de patients) ne sont pas établis par une comparaison publiée avec des "
        "médecins sans assistant. Le zonage a changé : la zone est celle du jour de la signature. Un contrat n’est "
        "pas une personne : compter aussi les temps pleins.",
        "The effects announced (+13 %, +10 % of patients) do not rest on any published comparison with doctors who "
        "have no assistant. Zonings changed: the zone is that of the day of signature. A contract is not a person: "
        "count full-time equivalents too.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
