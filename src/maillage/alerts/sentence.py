"""Say an alert in one sentence that a person can check."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.alerts.rule import Rule, Step
from maillage.catalog.parameters import load_parameters
from maillage.indicators.definition import Indicator
from maillage.text import LANGS, Lang, Text, format_number, format_quantity


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in a territory: a value and its bounds, against a step, beside the country's value.

    ``threshold`` is in the indicator's unit. ``held``: the value alone is no longer beyond it, the margin of the rule
    keeps the alert. ``since``: first period of the alert in force. ``worsening``: by the trend test.
    """

    value: float
    low: float | None
    high: float | None
    period: str
    step: Step
    threshold: float
    france: float | None
    held: bool = False
    since: str = ""
    worsening: bool = False


def sentence(rule: Rule, indicator: Indicator, found: Finding, lang: Lang) -> str:
    """``1,9 consultation par an et par habitant en 2021, sous le seuil de 2,5 (arrêté …) ; France : 3,4.``"""
    # A value that rounds onto its threshold would read as a contradiction: one more decimal then tells them apart.
    decimals = _decimals(indicator, found)
    counted = rule.side == "high" and found.value.is_integer() and found.threshold.is_integer()
    shown = 0 if counted else decimals
    value = format_quantity(found.value, shown, indicator.unit, lang, unit_one=indicator.unit_one)
    said = f"{value} {'en' if lang == 'fr' else 'in'} {found.period}{_interval(rule, indicator, found, decimals)[lang]}"
    said += f", {_place(rule, found, decimals)[lang]} ({found.step.source[lang]})"
    if found.france is not None:
        country = format_number(found.france, decimals, lang)
        said += f"\u202f; France\u202f: {country}" if lang == "fr" else f"; France: {country}"
    return f"{said}{_lasting(found)[lang]}."


def _decimals(indicator: Indicator, found: Finding) -> int:
    for decimals in range(indicator.decimals, indicator.decimals + 3):
        if round(found.value, decimals) != round(found.threshold, decimals) or found.value == found.threshold:
            return decimals
    return indicator.decimals + 3


def _threshold_decimals(threshold: float, decimals: int) -> int:
    return 0 if float(threshold).is_integer() and decimals <= 1 else decimals


def _place(rule: Rule, found: Finding, decimals: int) -> Text:
    """Where the value stands beside its threshold or target."""
    places = _threshold_decimals(found.threshold, decimals)
    fr, en = (format_number(found.threshold, places, lang) for lang in LANGS)
    the, of, at, name = _NAMES["target" if rule.against == "target" else "threshold"]
    if found.held:
        return Text(
            f"trop près {of} de {fr} pour que l’alerte cesse", f"too near the {name} of {en} for the alert to cease"
        )
    if rule.side == "low":
        return Text(f"sous {the} de {fr}", f"below the {name} of {en}")
    return Text(f"{at} de {fr} ou au-dessus", f"at or above the {name} of {en}")


# What a limit is called: "le", "du" and "au" in French, and in English.
_NAMES = {
    "threshold": ("le seuil", "du seuil", "au seuil", "threshold"),
    "target": ("l’objectif", "de l’objectif", "à l’objectif", "target"),
}


def _interval(rule: Rule, indicator: Indicator, found: Finding, decimals: int) -> Text:
    if rule.certainty == "value" or found.low is None or found.high is None:
        return Text("", "")
    fr = [format_number(v, decimals, "fr") for v in (found.low, found.high)]
    en = [format_number(v, decimals, "en") for v in (found.low, found.high)]
    if indicator.interval == "range":
        return Text(
            f" (de {fr[0]} à {fr[1]} selon les conventions de calcul)",
            f" ({en[0]} to {en[1]} depending on the conventions)",
        )
    sure = 100 * float(load_parameters("observation")["confidence"].value)
    return Text(
        f" (intervalle de confiance à {sure:g}\u202f% : de {fr[0]} à {fr[1]})",
        f" ({sure:g}% confidence interval: {en[0]} to {en[1]})",
    )


def _lasting(found: Finding) -> Text:
    """Since when, and which way the series goes."""
    fr, en = "", ""
    if found.since and found.since != found.period:
        fr, en = f"\u202f; en alerte depuis {found.since}", f"; in alert since {found.since}"
    if found.worsening:
        fr, en = f"{fr}\u202f; la série s’aggrave", f"{en}; the series is worsening"
    return Text(fr, en)
