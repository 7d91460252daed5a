"""Hôpitaux de proximité: local hospitals that support primary care."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Commitment, Expectation, LegalBase, Measure, Status
from maillage.measures.vocabulary import ARS, NAME, PLACE, REPORT, WHO
from maillage.text import Text

MEASURE = Measure(
    id="hopitaux_proximite",
    name=Text("Hôpitaux de proximité", "Local hospitals"),
    short=Text("Hôpitaux de proximité", "Local hospitals"),
    family="hospital",
    beneficiary=Text("un hôpital labellisé", "a labelled hospital"),
    why=Text(
        "Donner aux professionnels de premier recours l’appui d’un plateau technique et de lits de médecine proches.",
        "To give primary care professionals the support of near equipment and medical beds.",
    ),
    statuses=(
        Status("labelled", Text("labellisé", "labelled"), (START,), active=True),
        Status("withdrawn", Text("label retiré", "label withdrawn"), ("labelled",)),
    ),
    attributes=(NAME, PLACE),
    signers=(Text("l’établissement de santé", "the hospital"), ARS),
    legal=(
        LegalBase(
            Text("Loi du 24 juillet 2019, article 35", "Act of 24 July 2019, article 35"),
            date(2019, 7, 24),
            f"{REPORT}, chapter II; the day of effect is to check",
        ),
    ),
    commitments=(
        Commitment(
            "appui", Text("appuyer les professionnels de premier recours", "support primary care professionals")
        ),
    ),
    expectations=(
        Expectation("taux_hpe", "down", f"{REPORT}, chapter II: support to primary care; Maillage’s reading"),
    ),
    limits=Text(
        "Quelque 300 établissements ; environ 80 000 € par an chacun pour cette mission : des moyens limités "
        "(Cour des comptes).",
        "Some 300 hospitals; about €80,000 a year each for this mission: limited means (Cour des comptes).",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
