"""Maisons de santé: self-employed professionals under one health project."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import ARS, CPAM, MEMBERS, NAME, PLACE, REPORT, TO_CHECK, WHO, kind, structure_life
from maillage.text import Text

MEASURE = Measure(
    id="msp",
    name=Text("Maisons de santé pluriprofessionnelles", "Health centres of self-employed professionals"),
    short=Text("MSP", "MSP"),
    family="coordination",
    beneficiary=Text("une maison de santé", "a maison de santé"),
    why=Text(
        "Réunir des professionnels libéraux autour d’un projet de santé, souvent sur un même site, pour maintenir "
        "l’offre là où elle s’effrite.",
        "To gather self-employed professionals around a health project, often on one site, to hold supply where it "
        "wears.",
    ),
    statuses=structure_life(agreement=Text("signataire de l’ACI", "signed the ACI")),
    attributes=(
        NAME,
        PLACE,
        kind(
            {
                "one_site": Text("un site", "one site"),
                "several_sites": Text("plusieurs sites", "several sites"),
                "without_walls": Text("hors les murs", "without walls"),
            }
        ),
        MEMBERS,
    ),
    signers=(Text("la maison de santé", "the maison de santé"), CPAM, ARS),
    legal=(
        LegalBase(
            Text(
                "Code de la santé publique, article L. 6323-3 (loi du 19 décembre 2007)",
                "Public health code, article L. 6323-3 (act of 19 December 2007)",
            ),
            date(2007, 12, 22),
            f"{TO_CHECK}; {REPORT}, chapter II, says about fifteen years before 2024",
        ),
        LegalBase(
            Text("Règlement arbitral d’avril 2015", "Arbitral ruling of April 2015"),
            date(2015, 4, 1),
            f"{REPORT}, annex 4, note 234: the month; the day is to check",
        ),
        LegalBase(
            Text("Accord conventionnel interprofessionnel d’avril 2017", "National agreement (ACI) of April 2017"),
            date(2017, 4, 1),
            f"{REPORT}, annex 4, note 234: the month; the day is to check",
        ),
    ),
    commitments=(
        Commitment("horaires", Text("ouvrir assez largement dans la semaine", "open wide enough hours in the week")),
        Commitment(
            "non_programmes", Text("garder des créneaux pour les soins non programmés", "keep slots for unplanned care")
        ),
        Commitment("equipe", Text("coordonner l’équipe et ses dossiers", "coordinate the team and its files")),
    ),
    expectations=(
        Expectation(
            "part_psmt",
            "down",
            f"{REPORT}, chapter II, after IRDES (2021): 4 % more patients seen by GPs of an MSP; of small extent",
        ),
        Expectation("densite_mg", "up", f"{REPORT}, chapter II: the purpose is to fix supply in a territory"),
    ),
    limits=Text(
        "Deux comptes circulent : les MSP signataires de l’ACI et toutes celles qui ont un numéro FINESS. Une MSP peut "
        "rester ouverte avec un seul médecin, ou sans aucun. L’aide n’a pas de priorité territoriale.",
        "Two counts go round: MSP that signed the ACI, and all those that have a FINESS number. An MSP may stay open "
        "with one doctor, or none. The aid has no territorial priority.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
