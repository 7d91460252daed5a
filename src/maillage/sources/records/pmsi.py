"""PMSI MCO: hospital stays, from the anonymous discharge summaries (ATIH)."""

from __future__ import annotations

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.records.common import INSEE_OR_POSTCODE, age, diagnosis, finess, residence, sex
from maillage.text import Text

PMSI_MCO = FileLayout(
    id="pmsi_mco",
    title=Text("Séjours hospitaliers (PMSI MCO)", "Hospital stays (PMSI MCO)"),
    description=Text(
        "Une ligne par séjour terminé, en médecine, chirurgie et obstétrique.",
        "One row a completed stay in medicine, surgery and obstetrics.",
    ),
    table=Table(
        "pmsi_mco",
        "Hospital stays, as the hospital gives them",
        (
            *("stay_id", "site_id_finess", "code_commune", "postcode", "entry_date", "exit_date"),
            *("age_years", "sex", "diagnosis_icd10", "associated_icd10"),
        ),
        ("site_id_finess", "stay_id"),
        frozenset({"code_commune", "postcode", "associated_icd10"}),
        ordered=(("entry_date", "exit_date"),),
        any_of=(("code_commune", "postcode"),),
    ),
    columns=(
        LayoutColumn(
            "ID_SEJOUR",
            "stay_id",
            Text("Identifiant du séjour", "Identifier of the stay"),
            Text("Unique dans l’établissement.", "Unique in the hospital."),
            "s000001",
            aliases=("num_sejour", "rsa_num", "no_rsa"),
        ),
        finess(Text("du séjour", "of the stay")),
        *residence(Text("de résidence", "of residence")),
        LayoutColumn(
            "DATE_ENTREE",
            "entry_date",
            Text("Date d’entrée", "Date of entry"),
            Text("Premier jour du séjour.", "First day of the stay."),
            "2024-02-10",
            aliases=("entree",),
        ),
        LayoutColumn(
            "DATE_SORTIE",
            "exit_date",
            Text("Date de sortie", "Date of exit"),
            Text("Dernier jour du séjour, jamais avant l’entrée.", "Last day of the stay, never before entry."),
            "2024-02-14",
            aliases=("sortie",),
        ),
        age(),
        sex(),
        diagnosis(),
        LayoutColumn(
            "DAS",
            "associated_icd10",
            Text("Diagnostics associés", "Associated diagnoses"),
            Text(
                "Codes CIM-10 séparés par une espace, une virgule ou une barre.",
                "ICD-10 codes separated by a space, a comma or a bar.",
            ),
            "I10 E119",
            aliases=("liste_da", "diagnostics_associes"),
        ),
    ),
    optional=frozenset({"CODE_INSEE", "CP", "DAS"}),
    notes=(
        INSEE_OR_POSTCODE,
        Text(
            "Le « code géographique PMSI » n’est pas un code postal et n’est pas lu : le convertir avant.",
            "The “PMSI geographical code” is not a postcode and is not read: convert it first.",
        ),
    ),
)
