"""The dated parameters of the simulated records, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from maillage.catalog.parameters import load_parameters

QUARTERS = 4


def drawn(name: str) -> Any:
    """A parameter of ``demo_events.toml``."""
    return load_parameters("demo_events")[name].value


def years() -> tuple[int, ...]:
    """The civil years that are drawn."""
    return tuple(int(year) for year in drawn("years"))


def quarter_rank(text: str) -> int:
    """The rank of a quarter, ``2020-T1``, from the first quarter that is drawn (0)."""
    year, quarter = text.split("-T")
    return (int(year) - years()[0]) * QUARTERS + int(quarter) - 1


def quarter_name(rank: int) -> str:
    """The quarter of a rank, the first quarter that is drawn being 0."""
    return f"{years()[0] + rank // QUARTERS}-T{rank % QUARTERS + 1}"


@dataclass(frozen=True, slots=True)
class Planted:
    """A simulated measure: where it is taken, how many take it, and what it changes, when and around.

    ``effect`` by outcome is in points of probability or in days; ``delay`` and ``ramp`` in quarters; ``spillover`` is
    the part of the effect felt within ``reach_km`` of a place that has the measure, by those that do not.
    """

    id: str
    level: str
    adopted: float
    effect: Mapping[str, float]
    delay: int
    ramp: int
    low_access: float
    spillover: float
    reach_km: float


@cache
def planted() -> tuple[Planted, ...]:
    """The simulated measures, in the order of the file."""
    return tuple(Planted(id=name, **entry) for name, entry in drawn("planted").items())
