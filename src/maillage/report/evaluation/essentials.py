"""The questions that a reader has once the answer is known: how sure, how many people, at what cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from maillage.evaluation.decide import Decision, Failure
from maillage.evaluation.result import Result
from maillage.evaluation.robust import Robust
from maillage.report.document import Answer, Sentence, listed, say
from maillage.report.evaluation.figures import Figures
from maillage.report.evaluation.robust import breakdown_words
from maillage.report.evaluation.stakes import amount, cost, people
from maillage.report.evaluation.verdict import FAILURES
from maillage.text import Text

SURE = say("À quel point est-ce sûr ?", "How sure is it?")
HOW_MANY = say("Combien de personnes, combien d’actes ?", "How many people, how many acts?")
COST = say("À quel coût ?", "At what cost?")
TESTS: Mapping[Failure, Text] = {
    "pretest": Text("tendances d’avant l’entrée", "trends before entry"),
    "placebo_date": Text("fausses dates d’entrée", "false dates of entry"),
    "placebo_outcome": Text("indicateurs que la mesure ne peut pas changer", "outcomes the measure cannot change"),
    "placebo_cutoff": Text("faux seuils", "false cutoffs"),
    "sign_changes": Text("sens de l’effet quand la question change", "sign of the effect as the question changes"),
}
NONE_MADE = say(
    "Aucune épreuve n’a pu être faite : le résultat n’est pas éprouvé.",
    "No test could be made: the result is untried.",
)


def essentials(figures: Figures, result: Result) -> tuple[Answer, ...]:
    """How sure, how many, at what cost."""
    return (
        Answer(SURE, (sure(figures, result.decision, result.checked.robust),)),
        Answer(HOW_MANY, (people(figures, result), amount(figures, result))),
        Answer(COST, (cost(figures, result),)),
    )


def sure(figures: Figures, decision: Decision, robust: Robust | None = None) -> Sentence:
    """What the tests say, how many ways of asking agree, and how far trends may depart."""
    told = [_tests(decision)]
    if decision.alternatives:
        told.append(
            say(
                "Posée autrement, la question reçoit une réponse de même sens dans {same} cas sur {all}.",
                "Asked otherwise, the question gets an answer of the same sign in {same} cases out of {all}.",
                same=figures.found(decision.alternatives - decision.opposite),
                all=figures.found(decision.alternatives),
            )
        )
    if robust is not None and decision.verdict == "effect" and np.isfinite(robust.breakdown_slope):
        told.append(breakdown_words(figures, robust))
    return listed(told, " ", " ")


def _tests(decision: Decision) -> Sentence:
    if decision.failed:
        return say(
            "Épreuves manquées : {which}.",
            "Tests failed: {which}.",
            which=listed([FAILURES[each] for each in decision.failed], " ; ", "; "),
        )
    if not decision.tested:
        return NONE_MADE
    return say(
        "Les épreuves faites sont passées : {which}.",
        "The tests made were passed: {which}.",
        which=listed([TESTS[each] for each in decision.tested]),
    )
