"""Infirmiers en pratique avancée: nurses with wider powers."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Commitment, Expectation, LegalBase, Measure, Status
from maillage.measures.vocabulary import ANSWER_13895, CPAM, FTE, PLACE, REPORT, TO_CHECK, WHO, kind
from maillage.text import Text

MEASURE = Measure(
    id="ipa",
    name=Text("Infirmiers en pratique avancée", "Advanced practice nurses"),
    short=Text("IPA", "IPA"),
    family="practice",
    beneficiary=Text("un infirmier en pratique avancée", "an advanced practice nurse"),
    why=Text(
        "Suivre des patients stabilisés et renouveler leurs traitements, pour libérer du temps médical.",
        "To follow stable patients and renew their treatment, to free doctors’ time.",
    ),
    statuses=(
        Status("training", Text("en formation", "in training"), (START,)),
        Status("practising", Text("en exercice", "practising"), (START, "training", "stopped"), active=True),
        Status("stopped", Text("ne l’exerce plus", "practises no more"), ("training", "practising")),
    ),
    attributes=(
        PLACE,
        FTE,
        kind(
            {
                "liberal": Text("libéral", "self-employed"),
                "employed": Text("salarié", "employed"),
            }
        ),
    ),
    signers=(Text("l’infirmier", "the nurse"), CPAM),
    legal=(
        LegalBase(
            Text("Loi de juillet 2019, selon le rapport", "Act of July 2019, says the report"),
            date(2019, 7, 24),
            f"{REPORT}, chapter II; the act of 26 January 2016 (article 119) and the decrees of 18 July 2018 came "
            f"before: {TO_CHECK}",
        ),
        LegalBase(
            Text(
                "Loi du 19 mai 2023 : accès direct sous conditions",
                "Act of 19 May 2023: direct access under conditions",
            ),
            date(2023, 5, 19),
            f"{ANSWER_13895}; the day of effect is to check",
        ),
    ),
    commitments=(
        Commitment(
            "suivi", Text("suivre des patients en lien avec un médecin", "follow patients together with a doctor")
        ),
    ),
    expectations=(
        Expectation("part_ald_sans_mt", "down", f"{REPORT}, chapter II: doctors’ time saved; Maillage’s reading"),
    ),
    limits=Text(
        "Les IPA libéraux restent très peu nombreux au regard des objectifs ; beaucoup choisissent le salariat. Aucun "
        "chiffre de territoire dans les textes de référence.",
        "Self-employed IPA remain very few against the objectives; many choose employment. No figure by territory in "
        "the reference texts.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
