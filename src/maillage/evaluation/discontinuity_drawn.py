"""What a discontinuity looks like: means of units gathered by score on each side of the cutoff, and both lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maillage.evaluation.discontinuity import Jump
from maillage.evaluation.local_polynomial import Side, lines
from maillage.evaluation.panel import FloatArray, IntArray
from maillage.evaluation.threshold import Threshold, sides

FEWEST = 11  # units behind a mean: no bin tells of a few
MOST_BINS = 12  # on each side: an assumption, to be read at a glance


@dataclass(frozen=True, slots=True)
class Drawn:
    """Means of the ``outcome`` in bins (k) of ``units`` with nearby scores, ``score`` their mean; both local lines.

    ``far`` and ``near``: the heights of the line at the end of the bandwidth and at the cutoff, below then above.
    """

    score: FloatArray
    outcome: FloatArray
    units: IntArray
    far: tuple[float, float]
    near: tuple[float, float]


def drawn(design: Threshold, found: Jump) -> Drawn:
    """What lies within the bandwidth of ``found``: equal numbers of units in each bin of a side, 11 at least.

    The difference of ``near`` is the conventional estimate, before its bias is taken off. Weights count.
    """
    both = sides(design)
    bins = [_bins(side, found.bandwidth) for side in both]
    ends = [_line(side, found.bandwidth) for side in both]
    score, outcome, units = (np.concatenate([each[k] for each in bins]) for k in range(3))
    return Drawn(
        score=score + design.cutoff,
        outcome=outcome,
        units=units.astype(np.int64),
        far=(ends[0][1], ends[1][1]),
        near=(ends[0][0], ends[1][0]),
    )


def _bins(side: Side, width: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean distance, mean response and number of units of each bin; nobody's where a side holds too few."""
    inside = np.flatnonzero(np.abs(side.distance) < width)
    count = min(MOST_BINS, inside.size // FEWEST)
    if not count:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    parts = np.array_split(inside, count)
    means = [
        [np.average(values[part], weights=side.weight[part]) for part in parts]
        for values in (side.distance, side.response[:, 0])
    ]
    return np.asarray(means[0]), np.asarray(means[1]), np.asarray([float(part.size) for part in parts])


def _line(side: Side, width: float) -> tuple[float, float]:
    """The height of the line at the cutoff, and at the end of the bandwidth on its side."""
    height, slope = lines(side, 1, width) @ side.response[:, 0]
    toward = np.sign(side.distance[np.abs(side.distance).argmax()])
    return float(height), float(height + toward * width * slope)
