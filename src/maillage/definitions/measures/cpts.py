"""CPTS: professionals of a territory, organised around a health project."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Attribute, Commitment, Expectation, LegalBase, Measure, Status
from maillage.measures.vocabulary import (
    ACTIVE_MEMBERS,
    ANSWER_13895,
    ARS,
    CNAM_ANSWER,
    CPAM,
    MEMBERS,
    NAME,
    PRESS_2019,
    REPORT,
    TO_CHECK,
    WHO,
)
from maillage.text import Text

MISSIONS = {
    "acces_soins": Text(
        "accès aux soins : médecin traitant, soins non programmés", "access to care: family doctor, unplanned care"
    ),
    "parcours": Text("parcours pluriprofessionnels", "pathways across professions"),
    "prevention": Text("prévention sur le territoire", "prevention in the territory"),
    "crise": Text("réponse aux crises sanitaires", "response to health crises"),
    "qualite": Text("qualité et pertinence des soins", "quality and relevance of care"),
    "accompagnement": Text("accompagnement des professionnels", "support to professionals"),
    "cooperation": Text(
        "coopération et délégation d’activités (suivie par la Cnam)",
        "cooperation and delegation of activities (followed by the Cnam)",
    ),
}
ACTIVITY = {"active": Text("active", "active"), "ended": Text("terminée", "ended")}
SIZES = {
    "1": Text("taille 1, la moins peuplée", "size 1, the least populated"),
    "2": Text("taille 2", "size 2"),
    "3": Text("taille 3", "size 3"),
    "4": Text("taille 4, la plus peuplée", "size 4, the most populated"),
}

_STEPS = (
    ("pre_project", Text("pré-projet", "pre-project")),
    ("letter_of_intent", Text("lettre d’intention validée", "letter of intent accepted")),
    ("project_validated", Text("projet de santé validé", "health project validated")),
    ("negotiation", Text("négociation du contrat", "contract under negotiation")),
    ("aci_signed", Text("contrat ACI signé", "ACI contract signed")),
)


def _life() -> tuple[Status, ...]:
    """Steps go forward; a file may tell fewer of them than there were, so any may be skipped or come first.

    Only what was signed is renewed. A CPTS that ended does not start again: another one takes its place.
    """
    names = [name for name, _ in _STEPS]
    steps = [
        Status(name, label, (START, *names[:rank]), active=name == "aci_signed")
        for rank, (name, label) in enumerate(_STEPS)
    ]
    renewed = Status(
        "renewed", Text("contrat ACI renouvelé", "ACI contract renewed"), ("aci_signed", "renewed"), active=True
    )
    ended = Status("ended", Text("terminée ou abandonnée", "ended or given up"), (*names, "renewed"))
    return (*steps, renewed, ended)


MEASURE = Measure(
    id="cpts",
    name=Text(
        "Communautés professionnelles territoriales de santé", "Health communities of professionals in a territory"
    ),
    short=Text("CPTS", "CPTS"),
    family="coordination",
    beneficiary=Text("une CPTS", "a CPTS"),
    why=Text(
        "Organiser entre professionnels d’un territoire l’accès à un médecin traitant, les soins non programmés et les "
        "parcours. La couverture annoncée dépend de ce qu’on compte : chaque part est donnée avec sa définition.",
        "To organise among the professionals of a territory access to a family doctor, unplanned care and pathways. "
        "The coverage announced depends on what is counted: each share comes with its definition.",
    ),
    statuses=_life(),
    attributes=(
        NAME,
        Attribute(
            "perimeter",
            Text("Périmètre, par commune", "Perimeter, by commune"),
            items=Text("commune (code INSEE)", "commune (INSEE code)"),
            unit=Text("part de la commune (0 : sortie du périmètre)", "share of the commune (0: left the perimeter)"),
            maximum=1,
        ),
        Attribute("size", Text("Taille au sens de l’ACI", "Size in the sense of the ACI"), allowed=SIZES),
        Attribute(
            "mission",
            Text("Missions", "Missions"),
            items=Text("mission", "mission"),
            allowed=ACTIVITY,
            item_words=MISSIONS,
        ),
        MEMBERS,
        ACTIVE_MEMBERS,
    ),
    signers=(Text("la CPTS", "the CPTS"), CPAM, ARS),
    legal=(
        LegalBase(
            Text("Loi n° 2016-41 du 26 janvier 2016, article 65", "Act 2016-41 of 26 January 2016, article 65"),
            date(2016, 1, 28),
            f"article and day of effect {TO_CHECK}; the act is named in {REPORT}, chapter II",
        ),
        LegalBase(
            Text(
                "Accord conventionnel interprofessionnel (ACI) signé le 20 juin 2019",
                "National agreement (ACI) signed on 20 June 2019",
            ),
            date(2019, 6, 20),
            f"{PRESS_2019}; {REPORT}, annex 4, note 234, dates an ACI of October 2019",
        ),
        LegalBase(
            Text(
                "Avenant n° 2 à l’ACI : de 50 000 € (taille 1) à 90 000 € (taille 4) par an",
                "Amendment 2 to the ACI: from €50,000 (size 1) to €90,000 (size 4) a year",
            ),
            date(2021, 12, 20),
            f"amounts: {CNAM_ANSWER}; the day of the amendment was read outside the reference texts; to check",
        ),
    ),
    schedule="measures/cpts",
    commitments=(
        Commitment(
            "missions",
            Text("assurer les missions inscrites au contrat", "carry the missions of the contract"),
            "mission",
        ),
        Commitment(
            "medecin_traitant",
            Text(
                "faciliter l’accès à un médecin traitant des patients qui n’en ont pas",
                "make it easier to find a family doctor for patients who have none",
            ),
        ),
        Commitment("non_programmes", Text("organiser les soins non programmés", "organise unplanned care")),
    ),
    expectations=(
        Expectation("part_psmt", "down", f"{ANSWER_13895}: CPTS are to give priority to access to a family doctor"),
        Expectation(
            "part_ccmu1",
            "down",
            f"{REPORT}, chapter II: unplanned care; that emergencies tell it is Maillage’s reading",
        ),
    ),
    limits=Text(
        "Aucun fichier national ne donne périmètres, dates et statuts. Les missions sont celles de l’ACI telles que "
        "Maillage les lit (à vérifier) ; la Cour des comptes compte à part une mission de coopération et de "
        "délégation. Une commune partagée est comptée pour sa part déclarée, sans savoir quels quartiers elle couvre.",
        "No national file gives perimeters, dates and statuses. The missions are those of the ACI as Maillage reads "
        "them (to check); the Cour des comptes counts a mission of cooperation and delegation apart. A shared commune "
        "counts for its declared share, without knowing which neighbourhoods it covers.",
    ),
    author="Maillage",
    reviewer=WHO,
    next_review=date(2027, 6, 30),
)
