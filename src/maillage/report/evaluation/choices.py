"""The protocol choice by choice, in words: what was written, and what was left to its default."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from maillage.evaluation.protocol import Protocol, choices
from maillage.indicators.registry import load_indicators
from maillage.measures.registry import load_measures
from maillage.report.document import Cell, Column, Day, Name, Number, Row, Sentence, Table, listed, say
from maillage.report.evaluation.choice_words import CHOICES, IN_HEAD, PARTS, YEARS, Choice
from maillage.report.evaluation.figures import Figures, named, year
from maillage.text import Text

MINUTES = Text("minutes", "minutes")
YEAR = Text("année", "year")
STATED, DEFAULT = Text("écrit", "written"), Text("par défaut", "default")
NONE = Text("aucune", "none")


def choices_table(figures: Figures) -> Table:
    """Every choice of the protocol, part by part; a choice that does not apply is left out."""
    protocol = figures.study.protocol
    flat, stated = choices(protocol), stated_choices(protocol)
    rows: list[Row] = []
    for part, title in {"design": PARTS_HEAD, **PARTS}.items():
        found = [
            Row((applied_label(name), cell, STATED if name in stated else DEFAULT))
            for name, value in flat.items()
            if name.partition(".")[0] == part
            and applies(protocol, name)
            and (cell := choice_cell(figures, name, value)) is not None
        ]
        if found:
            rows += ([] if part == "design" else [Row((title, None, None), "total")]) + found
    return Table(
        id="choices",
        caption=say("Le protocole, choix par choix", "The protocol, choice by choice"),
        columns=(
            Column(Text("Choix", "Choice"), 1.5),
            Column(Text("Ce qui est retenu", "What was chosen"), 2.2),
            Column(Text("Origine", "Origin"), side="left"),
        ),
        rows=tuple(rows),
        notes=(
            say(
                "« Par défaut » : le texte du protocole n’en dit rien, Maillage applique cette valeur.",
                "“Default”: the text of the protocol does not say, Maillage applies this value.",
            ),
        ),
        gathered=True,
    )


PARTS_HEAD = Text("Ensemble", "Whole")


def stated_choices(protocol: Protocol) -> frozenset[str]:
    """The dotted names of the choices that the text of a protocol writes itself."""
    return frozenset(_names(tomllib.loads(protocol.text), ""))


_DATED = ("estimator.control", "estimator.anticipation")
_STAGGERED = (
    "estimand.over",
    "estimand.longest",
    "estimator.method",
    "spillover.by",
    "spillover.within_min",
    "spillover.above",
    "spillover.handling",
    "sensitivity.checks",
    "sensitivity.placebo_outcomes",
    "sensitivity.placebo_shift",
    "sensitivity.permutations",
    "decision.multiplicity",
)
_UNDRAWN = (*_STAGGERED, *_DATED, "inference.draws", "inference.seed", "decision.power")
# Choices that have no say in other designs, whose checks are their own.
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "discontinuity": (
        *_UNDRAWN,
        "treatment.date",
        "treatment.statuses",
        "treatment.covered_share",
        "treatment.first_period",
        "treatment.minimum",
    ),
    "interrupted": (*_UNDRAWN, "inference.cluster", "estimator.covariates"),
    "single": (*_UNDRAWN, "inference.cluster", "inference.level", "estimator.covariates", "estimand.weights"),
    "matched": (*_STAGGERED, "estimand.weights"),
}


def applies(protocol: Protocol, name: str) -> bool:
    """Whether a choice has a say, given the others."""
    checks, neighbours = protocol.sensitivity.checks, protocol.spillover.by
    if protocol.design != "staggered" and name in ELSEWHERE[protocol.design]:
        return False
    idle = {
        "population.perimeter_on": protocol.population.perimeter != "fixed",
        "treatment.covered_share": protocol.population.level in ("gp", "cpts"),
        "treatment.minimum": protocol.treatment.measure in ("", "cpts", "sas"),
        "spillover.within_min": neighbours != "travel",
        "spillover.above": neighbours == "none",
        "spillover.handling": neighbours == "none",
        "concurrent.handling": not protocol.concurrent.measures,
        "sensitivity.placebo_outcomes": "placebo_outcomes" not in checks,
        "sensitivity.placebo_shift": "placebo_dates" not in checks,
        "sensitivity.permutations": "randomisation" not in checks,
        "decision.multiplicity": not protocol.outcome.family,
    }
    return not idle.get(name, False)


def _names(value: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, each in value.items():
        yield f"{prefix}{name}"
        if isinstance(each, dict):
            yield from _names(each, f"{prefix}{name}.")


def applied_label(name: str) -> Text:
    """What a choice is called, by its dotted name."""
    return found.label if (found := _choice(name)) else Text(name, name)


def _choice(name: str) -> Choice | None:
    """The words of a choice; those of the part that holds it where it is a phrase in two languages."""
    return CHOICES.get(name) or CHOICES.get(name.rpartition(".")[0])


def choice_cell(figures: Figures, name: str, value: Any) -> Cell:
    """The value of a choice in words; None where there is nothing to tell."""
    choice = _choice(name)
    if choice is None or name.partition(".")[0] in IN_HEAD:
        return None
    if value in ("", None, [], {}, ()):
        return choice.none
    if choice.form in ("why", "rule"):
        protocol = figures.study.protocol
        words = (protocol.covid.why if choice.form == "why" else protocol.decision.rule).text
        return named(words) if name.endswith(".fr") else None
    if isinstance(value, list):
        return listed([_one(figures, choice, each) for each in value])
    return _one(figures, choice, value)


def _one(figures: Figures, choice: Choice, value: Any) -> Number | Day | Name | Text | Sentence:
    form = FORMS.get(choice.form)
    if form is not None:
        return form(figures, value)
    if value in choice.values:
        return choice.values[value]
    if isinstance(value, str) and _is_day(value):
        return Day(date.fromisoformat(value))
    return named(Text(str(value), str(value)))


def _count(figures: Figures, value: Any) -> Number:
    return Number(figures.chosen(float(value)), decimals=0 if float(value).is_integer() else 2)


def _years(figures: Figures, value: Any) -> Number | Text:
    return Number(figures.chosen(float(value)), YEARS, unit_one=YEAR) if value else NONE


def _covariate(_: Figures, value: Any) -> Sentence:
    told = named(known_words(value["indicator"]))
    if value.get("period") is None:
        return listed([told])
    return say("{what} ({when})", "{what} ({when})", what=told, when=year(int(value["period"])))


def _status(figures: Figures, value: Any) -> Name:
    measure = load_measures().get(figures.study.protocol.treatment.measure)
    known = {s.id: s.label for s in measure.statuses} if measure else {}
    return named(known.get(value, Text(str(value), str(value))))


def _known(_: Figures, value: Any) -> Name:
    return named(known_words(str(value)))


def known_words(name: str) -> Text:
    """The label of an indicator or of a measure, the name itself where it is neither."""
    if name in load_indicators():
        return load_indicators()[name].label
    if name in load_measures():
        return load_measures()[name].name
    return Text(name, name)


def short_name(measure: str) -> Text:
    """The short name of a measure, its identifier where it is not described."""
    found = load_measures().get(measure)
    return found.short if found else Text(measure, measure)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


Form = Callable[[Figures, Any], Number | Day | Name | Text | Sentence]
FORMS: Mapping[str, Form] = {
    "share": lambda figures, value: figures.chosen_share(float(value)),
    "count": _count,
    "number": _count,
    "years": _years,
    "minutes": lambda figures, value: Number(figures.chosen(float(value)), MINUTES),
    "effect": lambda figures, value: figures.threshold(float(value)),
    "year": lambda _, value: year(int(value)),
    "indicator": _known,
    "measure": _known,
    "measures": _known,
    "covariates": _covariate,
    "statuses": _status,
}
