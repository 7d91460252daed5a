"""Columns that several layouts of records share, and the words of their sources."""

from __future__ import annotations

from maillage.catalog.layout import LayoutColumn
from maillage.text import Text

# Personal data stay with whoever holds them: a run reads them, and publishes only what confidentiality allows.
OWN_LICENCE = Text(
    "données à caractère personnel, à l’usage de leur détenteur", "personal data, for the use of their holder"
)
INSEE_OR_POSTCODE = Text(
    "Le code INSEE de la commune est préféré ; à défaut, le code postal désigne sa commune ou, s’il en a plusieurs, la"
    " plus peuplée.",
    "The INSEE code of the commune is preferred; failing that the postcode stands for its commune or, where it has"
    " several, for the most populated.",
)
YES_NO = "oui"


def residence(who: Text, *, commune: str = "CODE_INSEE", postcode: str = "CP") -> tuple[LayoutColumn, LayoutColumn]:
    """The commune of ``who`` by its INSEE code, or by its postcode."""
    return (
        LayoutColumn(
            commune,
            "code_commune",
            Text(f"Commune {who.fr}", f"Commune {who.en}"),
            Text(
                "Code INSEE de la commune ou de l’arrondissement municipal, 5 caractères ; vide si seul le code postal"
                " est connu.",
                "INSEE code of the commune or municipal arrondissement, 5 characters; empty where only the postcode is"
                " known.",
            ),
            "08105",
            aliases=("code_commune", "commune_insee", "depcom", "insee"),
        ),
        LayoutColumn(
            postcode,
            "postcode",
            Text(f"Code postal {who.fr}", f"Postcode {who.en}"),
            Text(
                "Code postal, 5 chiffres ; 99 suivi de trois chiffres pour une résidence hors de France ou inconnue.",
                "Postcode, 5 digits; 99 and three digits for a residence outside France or unknown.",
            ),
            "08000",
            aliases=("code_postal", "codepostal"),
        ),
    )


def finess(where: Text) -> LayoutColumn:
    """The FINESS number of the site."""
    return LayoutColumn(
        "FINESS",
        "site_id_finess",
        Text(f"Établissement {where.fr}", f"Site {where.en}"),
        Text("Numéro FINESS géographique, 9 caractères.", "FINESS number of the site, 9 characters."),
        "080000615",
        aliases=("finess_geographique", "finess_geo", "nofiness"),
    )


def sex(name: str = "SEXE") -> LayoutColumn:
    """The sex, in the codes of RPU (M, F, I) or PMSI (1, 2)."""
    return LayoutColumn(
        name,
        "sex",
        Text("Sexe", "Sex"),
        Text("M ou 1 : masculin ; F ou 2 : féminin ; I : indéterminé.", "M or 1: male; F or 2: female; I: unknown."),
        "F",
        values={"M": "male", "1": "male", "H": "male", "F": "female", "2": "female", "I": "", "3": ""},
    )


def age() -> LayoutColumn:
    """The age in completed years."""
    return LayoutColumn(
        "AGE",
        "age_years",
        Text("Âge", "Age"),
        Text("Âge en années révolues à la date de l’événement.", "Age in completed years on the day of the event."),
        "47",
        aliases=("age_ans",),
    )


def diagnosis(name: str = "DP") -> LayoutColumn:
    """The main diagnosis."""
    return LayoutColumn(
        name,
        "diagnosis_icd10",
        Text("Diagnostic principal", "Main diagnosis"),
        Text("Code CIM-10, sans point de préférence.", "ICD-10 code, preferably without a dot."),
        "J459",
        aliases=("diag_principal", "diagnostic_principal"),
    )


def beneficiary() -> LayoutColumn:
    """The pseudonym of a beneficiary."""
    return LayoutColumn(
        "ID_BENEFICIAIRE",
        "beneficiary_id",
        Text("Pseudonyme du bénéficiaire", "Pseudonym of the beneficiary"),
        Text(
            "Identifiant non signifiant, le même d’un fichier à l’autre ; jamais le numéro de sécurité sociale.",
            "An identifier without meaning, the same from one file to the next; never the social security number.",
        ),
        "b000001",
        aliases=("beneficiaire", "ben_idt_ano"),
    )


def year() -> LayoutColumn:
    """The year of a situation on 31 December."""
    return LayoutColumn(
        "ANNEE",
        "year",
        Text("Année", "Year"),
        Text("Situation au 31 décembre de cette année.", "Situation on 31 December of that year."),
        "2023",
    )
