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

REPEATS = 15


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

        figures, found = timed({"from points to scores": everything})
        scores = found["from points to scores"]
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
    seconds, found = timed(
        {
            "two steps, weights at hand": lambda: catchment(travel, demand, supply, lambda _: weights).scores,
            "bare": lambda: pairs @ (supply / (pairs.T @ demand)),
            "decay and two steps": lambda: catchment(travel, demand, supply, decay).scores,
        }
    )
    return seconds, found["decay and two steps"]


def timed(works: dict[str, Callable[[], np.ndarray]]) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """The least CPU time of each work, taken in turn so that all meet the same machine, and what each gave last."""
    seconds, found = dict.fromkeys(works, float("inf")), {}
    for _ in range(REPEATS):
        for name, work in works.items():
            started = time.process_time()
            found[name] = work()
            seconds[name] = min(seconds[name], time.process_time() - started)
    return seconds, found


def peak_rss_mb() -> float:
    """The peak of this process alone: getrusage would count that of the one that started it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
