"""The dated parameters of the demonstration, typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from maillage.catalog.parameters import load_parameters

PROFESSIONS = {"mg": "D265", "inf": "D281", "mk": "D279", "sf": "D278", "cd": "D277"}


@dataclass(frozen=True, slots=True)
class SupplyModel:
    """How one equipment settles.

    Within a basin a place weighs ``population ** exponent``, damped under ``threshold`` inhabitants. ``dispersion`` is
    the shape of the gamma noise (small is rough); ``south`` is per degree of latitude southwards; ``smooth``,
    ``region`` and ``pole`` weigh the smooth surface, the regional effects and being a pole (on the log scale).
    ``ages`` weighs the inhabitants of the three age bands.
    """

    exponent: float
    threshold: float
    dispersion: float
    south: float
    smooth: float
    region: float
    pole: float
    ages: tuple[float, float, float]


def target(name: str) -> float:
    """A published figure that the demonstration must match (``demo_targets.toml``)."""
    return float(load_parameters("demo_targets")[name].value)


def targets(name: str) -> tuple[float, ...]:
    """Published figures that go together, such as the means of the ten deciles."""
    return tuple(float(value) for value in load_parameters("demo_targets")[name].value)


def assumed(name: str) -> Any:
    """A choice of the model (``demo_model.toml``)."""
    return load_parameters("demo_model")[name].value


@cache
def supply_models() -> dict[str, SupplyModel]:
    """The model of each equipment, by BPE code, in the order they are drawn."""
    entries = assumed("equipment")
    return {code: SupplyModel(**{**entry, "ages": tuple(entry["ages"])}) for code, entry in entries.items()}
