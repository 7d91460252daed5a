"""The declared conventions of the computed APL, from the parameter files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from maillage.access import Activity, AgeWeights, CarTravelModel, DecayFunction, Points, TravelMatrix, declared_decay
from maillage.catalog.parameters import Parameter, load_parameters
from maillage.errors import DefinitionError


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Communes where people live or practise: the code and the point of each, in the order of codes.

    ``points.inner_km`` is how far residents live from the point; nil for places of practice.
    """

    codes: tuple[str, ...]
    points: Points


class TravelBuilder(Protocol):
    """Where the minutes between communes come from: the car model, a file of times, a road network."""

    def __call__(self, homes: Places, practices: Places, max_min: float) -> TravelMatrix:
        """Minutes of the pairs reached in at most ``max_min``: homes by rows, practices by columns, in their order.

        Within a commune too: where ``inner_km`` is not nil, nobody is at no distance from his own doctor.
        """
        ...


@dataclass(frozen=True, slots=True)
class Conventions:
    """The declared conventions of a computed APL; ``range_decays`` × ``range_factors`` give its low and high."""

    decay: DecayFunction
    range_decays: tuple[DecayFunction, ...]
    range_factors: tuple[float, ...]
    activity: Activity
    age_weights: AgeWeights
    car: CarTravelModel
    inner_max_km: float
    inner_default_km: float


def load_decay(name: str) -> DecayFunction:
    """The decay declared by the ``decay_…`` entries of the parameter file ``name`` (see ``declared_decay``).

    Raises NotFoundError, DefinitionError.
    """
    entries = load_parameters(name)
    return declared_decay(name, {k.removeprefix("decay_"): p.value for k, p in entries.items() if k[:6] == "decay_"})


def load_conventions() -> Conventions:
    """The conventions of the GP APL: ``apl_gp``, ``travel_car``, and the files that they name."""
    gp, car, irdes = load_parameters("apl_gp"), load_parameters("travel_car"), load_parameters("apl_irdes_2012")
    return Conventions(
        decay=load_decay(_value(gp, "decay")),
        range_decays=tuple(load_decay(name) for name in _value(gp, "range_decays")),
        range_factors=tuple(float(f) for f in _value(gp, "range_travel_factors")),
        activity=Activity(
            _value(gp, "activity_floor"), _value(gp, "activity_cap"), default_acts=_value(gp, "activity_default")
        ),
        age_weights=AgeWeights(tuple(_value(irdes, "age_from")), tuple(_value(irdes, "age_weights"))),
        car=CarTravelModel(_value(car, "coefficient"), _value(car, "exponent")),
        inner_max_km=_value(car, "inner_max_km"),
        inner_default_km=_value(car, "inner_default_km"),
    )


def band_ages(label: str) -> tuple[int, int | None]:
    """First age and end age (excluded; None: open) of a band such as ``20-64`` or ``65+``; raises DefinitionError."""
    first, dash, last = label.rstrip("+").partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        raise DefinitionError(f"An age band is written 20-64 or 65+, found {label!r}.")
    if label.endswith("+"):
        return int(first), None
    return int(first), int(last if dash else first) + 1


def _value(entries: Mapping[str, Parameter], name: str) -> Any:
    if name not in entries:
        raise DefinitionError(f"The parameter {name!r} was expected, found {sorted(entries)}.")
    return entries[name].value
