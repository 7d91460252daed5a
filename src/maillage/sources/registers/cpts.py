"""CPTS: the communities, their perimeter, their missions and their members."""

from __future__ import annotations

from itertools import pairwise

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.registers.common import (
    DATES,
    GUIDE,
    LAST_DAY,
    commune,
    day,
    departement,
    end,
    identifier,
    name_of,
    profession,
    start,
)
from maillage.text import Text

_OF = Text("de la CPTS", "the CPTS")
_ID = identifier("id_cpts", _OF, "CPTS-08-01", aliases=("identifiant_cpts", "code_cpts"))
_STEPS = ("pre_project_date", "letter_date", "validation_date", "negotiation_date", "agreement_date", "renewal_date")
MISSIONS = {
    name: name.lower()
    for name in ("ACCES_SOINS", "PARCOURS", "PREVENTION", "CRISE", "QUALITE", "ACCOMPAGNEMENT", "COOPERATION")
}

CPTS = FileLayout(
    id="cpts",
    guide=GUIDE,
    title=Text("CPTS : étapes de déploiement", "CPTS: steps of deployment"),
    description=Text(
        "Une ligne par communauté professionnelle territoriale de santé : son nom, son département, la date de chaque"
        " étape, sa taille.",
        "One row a communauté professionnelle territoriale de santé: its name, its département, the date of each step,"
        " its size.",
    ),
    table=Table(
        "cpts",
        "CPTS and the dates of their steps",
        ("beneficiary", "beneficiary_name", "code_departement", *_STEPS, "closing_date", "size_class"),
        ("beneficiary",),
        frozenset({"code_departement", *_STEPS, "closing_date", "size_class"}),
        ordered=(*pairwise(_STEPS), ("agreement_date", "closing_date")),
        any_of=(_STEPS,),
    ),
    columns=(
        _ID,
        name_of(_OF, "CPTS du Vouzinois"),
        departement(),
        day(
            "date_pre_projet",
            "pre_project_date",
            Text("Pré-projet", "Pre-project"),
            Text("Jour où le pré-projet est connu de l’ARS.", "Day on which the ARS knew of the pre-project."),
            "2019-05-10",
        ),
        day(
            "date_lettre_intention",
            "letter_date",
            Text("Lettre d’intention", "Letter of intent"),
            Text("Jour où la lettre d’intention est acceptée.", "Day on which the letter of intent was accepted."),
            "2019-11-04",
        ),
        day(
            "date_projet_valide",
            "validation_date",
            Text("Projet de santé validé", "Health project validated"),
            Text("Jour où l’ARS valide le projet de santé.", "Day on which the ARS validated the health project."),
            "2020-09-21",
        ),
        day(
            "date_negociation",
            "negotiation_date",
            Text("Début de la négociation", "Negotiation begins"),
            Text(
                "Jour où s’ouvre la négociation de l’ACI avec l’Assurance maladie.",
                "Day on which the negotiation of the ACI with health insurance began.",
            ),
            "2020-11-02",
        ),
        day(
            "date_signature_aci",
            "agreement_date",
            Text("Signature de l’ACI", "ACI signed"),
            Text(
                "Jour où l’accord conventionnel interprofessionnel est signé.",
                "Day on which the accord conventionnel interprofessionnel was signed.",
            ),
            "2021-02-15",
        ),
        day(
            "date_renouvellement",
            "renewal_date",
            Text("Dernier renouvellement", "Last renewal"),
            Text("Jour du dernier renouvellement de l’ACI.", "Day of the last renewal of the ACI."),
            "2026-02-15",
        ),
        day(
            "date_fin",
            "closing_date",
            Text("Fin", "End"),
            Text(
                "Jour où la CPTS prend fin ou perd son ACI ; vide si elle continue.",
                "Day on which the CPTS ended or lost its ACI; empty where it goes on.",
            ),
            "2029-02-14",
        ),
        LayoutColumn(
            "taille",
            "size_class",
            Text("Taille", "Size"),
            Text(
                "Taille au sens de l’ACI, de 1 à 4 ; elle vaut à partir de la signature.",
                "Size in the sense of the ACI, 1 to 4; it holds from the signature on.",
            ),
            "2",
        ),
    ),
    optional=frozenset(
        {
            *("departement", "date_pre_projet", "date_lettre_intention", "date_projet_valide", "date_negociation"),
            *("date_signature_aci", "date_renouvellement", "date_fin", "taille"),
        }
    ),
    notes=(DATES,),
)
PERIMETER = FileLayout(
    id="cpts_perimetre",
    guide=GUIDE,
    title=Text("CPTS : périmètre par commune", "CPTS: perimeter by commune"),
    description=Text(
        "Une ligne par CPTS et commune de son périmètre, avec la part de la commune et les dates. Un fichier donne tout"
        " le périmètre de chaque CPTS qu’il nomme : il remplace ce qui était connu de celui-ci.",
        "One row a CPTS and commune of its perimeter, with the share of the commune and the dates. A file gives the"
        " whole perimeter of each CPTS that it names: it replaces what was known of it.",
    ),
    table=Table(
        "cpts_perimetre",
        "Communes of CPTS",
        ("beneficiary", "code_commune", "share", "start_date", "end_date"),
        ("beneficiary", "code_commune", "start_date"),
        frozenset({"share", "end_date"}),
        ordered=(("start_date", "end_date"),),
    ),
    columns=(
        _ID,
        commune(Text("Commune du périmètre", "Commune of the perimeter")),
        LayoutColumn(
            "part",
            "share",
            Text("Part de la commune", "Share of the commune"),
            Text(
                "Part des habitants de la commune que la CPTS couvre, entre 0 et 1 : 1 ou vide pour toute la commune,"
                " 0.35 pour 35 %.",
                "Share of the commune's inhabitants that the CPTS covers, from 0 to 1: 1 or empty for the whole"
                " commune, 0.35 for 35 %.",
            ),
            "0.35",
        ),
        start(Text("où la commune est dans le périmètre", "on which the commune is in the perimeter")),
        end(Text("où la commune est dans le périmètre", "on which the commune is in the perimeter")),
    ),
    optional=frozenset({"part", "date_fin"}),
    notes=(LAST_DAY,),
)
CPTS_MISSIONS = FileLayout(
    id="cpts_missions",
    guide=GUIDE,
    title=Text("CPTS : missions", "CPTS: missions"),
    description=Text(
        "Une ligne par CPTS et mission qu’elle exerce, avec ses dates. Un fichier donne toutes les missions de chaque"
        " CPTS qu’il nomme.",
        "One row a CPTS and mission that it carries out, with its dates. A file gives all the missions of each CPTS"
        " that it names.",
    ),
    table=Table(
        "cpts_missions",
        "Missions of CPTS",
        ("beneficiary", "mission", "start_date", "end_date"),
        ("beneficiary", "mission", "start_date"),
        frozenset({"end_date"}),
        ordered=(("start_date", "end_date"),),
    ),
    columns=(
        _ID,
        LayoutColumn(
            "mission",
            "mission",
            Text("Mission", "Mission"),
            Text(
                "ACCES_SOINS (médecin traitant et soins non programmés), PARCOURS, PREVENTION, CRISE, QUALITE,"
                " ACCOMPAGNEMENT, COOPERATION (coopération et délégation).",
                "ACCES_SOINS (médecin traitant and unplanned care), PARCOURS (pathways), PREVENTION, CRISE (crisis),"
                " QUALITE (quality), ACCOMPAGNEMENT (support), COOPERATION (cooperation and delegation).",
            ),
            "ACCES_SOINS",
            values=MISSIONS,
        ),
        start(Text("de la mission", "of the mission")),
        end(Text("de la mission", "of the mission")),
    ),
    optional=frozenset({"date_fin"}),
    notes=(LAST_DAY,),
)
MEMBERS = FileLayout(
    id="adhesions",
    guide=GUIDE,
    title=Text("CPTS : professionnels adhérents", "CPTS: professionals who are members"),
    description=Text(
        "Une ligne par CPTS, profession et date de dénombrement : adhérents, et parmi eux adhérents actifs.",
        "One row a CPTS, profession and day of the count: members, and active members among them.",
    ),
    table=Table(
        "adhesions",
        "Members of CPTS by profession",
        ("beneficiary", "profession", "count_date", "members", "active_members"),
        ("beneficiary", "profession", "count_date"),
        frozenset({"active_members"}),
        ordered=(("active_members", "members"),),
    ),
    columns=(
        _ID,
        profession(),
        day(
            "date_denombrement",
            "count_date",
            Text("Date du dénombrement", "Day of the count"),
            Text("Jour auquel les adhérents sont comptés.", "Day on which the members are counted."),
            "2023-12-31",
        ),
        LayoutColumn(
            "adherents",
            "members",
            Text("Adhérents", "Members"),
            Text("Professionnels adhérents ce jour-là.", "Professionals who are members on that day."),
            "42",
        ),
        LayoutColumn(
            "adherents_actifs",
            "active_members",
            Text("Adhérents actifs", "Active members"),
            Text(
                "Adhérents qui ont pris part à une action dans les douze derniers mois, jamais plus que les adhérents.",
                "Members who took part in an action in the last twelve months, never more than the members.",
            ),
            "11",
        ),
    ),
    optional=frozenset({"adherents_actifs"}),
)
