"""Special designs on what tests simulate, drawn from a seed: what each way of asking recovers of the truth.

    python benchmarks/evaluation_designs.py --runs 200 --json

Seeds are the number of the run. Intervals are at 95 %; 200 runs tell a coverage within 0.03.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from maillage.evaluation.aggregate import overall_interval
from maillage.evaluation.discontinuity import jump
from maillage.evaluation.interrupted import interrupted
from maillage.evaluation.matched import matched_effects
from maillage.evaluation.series import Series
from tests.unit.test_discontinuity import EFFECT, communes
from tests.unit.test_interrupted import errors, visits
from tests.unit.test_matched import RULE, practices

SIGNED = 40.0  # patients more, by contract
LEVEL = -4.0  # emergency visits, at the start of the series

Answer = tuple[str, float, float, float, float]


def answers(seed: int) -> Iterator[Answer]:
    """Each way of asking: its name, the truth, the estimate, and the ends of its interval."""
    design = communes(seed)
    for name, given in (("by territory", design), ("by commune", replace(design, cluster=None))):
        found = jump(given)
        yield f"discontinuity, errors {name}", EFFECT, found.corrected, found.low, found.high
    for name, pace in (("29 % sign", 1.0), ("8 % sign", 0.25)):
        matched = matched_effects(practices(seed, count=int(2500 / pace**0.5), pace=pace), RULE)
        growth = float(matched.raw[matched.effects.at >= 0].mean())
        yield f"matched, {name}", SIGNED, matched.effects.overall, *overall_interval(matched.effects)
        yield f"growth alone, {name}", SIGNED, growth, np.nan, np.nan
    quarters = np.arange(36)
    short = Series(quarters, 50 + 0.2 * quarters + LEVEL * (quarters >= 24) + errors(seed, 0.4, 36), 24, season=4)
    for name, series in (("72 months", visits(seed, slope=0.0)), ("36 quarters", short)):
        level = interrupted(series).level
        half = (level.high - level.effect) / level.se * level.newey_west
        yield f"interrupted, {name}, likelihood", LEVEL, level.effect, level.low, level.high
        yield f"interrupted, {name}, Newey and West", LEVEL, level.effect, level.effect - half, level.effect + half


def main() -> None:
    from figures import emit, show

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    asked = parser.parse_args()
    found: dict[str, list[tuple[float, ...]]] = {}
    for run in range(asked.runs):
        for name, *values in answers(run):
            found.setdefault(name, []).append(tuple(values))
    rows = []
    for name, runs in found.items():
        true, estimate, low, high = np.asarray(runs).T
        held = float(((low <= true) & (true <= high)).mean()) if np.isfinite(low).all() else None
        half = float((high - low).mean() / 2 / 1.96)
        spread = {"truth": float(true[0]), "mean": float(estimate.mean()), "sd": float(estimate.std())}
        rows.append(
            {"asked": name, **spread, "half interval / 1.96": half if held is not None else None, "covered": held}
        )
    show(f"{asked.runs} draws of each design", rows)
    emit({"runs": asked.runs, "ways": rows}, as_json=asked.json)


if __name__ == "__main__":
    main()
