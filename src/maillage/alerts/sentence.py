"""Say an alert in one sentence that a person can check."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.alerts.rule import Rule, Step
from maillage.indicators.definition import Indicator
from maillage.text import Lang, Text, format_number, format_quantity


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in a territory: a value and its bounds, against a step, beside the country's value."""

    value: float
    low: float | None
    high: float | None
    period: str
    step: Step
    threshold: float
    france: float | None


def sentence(rule: Rule, indicator: Indicator, found: Finding, lang: Lang) -> str:
    """``1,9 consultation par an et par habitant en 2021, sous le seuil de 2,5 (arrêté …) ; France : 3,4.``"""
    # A value that rounds onto its threshold would read as a contradiction: one more decimal then tells them apart.
    decimals = _decimals(indicator, found)
    counted = rule.side == "high" and found.value.is_integer() and found.threshold.is_integer()
    shown = 0 if counted else decimals
    value = format_quantity(found.value, shown, indicator.unit, lang, unit_one=indicator.unit_one)
    threshold = format_number(found.threshold, _threshold_decimals(found.threshold, decimals), lang)
    place = _place(rule, threshold)[lang]
    said = f"{value} {'en' if lang == 'fr' else 'in'} {found.period}{_range(rule, found, decimals)[lang]}, {place}"
    said += f" ({found.step.source[lang]})"
    if found.france is not None:
        country = format_number(found.france, decimals, lang)
        said += f"\u202f; France\u202f: {country}" if lang == "fr" else f"; France: {country}"
    return f"{said}."


def _decimals(indicator: Indicator, found: Finding) -> int:
    for decimals in range(indicator.decimals, indicator.decimals + 3):
        if round(found.value, decimals) != round(found.threshold, decimals) or found.value == found.threshold:
            return decimals
    return indicator.decimals + 3


def _threshold_decimals(threshold: float, decimals: int) -> int:
    return 0 if float(threshold).is_integer() and decimals <= 1 else decimals


def _place(rule: Rule, threshold: str) -> Text:
    if rule.side == "low":
        return Text(f"sous le seuil de {threshold}", f"below the threshold of {threshold}")
    return Text(f"au seuil de {threshold} ou au-dessus", f"at or above the threshold of {threshold}")


def _range(rule: Rule, found: Finding, decimals: int) -> Text:
    if rule.certainty == "value" or found.low is None or found.high is None:
        return Text("", "")
    fr = [format_number(v, decimals, "fr") for v in (found.low, found.high)]
    en = [format_number(v, decimals, "en") for v in (found.low, found.high)]
    return Text(
        f" (de {fr[0]} à {fr[1]} selon les conventions de calcul)",
        f" ({en[0]} to {en[1]} depending on the conventions)",
    )
