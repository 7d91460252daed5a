"""Why a row is put aside: each reason once, in both languages.

The store keeps the English words. A reason is general, so that rows of one fault are counted together: the code, the
distance or the value that was met is in the column ``found`` of the quarantine.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from maillage.text import Lang, Text

# Cells and rows of any file.
REQUIRED = Text("{name} est obligatoire et vide", "{name} is required and is empty")
NOT_A_NUMBER = Text("un nombre était attendu dans {name}", "a number was expected in {name}")
NOT_AN_AMOUNT = Text(
    "un montant en euros était attendu dans {name} : 12500.50, sans k€ ni M€, sans virgule suivie de trois chiffres",
    "an amount in euros was expected in {name}: 12500.50, no k€ nor M€, no comma followed by three digits",
)
RESPELLED = Text(
    "un nombre écrit autrement dans {name}, et compris : l’écrire sans espace ni signe, avec un point",
    "a number written otherwise in {name}, and understood: write it without space or sign, with a dot",
)
NOT_WHOLE = Text("un nombre entier était attendu dans {name}", "a whole number was expected in {name}")
FORMULA = Text(
    "une formule sans son résultat dans {name} : ouvrir puis enregistrer le fichier dans un tableur",
    "a formula without its result in {name}: open the file in a spreadsheet and save it",
)
NOT_A_DATE = Text(
    "une date de 1900 à 2100 était attendue dans {name} : 2024-03-25, 25/03/2024 ou 20240325",
    "a date from 1900 to 2100 was expected in {name}: 2024-03-25, 25/03/2024 or 20240325",
)
NOT_A_TIME = Text(
    "une date et une heure étaient attendues dans {name} : 2024-03-25T14:30, 25/03/2024 14:30 ou 20240325 1430",
    "a date and a time were expected in {name}: 2024-03-25T14:30, 25/03/2024 14:30 or 20240325 1430",
)
AMBIGUOUS_DATE = Text(
    "{name} se lit de deux façons, et d’autres lignes du fichier donnent le mois en premier : écrire 2024-03-25",
    "{name} reads in two ways, and other rows of the file give the month first: write 2024-03-25",
)
NOT_A_BOOLEAN = Text("oui ou non (1 ou 0) était attendu dans {name}", "yes or no (1 or 0) was expected in {name}")
BEFORE = Text("{later} précède {earlier}", "{later} comes before {earlier}")
FEWER = Text("{later} est inférieur à {earlier}", "{later} is less than {earlier}")
NONE_OF = Text("l’un au moins de {names} est obligatoire", "at least one of {names} is required")
PATTERN = Text("{name} n’a pas la forme attendue, {pattern}", "{name} should match {pattern}")
ALLOWED = Text("{name} devrait être l’une des valeurs {values}", "{name} should be one of {values}")
BELOW = Text("{name} est inférieur à {bound}", "{name} is below {bound}")
ABOVE = Text("{name} est supérieur à {bound}", "{name} is above {bound}")
CONTRADICTION = Text(
    "plusieurs lignes de cette clé se contredisent : garder la bonne",
    "several rows of this key contradict each other: keep the right one",
)
REPEATED = Text("la même ligne est répétée : elle a été gardée une fois", "the same row is repeated: it was kept once")
LATER_FILE = Text("cette clé est aussi dans {file}, qui a été gardé", "this key is also in {file}, which was kept")
UNDECODED = Text(
    "un octet {byte} qui n’est ni de l’UTF-8 ni du Windows-1252",
    "a byte {byte} that is neither UTF-8 nor Windows-1252",
)
QUOTE = Text("un guillemet ouvert et jamais refermé", "a quote that is opened and never closed")
WIDTH = Text(
    "une ligne de {expected} cellules était attendue, {found} trouvées",
    "a line of {expected} cells was expected, found {found}",
)

# What a source has and Maillage does not read.
DELETED = Text("une fiche que la table dit supprimée", "a record that the table marks as deleted")
NOT_A_COMMUNE = Text("ce n’est pas une commune, ni l’une de ses parties", "neither a commune nor a part of one")
LARGER_TOTAL = Text(
    "un total de région ou de France, non d’un département", "a total of a région or of France, not a département"
)
PARTIAL_TOTAL = Text(
    "une part par âge ou par sexe : seuls les totaux sont gardés", "a part by age or sex: only totals are kept"
)
OTHER_PROFESSION = Text(
    "une profession hors de la nomenclature déclarée", "a profession that the declared nomenclature does not hold"
)
MEMBER = Text("un objet portant {member} était attendu", "an object holding {member} was expected")
FAILED_ROUTE = Text(
    "{minutes} minutes : le producteur n’a pas trouvé d’itinéraire", "{minutes} minutes: the producer found no route"
)

# Communes and their geography.
STRANGE_COMMUNE = Text(
    "cette commune n’est pas connue : vérifier que c’est le code INSEE (non le code postal) et qu’il existe encore",
    "this commune is not known: check that it is the INSEE code (not the postcode) and that it still exists",
)
STRANGE_DEPARTEMENT = Text(
    "ce département n’est pas connu : 08, 2A ou 974 par exemple", "this département is not known: as 08, 2A or 974"
)
STRANGE_TERRITORY = Text(
    "ce code n’est celui d’aucun territoire du niveau donné : vérifier le code et le niveau",
    "this code is that of no territory of the level given: check the code and the level",
)
SPANS_OVERLAP = Text(
    "une autre ligne du même élément court encore ce jour-là : la terminer la veille, ou retirer l’une des deux",
    "another row of the same item still holds on that day: end it the day before, or remove one of the two",
)
UNDRAWN = Text(
    "aucun contour connu pour cette commune : elle a des chiffres et une page, mais pas de tracé sur la carte",
    "no outline is known for this commune: it has figures and a page, and no shape on the map",
)
OUTSIDE = Text(
    "cette commune n’est dans aucun des départements donnés : elle n’entre pas dans la géographie",
    "this commune lies in none of the départements given: it is left out of the geography",
)
ASTRAY = Text(
    "la mairie est donnée hors du contour de la commune : un point de ce contour la remplace",
    "the town hall is given outside the outline of its commune: a point within the outline stands for it",
)
AGELESS = Text(
    "cette commune manque au fichier du recensement : sa population légale de 2017 compte dans les totaux, sans âge",
    "the census file lacks this commune: its legal population of 2017 counts in totals, without age",
)
UNCOUNTED = Text(
    "aucun fichier ne donne la population de cette commune : elle ne pèse dans aucune moyenne et n’a pas de densité",
    "no file gives the population of this commune: it has no weight in any mean, and no density",
)
UNKNOWN = Text(
    "cette commune n’est dans aucune géographie connue de {first} à {last} : vérifier son code",
    "this commune is in no known geography from {first} to {last}: check its code",
)
OVERSEAS = Text(
    "une collectivité d’outre-mer, qui n’est dans aucune géographie des communes : elle est laissée de côté",
    "an overseas collectivity, which is in no geography of communes: it is left out",
)
FOREIGN = Text(
    "une résidence hors de France ou inconnue (code 99) : aucun territoire ne la compte",
    "a residence outside France or unknown (code 99): no territory counts it",
)
UNKNOWN_POSTCODE = Text(
    "aucune commune n’a ce code postal : vérifier, ou donner le code INSEE de la commune",
    "no commune has this postcode: check it, or give the INSEE code of the commune",
)
WHOLE_CITY_RECORD = Text(
    "le code de la ville entière ne dit pas l’arrondissement : donner celui-ci, ou le code postal",
    "the code of the whole city does not tell the arrondissement: give it, or the postcode",
)
WHOLE_CITY = Text(
    "un chiffre de la ville entière ne se partage pas entre ses arrondissements : le donner par arrondissement",
    "a figure of the whole city cannot be shared among its arrondissements: give it by arrondissement",
)
ELSEWHERE = Text(
    "cette commune n’est pas dans la géographie du calcul : donner les temps entre communes (et arrondissements) de son"
    " millésime",
    "this commune is not in the geography of the run: give times between communes (and arrondissements) of its vintage",
)
UNTIMED = Text(
    "aucun temps de trajet n’est donné pour cette commune : son accès n’est pas calculé",
    "no travel time is given for this commune: its access is not computed",
)
ROADLESS = Text(
    "aucune route du réseau donné n’est assez proche de cette commune : son accès n’est pas calculé",
    "no road of the network given is near enough to this commune: its access is not computed",
)

# The register of measures.
STEP = Text(
    "« {after} » ne peut pas suivre « {before} » : vérifier les dates, ou donner l’étape qui manque",
    "{after} cannot follow {before}: check the dates, or give the step that is missing",
)
FIRST_STEP = Text(
    "« {after} » ne peut pas venir en premier : donner l’étape d’avant",
    "{after} cannot come first: give the step before it",
)
BACKWARDS = Text(
    "« {after} » est daté après « {before} », qui devrait le suivre : vérifier les deux dates",
    "{after} is dated after {before}, which should follow it: check both dates",
)
ENDS_FIRST = Text(
    "la fin est datée avant le début : corriger l’une des deux dates",
    "the end is dated before the start: correct one of the two dates",
)
NO_STATUS = Text(
    "aucun statut n’est donné pour ce bénéficiaire : il ne compte dans aucun état ni aucune couverture",
    "no status is given for this beneficiary: it counts in no state and no coverage",
)
CONTRACTS_OVERLAP = Text(
    "ce médecin a déjà un contrat de cette mesure en cours ce jour-là : terminer le premier, ou vérifier le médecin",
    "this doctor already has a contract of this measure in force on that day: end the first, or check the doctor",
)
CLAIMED_TWICE = Text(
    "cette commune est tout entière dans plusieurs périmètres à la fois : donner des parts, ou la retirer de l’un",
    "this commune is wholly in several perimeters at once: give shares, or take it out of one",
)
SHARES_OVER = Text(
    "les parts de cette commune dans plusieurs périmètres dépassent 1 en tout : vérifier les parts",
    "the shares of this commune in several perimeters are over 1 in all: check the shares",
)

TEMPLATES: tuple[Text, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Text))
_SLOT = re.compile(r"\\\{(\w+)\\\}")


def in_language(reason: str, lang: Lang) -> str:
    """A reason of the quarantine in the language of the reader.

    A reason that is neither one of ``TEMPLATES`` nor that of a declared correction comes back as it is.
    """
    if lang == "en":
        return reason
    if reason in _declared():
        return _declared()[reason]
    for pattern, french in _patterns():
        if found := pattern.fullmatch(reason):
            return french.format(**found.groupdict())
    return reason


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_SLOT.sub(r"(?P<\1>.+?)", re.escape(words.en))), words.fr) for words in TEMPLATES)


@cache
def _declared() -> dict[str, str]:
    """The reasons of the declared corrections."""
    folder = files("maillage") / "definitions" / "corrections"
    entries = [
        entry
        for path in sorted(folder.iterdir(), key=lambda p: p.name)
        if path.name.endswith(".toml")
        for entry in tomllib.loads(path.read_text("utf-8")).get("correction", [])
    ]
    return {entry["reason"]: entry["reason_fr"] for entry in entries}
