"""Cooperation protocols: acts delegated among professionals."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Commitment, Expectation, LegalBase, Measure, Status
from maillage.measures.vocabulary import ARS, NAME, PLACE, REPORT, TO_CHECK, WHO, kind
from maillage.text import Text

MEASURE = Measure(
    id="protocoles_cooperation",
    name=Text("Protocoles de coopération entre professionnels", "Cooperation protocols among professionals"),
    short=Text("Protocoles", "Protocols"),
    family="practice",
    beneficiary=Text("une équipe qui a déclaré un protocole", "a team that declared a protocol"),
    why=Text(
        "Confier à d’autres professionnels des actes du médecin, dans un cadre écrit, pour lui rendre du temps.",
        "To entrust other professionals with acts of the doctor, in a written frame, to give back time.",
    ),
    statuses=(
        Status("declared", Text("déclaré", "declared"), (START, "suspended"), active=True),
        Status("suspended", Text("suspendu", "suspended"), ("declared",)),
        Status("ended", Text("terminé", "ended"), ("declared", "suspended")),
    ),
    attributes=(
        NAME,
        PLACE,
        kind(
            {
                "national": Text("protocole national", "national protocol"),
                "local": Text("protocole local", "local protocol"),
            }
        ),
    ),
    signers=(Text("les professionnels de l’équipe", "the professionals of the team"), ARS),
    legal=(
        LegalBase(
            Text("Loi « hôpital, patients, santé et territoires » du 21 juillet 2009", "Act of 21 July 2009 (HPST)"),
            date(2009, 7, 21),
            f"{REPORT}, chapter II, gives the year; the day is {TO_CHECK}",
        ),
        LegalBase(
            Text("Loi du 24 juillet 2019 : protocoles nationaux et locaux", "Act of 24 July 2019: national and local"),
            date(2019, 7, 24),
            f"{REPORT}, chapter II",
        ),
        LegalBase(
            Text("Loi du 26 avril 2021 : équipes coordonnées", "Act of 26 April 2021: coordinated teams"),
            date(2021, 4, 26),
            f"{REPORT}, chapter II",
        ),
    ),
    commitments=(Commitment("protocole", Text("tenir le protocole autorisé", "keep to the authorised protocol")),),
    expectations=(
        Expectation("delai_rdv_median", "down", f"{REPORT}, chapter II: doctors’ time saved; Maillage’s reading"),
    ),
    limits=Text(
        "2 400 équipes déclarées fin juin 2023 (national), 65 % en ville ; la liste complète des protocoles locaux "
        "n’est pas publiée.",
        "2,400 teams declared at the end of June 2023 (national), 65 % in town; the full list of local protocols "
        "is not published.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
