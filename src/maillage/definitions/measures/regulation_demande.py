"""Regulation of demand: fewer requests that no care answers."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Commitment, Expectation, LegalBase, Measure, Status
from maillage.measures.vocabulary import ARS, NAME, PLACE, REPORT, WHO, kind
from maillage.text import Text

MEASURE = Measure(
    id="regulation_demande",
    name=Text("Régulation de la demande de soins", "Regulation of demand for care"),
    short=Text("Régulation de la demande", "Regulation of demand"),
    family="regulation",
    beneficiary=Text("une action, nationale ou locale", "an action, national or local"),
    why=Text(
        "Rendre du temps médical en évitant certificats inutiles, rendez-vous manqués et recours mal orientés.",
        "To give back doctors’ time by avoiding needless certificates, missed appointments and misdirected requests.",
    ),
    statuses=(
        Status("announced", Text("annoncée", "announced"), (START,)),
        Status("in_force", Text("en vigueur", "in force"), (START, "announced"), active=True),
        Status("ended", Text("abandonnée ou terminée", "given up or ended"), ("announced", "in_force")),
    ),
    attributes=(
        NAME,
        PLACE,
        kind(
            {
                "certificates": Text("certificats inutiles", "needless certificates"),
                "missed_appointments": Text("rendez-vous manqués", "missed appointments"),
                "short_leave": Text("arrêts de travail de courte durée", "short sick leave"),
                "triage": Text("plateformes d’information et d’orientation", "platforms that inform and direct"),
            }
        ),
    ),
    signers=(Text("l’autorité qui décide l’action", "the authority that decides on the action"), ARS),
    legal=(
        LegalBase(
            Text(
                "Loi du 26 janvier 2016, article 88 : service public d’information en santé",
                "Act of 26 January 2016, article 88: public service of health information",
            ),
            date(2016, 1, 26),
            f"{REPORT}, chapter III; the day of effect is to check",
        ),
    ),
    commitments=(
        Commitment(
            "relais",
            Text("des référents à qui signaler les pratiques inutiles", "contacts to whom needless practices are told"),
        ),
    ),
    expectations=(
        Expectation("delai_rdv_median", "down", f"{REPORT}, chapter III: doctors’ time freed; Maillage’s reading"),
    ),
    limits=Text(
        "Des mesures éparses, sans décompte ni coût publiés ; certaines ne sont que des propositions de la Cour des "
        "comptes.",
        "Scattered measures, without any published count or cost; some are only proposals of the Cour des comptes.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
