"""The figures of an evaluation, each counted in the protocol, in the panel or in the result, with its unit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maillage.evaluation.protocol import Level
from maillage.evaluation.study import Study
from maillage.indicators.registry import load_indicators
from maillage.report.document import NO_UNIT, Day, Name, Number, Sentence, listed, say
from maillage.report.facts import Entry, Fact, counted_in
from maillage.text import Text, format_number

POINT = Text("point", "point")
PERCENT = Text("%", "%")
# Units of each level, and one of them.
UNITS: Mapping[Level, tuple[Text, Text]] = {
    "commune": (Text("communes", "communes"), Text("commune", "commune")),
    "bassin_vie": (Text("bassins de vie", "bassins de vie"), Text("bassin de vie", "bassin de vie")),
    "epci": (Text("intercommunalités", "groups of communes"), Text("intercommunalité", "group of communes")),
    "cpts": (Text("CPTS", "CPTS"), Text("CPTS", "CPTS")),
    "departement": (Text("départements", "départements"), Text("département", "département")),
    "region": (Text("régions", "regions"), Text("région", "region")),
    "gp": (Text("médecins", "doctors"), Text("médecin", "doctor")),
}
PEOPLE, PERSON = Text("habitants", "residents"), Text("habitant", "resident")
PERIODS, PERIOD = Text("années", "years"), Text("année", "year")
LESS_THAN = Text("moins de", "less than")
SMALLEST_P = 0.001
SHORT = 12
_CODE = re.compile(r"`([^`]+)`")
EVALUATION = Text("Évaluation menée avec Maillage", "Evaluation made with Maillage")
WARNING = Text("Contient des données simulées", "Holds simulated data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A study and the day on which it is told; ``data`` names the version of the data, empty where there is none."""

    study: Study
    day: date
    data: str = ""

    @property
    def warning(self) -> Text | None:
        """What each page says where something is simulated."""
        return WARNING if self.study.simulated else None

    @property
    def short_digest(self) -> str:
        """The beginning of the hash of the protocol."""
        return self.study.protocol.digest[:SHORT]

    def chosen(self, value: float) -> Fact:
        """A figure that the protocol states."""
        return counted_in(self._entry("protocol", PROTOCOL_WORDS), value)

    def counted(self, value: float) -> Fact:
        """A figure counted in the panel, before anything is estimated."""
        return counted_in(self._entry("panel", PANEL_WORDS), value)

    def estimated(self, value: float) -> Fact:
        """A figure of the result."""
        return counted_in(self._entry("result", RESULT_WORDS), value)

    def _entry(self, name: str, words: Text) -> Entry:
        protocol = self.study.protocol
        fr = f"protocole {protocol.id}, empreinte {self.short_digest}"
        en = f"protocol {protocol.id}, hash {self.short_digest}"
        if self.data and name != "protocol":
            fr, en = f"{fr}, données {self.data}", f"{en}, data {self.data}"
        year = name != "protocol"
        return Entry(
            id=f"{protocol.id}/{name}",
            words=words,
            value=math.nan,
            unit=NO_UNIT,
            day=date(protocol.outcome.last, 12, 31) if year else protocol.written,
            precision="year" if year else "day",
            known=self.day,
            document=EVALUATION,
            place=Text(fr, en),
            reliability="estimated" if name == "result" else "observed",
            simulated=self.study.simulated and name != "protocol",
            dataset=True,
        )

    @property
    def effect_unit(self) -> tuple[Text, Text]:
        """The unit of a difference of outcomes, and the same for one: points where the outcome is in percent."""
        unit = self.study.unit
        if unit.fr.startswith("%"):
            kind, one = Text(unit.fr[1:], unit.en[1:]), POINT
            return Text(f"points{kind.fr}", f"points{kind.en}"), Text(f"{one.fr}{kind.fr}", f"{one.en}{kind.en}")
        found = load_indicators().get(self.study.protocol.outcome.indicator)
        alone = found.unit_one if found is not None and found.unit == unit else None
        return unit, alone or unit

    @property
    def effect_decimals(self) -> int:
        """One more than the outcome has: a change is smaller than a level."""
        return self.study.decimals + 1

    def effect(self, value: float, *, signed: bool = True) -> Number:
        """A difference of outcomes with its unit."""
        unit, one = self.effect_unit
        return Number(self.estimated(value), unit, self.effect_decimals, unit_one=one, signed=signed)

    def bare_effect(self, value: float, *, signed: bool = True) -> Number:
        """A difference of outcomes under a heading that has its unit."""
        return Number(self.estimated(value), NO_UNIT, self.effect_decimals, signed=signed)

    def outcome(self, value: float) -> Number:
        """A level of the outcome under a heading that has its unit."""
        return Number(self.estimated(value), NO_UNIT, self.effect_decimals)

    def threshold(self, value: float) -> Number:
        """A difference of outcomes that the protocol states."""
        unit, one = self.effect_unit
        decimals = next((d for d in range(4) if abs(round(value, d) - value) < 1e-9), 4)
        return Number(self.chosen(value), unit, decimals, unit_one=one)

    def interval(self, low: float, high: float) -> Sentence:
        """Both ends, without their unit."""
        return say("de {low} à {high}", "{low} to {high}", low=self.bare_effect(low), high=self.bare_effect(high))

    def ends(self, low: float, high: float) -> tuple[Number | None, Number | None]:
        """Both ends, for two cells of a table; empty where there is no interval."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return None, None
        return self.bare_effect(low), self.bare_effect(high)

    def units(self, count: float) -> Number:
        """A number of the units of the panel."""
        many, one = UNITS[self.study.protocol.population.level]
        return Number(self.counted(count), many, unit_one=one)

    def count(self, count: float) -> Number:
        """A number under a heading that says of what."""
        return Number(self.counted(count))

    def found(self, count: float) -> Number:
        """A number of answers of the result."""
        return Number(self.estimated(count))

    def share(self, value: float, decimals: int = 0) -> Number:
        """A share (0 to 1) of the panel in percent."""
        return Number(self.counted(value), PERCENT, decimals, 100.0)

    def chosen_share(self, value: float) -> Number:
        """A share (0 to 1) that the protocol states, in percent."""
        return Number(self.chosen(value), PERCENT, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1, 100.0)

    @property
    def level(self) -> Number:
        """The level of intervals, in percent."""
        return self.chosen_share(self.study.protocol.inference.level)

    def probability(self, value: float) -> Number:
        """A p-value to three decimals; the smallest are told as less than one in a thousand."""
        if value < SMALLEST_P:
            return Number(self.estimated(SMALLEST_P), NO_UNIT, 3, about=LESS_THAN)
        return Number(self.estimated(value), NO_UNIT, 3)


PROTOCOL_WORDS = Text("Choix du protocole, écrits avant tout résultat", "Choices of the protocol, written before")
PANEL_WORDS = Text("Panel du protocole : unités, années, valeurs", "Panel of the protocol: units, years, values")
RESULT_WORDS = Text("Résultat du protocole", "Result of the protocol")


def year(value: int) -> Day:
    """A year as a date."""
    return Day(date(value, 1, 1), "year")


def event_time(periods: int) -> Name:
    """Years since treatment in words: ``2 ans avant``, ``année d’entrée``, ``1 an après``."""
    if periods == 0:
        return Name(Text("année d’entrée", "year of entry"))
    size = abs(periods)
    fr = f"{format_number(size, 0, 'fr')} an{'s' if size > 1 else ''} {'avant' if periods < 0 else 'après'}"
    en = f"{format_number(size, 0, 'en')} year{'s' if size > 1 else ''} {'before' if periods < 0 else 'after'}"
    return Name(Text(fr, en))


def named(words: Text) -> Name:
    """Words that others wrote, in which digits are their own."""
    return Name(words)


def quoted(words: Text) -> Sentence:
    """A whole sentence that others wrote; what stands between grave accents, between quotation marks."""
    return listed([named(Text(_CODE.sub(r"« \1 »", words.fr), _CODE.sub(r"“\1”", words.en)))])


def plain_names(items: Iterable[str]) -> Sentence:
    """Names that are the same in both languages, one after the other."""
    found: Sequence[Name] = [Name(Text(item, item)) for item in items]
    return listed(found)
