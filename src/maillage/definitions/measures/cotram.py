"""COTRAM: help to doctors who prepare their retirement with a successor."""

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
    id="cotram",
    name=Text("Contrats de transition", "Contracts of transition"),
    short=Text("COTRAM", "COTRAM"),
    family="installation",
    beneficiary=Text("un contrat", "a contract"),
    why=Text(
        "Faire reprendre la patientèle d’un médecin qui part en retraite en zone sous-dense.",
        "To hand over the patients of a doctor who retires in an under-dense zone.",
    ),
    statuses=contract_life(),
    attributes=(DOCTOR, PLACE, ZONE_AT_SIGNATURE, SPECIALTY),
    signers=(DOCTOR_SIGNS, CPAM),
    legal=(CONVENTION_2016,),
    commitments=(
        Commitment(
            "accompagnement",
            Text("accompagner le confrère qui reprend le cabinet", "support the doctor who takes over"),
        ),
    ),
    expectations=(
        Expectation("part_psmt", "down", f"{REPORT}, annex 4 B, note 232: taking over a practice; Maillage’s reading"),
    ),
    limits=Text(
        "Un an, renouvelable une fois. 99 contrats fin 2020 : trop peu pour un effet mesurable par territoire.",
        "One year, renewable once. 99 contracts at the end of 2020: too few for an effect that a territory could show.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
