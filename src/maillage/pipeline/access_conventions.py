"""The declared conventions of the computed APL, from the parameter sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from maillage.access import (
    Activity,
    AgeWeights,
    CarTravelModel,
    DecayFunction,
    Points,
    TravelMatrix,
    UrbanSlowing,
    declared_decay,
)
from maillage.catalog.parameters import Parameter, load_parameters, parameter_names
from maillage.errors import DefinitionError

FOLDER = "apl/"


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Communes where people live or practise: the code and the point of each, in the order of codes.

    ``points.inner_km`` is how far residents live from the point; nil for places of practice. ``people_per_km2``: None
    where not known, 0 for a commune whose area is not.
    """

    codes: tuple[str, ...]
    points: Points
    people_per_km2: NDArray[np.float64] | None = None


class TravelBuilder(Protocol):
    """Where the minutes between communes come from: the car model, a file of times, a road network."""

    def __call__(self, homes: Places, practices: Places, max_min: float) -> TravelMatrix:
        """Minutes of the pairs reached in at most ``max_min``: homes by rows, practices by columns, in their order.

        Within a commune too: where ``inner_km`` is not nil, nobody is at no distance from his own doctor.
        """
        ...


@dataclass(frozen=True, slots=True)
class AplConvention:
    """How the APL of one profession is computed, as the parameter set ``name`` declares it.

    ``activity`` is that of a professional, in acts a year where the score counts them, else in full-time equivalents.
    ``demand_share``: the part of the inhabitants to whom demand is normalised. The score refers to ``per_inhabitants``.
    ``age_limit`` is declared where a text gives it; no file gives the age of a professional, so it changes nothing.
    """

    name: str
    profession: str
    decay: DecayFunction
    activity: Activity
    age_weights: AgeWeights
    age_limit: int | None = None
    demand_share: float = 1.0
    per_inhabitants: float = 1.0


