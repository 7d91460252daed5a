"""What the effect amounts to: people, acts in a year, euros for each unit of effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from math import nan

import numpy as np

from maillage.evaluation.result import Cost, Result
from maillage.report.document import NO_UNIT, Block, Number, Paragraph, Section, Sentence, listed, say
from maillage.report.evaluation.figures import EVALUATION, PEOPLE, PERSON, Figures, named, year
from maillage.report.facts import Entry, Fact, computed, counted_in
from maillage.report.national.book import EUROS, MILLIONS
from maillage.report.words import RELIABILITY
from maillage.text import Text

TITLE = Text("Ce que cela représente", "What it amounts to")
_PER = re.compile(r"^(\D*?)\s*\b(?:par|pour|a|per|for)\b")
METHOD = Text("effet moyen × volume des unités traitées", "mean effect × volume of the treated units")
PER_UNIT = Text("euros versés ÷ effet total", "euros paid ÷ total effect")
PAID = Text("Versements de la mesure dans les unités traitées", "Payments of the measure in the treated units")
ABOUT = Text("environ", "about")


def stakes_section(figures: Figures, result: Result) -> Section:
    """People concerned, the effect in acts or people a year, and its cost."""
    return Section(id="stakes", title=TITLE, blocks=tuple(_blocks(figures, result)))


def _blocks(figures: Figures, result: Result) -> Iterator[Block]:
    yield Paragraph(people(figures, result))
    yield Paragraph(amount(figures, result))
    yield Paragraph(cost(figures, result))


def people(figures: Figures, result: Result) -> Sentence:
    """Who lives where the measure was entered."""
    head = result.headline
    if figures.study.protocol.population.level == "gp":
        return say("Unités traitées : {units}.", "Treated units: {units}.", units=figures.units(head.units))
    residents = Number(figures.counted(head.people), PEOPLE, unit_one=PERSON)
    return say(
        "Unités traitées : {units}, où vivent {people} ({year}).",
        "Treated units: {units}, where {people} live ({year}).",
        units=figures.units(head.units),
        people=residents,
        year=year(figures.study.protocol.outcome.last),
    )


def counted_unit(unit: Text, volume_unit: Text | None) -> Text | None:
    """What an effect is counted in once multiplied: acts behind a share, first words of a rate; None where neither."""
    if unit.fr.startswith("%"):
        return volume_unit
    found = [_PER.match(said) for said in (unit.fr, unit.en)]
    if not all(found):
        return None
    words = [match[1] for match in found if match]
    return Text(words[0], words[1]) if all(words) else None


def amount(figures: Figures, result: Result) -> Sentence:
    """The mean effect over a year of the treated units, with its interval; said where it cannot be told."""
    study, head = figures.study, result.headline
    unit = counted_unit(study.unit, study.volume_unit)
    if result.decision.verdict in ("fails_own_tests", "refused"):
        return say(
            "L’estimation n’étant pas retenue, elle n’est pas convertie en nombre de personnes ou d’actes.",
            "As the estimate is not kept, it is not turned into a number of people or acts.",
        )
    if study.volume is None or study.panel is None or unit is None:
        return say(
            "Cet effet ne se convertit pas en nombre de personnes ou d’actes : le volume qui est derrière"
            " l’indicateur n’est pas connu, ou ne s’additionne pas.",
            "This effect does not turn into a number of people or acts: the volume behind the outcome is not known,"
            " or does not add up.",
        )
    volume = float(study.volume[result.estimates.about, -1].sum())
    behind = figures.counted(volume)

    def over_a_year(value: float) -> Fact:
        return computed(abs(value) / study.scale * volume, METHOD, figures.estimated(value), behind)

    low, high = sorted((head.low, head.high), key=abs)
    told = _surely if head.low * head.high > 0 else _perhaps
    whole = say(
        "Volume des unités traitées en {year} : {volume} ({volume_unit}).",
        "Volume of the treated units in {year}: {volume} ({volume_unit}).",
        volume=Number(behind),
        volume_unit=named(lowered(study.volume_unit or PEOPLE)),
        year=year(study.protocol.outcome.last),
    )
    counted = NO_UNIT if unit is study.volume_unit else unit
    numbers = (Number(over_a_year(head.att), counted), Number(over_a_year(low)), Number(over_a_year(high)))
    return told(whole, numbers, (MORE if head.att > 0 else LESS, figures.level))


def lowered(words: Text) -> Text:
    """Words that begin a label, inside a sentence; acronyms keep their capitals."""
    return Text(*(said if said[1:2].isupper() else said[:1].lower() + said[1:] for said in (words.fr, words.en)))


MORE, LESS = Text("de plus", "more"), Text("de moins", "fewer")


def _surely(whole: Sentence, numbers: tuple[Number, ...], said: tuple[Text, Number]) -> Sentence:
    effect, low, high = numbers
    return say(
        "{whole} L’effet moyen en compte {effect} {side} par an dans l’indicateur, à volume inchangé ({level} : de"
        " {low} à {high}).",
        "{whole} The mean effect counts {effect} {side} of them a year in the outcome, at an unchanged volume"
        " ({level}: {low} to {high}).",
        whole=whole,
        effect=effect,
        side=said[0],
        level=said[1],
        low=low,
        high=high,
    )


def _perhaps(whole: Sentence, numbers: tuple[Number, ...], said: tuple[Text, Number]) -> Sentence:
    effect, low, high = numbers
    return say(
        "{whole} L’estimation en compte {effect} {side} par an dans l’indicateur, à volume inchangé ; l’intervalle"
        " ({level}) va de {low} dans un sens à {high} dans l’autre : ce nombre n’est pas établi.",
        "{whole} The estimate counts {effect} {side} of them a year in the outcome, at an unchanged volume; the"
        " interval ({level}) goes from {low} one way to {high} the other: this number is not established.",
        whole=whole,
        effect=effect,
        side=said[0],
        level=said[1],
        low=low,
        high=high,
    )


def cost(figures: Figures, result: Result) -> Sentence:
    """What was paid, and for each unit of effect where one is established."""
    found = result.cost
    if found is None or not found.years:
        return say(
            "Coût non calculable : aucun versement n’est connu pour cette mesure dans les unités traitées.",
            "Cost not computable: no payment of this measure is known in the treated units.",
        )
    paid = counted_in(_payments(figures, found), found.amount_eur)
    years = listed([year(each) for each in found.years])
    spent = say(
        "Versé {where} ({years}) : {amount} ({reliability}).",
        "Paid {where} ({years}): {amount} ({reliability}).",
        where=COUNTRY if found.level == "france" else TREATED,
        years=years,
        amount=_euros(paid),
        reliability=RELIABILITY[found.reliability],
    )
    return say("{spent} {each}", "{spent} {each}", spent=spent, each=_each(figures, result, found, paid))


TREATED = Text("dans les unités traitées", "in the treated units")
COUNTRY = Text("en France entière", "in the whole of France")


def _each(figures: Figures, result: Result, found: Cost, paid: Fact) -> Sentence:
    """Euros for each unit of effect, or why there is no such figure."""
    if result.decision.verdict != "effect":
        return say(
            "Sans effet établi, un coût par unité d’effet n’aurait pas de sens.",
            "Without an established effect, a cost for each unit of effect would mean nothing.",
        )
    if found.level == "france":
        return say(
            "Coût par unité d’effet non calculable : ce qui revient aux unités traitées n’est pas connu.",
            "Cost for each unit of effect not computable: what goes to the treated units is not known.",
        )
    total = total_effect(figures, result, found.years)
    if total is None:
        return say(
            "Coût par unité d’effet non calculable : l’effet ne se convertit pas en nombre.",
            "Cost for each unit of effect not computable: the effect does not turn into a number.",
        )
    return say(
        "Pour un effet total de {total} sur ces années, cela fait {each} par unité d’effet : un ordre de grandeur,"
        " l’effet étant incertain et rien n’étant retiré de ce qui aurait été payé sans la mesure.",
        "For a total effect of {total} over these years, that is {each} for each unit of effect: an order of magnitude,"
        " as the effect is uncertain and what would have been paid without the measure is not taken off.",
        total=Number(total, counted_unit(figures.study.unit, None) or NO_UNIT),
        each=Number(computed(paid.value / total.value, PER_UNIT, paid, total), EUROS, about=ABOUT),
    )


def total_effect(figures: Figures, result: Result, years: tuple[int, ...]) -> Fact | None:
    """The mean effect over the volume of treated units and ``years``; None where it does not turn into a number."""
    study = figures.study
    if study.volume is None or study.panel is None or counted_unit(study.unit, study.volume_unit) is None:
        return None
    panel = study.panel
    treated = (panel.cohort[:, None] > 0) & (panel.periods >= panel.cohort[:, None]) & np.isin(panel.periods, years)
    volume, att = float(study.volume[treated].sum()), abs(result.headline.att)
    if not volume * att > 0:
        return None
    return computed(att / study.scale * volume, METHOD, figures.estimated(att), figures.counted(volume))


def _euros(paid: Fact) -> Number:
    return Number(paid, MILLIONS, 1, 1e-6) if paid.value >= 1e6 else Number(paid, EUROS)


def _payments(figures: Figures, found: Cost) -> Entry:
    protocol = figures.study.protocol
    return Entry(
        id=f"{protocol.id}/payment",
        words=PAID,
        value=nan,
        unit=NO_UNIT,
        day=date(max(found.years), 12, 31),
        precision="year",
        known=figures.day,
        document=EVALUATION,
        place=Text(f"versements par {found.level}, {figures.data}", f"payments by {found.level}, {figures.data}"),
        reliability=found.reliability,
        simulated=found.simulated,
        dataset=True,
    )
