"""COSCOM: help to doctors who stay in an under-dense zone."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, Measure
from maillage.measures.vocabulary import (
    CONVENTION_2016,
    CPAM,
    DOCTOR,
    DOCTOR_SIGNS,
    PLACE,
    REPORT,
    SPECIALTY,
    WHO,
    ZONE_AT_SIGNATURE,
    contract_life,
)
from maillage.text import Text

MEASURE = Measure(
    id="coscom",
    name=Text("Contrats de stabilisation et de coordination", "Contracts of stabilisation and coordination"),
    short=Text("COSCOM", "COSCOM"),
    family="installation",
    beneficiary=Text("un contrat", "a contract"),
    why=Text(
        "Retenir les médecins déjà installés en zone sous-dense.",
        "To keep the doctors who already practise in an under-dense zone.",
    ),
    statuses=contract_life(),
    attributes=(DOCTOR, PLACE, ZONE_AT_SIGNATURE, SPECIALTY),
    signers=(DOCTOR_SIGNS, CPAM),
    legal=(CONVENTION_2016,),
    commitments=(
        Commitment(
            "exercice", Text("exercer trois ans en zone sous-dense", "practise three years in an under-dense zone")
        ),
        Commitment("activite", Text("un niveau d’activité minimal", "a least level of activity")),
    ),
    expectations=(Expectation("densite_mg", "up", f"{REPORT}, annex 4 B: keeping activity in under-dense zones"),),
    limits=Text(
        "L’aide va à des médecins déjà présents : ce qui serait arrivé sans elle n’est pas connu. 2 676 contrats "
        "fin 2020.",
        "The aid goes to doctors already there: what would have happened without it is not known. 2,676 contracts at "
        "the end of 2020.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
