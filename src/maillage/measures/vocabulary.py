"""Words that several measures share: lives, attributes, signers and the texts that they cite."""

from __future__ import annotations

from datetime import date

from maillage.measures.definition import START, Attribute, LegalBase, Status
from maillage.text import Text

REPORT = "Cour des comptes, L’organisation territoriale des soins de premier recours, May 2024"
CNAM_ANSWER = f"{REPORT}, answer of the director general of the Cnam"
PRESS_2019 = "Ministry of Health, press release of 20 June 2019"
ANSWER_13895 = "National Assembly, answer to written question 13895, 27 February 2024"
TO_CHECK = "not among the reference texts; to check"

DOCTOR_SIGNS = Text("le médecin", "the doctor")
CPAM = Text("la caisse primaire d’assurance maladie (CPAM)", "the local health insurance fund (CPAM)")
ARS = Text("l’agence régionale de santé (ARS)", "the regional health agency (ARS)")

# The contracts CAIM, COSCOM, COTRAM and CSTM.
CONVENTION_2016 = LegalBase(
    Text("Convention médicale du 25 août 2016", "Doctors’ agreement of 25 August 2016"),
    date(2016, 10, 23),
    f"{TO_CHECK}; {REPORT}, annex 4 B, describes the contracts without dating them",
)

WHO = "À désigner / to be appointed"

ZONES = {
    "ZIP": Text("zone d’intervention prioritaire", "priority intervention zone"),
    "ZAC": Text("zone d’action complémentaire", "complementary action zone"),
    "ZAR": Text("zone d’accompagnement régional", "regional support zone"),
    "HZ": Text("hors zonage", "outside the zoning"),
}

NAME = Attribute("name", Text("Nom", "Name"))
PLACE = Attribute("place", Text("Commune d’implantation (code INSEE)", "Commune where it is (INSEE code)"))
ZONE_AT_SIGNATURE = Attribute(
    "zone_at_signature",
    Text("Zone du zonage médecins le jour de la signature", "GP zone on the day of signature"),
    allowed=ZONES,
)
SPECIALTY = Attribute("specialty", Text("Spécialité du médecin (mg : généraliste)", "Doctor’s specialty (mg: GP)"))
DOCTOR = Attribute("doctor", Text("Pseudonyme du médecin signataire", "Pseudonym of the doctor who signed"))
FTE = Attribute(
    "fte", Text("Quotité de temps plein", "Share of a full time"), unit=Text("ETP", "full-time equivalent"), maximum=1
)
PROFESSION = Text("profession", "profession")
PEOPLE = Text("personnes", "people")
MEMBERS = Attribute(
    "members", Text("Professionnels adhérents", "Professionals who are members"), items=PROFESSION, unit=PEOPLE
)
ACTIVE_MEMBERS = Attribute(
    "active_members",
    Text("Adhérents activement impliqués", "Members who are actively involved"),
    items=PROFESSION,
    unit=PEOPLE,
)
PATIENTS = Text("patients", "patients")


def kind(allowed: dict[str, Text]) -> Attribute:
    """The attribute that tells the forms of a measure apart."""
    return Attribute("kind", Text("Forme", "Form"), allowed=allowed)


def contract_life() -> tuple[Status, ...]:
    """A contract is signed first; one signed anew after its end is another contract."""
    return (
        Status("signed", Text("signé", "signed"), (START,), active=True),
        Status("renewed", Text("renouvelé", "renewed"), ("signed", "renewed"), active=True),
        Status("ended", Text("terminé", "ended"), ("signed", "renewed")),
    )


def structure_life(*, agreement: Text | None = None) -> tuple[Status, ...]:
    """A structure may be known from its opening only, or from its agreement; it may lose this and stay open.

    ``agreement`` names the national agreement that funds it, where there is one.
    """
    signed = ("aci_signed",) if agreement else ()
    project = Status("project", Text("en projet", "planned"), (START,))
    opened = Status("open", Text("ouvert", "open"), (START, "project", *signed), active=True)
    closed = Status("closed", Text("fermé ou abandonné", "closed or given up"), ("project", "open", *signed))
    if agreement is None:
        return (project, opened, closed)
    return (project, opened, Status("aci_signed", agreement, (START, "project", "open"), active=True), closed)
