"""How a study names measures, indicators and levels."""

from __future__ import annotations

from maillage.indicators.registry import load_indicators
from maillage.measures.registry import load_measures
from maillage.territory.levels import LEVELS
from maillage.text import Text

_DOCTORS = Text("médecins", "doctors")


def measure_words(name: str) -> Text:
    """The short name of a measure in inverted commas, or the name that a protocol gives."""
    known = load_measures().get(name)
    fr, en = (known.short.fr, known.short.en) if known else (name, name)
    return Text(f"« {fr} »", f"“{en}”")


def indicator_words(name: str) -> Text:
    """The short label of an indicator in inverted commas, or the name that a protocol gives."""
    known = load_indicators().get(name)
    fr, en = (known.short_label.fr, known.short_label.en) if known else (name, name)
    return Text(f"« {fr} »", f"“{en}”")


def level_words(name: str) -> Text:
    """The plural of a level."""
    return LEVELS[name].plural if name in LEVELS else _DOCTORS
