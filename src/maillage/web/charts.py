"""Where a territory stands among its peers: small drawings made on the server, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maillage.web.atlas import Floats

WIDTH, HEIGHT, BASE, BINS = 320, 58, 44, 46
# Beyond these quantiles a few extreme territories would flatten the drawing; they are drawn at its edge.
EDGE_QUANTILES = (0.005, 0.985)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value pointed at on the scale."""

    x: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the histogram."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A histogram of peers with marks: all lengths in the units of a 320 by 58 drawing."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    low: float
    high: float


def strip(peers: Floats, points: Sequence[tuple[str, str, float]]) -> Strip | None:
    """Draw ``points`` (kind, label, value) over the distribution of ``peers``; None when there is none to draw."""
    known = peers[~np.isnan(peers)]
    values = [value for _, _, value in points if not np.isnan(value)]
    if known.size < 2 or not values or float(known.min()) == float(known.max()):
        return None
    low, high = (float(q) for q in np.quantile(known, EDGE_QUANTILES))
    low, high = min(low, *values), max(high, *values)
    if high <= low:
        low, high = float(known.min()), float(known.max())
    counts, edges = np.histogram(np.clip(known, low, high), bins=BINS, range=(low, high))
    tallest = float(counts.max())
    step = WIDTH / BINS
    bars = tuple(
        Bar(round(rank * step, 1), round(BASE - h, 1), round(step - 1, 1), round(h, 1))
        for rank, h in enumerate((BASE - 6) * counts / tallest)
        if h > 0
    )
    scale = WIDTH / (edges[-1] - edges[0])
    marks = tuple(
        Mark(round(float(min(max((value - low) * scale, 0), WIDTH)), 1), kind, label)
        for kind, label, value in points
        if not np.isnan(value)
    )
    return Strip(bars=bars, marks=marks, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a history: its place, its words, and whether the line from the point before is drawn."""

    x: float
    y: float
    label: str
    joined: bool


def history(values: Sequence[tuple[str, float, bool]], width: int = 220, height: int = 44) -> tuple[Point, ...]:
    """Place ``(period, value, joined)`` in a small drawing; equal steps between periods."""
    known = [(period, value, joined) for period, value, joined in values if not np.isnan(value)]
    if not known:
        return ()
    low, high = min(v for _, v, _ in known), max(v for _, v, _ in known)
    spread = (high - low) or 1.0
    step = (width - 16) / max(len(known) - 1, 1)
    return tuple(
        Point(round(8 + rank * step, 1), round(height - 8 - (value - low) / spread * (height - 16), 1), period, joined)
        for rank, (period, value, joined) in enumerate(known)
    )
