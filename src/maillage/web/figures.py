"""One figure and everything a reader needs with it: unit, date, uncertainty, source, comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from maillage.web.atlas import STATUSES, Atlas, Origin, Series
from maillage.web.cards import Card
from maillage.web.language import Language


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of an indicator on one territory, in words ready for a screen."""

    card: Card
    period: str
    value: float
    number: str
    unit: str
    interval: str
    status: str
    origin: Origin | None

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self.value)


def figure(atlas: Atlas, card: Card, series: Series, position: int, language: Language) -> Figure:
    """The figure of a series at one territory."""
    value, status = float(series.value[position]), int(series.status[position])
    origin = int(series.origin[position])
    quantity = card.quantity(value, language.lang)
    number = card.number(value, language.lang)
    return Figure(
        card=card,
        period=series.period,
        value=value,
        number=number,
        unit=quantity[len(number) :].strip() if not math.isnan(value) else "",
        interval=interval_words(card, series, position, language),
        status=STATUSES[status] if status < len(STATUSES) else "missing",
        origin=atlas.origins[origin] if origin >= 0 else None,
    )


def interval_words(card: Card, series: Series, position: int, language: Language) -> str:
    """What is known of the uncertainty of a value: its bounds and their kind, or that none is published."""
    low, high = float(series.low[position]), float(series.high[position])
    if math.isnan(low) or math.isnan(high):
        return language.of(card.interval) if card.interval.en.startswith("no ") else language.t("figure.no_interval")
    lang = language.lang
    return language.t(
        "figure.interval", low=card.number(low, lang), high=card.number(high, lang), kind=language.of(card.interval)
    )


def break_notes(card: Card, periods: tuple[str, ...], language: Language) -> list[str]:
    """What must be read before comparing the periods: one sentence a reason, with the periods after which it counts."""
    after: dict[str, list[str]] = {}
    for found in card.breaks:
        if periods and periods[0] <= found.after < periods[-1]:
            after.setdefault(language.of(found.reason), []).append(found.after)
    return [language.t("figure.break", after=", ".join(years), reason=reason) for reason, years in after.items()]


def broken_between(card: Card, first: str, second: str) -> bool:
    """Whether a break of series stands between two periods, the earlier first."""
    return any(first <= found.after < second for found in card.breaks)


def share_worse(series: Series, card: Card, value: float) -> float | None:
    """Share of the level's territories (0 to 1) that stand better than ``value``; None where no side is bad."""
    known = series.value[~np.isnan(series.value)]
    if card.worst == "none" or math.isnan(value) or not known.size:
        return None
    better = known > value if card.worst == "low" else known < value
    return float(better.mean())
