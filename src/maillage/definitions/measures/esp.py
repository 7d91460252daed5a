"""Équipes de soins primaires: GPs and others around their patients."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import ARS, MEMBERS, NAME, PLACE, REPORT, TO_CHECK, WHO, kind, structure_life
from maillage.text import Text

MEASURE = Measure(
    id="esp",
    name=Text("Équipes de soins primaires", "Primary care teams"),
    short=Text("ESP", "ESP"),
    family="coordination",
    beneficiary=Text("une équipe", "a team"),
    why=Text(
        "Coopérer autour des patients d’un médecin généraliste sans la structure d’une maison de santé.",
        "To cooperate around the patients of a GP without the frame of a maison de santé.",
    ),
    statuses=structure_life(),
    attributes=(
        NAME,
        PLACE,
        kind(
            {
                "team": Text("équipe pérenne", "lasting team"),
                "towards_msp": Text("étape vers une MSP", "step towards an MSP"),
            }
        ),
        MEMBERS,
    ),
    signers=(Text("l’équipe", "the team"), ARS),
    legal=(
        LegalBase(
            Text("Loi n° 2016-41 du 26 janvier 2016, article 64", "Act 2016-41 of 26 January 2016, article 64"),
            date(2016, 1, 28),
            f"article and day of effect {TO_CHECK}",
        ),
    ),
    commitments=(Commitment("projet", Text("un projet de santé commun", "a shared health project")),),
    expectations=(Expectation("part_psmt", "down", f"{REPORT}, chapter II: tools of cooperation; Maillage’s reading"),),
    limits=Text(
        "Aucun décompte national d’équipes : la Drees compte des médecins (13 % déclaraient en faire partie en "
        "2022). Les aides des ARS et des collectivités ne sont pas consolidées.",
        "No national count of teams: DREES counts doctors (13 % said they belonged to one in 2022). What the ARS and "
        "local authorities pay is not consolidated.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
