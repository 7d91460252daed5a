"""What a protocol is about before it is a panel: cells, units and what is known of them, from the store or a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from maillage.evaluation.protocol import Protocol
from maillage.indicators.definition import Indicator
from maillage.indicators.registry import load_indicators
from maillage.text import Text

# Units that treatment never reaches.
NEVER = 0
CELLS: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "period": pl.Int64,
    "value": pl.Float64,
    "denominator": pl.Float64,
    "status": pl.String,
}
UNITS: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "name": pl.String,
    "weight": pl.Float64,
    "cohort": pl.Int64,
    "cluster": pl.String,
    "assigned": pl.String,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``cells`` are rows of CELLS, one at most a unit and year; ``units`` rows of UNITS, in the order of codes.

    ``cohort`` is the first year treated as the register or file has it, whatever the years of the outcome. ``about``
    has ``code`` and a column a group; ``constants`` ``code`` and a column a covariate; ``dose`` and ``running``
    ``code`` and their value; ``others`` ``code, period, value`` of other outcomes by name; ``apart`` the ``code`` of
    units that the protocol leaves out; ``pairs`` ``left, right, weight`` of neighbours. ``counts`` tells that the
    outcome is a rate of events or people over its ``denominator``, told in ``volume_unit``.
    """

    label: Text
    unit: Text
    decimals: int
    scale: float
    cells: pl.DataFrame
    units: pl.DataFrame
    about: pl.DataFrame
    constants: pl.DataFrame
    dose: pl.DataFrame | None = None
    running: pl.DataFrame | None = None
    others: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    apart: pl.DataFrame | None = None
    pairs: pl.DataFrame | None = None
    counts: bool = False
    volume_unit: Text | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False


def outcome_words(protocol: Protocol) -> tuple[Text, Text, int, float]:
    """Label, unit, decimals and scale of the outcome; its own name where it is no indicator."""
    known: Indicator | None = load_indicators().get(protocol.outcome.indicator)
    if known is None:
        return Text(protocol.outcome.indicator, protocol.outcome.indicator), Text("", ""), 2, 1.0
    return known.label, known.unit, known.decimals, known.scale


def kept_years(protocol: Protocol) -> list[int]:
    """The years of the protocol, those of the epidemic taken out where it says so.

    An interrupted series has no gap: it keeps them, and sets them aside in its model.
    """
    out = protocol.covid.handling == "drop" and protocol.design != "interrupted"
    dropped = set(protocol.covid.years) if out else set()
    return [year for year in range(protocol.outcome.first, protocol.outcome.last + 1) if year not in dropped]