@dataclass(frozen=True, slots=True)
class CarConventions:
    """What ``travel_car.toml`` declares: the model, and how far residents live from the point of their commune."""

    model: CarTravelModel
    slowing: UrbanSlowing
    inner_max_km: float
    inner_default_km: float
    inner_spread: float


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a run computes: the set of each profession; ``range_decays`` × ``range_factors`` give low and high.

    A commune of ``doubtful_gp_number`` general practitioners or more, and more than ``doubtful_gp_per_1000`` for 1 000
    inhabitants, is told as doubtful. Stability is the share of the conventions, the range's × ``stability_demands`` ×
    ``stability_supplies``, under which the general practitioners' score is under ``stability_threshold``.
    """

    sets: tuple[AplConvention, ...]
    range_decays: tuple[DecayFunction, ...]
    range_factors: tuple[float, ...]
    car: CarConventions
    doubtful_gp_number: float
    doubtful_gp_per_1000: float
    stability_threshold: float
    stability_demands: tuple[str, ...]
    stability_supplies: tuple[str, ...]

    @property
    def longest_min(self) -> float:
        """The travel time past which no place counts, under any of the conventions."""
        decays = (*self.range_decays, *(one.decay for one in self.sets))
        return max(decay.max_min for decay in decays) / min(1.0, *self.range_factors)


def apl_sets() -> tuple[str, ...]:
    """The names of the declared APL conventions: the parameter sets of ``apl/`` that are those of a profession."""
    names = (name.removeprefix(FOLDER) for name in parameter_names() if name.startswith(FOLDER))
    return tuple(name for name in names if "profession" in load_parameters(FOLDER + name))


def load_apl(name: str) -> AplConvention:
    """The APL convention that ``definitions/parameters/apl/NAME.toml`` declares.

    A set gives its decay (``decay_…``) and its age weights, or names the set whose own it takes (``decay_of``,
    ``ages_of``). Raises NotFoundError when there is no such set, DefinitionError when it lacks an entry.
    """
    entries = load_parameters(FOLDER + name)
    default = _value(entries, "activity_default")
    ages = load_parameters(FOLDER + entries["ages_of"].value) if "ages_of" in entries else entries
    return AplConvention(
        name=name,
        profession=_value(entries, "profession"),
        decay=load_decay(name),
        activity=Activity(
            _optional(entries, "activity_floor", default),
            _optional(entries, "activity_cap", default),
            default_acts=default,
            elasticity=_optional(entries, "activity_elasticity", 0.0),
        ),
        age_weights=AgeWeights(tuple(_value(ages, "age_from")), tuple(_value(ages, "age_weights"))),
        age_limit=_optional(entries, "age_limit", None),
        demand_share=_optional(entries, "demand_share", 1.0),
        per_inhabitants=_value(entries, "per_inhabitants"),
    )


def load_decay(name: str) -> DecayFunction:
    """The decay that the APL set ``name`` declares or takes from another one (see ``declared_decay``).

    Raises NotFoundError, DefinitionError.
    """
    entries = load_parameters(FOLDER + name)
    if "decay_of" in entries:
        return load_decay(entries["decay_of"].value)
    return declared_decay(name, {k.removeprefix("decay_"): p.value for k, p in entries.items() if k[:6] == "decay_"})


def load_car() -> CarConventions:
    """What ``travel_car.toml`` declares."""
    car = load_parameters("travel_car")
    return CarConventions(
        model=CarTravelModel(_value(car, "coefficient"), _value(car, "exponent")),
        slowing=UrbanSlowing(*(_value(car, f"slowing_{part}") for part in ("from", "to", "factor"))),
        inner_max_km=_value(car, "inner_max_km"),
        inner_default_km=_value(car, "inner_default_km"),
        inner_spread=_value(car, "inner_spread"),
    )


def load_conventions() -> Conventions:
    """The conventions in force: ``apl/in-force.toml``, the sets that it names, and ``travel_car.toml``.

    Raises DefinitionError when a set is given for another profession than its own, or in another unit than that of its
    indicator: consultations for general practitioners, full-time equivalents per 100 000 for the others.
    """
    chosen = load_parameters(FOLDER + "in-force")
    sets: Mapping[str, str] = _value(chosen, "sets")
    loaded = tuple(load_apl(name) for name in sets.values())
    if [one.profession for one in loaded] != list(sets):
        raise DefinitionError(f"apl/in-force.toml should name a set of each profession's own, found {dict(sets)}.")
    odd = [one.name for one in loaded if one.per_inhabitants != (1 if one.profession == "mg" else 100_000)]
    if odd:
        raise DefinitionError(
            f"The scores of a profession should keep the unit of its indicator, found others in {odd}."
        )
    return Conventions(
        sets=loaded,
        range_decays=tuple(load_decay(name) for name in _value(chosen, "range_decays")),
        range_factors=tuple(float(f) for f in _value(chosen, "range_travel_factors")),
        car=load_car(),
        doubtful_gp_number=_value(chosen, "doubtful_gp_number"),
        doubtful_gp_per_1000=_value(chosen, "doubtful_gp_per_1000"),
        stability_threshold=float(_value(load_parameters(f"{FOLDER}thresholds"), "gp_under_dense")),
        stability_demands=tuple(_value(chosen, "stability_demands")),
        stability_supplies=tuple(_value(chosen, "stability_supplies")),
    )


def band_ages(label: str) -> tuple[int, int | None]:
    """First age and end age (excluded; None: open) of a band such as ``20-64`` or ``65+``; raises DefinitionError."""
    first, dash, last = label.rstrip("+").partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        raise DefinitionError(f"An age band is written 20-64 or 65+, found {label!r}.")
    if label.endswith("+"):
        return int(first), None
    return int(first), int(last if dash else first) + 1


def _optional(entries: Mapping[str, Parameter], name: str, otherwise: Any) -> Any:
    return entries[name].value if name in entries else otherwise


def _value(entries: Mapping[str, Parameter], name: str) -> Any:
    if name not in entries:
        raise DefinitionError(f"The parameter {name!r} was expected, found {sorted(entries)}.")
    return entries[name].value
