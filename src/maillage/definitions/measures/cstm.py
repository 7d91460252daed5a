"""CSTM: doctors from elsewhere who come to practise part of their time in an under-dense zone."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, Measure
from maillage.measures.vocabulary import (
    CONVENTION_2016,
    CPAM,
    DOCTOR,
    DOCTOR_SIGNS,
    PLACE,
    SPECIALTY,
    TO_CHECK,
    WHO,
    ZONE_AT_SIGNATURE,
    contract_life,
)
from maillage.text import Text

MEASURE = Measure(
    id="cstm",
    name=Text("Contrats de solidarité territoriale", "Contracts of territorial solidarity"),
    short=Text("CSTM", "CSTM"),
    family="installation",
    beneficiary=Text("un contrat", "a contract"),
    why=Text(
        "Faire venir des médecins installés ailleurs consulter une partie de leur temps en zone sous-dense.",
        "To have doctors settled elsewhere come and practise part of their time in an under-dense zone.",
    ),
    statuses=contract_life(),
    attributes=(DOCTOR, PLACE, ZONE_AT_SIGNATURE, SPECIALTY),
    signers=(DOCTOR_SIGNS, CPAM),
    legal=(CONVENTION_2016,),
    commitments=(
        Commitment(
            "jours", Text("un nombre minimal de jours par an dans la zone", "a least number of days a year in the zone")
        ),
    ),
    expectations=(
        Expectation("apl_mg_calcule", "up", f"days of practice added in the zone: Maillage’s reading, {TO_CHECK}"),
    ),
    limits=Text(
        "La Cour des comptes n’en donne que le nombre (124 fin 2020, annexe 4 de son rapport de mai 2024). Le temps "
        "apporté n’est pas connu.",
        "The Cour des comptes gives only their number (124 at the end of 2020, annex 4 of its report of May 2024). "
        "The time brought is not known.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
