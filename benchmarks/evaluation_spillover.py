"""Panels whose treatment reaches neighbours, drawn from a seed: what each way of asking recovers of the truth.

    python benchmarks/evaluation_spillover.py --runs 200 --json

Seeds are the number of the run. Intervals are at 95 %; 200 runs tell a coverage within 0.03.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.evaluation.aggregate import critical_value
from maillage.evaluation.estimate import frame_of
from maillage.evaluation.exposure import Exposure, Neighbours, exposure
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.sensitivity import Question, answer
from maillage.evaluation.spillover import distance_rings, drop_exposed, modelled

DATES = (0, 0, 0, 4, 6)  # of the clusters, dealt in equal shares; 0 is never
PERIODS = 9
REACH_KM = 4.0


@dataclass(frozen=True, slots=True)
class Spilled:
    """A simulated panel, its exposure, where units stand (n, 2), and the true effects of every cell of each kind."""

    panel: Panel
    exposure: Exposure
    position_km: NDArray[np.float64]
    direct: float
    spilled: float


def draw(
    seed: int,
    *,
    clusters: int = 80,
    size: int = 10,
    direct: float = 1.0,
    spilled: float = 0.5,
    shock: float = 0.3,
    reach_km: float = REACH_KM,
) -> Spilled:
    """``clusters`` squares of 10 km, ``size`` units in each, treated together; ``shock`` in each cluster and period.

    Untreated units within ``reach_km`` of a treated one change by ``spilled`` from its treatment on.
    """
    random = np.random.default_rng(seed)
    n, wide = clusters * size, int(np.ceil(np.sqrt(clusters)))
    cluster = np.repeat(np.arange(clusters), size)
    corner = 10.0 * np.stack([cluster % wide, cluster // wide], axis=1)
    position = corner + 10.0 * random.random((n, 2))
    date = random.permutation(np.resize(DATES, clusters))[cluster]
    apart = np.sqrt(((position[:, None, :] - position[None, :, :]) ** 2).sum(axis=2))
    left, right = np.nonzero((apart <= reach_km) & ~np.eye(n, dtype=bool))
    periods = np.arange(1, PERIODS + 1)
    found = exposure(Neighbours(left, right, np.ones(left.size)), date, periods, reach="any")
    treated = (date[:, None] > 0) & (date[:, None] <= periods)
    noise = random.normal(size=(n, PERIODS)) + shock * random.normal(size=(clusters, PERIODS))[cluster]
    outcome = random.normal(size=(n, 1)) + 0.2 * periods + noise
    outcome = outcome + direct * treated + spilled * (found.value > 0) * ~treated
    long = {"cohort": np.repeat(date, PERIODS), "cluster": np.repeat(cluster, PERIODS)}
    panel = Panel.of(Rows(np.repeat(np.arange(n), PERIODS), np.tile(periods, n), outcome.ravel(), **long))
    return Spilled(panel, found, position, direct, spilled)


def rings_by_default(drawn: Spilled) -> Any:
    """diff-diff's ring estimator with the errors it has by default."""
    from diff_diff import SpilloverDiD

    frame = frame_of(drawn.panel)
    for axis, name in enumerate(("east_km", "north_km")):
        frame[name] = np.repeat(drawn.position_km[:, axis], drawn.panel.periods.size)
    model = SpilloverDiD(rings=[0.0, REACH_KM], conley_coords=("east_km", "north_km"), conley_metric="euclidean")
    return model.fit(frame, outcome="outcome", unit="unit", time="period", first_treat="cohort")


def answers(drawn: Spilled) -> Iterator[tuple[str, float, float, float]]:
    """Each way of asking: its name, the truth, the estimate, and the half of its interval."""
    panel, exposed, question = drawn.panel, drawn.exposure, Question()
    found = modelled(panel, exposed)
    reached = found.direct.mass * drawn.direct + found.spilled.mass * drawn.spilled
    truth = {"direct": drawn.direct, "spilled": drawn.spilled, "total": reached / found.total.mass}
    for name, true in truth.items():
        part = getattr(found, name)
        yield f"modelled {name}", true, part.att, (part.high - part.low) / 2
    for name, kept in (
        ("ignored", panel),
        ("dropped", drop_exposed(panel, exposed).panel),
        ("dropped, early ones too", drop_exposed(panel, exposed, early="drop").panel),
    ):
        asked = answer(kept, question)
        yield name, drawn.direct, asked.att, (asked.high - asked.low) / 2
    reach = critical_value(0.95, int(panel.cluster.max()) + 1, clustered=True)
    rings, default = distance_rings(panel, drawn.position_km, (0.0, REACH_KM)), rings_by_default(drawn)
    ring = default.spillover_effects.iloc[0]
    yield "rings direct, clustered", drawn.direct, rings.direct, reach * rings.direct_se
    yield "rings spilled, clustered", drawn.spilled, float(rings.spilled[0]), reach * float(rings.spilled_se[0])
    yield "rings direct, default errors", drawn.direct, float(default.att), 1.96 * float(default.se)
    yield "rings spilled, default errors", drawn.spilled, float(ring["coef"]), 1.96 * float(ring["se"])


def main() -> None:
    from figures import emit, show

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    asked = parser.parse_args()
    found: dict[str, list[tuple[float, float, float]]] = {}
    for run in range(asked.runs):
        for name, true, estimate, half in answers(draw(run)):
            found.setdefault(name, []).append((estimate, true, half))
    rows = []
    for name, runs in found.items():
        estimate, true, half = np.asarray(runs).T
        held = float((np.abs(estimate - true) <= half).mean())
        spread = {"bias": float((estimate - true).mean()), "sd": float(estimate.std())}
        rows.append({"asked": name, **spread, "half interval / 1.96": float(half.mean()) / 1.96, "covered": held})
    show(f"{asked.runs} panels of 800 x {PERIODS}, shocks by cluster", rows)
    emit({"runs": asked.runs, "ways": rows}, as_json=asked.json)


if __name__ == "__main__":
    main()
