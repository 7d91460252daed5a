"""Decays by formula: Gaussian, inverse power, exponential, logistic, kernels, and any callable."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from maillage.access.decay import Closed, Decay, DecayFunction, binary
from maillage.access.faults import FloatArray, refuse
from maillage.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Curve:
    """A weight of travel time given by any function of minutes, cut after ``max_min``.

    ``function`` maps an array of minutes to weights, which need not be normalised. ``closed`` says what the limit
    itself weighs: ``right``, the value of the function there; ``left``, nothing. ``max_min`` may be infinite: the
    travel matrix is then the only bound.

    Raises DefinitionError when the limit is not positive; a call raises ArrayInputError when the function gives a
    weight that is negative, NaN or infinite.
    """

    name: str
    function: Callable[[FloatArray], Any]
    max_min: float
    closed: Closed = "right"

    def __post_init__(self) -> None:
        if not self.max_min > 0 or self.closed not in ("left", "right"):
            raise DefinitionError(
                f"Decay {self.name!r} needs a positive limit, closed left or right: found {self.max_min:g},"
                f" {self.closed}."
            )

    def __call__(self, minutes: NDArray[Any]) -> FloatArray:
        """The weight of each travel time, as float64."""
        times = np.asarray(minutes, dtype=np.float64)
        counted = times <= self.max_min if self.closed == "right" else times < self.max_min
        weights = np.zeros(times.shape, dtype=np.float64)
        weights[counted] = self.function(times[counted])
        faulty = ~(np.isfinite(weights) & (weights >= 0))
        flat, at = weights.ravel(), times.ravel()
        expected = f"The weights of decay {self.name!r} should be finite and not negative"
        refuse(faulty.ravel(), lambda k: f"{flat[k]:g} at {at[k]:g} minutes", expected=expected)
        return weights


def gaussian(sigma_min: float, *, max_min: float = math.inf, closed: Closed = "right", name: str = "") -> Curve:
    """The bell exp(−t² / 2σ²), σ in minutes."""
    scale = _positive(sigma_min, "sigma_min")
    return Curve(name or f"gaussian {sigma_min:g}", partial(_gaussian, scale), max_min, closed)


def gaussian_to_zero(max_min: float, *, name: str = "") -> Curve:
    """The bell that falls to nothing at its limit: (exp(−½ (t/t₀)²) − exp(−½)) / (1 − exp(−½)).

    Dai (2010), doi:10.1016/j.healthplace.2010.06.012.
    """
    return Curve(name or f"gaussian to {max_min:g}", partial(_gaussian_to_zero, max_min), max_min)


def inverse_power(
    exponent: float, *, from_min: float = 1.0, max_min: float = math.inf, closed: Closed = "right", name: str = ""
) -> Curve:
    """(t / t₁)^−β, and 1 under ``from_min`` (t₁), since the formula has no value at 0."""
    shape, start = _positive(exponent, "exponent"), _positive(from_min, "from_min")
    return Curve(name or f"inverse power {exponent:g}", partial(_inverse_power, shape, start), max_min, closed)


def exponential(rate: float, *, max_min: float = math.inf, closed: Closed = "right", name: str = "") -> Curve:
    """exp(−β t), β per minute."""
    return Curve(name or f"exponential {rate:g}", partial(_exponential, _positive(rate, "rate")), max_min, closed)


def logistic(
    inflection_min: float, spread_min: float, *, max_min: float = math.inf, closed: Closed = "right", name: str = ""
) -> Curve:
    """The S of a cumulative logistic that falls: (1 + exp(−m/s)) / (1 + exp((t − m)/s)), 1 at 0.

    ``inflection_min`` is m, ``spread_min`` is s. Written 1 / (1 + exp((t − m)·π/(σ√3))), up to the same constant, by
    Bauer and Groneberg (2016), doi:10.1371/journal.pone.0159148.
    """
    middle, spread = _positive(inflection_min, "inflection_min"), _positive(spread_min, "spread_min")
    return Curve(
        name or f"logistic {inflection_min:g}-{spread_min:g}", partial(_logistic, middle, spread), max_min, closed
    )


def epanechnikov(max_min: float, *, name: str = "") -> Curve:
    """The kernel of kernel-density 2SFCA, 1 − (t/t₀)² (Dai and Wang 2011); its constant ¾ cancels in the two steps."""
    return Curve(name or f"epanechnikov {max_min:g}", partial(_kernel, max_min, 1), max_min)


def quartic(max_min: float, *, name: str = "") -> Curve:
    """The biweight kernel (1 − (t/t₀)²)²; its constant 15/16 cancels in the two steps."""
    return Curve(name or f"quartic {max_min:g}", partial(_kernel, max_min, 2), max_min)


FAMILIES: Mapping[str, Callable[..., DecayFunction]] = {
    "binary": binary,
    "epanechnikov": epanechnikov,
    "exponential": exponential,
    "gaussian": gaussian,
    "gaussian_to_zero": gaussian_to_zero,
    "inverse_power": inverse_power,
    "logistic": logistic,
    "quartic": quartic,
}


def declared_decay(name: str, spec: Mapping[str, Any]) -> DecayFunction:
    """The decay that a parameter file declares: its ``shape`` and the values that this shape takes.

    ``steps`` and ``linear`` take ``minutes``, ``weights`` and ``closed``; any other shape takes the arguments of the
    function of the same name. Raises DefinitionError on an unknown shape, a missing value or one too many.
    """
    values: dict[str, Any] = {k: tuple(float(x) for x in v) if isinstance(v, list) else v for k, v in spec.items()}
    shape = values.pop("shape", None)
    try:
        if shape in ("steps", "linear"):
            return Decay(name, shape, **values)
        if shape not in FAMILIES:
            known = ", ".join(("steps", "linear", *FAMILIES))
            raise DefinitionError(f"Decay {name!r} has a shape among {known}: found {shape!r}.")
        return FAMILIES[shape](name=name, **values)
    except TypeError as problem:
        raise DefinitionError(
            f"Decay {name!r} of shape {shape!r} was given other values: {sorted(values)}."
        ) from problem


def _gaussian(sigma: float, t: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * (t / sigma) ** 2))


def _gaussian_to_zero(limit: float, t: FloatArray) -> FloatArray:
    floor = math.exp(-0.5)
    # At the limit itself the difference may round to a negative zero or less.
    return np.asarray(np.maximum(np.exp(-0.5 * (t / limit) ** 2) - floor, 0.0) / (1 - floor))


def _inverse_power(exponent: float, start: float, t: FloatArray) -> FloatArray:
    return np.asarray((np.maximum(t, start) / start) ** -exponent)


def _exponential(rate: float, t: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-rate * t))


def _logistic(middle: float, spread: float, t: FloatArray) -> FloatArray:
    return np.asarray(expit((middle - t) / spread) / expit(middle / spread))


def _kernel(limit: float, power: int, t: FloatArray) -> FloatArray:
    return np.asarray((1 - (t / limit) ** 2) ** power)


def _positive(value: float, name: str) -> float:
    if not (value > 0 and math.isfinite(value)):
        raise DefinitionError(f"The {name} of a decay should be positive and finite, found {value:g}.")
    return float(value)
