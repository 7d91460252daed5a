"""What a check or a result says, in a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from maillage.evaluation.feasibility import Feasibility
from maillage.evaluation.result import Result
from maillage.evaluation.study import Study
from maillage.report.evaluation.figures import Figures
from maillage.text import Lang, Text, format_number, format_quantity, typeset

REFUSED = Text(
    "Refusé : les données ne permettent pas de répondre ({count} raisons).",
    "Refused: the data do not allow an answer ({count} reasons).",
)
REMEDY = Text("Pour y répondre :", "To answer it:")
FEASIBLE = Text(
    "Réalisable : {treated} unités traitées, à {dates} dates, et {never} jamais traitées, sur {units} demandées.",
    "Feasible: {treated} treated units, at {dates} dates, and {never} never treated, of {units} asked for.",
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
SIMULATED = Text("Données simulées.", "Simulated data.")


def check_lines(study: Study, found: Feasibility | None, lang: Lang) -> Iterator[str]:
    """What a check says."""
    if study.simulated:
        yield SIMULATED[lang]
    if study.refusals or found is None:
        yield typeset(REFUSED[lang].format(count=len(study.refusals)), lang)
        for refusal in study.refusals:
            yield typeset(f"- {refusal.words[lang]} {REMEDY[lang]} {refusal.remedy[lang]}", lang)
        return
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


def effect_words(study: Study, value: float, lang: Lang) -> str:
    """A difference of outcomes with its unit."""
    unit, one = Figures(study=study, day=study.protocol.written).effect_unit
    return format_quantity(value, study.decimals + 1, unit, lang, unit_one=one)
