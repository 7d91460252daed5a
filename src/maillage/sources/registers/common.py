"""Columns that several layouts of registers share."""

from __future__ import annotations

from collections.abc import Mapping

from maillage.catalog.layout import LayoutColumn
from maillage.text import Text

# Whoever publishes a register in these layouts says under which licence; nothing of it names a patient.
LICENCE = Text("celle que déclare le producteur du registre", "the one that the holder of the register declares")
GUIDE = "docs/how-to/validate-a-register.md"
DATES = Text(
    "Les dates s’écrivent 2024-03-25 ; 25/03/2024 est compris. Une étape qui n’a pas eu lieu, ou dont la date n’est pas"
    " connue, reste vide.",
    "Dates are written 2024-03-25; 25/03/2024 is understood. A step that did not take place, or whose date is not"
    " known, is left empty.",
)
LAST_DAY = Text(
    "date_fin est le dernier jour compris ; vide si rien n’a pris fin.",
    "date_fin is the last day included; empty where nothing has ended.",
)
PROFESSIONS = Text(
    "mg (médecin généraliste), spe (autre médecin), inf (infirmier), mk (kinésithérapeute), sf (sage-femme),"
    " cd (dentiste), pharmacien, orthophoniste…",
    "mg (GP), spe (other doctor), inf (nurse), mk (physiotherapist), sf (midwife), cd (dentist), pharmacien, …",
)


def identifier(name: str, of: Text, example: str, *, aliases: tuple[str, ...] = ()) -> LayoutColumn:
    """The identifier of what the measure was given to."""
    return LayoutColumn(
        name,
        "beneficiary",
        Text(f"Identifiant {of.fr}", f"Identifier of {of.en}"),
        Text(
            "Toujours le même d’un fichier à l’autre, jamais réemployé : numéro FINESS, numéro de contrat ou numéro"
            " donné par l’ARS.",
            "The same from one file to the next, never used again: FINESS number, contract number or number given by"
            " the ARS.",
        ),
        example,
        aliases=aliases,
    )


def name_of(of: Text, example: str) -> LayoutColumn:
    """The name of a beneficiary."""
    return LayoutColumn(
        "nom",
        "beneficiary_name",
        Text(f"Nom {of.fr}", f"Name of {of.en}"),
        Text("Nom d’usage, sans sigle inutile.", "Usual name, without needless acronyms."),
        example,
        aliases=("denomination", "libelle"),
    )


def commune(title: Text, *, example: str = "08105") -> LayoutColumn:
    """The INSEE code of a commune."""
    return LayoutColumn(
        "code_commune",
        "code_commune",
        title,
        Text(
            "Code INSEE de la commune, 5 caractères (ce n’est pas le code postal) ; à Paris, Lyon et Marseille, celui"
            " de l’arrondissement municipal.",
            "INSEE code of the commune, 5 characters (not the postcode); in Paris, Lyon and Marseille that of the"
            " municipal arrondissement.",
        ),
        example,
        aliases=("code_insee", "commune_insee", "insee", "depcom", "codgeo"),
    )


def departement() -> LayoutColumn:
    """The code of a département."""
    return LayoutColumn(
        "departement",
        "code_departement",
        Text("Département", "Département"),
        Text(
            "Code du département, 2 ou 3 caractères (08, 2A, 974) ; le principal s’il y en a plusieurs.",
            "Code of the département, 2 or 3 characters (08, 2A, 974); the main one where there are several.",
        ),
        "08",
        aliases=("code_departement", "dep"),
    )


def day(name: str, field: str, title: Text, description: Text, example: str) -> LayoutColumn:
    """A date."""
    return LayoutColumn(name, field, title, description, example)


def start(what: Text, example: str = "2021-09-01") -> LayoutColumn:
    """The first day on which a row holds."""
    return day(
        "date_debut",
        "start_date",
        Text("Date de début", "Start"),
        Text(f"Premier jour {what.fr}.", f"First day {what.en}."),
        example,
    )


def end(what: Text, example: str = "2026-08-31") -> LayoutColumn:
    """The last day on which a row holds."""
    return day(
        "date_fin",
        "end_date",
        Text("Date de fin", "End"),
        Text(
            f"Dernier jour {what.fr}, jamais avant le premier ; vide si cela continue.",
            f"Last day {what.en}, never before the first; empty where it goes on.",
        ),
        example,
    )


def signature(what: Text, example: str = "2021-06-15") -> LayoutColumn:
    """The day of signature."""
    return day(
        "date_signature",
        "signature_date",
        Text("Date de signature", "Signature"),
        Text(f"Jour de la signature {what.fr}.", f"Day of the signature of {what.en}."),
        example,
    )


def specialty() -> LayoutColumn:
    """The specialty of a doctor."""
    return LayoutColumn(
        "specialite",
        "specialty",
        Text("Spécialité du médecin", "Specialty of the doctor"),
        Text(
            "mg pour la médecine générale ; sinon le nom de la spécialité en minuscules (pediatrie, gynecologie…).",
            "mg for general practice; else the name of the specialty in lower case (pediatrie, gynecologie …).",
        ),
        "mg",
    )


def zone() -> LayoutColumn:
    """The zone of the GP zoning on the day of signature."""
    return LayoutColumn(
        "zone_signature",
        "zone",
        Text("Zone à la signature", "Zone at signature"),
        Text(
            "Zone du zonage médecins le jour de la signature : ZIP, ZAC, ZAR, ou HZ hors zonage. Elle ne change plus"
            " ensuite.",
            "Zone of the GP zoning on the day of signature: ZIP, ZAC, ZAR, or HZ outside. It does not change later.",
        ),
        "ZIP",
        values={name: name for name in ("ZIP", "ZAC", "ZAR", "HZ")},
        also={"1_ZIP": "ZIP", "2_ZAC": "ZAC", "HORS ZONE": "HZ", "HORS ZONAGE": "HZ"},
        aliases=("zone", "zonage"),
    )


def profession(*, required: bool = True) -> LayoutColumn:
    """The profession that a row is about."""
    more = Text("", "") if required else Text(" Vide si l’aide n’est pas propre à une profession.", " Empty for any.")
    return LayoutColumn(
        "profession",
        "profession",
        Text("Profession", "Profession"),
        Text(PROFESSIONS.fr + more.fr, PROFESSIONS.en + more.en),
        "inf",
    )


def doctor() -> LayoutColumn:
    """The pseudonym of the doctor who signed."""
    return LayoutColumn(
        "id_medecin",
        "doctor",
        Text("Pseudonyme du médecin", "Pseudonym of the doctor"),
        Text(
            "Identifiant non signifiant du médecin signataire, le même d’un contrat à l’autre (jamais son nom ni son"
            " numéro RPPS) : il permet de voir que deux contrats se chevauchent.",
            "An identifier without meaning, the same from one contract to the next (never a name nor an RPPS number):"
            " it shows that two contracts overlap.",
        ),
        "m000123",
        aliases=("pseudonyme_medecin",),
    )


def patients(name: str, field: str, title: Text, description: Text, example: str) -> LayoutColumn:
    """A number of patients."""
    return LayoutColumn(name, field, title, description, example)


def form(name: str, title: Text, description: Text, example: str, values: Mapping[str, str]) -> LayoutColumn:
    """The form of a measure, among listed ones."""
    return LayoutColumn(name, "form", title, description, example, values=values)
