"""What a screen says of an indicator, whatever file defined it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from maillage.indicators.definition import Break, Indicator
from maillage.indicators.registry import load_indicators
from maillage.text import Lang, Text, format_number, format_quantity

Direction = Literal["low", "high", "none"]
EMPTY = Text(fr="", en="")
INTERVALS = {
    "byar": Text("intervalle de Byar à 95 %", "95% Byar interval"),
    "wilson": Text("intervalle de Wilson à 95 %", "95% Wilson interval"),
    "dobson": Text("intervalle de Dobson à 95 %", "95% Dobson interval"),
    "difference": Text("intervalle de Newcombe à 95 %", "95% Newcombe interval"),
    "order": Text("intervalle à 95 % par statistiques d’ordre", "95% interval by order statistics"),
    "range": Text("étendue des conventions de calcul", "range over the conventions of computation"),
    "none": Text("sans intervalle", "no interval"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """Words and form of an indicator: ``worst`` is the side of the scale that signals difficulty."""

    id: str
    label: Text
    short: Text
    unit: Text
    unit_one: Text | None
    decimals: int
    worst: Direction
    definition: Text
    why: Text
    limits: Text
    interval: Text
    volet: str = "framing"
    breaks: tuple[Break, ...] = ()

    def number(self, value: float | None, lang: Lang) -> str:
        """A value as people of the language write it, without its unit."""
        return format_number(value, self.decimals, lang)

    def quantity(self, value: float | None, lang: Lang) -> str:
        """A value with its unit."""
        return format_quantity(value, self.decimals, self.unit, lang, unit_one=self.unit_one)


def card_of(indicator: Indicator) -> Card:
    """The card of a defined indicator."""
    return Card(
        id=indicator.id,
        label=indicator.label,
        short=indicator.short_label,
        unit=indicator.unit,
        unit_one=indicator.unit_one,
        decimals=indicator.decimals,
        worst=indicator.direction,
        definition=indicator.definition,
        why=indicator.why,
        limits=indicator.limits,
        interval=INTERVALS[indicator.interval],
        volet=indicator.volet,
        breaks=indicator.breaks,
    )


def plain_card(indicator: str) -> Card:
    """The card of an indicator that the store holds and this version no longer defines: its identifier, no more."""
    name = Text(fr=indicator, en=indicator)
    return Card(indicator, name, name, EMPTY, None, 2, "none", EMPTY, EMPTY, EMPTY, INTERVALS["none"])


def load_cards() -> Mapping[str, Card]:
    """The cards of every defined indicator."""
    return {name: card_of(indicator) for name, indicator in load_indicators().items()}
