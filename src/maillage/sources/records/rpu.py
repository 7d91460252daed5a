"""RPU: the summaries of emergency visits (résumés de passages aux urgences).

Elements and codes: arrêté du 24 juillet 2013 relatif au recueil et au traitement des résumés de passage aux urgences.
"""

from __future__ import annotations

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.records.common import INSEE_OR_POSTCODE, age, diagnosis, finess, residence, sex
from maillage.text import Text

RPU = FileLayout(
    id="rpu",
    title=Text("Résumés de passages aux urgences (RPU)", "Summaries of emergency visits (RPU)"),
    description=Text(
        "Une ligne par passage aux urgences, avec la commune de résidence du patient.",
        "One row a visit to an emergency department, with the commune where the patient lives.",
    ),
    table=Table(
        "rpu",
        "Emergency visits, as the hospital gives them",
        (
            *("visit_id", "site_id_finess", "code_commune", "postcode", "entry_time", "exit_time"),
            *("age_years", "sex", "ccmu", "diagnosis_icd10"),
        ),
        ("site_id_finess", "visit_id"),
        frozenset({"code_commune", "postcode", "exit_time", "sex", "ccmu", "diagnosis_icd10"}),
        ordered=(("entry_time", "exit_time"),),
        any_of=(("code_commune", "postcode"),),
    ),
    columns=(
        LayoutColumn(
            "ID_PASSAGE",
            "visit_id",
            Text("Identifiant du passage", "Identifier of the visit"),
            Text("Unique dans l’établissement.", "Unique in the hospital."),
            "p000001",
            aliases=("id_rpu", "num_passage", "numero_passage"),
        ),
        finess(Text("d’accueil", "of the visit")),
        *residence(Text("de résidence", "of residence")),
        LayoutColumn(
            "ENTREE",
            "entry_time",
            Text("Date et heure d’entrée", "Date and time of entry"),
            Text(
                "Heure locale. Les formes 25/03/2024 14:30 et 20240325 1430 sont comprises aussi.",
                "Local time. The forms 25/03/2024 14:30 and 20240325 1430 are understood too.",
            ),
            "2024-03-25T14:30",
            aliases=("date_heure_entree", "dh_entree"),
        ),
        LayoutColumn(
            "SORTIE",
            "exit_time",
            Text("Date et heure de sortie", "Date and time of exit"),
            Text("Heure locale, jamais avant l’entrée.", "Local time, never before entry."),
            "2024-03-25T17:05",
            aliases=("date_heure_sortie", "dh_sortie"),
        ),
        age(),
        LayoutColumn(
            "NAISSANCE",
            "birth_date",
            Text("Date de naissance", "Date of birth"),
            Text(
                "Sert à calculer l’âge à l’entrée quand AGE est vide ou absent ; n’est pas conservée.",
                "Gives the age on entry where AGE is empty or absent; it is not kept.",
            ),
            "1976-11-02",
            aliases=("date_naissance", "ddn"),
        ),
        sex(),
        LayoutColumn(
            "GRAVITE",
            "ccmu",
            Text("Gravité (CCMU modifiée)", "Severity (modified CCMU)"),
            Text(
                "1 : état stable, sans acte ; 2 : stable, avec acte ; 3 : peut s’aggraver ; 4 : pronostic vital"
                " engagé ; 5 : réanimation immédiate ; P : psychiatrie ; D : décédé à l’arrivée.",
                "1: stable, no act; 2: stable, with an act; 3: may worsen; 4: life-threatening; 5: immediate"
                " resuscitation; P: psychiatric; D: dead on arrival.",
            ),
            "1",
            values={
                **{str(n): str(n) for n in range(1, 6)},
                **{f"CCMU{n}": str(n) for n in range(1, 6)},
                **{f"CCMU {n}": str(n) for n in range(1, 6)},
                **{"P": "P", "CCMUP": "P", "CCMU P": "P", "D": "D", "CCMUD": "D", "CCMU D": "D"},
            },
            aliases=("ccmu",),
        ),
        diagnosis(),
    ),
    optional=frozenset({"ID_PASSAGE", "CODE_INSEE", "CP", "SORTIE", "AGE", "NAISSANCE", "SEXE", "DP"}),
    notes=(
        INSEE_OR_POSTCODE,
        Text(
            "Sans ID_PASSAGE, un passage est reconnu à l’ensemble de ses cellules.",
            "Without ID_PASSAGE, a visit is told by all its cells together.",
        ),
    ),
)
