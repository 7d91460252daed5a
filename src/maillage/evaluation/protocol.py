"""The protocol of an evaluation: every choice made before a result is seen, as a TOML text whose hash goes with it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from maillage.errors import DefinitionError
from maillage.evaluation.aggregate import Over
from maillage.evaluation.group_time import Control, Method
from maillage.text import Text

Design = Literal["staggered", "matched", "single", "interrupted", "discontinuity"]
Level = Literal["commune", "bassin_vie", "epci", "cpts", "departement", "region", "gp"]
Check = Literal[
    "estimators",
    "placebo_dates",
    "placebo_outcomes",
    "leave_out_cohort",
    "leave_out_region",
    "controls",
    "weights",
    "anticipation",
    "spillover",
    "dose",
    "heterogeneity",
    "honest",
    "randomisation",
]
_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,59}$")]
_Year = Annotated[int, Field(ge=1990, le=2100)]
_Share = Annotated[float, Field(gt=0, le=1)]


class Part(BaseModel):
    """A part of a protocol: unknown keys are refused, nothing changes once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Words(Part):
    """The same words in French and in English."""

    fr: Annotated[str, Field(min_length=3)]
    en: Annotated[str, Field(min_length=3)]

    @property
    def text(self) -> Text:
        """As the screens and documents take them."""
        return Text(self.fr, self.en)


class Population(Part):
    """The units compared: territories of a ``level``, or doctors (``gp``), whose rows come in a file.

    ``within`` keeps those of larger territories (``{region = ["93"]}``). ``perimeter``: territories as they were in
    each period, or all along as they were on ``perimeter_on`` (the last day of the data where none is given).
    ``incomplete``: units without an outcome in every period are refused, or left out and counted.
    """

    level: Level
    within: Mapping[Literal["departement", "region"], tuple[str, ...]] = {}
    perimeter: Literal["fixed", "as_then"] = "fixed"
    perimeter_on: date | None = None
    incomplete: Literal["refuse", "leave_out"] = "refuse"


class Treatment(Part):
    """What is evaluated, and the date from which a unit counts as treated.

    ``date``: a signature, or an actual start, is the first day in one of ``statuses`` of the measure (its active ones
    where none is given). A territory is treated from the first period in which ``covered_share`` of its residents are
    covered. ``first_period``: the one of the date, or the next one, the first that is whole. ``minimum``: with
    contracts, how many of them make a territory treated. ``dose``: what is counted where amounts differ.
    """

    measure: str
    date: Literal["signature", "start"]
    statuses: tuple[str, ...] = ()
    covered_share: _Share = 0.5
    first_period: Literal["same", "next"] = "same"
    minimum: Annotated[int, Field(ge=1)] = 1
    dose: Literal["none", "members", "euros", "contracts_per_gp"] = "none"


class Outcome(Part):
    """The indicator followed, from year ``first`` to year ``last``.

    ``source``: observations as published, confidentiality applied; the records behind them, of which only averages
    leave; or the protocol's file. ``breaks``: known breaks of series are refused, or modelled by comparing within
    periods only, which holds where the break moves every unit alike.
    """

    indicator: str
    slice: str = ""
    first: _Year
    last: _Year
    source: Literal["observations", "records", "file"] = "observations"
    breaks: Literal["refuse", "model"] = "refuse"
    family: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last <= self.first:
            raise ValueError(f"the last year comes after the first, found {self.first} to {self.last}")
        return self


class File(Part):
    """A CSV or Parquet file with a row for each unit and period, and what its columns are called.

    Commas, semicolons or tabs part the columns of a CSV; decimals may have a comma where commas part no columns.
    ``cohort``: the first treated period, 0 or empty for never. ``running``: the score that a threshold cuts.
    """

    path: str
    unit: str
    period: str
    outcome: str
    cohort: str = ""
    weight: str = ""
    cluster: str = ""
    group: str = ""
    offset: str = ""
    running: str = ""
    dose: str = ""


class Estimand(Part):
    """Whose effect is averaged: treated periods ``over`` cells, cohorts, calendar or event time, units or people."""

    over: Over = "cohort"
    weights: Literal["units", "people"] = "people"
    longest: Annotated[int, Field(ge=0)] | None = None


class Covariate(Part):
    """An indicator in the year ``period``, before any treatment; or a column of the protocol's file."""

    indicator: str
    period: _Year | None = None


class Estimator(Part):
    """How effects are estimated: doubly robust, regression or weighting on ``covariates``, against ``control``.

    ``anticipation``: periods before the date in which the measure may already act.
    """

    method: Method = "dr"
    control: Control = "not_yet_treated"
    covariates: tuple[Covariate, ...] = ()
    anticipation: Annotated[int, Field(ge=0, le=5)] = 0


class Inference(Part):
    """How uncertainty is told: errors clustered where dates were decided (``assignment``), or at a larger level."""

    cluster: Literal["assignment", "unit", "epci", "bassin_vie", "departement", "region"] = "assignment"
    level: Annotated[float, Field(ge=0.5, lt=1)] = 0.95
    draws: Annotated[int, Field(ge=99, le=99_999)] = 999
    seed: int = 1


class Spillover(Part):
    """How neighbours may feel the measure: those that touch, within ``within_min`` minutes, or by flows of patients.

    Units of which more than ``above`` of the neighbourhood is treated before they are, if ever, are exposed; they are
    kept all the same, dropped, or what reaches them is modelled beside the direct effect.
    """

    by: Literal["none", "contiguity", "travel", "flow"] = "none"
    within_min: Annotated[float, Field(gt=0, le=120)] = 15.0
    above: Annotated[float, Field(ge=0, lt=1)] = 0.0
    handling: Literal["ignore", "drop", "model"] = "drop"


