"""A study: what a protocol asks, on the data there are, before anything is estimated; or why it cannot be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from maillage.errors import MaillageError
from maillage.evaluation.exposure import Neighbours
from maillage.evaluation.panel import FloatArray, Panel, UnitFlow
from maillage.evaluation.protocol import Protocol
from maillage.text import Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a protocol cannot be answered: ``words`` say what was expected and found, ``remedy`` which data would do."""

    code: str
    words: Text
    remedy: Text


def refusal_of(code: str, problem: MaillageError, mend: Text) -> Refusal:
    """The refusal that a problem makes; ``mend`` is the remedy of one that has no hint, or tells it in its French."""
    words = Text(problem.fr or problem.message, problem.message)
    return Refusal(code, words, Text(problem.hint, problem.hint) if problem.hint and not problem.fr else mend)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The outcome in one period: units asked for, with a value, without one, withheld by confidentiality."""

    period: int
    units: int
    present: int
    missing: int
    suppressed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The data of a protocol.

    ``panel`` is None where ``refusals`` say why. Arrays of ``groups``, ``assigned`` and ``dose`` (n) follow
    ``panel.units``; ``others`` (n, T) are outcomes named for placebos or for the family. ``groups`` hold labels
    ("departement", "region", "access", "deprivation", "rural" where they are known); ``assigned`` the level at which
    dates were decided. ``units`` counts those asked for, ``left_out`` those without a full series, which were left out.
    ``label`` and ``unit`` are the words of the outcome, ``scale`` what its ratio is multiplied by (100 for a
    percentage); ``volume`` (n, T) the denominators behind it (visits, residents), in ``volume_unit``, which turn an
    effect into people or acts; ``counts`` tells that the outcome is a rate of events over them. ``neighbours`` are
    pairs of positions in ``panel.units``; ``running`` (n) is the score that a threshold cuts. ``origins`` names each
    source with its hash or version; ``breaks`` the known breaks of the series that are modelled.
    """

    protocol: Protocol
    label: Text
    unit: Text
    decimals: int = 1
    scale: float = 1.0
    panel: Panel | None = None
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Text, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    flow: UnitFlow | None = None
    coverage: tuple[Coverage, ...] = ()
    units: int = 0
    left_out: int = 0
    assigned: NDArray[Any] | None = None
    groups: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    dose: FloatArray | None = None
    others: Mapping[str, FloatArray] = field(default_factory=dict)
    volume: FloatArray | None = None
    volume_unit: Text | None = None
    counts: bool = False
    neighbours: Neighbours | None = None
    running: FloatArray | None = None
    breaks: tuple[Text, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
