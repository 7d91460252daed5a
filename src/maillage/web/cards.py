"""What a screen says of an indicator, whatever file defined it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maillage.text import Text

Direction = Literal["low", "high", "none"]


@dataclass(frozen=True, slots=True)
class Card:
    """Words and form of an indicator: ``worst`` is the side of the scale that signals difficulty."""

    id: str
    label: Text
    unit: Text
    decimals: int
    worst: Direction
    definition: Text
    why: Text
    interval: Text


def plain_card(indicator: str) -> Card:
    """The card of an indicator that the store holds and this version no longer defines: its identifier, no more."""
    empty = Text(fr="", en="")
    name = Text(fr=indicator, en=indicator)
    return Card(indicator, name, empty, decimals=2, worst="none", definition=empty, why=empty, interval=empty)
