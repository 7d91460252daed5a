"""The figures known on a day, ready to be printed: the reference ledger, each entry as a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from maillage.measures import reference_entry as ledger
from maillage.measures.reference import Reference, load_reference
from maillage.measures.registry import load_measures
from maillage.report.document import NO_UNIT, Day, Name, Number
from maillage.report.facts import Entry, Fact, stated
from maillage.report.words import RELIABILITY, REPORTED
from maillage.text import Text

PERCENT = Text("%", "%")
MILLIONS = Text("M€", "M€")
EUROS = Text("€", "euros")
MILLION_INHABITANTS = Text("millions d’habitants", "million inhabitants")
POINTS, POINT = Text("points", "points"), Text("point", "point")
# Unit of the ledger: the words, and those of one.
UNITS: Mapping[str, tuple[Text, Text]] = {
    "contracts": (Text("contrats", "contracts"), Text("contrat", "contract")),
    "cpts": (Text("CPTS", "CPTS"), Text("CPTS", "CPTS")),
    "msp": (Text("maisons de santé", "maisons de santé"), Text("maison de santé", "maison de santé")),
    "cds": (Text("centres de santé", "centres de santé"), Text("centre de santé", "centre de santé")),
    "sas": (Text("services", "services"), Text("service", "service")),
    "inhabitants": (Text("habitants", "inhabitants"), Text("habitant", "inhabitant")),
    "nurses": (Text("infirmiers", "nurses"), Text("infirmier", "nurse")),
    "doctors": (Text("médecins", "doctors"), Text("médecin", "doctor")),
    "professionals": (Text("professionnels", "professionals"), Text("professionnel", "professional")),
    "hospitals": (Text("hôpitaux", "hospitals"), Text("hôpital", "hospital")),
    "teams": (Text("équipes", "teams"), Text("équipe", "team")),
    "sites": (Text("implantations", "sites"), Text("implantation", "site")),
    "protocols": (Text("protocoles", "protocols"), Text("protocole", "protocol")),
    "patients": (Text("patients", "patients"), Text("patient", "patient")),
    "fte": (
        Text("équivalents temps plein", "full-time equivalents"),
        Text("équivalent temps plein", "full-time equivalent"),
    ),
    "years": (Text("ans", "years"), Text("an", "year")),
    "ratio": (NO_UNIT, NO_UNIT),
    "percent": (PERCENT, PERCENT),
    "EUR": (EUROS, EUROS),
}
ABOUT: Mapping[str, Text | None] = {"": None, "about": Text("environ", "about"), "over": Text("plus de", "more than")}
# Figures that a source puts in brackets after its words.
_IN_BRACKETS = re.compile(r"\s*\([^)]*\d[^)]*\)")


@dataclass(frozen=True, slots=True)
class Book:
    """What was known on ``day``: the reference as known then, and its entries as facts, by identifier."""

    day: date
    reference: Reference
    facts: Mapping[str, Fact]
    known: Mapping[str, ledger.Entry]

    @property
    def heard(self) -> Reference:
        """The reference without what was not known yet."""
        r = self.reference
        return replace(
            r,
            figures=tuple(f for f in r.figures if f.id in self.known),
            targets=tuple(t for t in r.targets if t.id in self.known),
            payments=tuple(p for p in r.payments if p.id in self.known),
        )

    def has(self, *names: str) -> bool:
        """Whether every entry named was known."""
        return all(name in self.facts for name in names)

    def fact(self, name: str) -> Fact:
        """What an entry states."""
        return self.facts[name]

    def number(self, name: str, decimals: int | None = None) -> Number:
        """The figure of an entry as its source prints it."""
        return printed(self.known[name], self.facts[name], decimals)

    def on(self, name: str) -> Day:
        """The day that an entry is about."""
        return Day(self.known[name].on)

    def series(self, measure: str, quantity: str) -> tuple[str, ...]:
        """The published figures that count the same thing, in the order of the days they are about."""
        figures = (f for f in self.reference.figures if f.id in self.known)
        mine = [f for f in figures if (f.measure, f.quantity) == (measure, quantity)]
        return tuple(e.id for e in sorted(mine, key=lambda e: (e.on, e.known, e.id)))

    def latest(self, measure: str, quantity: str) -> str | None:
        """The last of a series, None where nothing was known."""
        names = self.series(measure, quantity)
        return names[-1] if names else None

    def outside(self, name: str) -> bool:
        """Whether an entry was read outside the reference documents."""
        return self.known[name].document.outside


def open_book(reference: Reference, day: date) -> Book:
    """The book of what a reference says as known on a day."""
    known = {name: e for name, e in reference.entries.items() if e.known <= day}
    return Book(day, reference, {name: stated(as_entry(e)) for name, e in known.items()}, known)


def as_entry(e: ledger.Entry) -> Entry:
    """An entry of the reference as the documents cite it."""
    large = is_large(e)
    unit = MILLIONS if large else UNITS.get(e.unit, (NO_UNIT, NO_UNIT))[0]
    about = measure_words(e.measure)
    words = Text(f"{about.fr} : {e.label.fr}", f"{about.en}: {e.label.en}") if about.fr else e.label
    return Entry(
        id=e.id,
        words=words,
        value=e.value,
        unit=unit,
        scale=1e-6 if large else 1.0,
        day=e.on,
        known=e.known,
        document=e.document.title,
        place=Text(e.place, e.place),
        reliability=e.reliability,
        outside=e.document.outside,
        caution=e.note if e.note.fr else None,
    )


def is_large(entry: ledger.Entry) -> bool:
    """Whether an amount is told in millions of euros."""
    return entry.unit == "EUR" and abs(entry.value) >= 1e6


def measure_words(name: str) -> Text:
    """The short name of a measure or of an aggregate of measures."""
    measures = load_measures()
    if name in measures:
        return measures[name].short
    aggregates = load_reference().aggregates
    return aggregates[name].label if name in aggregates else NO_UNIT


def printed(e: ledger.Entry, fact: Fact, decimals: int | None = None) -> Number:
    """The figure of an entry with as many decimals as its source prints, money in millions from one million on."""
    about = ABOUT[e.qualifier]
    if e.unit == "inhabitants" and e.value >= 1e6:
        return Number(fact, MILLION_INHABITANTS, 1, 1e-6, about=about)
    if is_large(e):
        return Number(fact, MILLIONS, _decimals(e.step / 1e6) if decimals is None else decimals, 1e-6, about=about)
    unit, one = UNITS.get(e.unit, (NO_UNIT, NO_UNIT))
    return Number(fact, unit, _decimals(e.step) if decimals is None else decimals, unit_one=one, about=about)


def _decimals(step: float) -> int:
    return next((d for d in range(4) if round(step * 10**d, 6) >= 1), 3)


def bare(number: Number) -> Number:
    """A count without its unit, for a line that says what is counted; money and shares keep theirs."""
    return (
        number
        if number.unit in (PERCENT, MILLIONS, EUROS, POINTS, MILLION_INHABITANTS)
        else replace(number, unit=NO_UNIT, unit_one=None)
    )


def percent(fact: Fact, decimals: int = 0) -> Number:
    """A share (0 to 1) in percent."""
    return Number(fact, PERCENT, decimals, 100.0)


def points(fact: Fact, decimals: int = 0, *, signed: bool = False) -> Number:
    """A difference of percentages, in points."""
    return Number(fact, POINTS, decimals, unit_one=POINT, signed=signed)


def millions(fact: Fact, decimals: int = 0) -> Number:
    """An amount in millions of euros, without decimals that are all 0."""
    shown = fact.value * 1e-6
    needed = next((d for d in range(decimals) if abs(round(shown, d) - shown) < 1e-9), decimals)
    return Number(fact, MILLIONS, needed, 1e-6)


def euros(fact: Fact) -> Number:
    """An amount in euros."""
    return Number(fact, EUROS)


def counted(fact: Fact, unit: str, decimals: int = 0) -> Number:
    """A count in a unit of the ledger."""
    words, one = UNITS[unit]
    return Number(fact, words, decimals, unit_one=one)


def origin_words(book: Book, name: str) -> Text:
    """How an entry is known, in a word or two: observed, estimated, assumed, or reported from outside."""
    if book.outside(name):
        return REPORTED
    return RELIABILITY[book.known[name].reliability]


def printed_like(entry: ledger.Entry, fact: Fact, decimals: int) -> Number:
    """A fact in the unit that an entry is printed in."""
    if is_large(entry):
        return millions(fact, decimals)
    return counted(fact, entry.unit, 0 if entry.unit == "EUR" else decimals)


def plain(label: Text) -> Text | Name:
    """A label without the figures that its source puts in brackets; a name where digits are part of it."""
    short = Text(_IN_BRACKETS.sub("", label.fr), _IN_BRACKETS.sub("", label.en))
    return Name(short) if re.search(r"\d", short.fr + short.en) else short
