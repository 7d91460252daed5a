"""CAIM: help to doctors who settle in an under-dense zone."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, LegalBase, Measure
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
    id="caim",
    name=Text("Contrats d’aide à l’installation des médecins", "Contracts that help doctors to settle"),
    short=Text("CAIM", "CAIM"),
    family="installation",
    beneficiary=Text("un contrat", "a contract"),
    why=Text(
        "Aider un médecin à s’installer en zone sous-dense, contre l’engagement d’y exercer pendant le contrat.",
        "To help a doctor settle in an under-dense zone, in return for staying there as long as the contract runs.",
    ),
    statuses=contract_life(),
    attributes=(DOCTOR, PLACE, ZONE_AT_SIGNATURE, SPECIALTY),
    signers=(DOCTOR_SIGNS, CPAM),
    legal=(
        CONVENTION_2016,
        LegalBase(
            Text(
                "Loi de financement de la sécurité sociale pour 2023 : l’ARS ne garde que le pré-recrutement",
                "Social security financing act for 2023: the ARS keeps only early recruitment",
            ),
            date(2023, 1, 1),
            f"{REPORT}, chapter II and annex 4 B; the day of effect is to check",
        ),
    ),
    commitments=(
        Commitment(
            "exercice", Text("exercer cinq ans en zone sous-dense", "practise five years in an under-dense zone")
        ),
        Commitment("activite", Text("un niveau d’activité minimal", "a least level of activity")),
    ),
    expectations=(Expectation("densite_mg", "up", f"{REPORT}, chapter II: settling in under-dense zones"),),
    limits=Text(
        "50 000 € au plus, sans étude d’effet. La part des généralistes exerçant en ZIP (zone d’intervention "
        "prioritaire) a baissé de 2015 à 2021 (Cour des comptes). 1 713 contrats fin 2020.",
        "€50,000 at most, without any study of effect. The share of GPs practising in ZIP (priority intervention "
        "zones) fell from 2015 to 2021 (Cour des comptes). 1,713 contracts at the end of 2020.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