class Concurrent(Part):
    """Other measures at work in the same years: told, or units that have them before the end left out."""

    measures: tuple[str, ...] = ()
    handling: Literal["report", "leave_out"] = "report"


class Covid(Part):
    """What is made of the years of the epidemic, and why."""

    handling: Literal["keep", "drop"] = "keep"
    years: tuple[_Year, ...] = (2020, 2021)
    why: Words


class Sensitivity(Part):
    """The checks to be shown whatever they say, and what they need."""

    checks: tuple[Check, ...] = ("estimators", "placebo_dates", "leave_out_cohort", "controls", "honest")
    placebo_outcomes: tuple[str, ...] = ()
    placebo_shift: Annotated[int, Field(ge=1)] = 1
    permutations: Annotated[int, Field(ge=99, le=99_999)] = 999


class Decision(Part):
    """The rule written before: the smallest effect that matters, in the unit of the outcome, and its good direction.

    ``multiplicity``: how p-values of the ``family`` of outcomes are read together.
    """

    smallest_effect: Annotated[float, Field(gt=0)]
    good: Literal["up", "down"]
    power: Annotated[float, Field(ge=0.5, lt=1)] = 0.8
    multiplicity: Literal["none", "holm"] = "holm"
    rule: Words


class Threshold(Part):
    """The cut of a discontinuity: units under (or over) ``cutoff`` of the ``running`` indicator are eligible."""

    running: str
    period: _Year | None = None
    cutoff: float
    eligible: Literal["below", "above"] = "below"


class Protocol(Part):
    """A whole protocol; ``text`` is what was registered, ``digest`` the SHA-256 of its bytes."""

    id: _Id
    authors: Annotated[tuple[str, ...], Field(min_length=1)]
    written: date
    title: Words
    question: Words
    description: Words | None = None
    design: Design = "staggered"
    population: Population
    treatment: Treatment
    outcome: Outcome
    file: File | None = None
    threshold: Threshold | None = None
    estimand: Estimand = Estimand()
    estimator: Estimator = Estimator()
    inference: Inference = Inference()
    spillover: Spillover = Spillover()
    concurrent: Concurrent = Concurrent()
    covid: Covid
    sensitivity: Sensitivity = Sensitivity()
    decision: Decision
    text: Annotated[str, Field(exclude=True, repr=False)]

    @property
    def digest(self) -> str:
        """The SHA-256 of the text, in hexadecimal: a comma changed gives another protocol."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        needs = {
            "[file] where outcomes come from a file": self.outcome.source == "file" and self.file is None,
            'outcome.source = "file" where a [file] is given': self.file is not None and self.outcome.source != "file",
            'outcome.source = "file" where units are doctors': self.population.level == "gp" and self.file is None,
            'inference.cluster = "assignment" or "unit" where units are doctors (file.cluster names theirs)': (
                self.population.level == "gp" and self.inference.cluster not in ("assignment", "unit")
            ),
            "file.running, the column that the threshold cuts, for a discontinuity on a file": (
                self.design == "discontinuity" and self.file is not None and not self.file.running
            ),
            "[threshold] for a discontinuity": self.design == "discontinuity" and self.threshold is None,
            "sensitivity.placebo_outcomes for that check": "placebo_outcomes" in self.sensitivity.checks
            and not self.sensitivity.placebo_outcomes,
            "a treatment.dose for that check": "dose" in self.sensitivity.checks
            and self.treatment.dose == "none"
            and not (self.file and self.file.dose),
            "spillover.by for that check": "spillover" in self.sensitivity.checks and self.spillover.by == "none",
        }
        lacking = [need for need, lacks in needs.items() if lacks]
        if lacking:
            raise ValueError(f"it needs {'; '.join(lacking)}")
        return self


def parse_protocol(text: str, *, where: str = "protocol") -> Protocol:
    """The protocol that a TOML text states; ``where`` names it in messages.

    Raises DefinitionError, with every fault and where it is, when the text is no TOML or not a whole protocol.
    """
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise DefinitionError(
            f"A protocol is a TOML text, {where} is not: {problem}.",
            fr=f"Un protocole est un texte TOML, {where} n’en est pas un : {problem}.",
        ) from problem
    try:
        return Protocol.model_validate({**stated, "text": text})
    except ValidationError as problem:
        faults = "; ".join(_faults(problem))
        raise DefinitionError(
            f"The protocol {where} cannot be read: {faults}.",
            hint="`maillage evaluate new` prints a complete one to start from.",
            fr=f"Le protocole {where} ne peut pas être lu : {faults}. `maillage evaluate new` en donne un complet.",
        ) from problem


def choices(protocol: Protocol) -> dict[str, Any]:
    """Every choice of a protocol by its dotted name, defaults included, as plain values."""
    return dict(_flat(protocol.model_dump(mode="json"), ""))


def deviations(registered: Protocol, used: Protocol) -> dict[str, tuple[Any, Any]]:
    """The choices that differ between two protocols, by dotted name: registered, then used."""
    before, after = choices(registered), choices(used)
    names = sorted(set(before) | set(after))
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _flat(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        if isinstance(each, dict) and each:
            yield from _flat(each, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", each


def _faults(problem: ValidationError) -> Iterator[str]:
    for fault in problem.errors():
        place = ".".join(str(part) for part in fault["loc"])
        place = f"{place}: " if place else ""
        found = "" if fault["type"] in ("missing", "value_error") else f", found {fault['input']!r}"
        yield f"{place}{fault['msg'].removeprefix('Value error, ')}{found}"
