"""Hospital-run health centres: public means where nobody settles."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import ARS, CPAM, MEMBERS, NAME, PLACE, REPORT, TO_CHECK, WHO, structure_life
from maillage.text import Text

MEASURE = Measure(
    id="cds_hospitalier",
    name=Text("Centres de santé gérés par un hôpital", "Health centres run by a hospital"),
    short=Text("CdS hospitaliers", "Hospital-run centres"),
    family="hospital",
    beneficiary=Text("un centre de santé", "a health centre"),
    why=Text(
        "Faire porter par l’hôpital public un centre de santé là où ni libéraux ni collectivités n’y parviennent.",
        "To have the public hospital run a health centre where neither self-employed doctors nor local authorities "
        "can.",
    ),
    statuses=structure_life(agreement=Text("adhérent à l’accord national", "joined the national agreement")),
    attributes=(NAME, PLACE, MEMBERS),
    signers=(Text("l’établissement de santé", "the hospital"), ARS, CPAM),
    legal=(
        LegalBase(
            Text(
                "Code de la santé publique, article L. 6323-1-3, premier alinéa",
                "Public health code, article L. 6323-1-3, first paragraph",
            ),
            date(2018, 1, 12),
            f"{REPORT}, chapter III; the day, that of the ordinance of 12 January 2018, is {TO_CHECK}",
        ),
    ),
    commitments=(
        Commitment("projet", Text("un projet de santé et l’ouverture à tous", "a health project, open to everybody")),
    ),
    expectations=(
        Expectation("apl_mg_calcule", "up", f"{REPORT}, chapter III: for territories where access is very degraded"),
        Expectation("part_psmt", "down", f"{REPORT}, chapter III; Maillage’s reading"),
    ),
    limits=Text(
        "Peu nombreux. La Cour des comptes signale une activité faible dans l’exemple d’Issoudun (1,6 consultation par "
        "heure, plus de 3 en libéral). Un tel centre est aussi un centre de santé : ne pas additionner les deux "
        "comptes.",
        "Few of them. The Cour des comptes notes a low activity in the example of Issoudun (1.6 consultations an "
        "hour, over 3 among the self-employed). Such a centre is a health centre too: do not add the two counts.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
