"""Asalée: nurses beside GPs for chronic patients."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Attribute, Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import DOCTOR_SIGNS, FTE, NAME, PEOPLE, PLACE, REPORT, WHO, structure_life
from maillage.text import Text

MEASURE = Measure(
    id="asalee",
    name=Text("Infirmiers Asalée", "Asalée nurses"),
    short=Text("Asalée", "Asalée"),
    family="practice",
    beneficiary=Text("une implantation", "a place where a nurse works with GPs"),
    why=Text(
        "Faire suivre les malades chroniques par un infirmier formé à l’éducation thérapeutique, auprès de médecins.",
        "To have chronic patients followed by a nurse trained in patient education, beside doctors.",
    ),
    statuses=structure_life(),
    attributes=(
        NAME,
        PLACE,
        FTE,
        Attribute("doctors", Text("Médecins participants", "Doctors who take part"), unit=PEOPLE),
    ),
    signers=(
        DOCTOR_SIGNS,
        Text("l’association Asalée", "the Asalée association"),
        Text("l’assurance maladie", "the national health insurance"),
    ),
    legal=(
        LegalBase(
            Text(
                "Arrêté du 1er mars 2021 autorisant le protocole", "Order of 1 March 2021 that authorises the protocol"
            ),
            date(2021, 3, 1),
            f"{REPORT}, chapter II, note 90",
        ),
    ),
    commitments=(
        Commitment(
            "protocoles",
            Text(
                "quatre protocoles : diabète, risque cardiovasculaire, tabac et BPCO, troubles cognitifs",
                "four protocols: diabetes, cardiovascular risk, tobacco and COPD, cognitive disorders",
            ),
        ),
    ),
    expectations=(
        Expectation(
            "taux_hpe",
            "down",
            f"{REPORT}, chapter II: care of diabetes and COPD; that avoidable stays tell it is Maillage’s reading",
        ),
    ),
    limits=Text(
        "Les effectifs (1 800 infirmiers, 7 800 médecins, 2 555 implantations) sont ceux de l’association, cités "
        "par la Cour des comptes. Le dispositif est bien plus ancien (2004) que son entrée dans le droit commun.",
        "Numbers (1,800 nurses, 7,800 doctors, 2,555 places) are those of the association, quoted by the Cour des "
        "comptes. The scheme is much older (2004) than its place in ordinary law.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
