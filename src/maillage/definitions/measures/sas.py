"""Service d'accès aux soins: one call for unplanned care."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Attribute, Commitment, Expectation, LegalBase, Measure, Status
from maillage.measures.vocabulary import ARS, CPAM, NAME, REPORT, TO_CHECK, WHO
from maillage.text import Text

MEASURE = Measure(
    id="sas",
    name=Text("Services d’accès aux soins", "Access-to-care services"),
    short=Text("SAS", "SAS"),
    family="coordination",
    beneficiary=Text("un service, en général départemental", "a service, mostly that of a département"),
    why=Text(
        "Donner à toute heure et à distance un conseil, une téléconsultation ou un rendez-vous, et n’envoyer aux "
        "urgences que ceux qui en ont besoin.",
        "To give at any hour, at a distance, advice, a teleconsultation or an appointment, and send to emergencies "
        "only those who need it.",
    ),
    statuses=(
        Status("project", Text("en projet", "planned"), (START,)),
        Status("pilot", Text("pilote", "pilot"), (START, "project"), active=True),
        Status("open", Text("en service", "in service"), (START, "project", "pilot"), active=True),
        Status("closed", Text("arrêté", "stopped"), ("project", "pilot", "open")),
    ),
    attributes=(
        NAME,
        Attribute(
            "perimeter",
            Text("Territoire desservi, par département", "Territory served, by département"),
            items=Text("département", "département"),
            unit=Text("part du département", "share of the département"),
            maximum=1,
        ),
    ),
    signers=(
        Text("le SAMU et les médecins libéraux régulateurs", "the SAMU and self-employed doctors who answer"),
        ARS,
        CPAM,
    ),
    legal=(
        LegalBase(
            Text(
                "Loi du 24 juillet 2019 et pacte de refondation des urgences (2019)",
                "Act of 24 July 2019 and emergency care pact (2019)",
            ),
            date(2019, 7, 24),
            f"{REPORT}, chapter II and notes 75-76; the article of the public health code is {TO_CHECK}",
        ),
    ),
    commitments=(
        Commitment(
            "regulation",
            Text("une régulation hospitalière et une régulation libérale", "a hospital and a self-employed triage"),
        ),
    ),
    expectations=(
        Expectation("part_ccmu1", "down", f"{REPORT}, chapter II: emergencies only where they are warranted"),
    ),
    limits=Text(
        "Généralisation progressive après 22 pilotes dans 13 régions. Les appels et leur suite ne sont pas dans les "
        "fichiers que lit Maillage.",
        "Spread step by step after 22 pilots in 13 regions. Calls and what came of them are not in the files that "
        "Maillage reads.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
