"""CESP: students paid in return for years of practice in an under-dense zone."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Commitment, Expectation, LegalBase, Measure, Status
from maillage.measures.vocabulary import ARS, PLACE, REPORT, SPECIALTY, TO_CHECK, WHO, ZONE_AT_SIGNATURE
from maillage.text import Text

MEASURE = Measure(
    id="cesp",
    name=Text("Contrats d’engagement de service public", "Public service commitment contracts"),
    short=Text("CESP", "CESP"),
    family="installation",
    beneficiary=Text("un contrat", "a contract"),
    why=Text(
        "Financer des années d’études contre autant d’années d’exercice en zone sous-dotée.",
        "To pay for years of study in return for as many years of practice in an under-served zone.",
    ),
    statuses=(
        Status("signed", Text("signé, en études", "signed, studying"), (START,)),
        Status("in_service", Text("exerce en zone", "practises in the zone"), (START, "signed"), active=True),
        Status("ended", Text("engagement tenu", "commitment kept"), ("in_service",)),
        Status("broken", Text("rompu", "broken"), ("signed", "in_service")),
    ),
    attributes=(PLACE, ZONE_AT_SIGNATURE, SPECIALTY),
    signers=(
        Text("l’étudiant", "the student"),
        Text("le Centre national de gestion", "the national management centre (CNG)"),
        ARS,
    ),
    legal=(
        LegalBase(
            Text("Loi du 21 juillet 2009, article 46", "Act of 21 July 2009, article 46"),
            date(2009, 7, 21),
            f"{TO_CHECK}; {REPORT}, chapter III, counts contracts from 2011",
        ),
    ),
    commitments=(
        Commitment(
            "exercice",
            Text("exercer en zone sous-dotée après les études", "practise in an under-served zone afterwards"),
        ),
    ),
    expectations=(
        Expectation("densite_mg", "up", f"{REPORT}, chapter III: practice in under-served zones, years later"),
    ),
    limits=Text(
        "Dix ans séparent souvent la signature de l’exercice. 4 122 contrats de 2011 à 2021 : un succès limité, dit la "
        "Cour des comptes.",
        "Often ten years part the signature from practice. 4,122 contracts from 2011 to 2021: a limited success, says "
        "the Cour des comptes.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
