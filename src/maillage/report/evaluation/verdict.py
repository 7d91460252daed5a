"""What is decided, in plain words: an effect, none that matters, or that it cannot be told, and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from maillage.evaluation.decide import Failure
from maillage.evaluation.result import Result
from maillage.report.document import Sentence, listed, say
from maillage.report.evaluation.choices import short_name
from maillage.report.evaluation.feasible import effect_size
from maillage.report.evaluation.figures import Figures, named
from maillage.text import Text

FAILURES: Mapping[Failure, Text] = {
    "pretest": Text(
        "les territoires traités s’écartaient déjà des autres avant d’entrer",
        "treated territories already departed from the others before they entered",
    ),
    "placebo_date": Text("un effet apparaît à une fausse date d’entrée", "an effect shows at a false date of entry"),
    "placebo_outcome": Text(
        "un effet apparaît sur un indicateur que la mesure ne peut pas changer",
        "an effect shows on an outcome that the measure cannot change",
    ),
    "sign_changes": Text(
        "le sens de l’effet change quand la question est posée autrement",
        "the sign of the effect changes when the question is asked otherwise",
    ),
}
SHORT: Mapping[str, Text] = {
    "effect": Text("effet établi", "effect established"),
    "no_effect_that_matters": Text("pas d’effet qui compte", "no effect that matters"),
    "cannot_tell": Text("on ne peut pas le dire", "cannot be told"),
    "fails_own_tests": Text("échoue à ses propres épreuves", "fails its own tests"),
    "refused": Text("non estimable", "cannot be estimated"),
}
UP, DOWN = Text("hausse", "rise"), Text("baisse", "fall")
SIMULATED_LEAD = say(
    "Données simulées : cette réponse éprouve la méthode, elle ne dit rien de la France. ",
    "Simulated data: this answer tests the method, it says nothing of France. ",
)


def verdict(figures: Figures, result: Result) -> Sentence:
    """The answer in a sentence or two, marked where data are simulated."""
    answer = _ANSWERS[result.decision.verdict](figures, result)
    if not figures.study.simulated:
        return answer
    return say("{mark}{answer}", "{mark}{answer}", mark=SIMULATED_LEAD, answer=answer)


def _direction(result: Result) -> Text:
    return UP if result.decision.att > 0 else DOWN


def _wanted(result: Result) -> bool:
    """Whether the effect goes the way that the protocol calls good."""
    return (result.decision.att > 0) == (result.study.protocol.decision.good == "up")


def _effect(figures: Figures, result: Result) -> Sentence:
    decision = result.decision
    wanted = (
        Text("C’est le sens souhaité.", "This is the way it was meant to go.")
        if _wanted(result)
        else Text("C’est le contraire de ce qui était souhaité.", "This is the opposite of what was meant.")
    )
    sure = min(abs(decision.low), abs(decision.high)) >= decision.smallest_effect
    size = (
        Text(
            " Tout l’intervalle dépasse le plus petit effet qui compte.",
            " The whole interval is beyond the smallest effect that matters.",
        )
        if sure
        else Text(
            " L’intervalle contient aussi des effets trop petits pour compter.",
            " The interval also holds effects too small to matter.",
        )
    )
    return say(
        "Oui, un effet est établi : la mesure ({measure}) a entraîné une {direction} de {effect} là où elle est entrée"
        " ({level} : {interval}). {wanted}{size}",
        "Yes, an effect is established: the measure ({measure}) brought a {direction} of {effect} where it was entered"
        " ({level}: {interval}). {wanted}{size}",
        measure=named(short_name(result.study.protocol.treatment.measure)),
        direction=_direction(result),
        effect=figures.effect(abs(decision.att), signed=False),
        level=figures.level,
        interval=figures.interval(decision.low, decision.high),
        wanted=wanted,
        size=size,
    )


def _nothing_that_matters(figures: Figures, result: Result) -> Sentence:
    decision = result.decision
    return say(
        "Non, pas d’effet qui compte : s’il y a un effet, il est plus petit que {smallest}, le seuil fixé d’avance"
        " (estimation : {effect} ; {level} : {interval}).",
        "No, there is no effect that matters: if there is one, it is smaller than {smallest}, the mark set in advance"
        " (estimate: {effect}; {level}: {interval}).",
        smallest=figures.threshold(decision.smallest_effect),
        effect=figures.effect(decision.att),
        level=figures.level,
        interval=figures.interval(decision.low, decision.high),
    )


def _cannot_tell(figures: Figures, result: Result) -> Sentence:
    decision = result.decision
    return say(
        "On ne peut pas le dire : les données sont compatibles avec l’absence d’effet comme avec un effet qui compte"
        " (estimation : {effect} ; {level} : {interval}). Ce n’est pas une preuve que la mesure est sans effet."
        "{power}",
        "It cannot be told: the data agree with no effect as well as with one that matters (estimate: {effect};"
        " {level}: {interval}). This does not prove that the measure has no effect.{power}",
        effect=figures.effect(decision.att),
        level=figures.level,
        interval=figures.interval(decision.low, decision.high),
        power=_underpowered(figures, result),
    )


def _underpowered(figures: Figures, result: Result) -> Sentence:
    """That the design could not have seen what matters, where that is so."""
    power, smallest = result.feasibility.power, result.decision.smallest_effect
    if power is None or power.detectable <= smallest:
        return say("", "")
    if not np.isfinite(power.detectable):
        return say(
            " C’était prévisible : ces données ne pouvaient montrer aucun effet.",
            " This was to be expected: these data could show no effect.",
        )
    return say(
        " C’était prévisible : ces données ne pouvaient montrer qu’un effet d’au moins {detectable}, quand celui qui"
        " compte est de {smallest}.",
        " This was to be expected: these data could only show an effect of at least {detectable}, when the one that"
        " matters is {smallest}.",
        detectable=effect_size(figures, power.detectable),
        smallest=figures.threshold(smallest),
    )


def _fails(figures: Figures, result: Result) -> Sentence:
    decision = result.decision
    return say(
        "On ne peut pas le dire : l’estimation ({effect} ; {level} : {interval}) échoue à ses propres épreuves, car"
        " {failed}. Elle ne doit pas être citée comme un effet de la mesure.",
        "It cannot be told: the estimate ({effect}; {level}: {interval}) fails its own tests, as {failed}. It must not"
        " be quoted as an effect of the measure.",
        effect=figures.effect(decision.att),
        level=figures.level,
        interval=figures.interval(decision.low, decision.high),
        failed=listed([FAILURES[each] for each in decision.failed], ", et ", ", and "),
    )


def _refused(figures: Figures, result: Result) -> Sentence:
    return say(
        "On ne peut pas le dire : aucune estimation avec son incertitude n’a pu être faite des unités traitées, au"
        " nombre de {units}.",
        "It cannot be told: no estimate with its uncertainty could be made of the treated units, of which there are"
        " {units}.",
        units=figures.count(result.headline.units),
    )


_ANSWERS = {
    "effect": _effect,
    "no_effect_that_matters": _nothing_that_matters,
    "cannot_tell": _cannot_tell,
    "fails_own_tests": _fails,
    "refused": _refused,
}


def multiplicity(figures: Figures, result: Result) -> Sentence:
    """How many outcomes are read together, and what the p-value becomes."""
    decision = result.decision
    return say(
        "Indicateurs lus ensemble : {count}. La probabilité p de l’effet principal ({p}) devient {adjusted} après"
        " correction de Holm.",
        "Outcomes read together: {count}. The p-value of the main effect ({p}) becomes {adjusted} after Holm’s"
        " correction.",
        count=figures.found(1 + len(result.family)),
        p=figures.probability(decision.p_value),
        adjusted=figures.probability(decision.adjusted_p),
    )
