"""Maillage on a job written by access.py, in a process of its own so that its memory is its own.

access_ours.py JOB.npz product|total SCORES.npy
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from maillage.access import CarTravelModel, Decay, Points, TravelMatrix, catchment, travel_from_points

REPEATS = 9


def main(path: str, task: str, out: str) -> None:
    job = dict(np.load(path))
    limits = tuple(job["limits"].tolist())
    decay = Decay("benchmark", "steps", limits, tuple(job["weights"].tolist()), closed="right")
    model, people = CarTravelModel(*job["car"].tolist()), Points.at(job["longitude"], job["latitude"])
    demand, supply = job["demand"], job["supply"]
    if task == "total":
        few = Points.at(job["longitude"][:50], job["latitude"][:50])
        travel_from_points(few, few, model=model, max_min=limits[-1])  # compiles, where no earlier process has

        def everything() -> np.ndarray:
            travel = travel_from_points(people, people, model=model, max_min=limits[-1])
            return catchment(travel, demand, supply, decay).scores

        cpu_s, scores = timed(everything)
        figures = {"cpu_s": cpu_s}
    else:
        figures, scores = products(job, decay)
    np.save(out, scores)
    figures["peak_mb"] = peak_rss_mb()
    print(json.dumps(figures))


def products(job: dict[str, np.ndarray], decay: Decay) -> tuple[dict[str, float], np.ndarray]:
    """Scores from given times: with weights at hand, with the decay to apply, and the two bare products."""
    demand, supply = job["demand"], job["supply"]
    travel = TravelMatrix.from_pairs(job["origin"], job["dest"], job["cost"], shape=(demand.size, demand.size))
    weights = decay(travel.minutes)
    pairs = csr_array((weights, travel.indices, travel.indptr), shape=travel.shape)
    at_hand, scores = timed(lambda: catchment(travel, demand, supply, lambda _: weights).scores)
    with_decay, _ = timed(lambda: catchment(travel, demand, supply, decay).scores)
    bare, _ = timed(lambda: pairs @ (supply / (pairs.T @ demand)))
    return {"cpu_s": at_hand, "with_decay_cpu_s": with_decay, "bare_cpu_s": bare}, scores


def timed(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """The least CPU time of a few runs, and what the last one gave."""
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        found = work()
        seconds.append(time.process_time() - started)
    return min(seconds), found


def peak_rss_mb() -> float:
    """The peak of this process alone: getrusage would count that of the one that started it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
