"""What is decided, in plain words: an effect, none that matters, or that it cannot be told, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from maillage.evaluation.decide import Decision, Failure, Verdict
from maillage.evaluation.power import Power
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
    "placebo_cutoff": Text(
        "un saut apparaît à un faux seuil, où rien ne se décide",
        "a jump shows at a false cutoff, where nothing is decided",
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


def verdict(figures: Figures, decision: Decision, power: Power | None = None) -> Sentence:
    """The answer in a sentence or two, marked where data are simulated; ``power`` tells what could have been seen."""
    answer = _ANSWERS[decision.verdict](figures, decision)
    if decision.verdict == "cannot_tell":
        answer = say("{answer}{power}", "{answer}{power}", answer=answer, power=_underpowered(figures, decision, power))
    if not figures.study.simulated:
        return answer
    return say("{mark}{answer}", "{mark}{answer}", mark=SIMULATED_LEAD, answer=answer)


def uncertainty(figures: Figures, decision: Decision) -> Sentence:
    """The interval, or the p-value where the design gives no interval."""
    if np.isfinite([decision.low, decision.high]).all():
        return say(
            "{level} : {interval}",
            "{level}: {interval}",
            level=figures.level,
            interval=figures.interval(decision.low, decision.high),
        )
    return say("p : {p}, sans intervalle", "p: {p}, without an interval", p=figures.probability(decision.p_value))


def estimate(figures: Figures, decision: Decision) -> Sentence:
    """The estimate and its uncertainty."""
    return say(
        "{effect} ; {sure}",
        "{effect}; {sure}",
        effect=figures.effect(decision.att),
        sure=uncertainty(figures, decision),
    )


def _effect(figures: Figures, decision: Decision) -> Sentence:
    protocol = figures.study.protocol
    return say(
        "Oui, un effet est établi : la mesure ({measure}) a entraîné une {direction} de {effect} là où elle est entrée"
        " ({sure}). {wanted}{size}",
        "Yes, an effect is established: the measure ({measure}) brought a {direction} of {effect} where it was entered"
        " ({sure}). {wanted}{size}",
        measure=named(short_name(protocol.treatment.measure)),
        direction=UP if decision.att > 0 else DOWN,
        effect=figures.effect(abs(decision.att), signed=False),
        sure=uncertainty(figures, decision),
        wanted=WANTED if (decision.att > 0) == (protocol.decision.good == "up") else UNWANTED,
        size=_size(decision),
    )


WANTED = Text("C’est le sens souhaité.", "This is the way it was meant to go.")
UNWANTED = Text("C’est le contraire de ce qui était souhaité.", "This is the opposite of what was meant.")


def _size(decision: Decision) -> Text:
    """How the interval stands to the smallest effect that matters."""
    if not np.isfinite([decision.low, decision.high]).all():
        return Text("", "")
    if min(abs(decision.low), abs(decision.high)) >= decision.smallest_effect:
        return Text(
            " Tout l’intervalle dépasse le plus petit effet qui compte.",
            " The whole interval is beyond the smallest effect that matters.",
        )
    return Text(
        " L’intervalle contient aussi des effets trop petits pour compter.",
        " The interval also holds effects too small to matter.",
    )


def _nothing_that_matters(figures: Figures, decision: Decision) -> Sentence:
    return say(
        "Non, pas d’effet qui compte : s’il y a un effet, il est plus petit que {smallest}, le seuil fixé d’avance"
        " (estimation : {told}).",
        "No, there is no effect that matters: if there is one, it is smaller than {smallest}, the mark set in advance"
        " (estimate: {told}).",
        smallest=figures.threshold(decision.smallest_effect),
        told=estimate(figures, decision),
    )


def _cannot_tell(figures: Figures, decision: Decision) -> Sentence:
    return say(
        "On ne peut pas le dire : les données sont compatibles avec l’absence d’effet comme avec un effet qui compte"
        " (estimation : {told}). Ce n’est pas une preuve que la mesure est sans effet.",
        "It cannot be told: the data agree with no effect as well as with one that matters (estimate: {told}). This"
        " does not prove that the measure has no effect.",
        told=estimate(figures, decision),
    )


def _underpowered(figures: Figures, decision: Decision, power: Power | None) -> Sentence:
    """That the design could not have seen what matters, where that is so."""
    smallest = decision.smallest_effect
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


def _fails(figures: Figures, decision: Decision) -> Sentence:
    return say(
        "On ne peut pas le dire : l’estimation ({told}) échoue à ses propres épreuves, car {failed}. Elle ne doit pas"
        " être citée comme un effet de la mesure.",
        "It cannot be told: the estimate ({told}) fails its own tests, as {failed}. It must not be quoted as an effect"
        " of the measure.",
        told=estimate(figures, decision),
        failed=listed([FAILURES[each] for each in decision.failed], ", et ", ", and "),
    )


def _refused(_: Figures, __: Decision) -> Sentence:
    return say(
        "On ne peut pas le dire : aucune estimation avec son incertitude n’a pu être faite.",
        "It cannot be told: no estimate with its uncertainty could be made.",
    )


_ANSWERS: Mapping[Verdict, Callable[[Figures, Decision], Sentence]] = {
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
