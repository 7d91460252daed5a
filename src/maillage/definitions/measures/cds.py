"""Centres de santé: structures that employ their professionals."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import Commitment, Expectation, LegalBase, Measure
from maillage.measures.vocabulary import ARS, CPAM, MEMBERS, NAME, PLACE, REPORT, TO_CHECK, WHO, kind, structure_life
from maillage.text import Text

MEASURE = Measure(
    id="cds",
    name=Text("Centres de santé", "Health centres with salaried professionals"),
    short=Text("Centres de santé", "Health centres"),
    family="coordination",
    beneficiary=Text("un centre de santé", "a centre de santé"),
    why=Text(
        "Offrir des soins par des professionnels salariés, sans dépassement, là où les libéraux manquent.",
        "To offer care by salaried professionals, without extra fees, where self-employed ones are lacking.",
    ),
    statuses=structure_life(agreement=Text("adhérent à l’accord national", "joined the national agreement")),
    attributes=(
        NAME,
        PLACE,
        kind(
            {
                "nursing": Text("soins infirmiers", "nursing"),
                "specialised": Text("dentaire ou ophtalmologie", "dental or eye care"),
                "medical": Text("médical", "medical"),
                "polyvalent": Text("polyvalent", "several kinds of care"),
            }
        ),
        MEMBERS,
    ),
    signers=(Text("le gestionnaire du centre", "the body that runs the centre"), CPAM, ARS),
    legal=(
        LegalBase(
            Text("Accord national de juillet 2015", "National agreement of July 2015"),
            date(2015, 7, 1),
            f"{REPORT}, annex 4, note 234: the month; the day is to check",
        ),
        LegalBase(
            Text("Ordonnance du 12 janvier 2018", "Ordinance of 12 January 2018"),
            date(2018, 1, 12),
            f"{REPORT}, chapter II, note 62; the day of effect is to check",
        ),
        LegalBase(
            Text(
                "Loi du 19 mai 2023 sur l’encadrement des centres de santé (agrément dentaire et ophtalmologie)",
                "Act of 19 May 2023 on health centres (approval of dental and eye care)",
            ),
            date(2023, 5, 19),
            f"{REPORT}, annex 4, note 236; the day of effect is {TO_CHECK}",
        ),
    ),
    commitments=(
        Commitment("horaires", Text("ouvrir assez largement dans la semaine", "open wide enough hours in the week")),
        Commitment(
            "non_programmes", Text("garder des créneaux pour les soins non programmés", "keep slots for unplanned care")
        ),
        Commitment(
            "tiers_payant",
            Text(
                "sans but lucratif, sans dépassement d’honoraires, ouvert à tous",
                "no profit, no extra fees, open to all",
            ),
        ),
    ),
    expectations=(
        Expectation("densite_mg", "up", f"{REPORT}, annex 4: an answer where self-employed supply falls short"),
        Expectation("ecart_psmt_c2s", "down", f"{REPORT}, chapter III: centres open to all; Maillage’s reading"),
    ),
    limits=Text(
        "Quatre familles sous un même statut : seuls les centres médicaux et polyvalents font du premier recours "
        "médical. La subvention aux déficits des centres des collectivités n’est pas connue.",
        "Four families under one status: only medical and polyvalent centres do medical primary care. What local "
        "authorities pay for the deficits of their centres is not known.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
