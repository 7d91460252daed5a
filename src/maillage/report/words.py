"""The words around a document, the same in every format: headings of the annex, reliability, formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping

from maillage.report.annex import Annex, Source
from maillage.report.document import Day
from maillage.report.facts import Entry, Fact, Reliability
from maillage.text import Lang, Text, format_number, format_quantity, typeset

CONTENTS = Text("Sommaire", "Contents")
REFERENCE = Text("Réf.", "Ref.")
PAGE = Text("page", "page")
AS_KNOWN = Text("État des connaissances au", "As known on")
DATA = Text("Voir les chiffres du graphique", "See the figures of the chart")
TABLE, CHART = Text("Tableau", "Table"), Text("Graphique", "Chart")
ENTRIES = Text("Liste des chiffres cités", "List of the figures cited")
DOCUMENTS = Text("Documents", "Documents")
ENTRIES_LEAD = Text(
    "Chaque chiffre de ce document porte un numéro. Un numéro seul renvoie à un chiffre tel que sa source l’imprime,"
    " dans cette liste ; un numéro précédé de la lettre c renvoie à un calcul, dans la liste suivante. La lettre"
    " majuscule est celle du document.",
    "Each figure in this document bears a number. A number alone points to a figure as its source prints it, in this"
    " list; a number after the letter c points to a computation, in the next list. The capital letter is that of the"
    " document.",
)
COMPUTED = Text("Liste des calculs", "List of the computations")
COMPUTED_LEAD = Text(
    "Les numéros entre crochets sont ceux de la liste des chiffres cités.",
    "Numbers between brackets are those of the list of the figures cited.",
)
ENTRY_HEAD = (
    Text("N°", "No."),
    Text("Ce qui est compté", "What is counted"),
    Text("Chiffre", "Figure"),
    Text("Date ou période", "Date or period"),
    Text("Document et place", "Document and place"),
    Text("Fiabilité", "Reliability"),
)
COMPUTED_HEAD = (Text("N°", "No."), Text("Résultat", "Result"), Text("Calcul", "Computation"))
RELIABILITY: Mapping[Reliability, Text] = {
    "observed": Text("constaté", "observed"),
    "estimated": Text("estimé par la source", "estimated by its source"),
    "assumed": Text("hypothèse", "assumption"),
}
REPORTED = Text("rapporté, à vérifier", "reported, to be checked")
DATASET = Text("jeu de données", "dataset")
SIMULATED = Text("simulé", "simulated")
IDENTIFIER = Text("identifiant", "identifier")
KNOWN = Text("public le", "public on")
FROM = Text("à partir de", "from")
_SIGNS = {"*": "×", "/": "÷", "-": "−", "+": "+"}


def reliability_words(entry: Entry, lang: Lang) -> str:
    """How an entry is known, and whether it is simulated."""
    words = (REPORTED if entry.outside else RELIABILITY[entry.reliability])[lang]
    return f"{words}, {SIMULATED[lang]}" if entry.simulated else words


def entry_value(entry: Entry, lang: Lang) -> str:
    """The figure of an entry with its unit, without rounding it."""
    if entry.dataset:
        return DATASET[lang]
    value = entry.value * entry.scale
    return format_quantity(value, _decimals(value), entry.unit, lang)


def entry_day(entry: Entry, lang: Lang) -> str:
    """The day that an entry is about."""
    return Day(entry.day, entry.precision).printed(lang)


def entry_source(entry: Entry, annex: Annex, lang: Lang) -> str:
    """The letter of the document that prints an entry, and the place in it."""
    place = typeset(entry.place[lang], lang)
    return f"{annex.letter(entry)}, {place}" if place else annex.letter(entry)


def document_words(source: Source, lang: Lang) -> str:
    """A document by its title, and when it was made public."""
    known = f" ({KNOWN[lang]} {Day(source.known).printed(lang)})" if source.known else ""
    return typeset(source.title[lang], lang) + known


def _decimals(value: float) -> int:
    return next((d for d in range(4) if abs(round(value, d) - value) < 1e-9), 4)


def formula_words(fact: Fact, annex: Annex, lang: Lang) -> str:
    """The formula of a computation with the numbers of the annex, or its method and what it starts from."""
    if fact.method is not None:
        origins = ", ".join(f"[{annex.number(e)}]" for e in fact.entries)
        return f"{fact.method[lang]}{' : ' if lang == 'fr' else ': '}{FROM[lang]} {origins}"
    numbers = {e.id: annex.number(e) for e in fact.entries}
    named = re.sub(r"\[([^\]]+)\]", lambda found: f"\x00{numbers[found[1]]}\x01", fact.formula)
    signed = re.sub(r" ([-+*/]) ", lambda found: f" {_SIGNS[found[1]]} ", named)
    return signed.replace("\x00", "[").replace("\x01", "]")


def computed_value(fact: Fact, lang: Lang) -> str:
    """The exact result of a computation, to four significant decimals."""
    return format_number(fact.value, _decimals(round(fact.value, 4)), lang)
