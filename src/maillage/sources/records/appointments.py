"""Requests for an appointment, from surveys, mystery calls and platforms, and difficulties that users report."""

from __future__ import annotations

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.records.common import INSEE_OR_POSTCODE, residence
from maillage.text import Text

APPOINTMENT_REQUESTS = FileLayout(
    id="appointment_requests",
    title=Text("Demandes de rendez-vous et appels mystères", "Requests for an appointment and mystery calls"),
    description=Text(
        "Une ligne par demande : où, quelle profession, par quel canal, quand, et ce qu’elle a donné.",
        "One row a request: where, which profession, through which channel, when, and what came of it.",
    ),
    table=Table(
        "appointment_requests",
        "Requests for an appointment, as they were collected",
        (
            *("request_id", "code_commune", "postcode", "profession", "request_kind"),
            *("request_date", "request_outcome", "appointment_date"),
        ),
        ("request_id",),
        frozenset({"code_commune", "postcode", "appointment_date"}),
        ordered=(("request_date", "appointment_date"),),
        any_of=(("code_commune", "postcode"),),
    ),
    columns=(
        LayoutColumn(
            "ID_DEMANDE",
            "request_id",
            Text("Identifiant de la demande", "Identifier of the request"),
            Text("Unique dans tous les fichiers.", "Unique in all files."),
            "d000001",
        ),
        *residence(Text("du demandeur", "of the person who asks")),
        LayoutColumn(
            "PROFESSION",
            "profession",
            Text("Profession demandée", "Profession asked for"),
            Text(
                "mg (médecin généraliste), cd (dentiste), sf (sage-femme), mk (kinésithérapeute), inf (infirmier)…",
                "mg (GP), cd (dentist), sf (midwife), mk (physiotherapist), inf (nurse)…",
            ),
            "mg",
        ),
        LayoutColumn(
            "ORIGINE",
            "request_kind",
            Text("Origine", "Origin"),
            Text("ENQUETE, APPEL_MYSTERE ou PLATEFORME.", "ENQUETE, APPEL_MYSTERE or PLATEFORME."),
            "APPEL_MYSTERE",
            values={"ENQUETE": "survey", "APPEL_MYSTERE": "mystery_call", "PLATEFORME": "platform"},
        ),
        LayoutColumn(
            "DATE_DEMANDE",
            "request_date",
            Text("Date de la demande", "Date of the request"),
            Text("Jour de la demande.", "Day of the request."),
            "2024-04-02",
        ),
        LayoutColumn(
            "ISSUE",
            "request_outcome",
            Text("Issue", "Outcome"),
            Text("OBTENU, REFUS, SANS_REPONSE ou ABANDON.", "OBTENU, REFUS, SANS_REPONSE or ABANDON."),
            "OBTENU",
            values={"OBTENU": "obtained", "REFUS": "refused", "SANS_REPONSE": "no_answer", "ABANDON": "given_up"},
        ),
        LayoutColumn(
            "DATE_RDV",
            "appointment_date",
            Text("Date du rendez-vous", "Date of the appointment"),
            Text(
                "Jour proposé, jamais avant la demande ; vide sans rendez-vous.",
                "Day offered, never before the request; empty without an appointment.",
            ),
            "2024-04-09",
        ),
    ),
    optional=frozenset({"CODE_INSEE", "CP", "DATE_RDV"}),
    notes=(INSEE_OR_POSTCODE,),
)
USER_REPORTS = FileLayout(
    id="user_reports",
    title=Text("Signalements des usagers", "Difficulties reported by users"),
    description=Text(
        "Une ligne par difficulté d’accès signalée, sans rien qui désigne la personne.",
        "One row a reported difficulty of access, without anything that names the person.",
    ),
    table=Table(
        "user_reports",
        "Difficulties reported by users, as they were collected",
        ("report_id", "code_commune", "postcode", "report_date", "subject"),
        ("report_id",),
        frozenset({"code_commune", "postcode", "subject"}),
        any_of=(("code_commune", "postcode"),),
    ),
    columns=(
        LayoutColumn(
            "ID_SIGNALEMENT",
            "report_id",
            Text("Identifiant du signalement", "Identifier of the report"),
            Text("Unique dans tous les fichiers.", "Unique in all files."),
            "r000001",
        ),
        *residence(Text("de l’usager", "of the user")),
        LayoutColumn(
            "DATE_SIGNALEMENT",
            "report_date",
            Text("Date du signalement", "Date of the report"),
            Text("Jour du signalement.", "Day of the report."),
            "2024-06-11",
        ),
        LayoutColumn(
            "SUJET",
            "subject",
            Text("Sujet", "Subject"),
            Text("Quelques mots : médecin traitant, délai, refus…", "A few words: médecin traitant, delay, refusal…"),
            "refus",
        ),
    ),
    optional=frozenset({"CODE_INSEE", "CP", "SUJET"}),
    notes=(INSEE_OR_POSTCODE,),
)
