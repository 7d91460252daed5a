"""What an evaluation does not say."""

from __future__ import annotations

from collections.abc import Iterator

from maillage.evaluation.result import Result
from maillage.measures.registry import load_measures
from maillage.report.document import Bullets, Section, Sentence, listed, say
from maillage.report.evaluation.choices import known_words
from maillage.report.evaluation.figures import Figures, named, quoted, year
from maillage.text import Text

TITLE = Text("Ce que cette évaluation ne dit pas", "What this evaluation does not say")
UNPROVEN = say(
    "Que les unités traitées et les autres auraient évolué de même sans la mesure : cela ne se prouve pas. Les épreuves"
    " peuvent le démentir, pas l’établir.",
    "That treated and other units would have moved alike without the measure: this cannot be proved. Tests may belie"
    " it, not establish it.",
)


def limits_section(figures: Figures, result: Result) -> Section:
    """The limits, in the order of their weight."""
    return Section(id="limits", title=TITLE, blocks=(Bullets(tuple(limits(figures, result))),))


def design_limits(figures: Figures, design: Text) -> Section:
    """The limits of another design, what it says of whom first."""
    study = figures.study
    items = [
        quoted(design),
        say(
            "L’effet sur autre chose que l’indicateur : {label}.",
            "The effect on anything but the outcome: {label}.",
            label=named(study.label),
        ),
        say("L’effet après {last}.", "The effect after {last}.", last=year(study.protocol.outcome.last)),
    ]
    return Section(id="limits", title=TITLE, blocks=(Bullets((*items, *_of_measure(figures))),))


def limits(figures: Figures, result: Result) -> Iterator[Sentence]:
    """Each limit in a sentence."""
    study, protocol = figures.study, figures.study.protocol
    yield UNPROVEN
    yield say(
        "L’effet que la mesure aurait là où elle n’est pas entrée, ou après {last}.",
        "The effect that the measure would have where it was not entered, or after {last}.",
        last=year(protocol.outcome.last),
    )
    yield say(
        "L’effet sur autre chose que l’indicateur : {label}.",
        "The effect on anything but the outcome: {label}.",
        label=named(study.label),
    )
    if study.left_out:
        yield say(
            "Ce qui s’est passé là où la série est incomplète : {n}.",
            "What happened where the series is incomplete: {n}.",
            n=figures.units(study.left_out),
        )
    if protocol.concurrent.measures and protocol.concurrent.handling == "report":
        yield say(
            "La part d’autres mesures prises aux mêmes endroits les mêmes années : {others}.",
            "The share of other measures taken in the same places in the same years: {others}.",
            others=listed([named(known_words(name)) for name in protocol.concurrent.measures]),
        )
    if result.estimates.exposure is None:
        yield say("L’effet sur les territoires voisins.", "The effect on neighbouring territories.")
    if study.breaks:
        yield say(
            "Si la rupture de série a touché tous les territoires de la même façon, ce que la comparaison suppose.",
            "Whether the break of series moved all territories alike, which the comparison assumes.",
        )
    yield from _of_measure(figures)


def _of_measure(figures: Figures) -> Iterator[Sentence]:
    measure = load_measures().get(figures.study.protocol.treatment.measure)
    if measure is not None:
        yield say("Sur la mesure elle-même : {limits}", "On the measure itself: {limits}", limits=named(measure.limits))
