"""What a check or a result says, in a few lines for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator

from maillage.evaluation.feasibility import Feasibility
from maillage.evaluation.footing import Footing
from maillage.evaluation.result import Result
from maillage.evaluation.special import Special
from maillage.evaluation.study import Study
from maillage.report.document import plain_text
from maillage.report.evaluation.figures import Figures
from maillage.report.evaluation.footing import footing_sentences
from maillage.text import Lang, Text, format_number, format_quantity, typeset

REFUSED = Text(
    "Refusé : les données ne permettent pas de répondre. Nombre de raisons : {count}.",
    "Refused: the data do not allow an answer. Number of reasons: {count}.",
)
REMEDY = Text("Pour y répondre :", "To answer it:")
FEASIBLE = Text(
    "Réalisable : {treated} unités traitées, à {dates} dates, et {never} jamais traitées, sur {units} demandées.",
    "Feasible: {treated} treated units, at {dates} dates, and {never} never treated, of {units} asked for.",
)
GROUNDED = Text(
    "Réalisable, sur {units} unités demandées. Le plan de comparaison repose sur ceci :",
    "Feasible, of {units} units asked for. The design stands on this:",
)
DETECTABLE = Text(
    "Le plus petit effet que l’on verrait {power} fois sur cent est de {effect} ; celui qui compte est de {smallest}.",
    "The smallest effect that would be seen {power} times in a hundred is {effect}; {smallest} is what matters.",
)
VERDICTS = {
    "effect": Text("Un effet est établi", "An effect is established"),
    "no_effect_that_matters": Text("Aucun effet qui compte", "No effect that matters"),
    "cannot_tell": Text("On ne peut pas conclure", "Nothing can be concluded"),
    "fails_own_tests": Text(
        "Les épreuves contredisent l’estimation, qui ne peut pas être retenue",
        "Its own tests contradict the estimate, which cannot be kept",
    ),
    "refused": Text("L’effet ne peut pas être estimé", "The effect cannot be estimated"),
}
INTERVAL = Text(
    "{verdict} : {effect} (de {low} à {high}, niveau {level}).", "{verdict}: {effect} ({low} to {high}, level {level})."
)
NO_INTERVAL = Text("{verdict} : {effect} (p : {p}, sans intervalle).", "{verdict}: {effect} (p: {p}, no interval).")
SIMULATED = Text("Données simulées.", "Simulated data.")


def check_lines(study: Study, found: Feasibility | None, lang: Lang, ground: Footing | None = None) -> Iterator[str]:
    """What a check says; ``ground`` is what another design stands on."""
    if study.simulated:
        yield SIMULATED[lang]
    if study.refusals:
        yield typeset(REFUSED[lang].format(count=len(study.refusals)), lang)
        for refusal in study.refusals:
            yield typeset(f"- {refusal.words[lang]} {REMEDY[lang]} {refusal.remedy[lang]}", lang)
    elif found is not None:
        yield from _feasible(study, found, lang)
    elif ground is not None:
        figures = Figures(study=study, day=study.protocol.written)
        yield typeset(GROUNDED[lang].format(units=format_number(float(study.units), 0, lang)), lang)
        yield from (f"- {plain_text(each, lang)}" for each in footing_sentences(figures, ground))
        yield from (typeset(f"- {each[lang]}", lang) for each in study.notes)


def _feasible(study: Study, found: Feasibility, lang: Lang) -> Iterator[str]:
    table = found.cohorts
    words = FEASIBLE[lang].format(
        treated=format_number(float(table.units[table.date > 0].sum()), 0, lang),
        dates=format_number(float((table.date > 0).sum()), 0, lang),
        never=format_number(float(table.units[table.date == 0].sum()), 0, lang),
        units=format_number(float(study.units), 0, lang),
    )
    yield typeset(words, lang)
    if found.power is not None:
        yield typeset(
            DETECTABLE[lang].format(
                power=format_number(100 * found.power.target, 0, lang),
                effect=effect_words(study, found.power.detectable, lang),
                smallest=effect_words(study, study.protocol.decision.smallest_effect, lang),
            ),
            lang,
        )
    yield from (typeset(f"- {each[lang]}", lang) for each in (*found.reasons, *study.notes))


def result_lines(result: Result, lang: Lang) -> Iterator[str]:
    """What a result says."""
    study, head = result.study, result.headline
    if study.simulated:
        yield SIMULATED[lang]
    yield typeset(
        INTERVAL[lang].format(
            verdict=VERDICTS[result.decision.verdict][lang],
            effect=effect_words(study, head.att, lang),
            low=format_number(head.low, study.decimals + 1, lang),
            high=format_number(head.high, study.decimals + 1, lang),
            level=format_quantity(100 * head.level, 0, Text("%", "%"), lang),
        ),
        lang,
    )


def special_lines(special: Special, lang: Lang) -> Iterator[str]:
    """What a result of another design says, and of whom."""
    study, head = special.study, special.headline
    if study.simulated:
        yield SIMULATED[lang]
    said = {"verdict": VERDICTS[special.decision.verdict][lang], "effect": effect_words(study, head.att, lang)}
    if math.isfinite(head.low) and math.isfinite(head.high):
        low, high = (format_number(end, study.decimals + 1, lang) for end in (head.low, head.high))
        level = format_quantity(100 * study.protocol.inference.level, 0, Text("%", "%"), lang)
        yield typeset(INTERVAL[lang].format(**said, low=low, high=high, level=level), lang)
    else:
        yield typeset(NO_INTERVAL[lang].format(**said, p=format_number(head.p_value, 3, lang)), lang)
    yield typeset(special.scope[lang], lang)


def effect_words(study: Study, value: float, lang: Lang) -> str:
    """A difference of outcomes with its unit."""
    unit, one = Figures(study=study, day=study.protocol.written).effect_unit
    return format_quantity(value, study.decimals + 1, unit, lang, unit_one=one)
