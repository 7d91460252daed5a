"""Words and numbers in the two languages of the screens and documents."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from maillage.errors import MaillageError

Lang = Literal["fr", "en"]
LANGS: tuple[Lang, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in French and in English."""

    fr: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.fr if lang == "fr" else self.en


def both_ways(problem: MaillageError) -> Text:
    """What a problem says, hint included; the English words stand for the French ones where it has none."""
    return Text(problem.fr or str(problem), str(problem))


THIN = "\u202f"  # narrow no-break space: between thousands and before a unit, in French
MISSING = {"fr": "non disponible", "en": "not available"}


_BEFORE_HIGH_MARK = re.compile(r"(?<=\S) (?=[:;!?»%](?!\w))")


def typeset(words: str, lang: Lang) -> str:
    """The words with narrow no-break spaces where French has them: before ``: ; ! ? » %`` and after ``«``."""
    if lang != "fr":
        return words
    return _BEFORE_HIGH_MARK.sub(THIN, words).replace("« ", f"«{THIN}")


def french_of(words: str) -> str:
    """``de`` and the words, elided before a vowel: ``d’infirmiers``, ``de sages-femmes``."""
    return f"d’{words}" if words[:1].lower() in "aàâeéèêiîoôuy" else f"de {words}"


def format_number(value: float | None, decimals: int, lang: Lang) -> str:
    """Write a number as people of the language do: ``1 234,5`` (narrow no-break space) or ``1,234.5``.

    A missing value or a NaN is written ``non disponible`` or ``not available``; a negative zero loses its sign.
    """
    if value is None or math.isnan(value):
        return MISSING[lang]
    rounded = round(float(value), decimals) + 0.0
    digits = f"{abs(rounded):,.{decimals}f}"
    if lang == "fr":
        digits = digits.replace(",", THIN).replace(".", ",")
    return f"\u2212{digits}" if rounded < 0 else digits


def format_quantity(value: float | None, decimals: int, unit: Text, lang: Lang, *, unit_one: Text | None = None) -> str:
    """A number and its unit, ``28,2 %`` or ``1,9 consultation par an``.

    ``unit_one`` is the unit in the singular, which French uses below 2 and English for 1 alone.
    """
    number = format_number(value, decimals, lang)
    if number == MISSING[lang] or not unit[lang]:
        return number
    amount = abs(round(float(value or 0.0), decimals))
    alone = amount < 2 if lang == "fr" else amount == 1
    word = (unit_one or unit)[lang] if alone else unit[lang]
    if word.startswith("%"):
        return f"{number}{THIN if lang == 'fr' else ''}{word}"
    return f"{number} {word}"
