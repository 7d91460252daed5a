"""Shortest paths at France's size, on a generated network: CPU time a source, and memory.

    python benchmarks/roads.py --json

The network is a lattice of streets with missing segments and one-way ones, drawn from a seed: it has the size of a
country's, not its shape. Sources and places are drawn among its points.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from figures import emit, show
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maillage.access import Points, RoadAccess, RoadNetwork, travel_on_roads

SIDE, STEP_MIN, MAX_MIN = 1_100, 0.6, 20.0
PLACES, PEER_SOURCES = 35_000, 50
ACCESS = RoadAccess(snap_max_km=3.0, access_kmh=20.0, least_component=50)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    asked = parser.parse_args()
    rng = np.random.default_rng(7)
    started = time.process_time()
    points, tails, heads, minutes = lattice(rng)
    network = RoadNetwork.from_segments(points, tails, heads, minutes)
    built_s = time.process_time() - started
    at = rng.choice(points.longitude.size, PLACES, replace=False)
    places = Points.at(points.longitude[at], points.latitude[at])
    few = Points.at(places.longitude[:2], places.latitude[:2])
    travel_on_roads(network, few, few, access=ACCESS, max_min=1.0)  # compiles, where no earlier process has
    started = time.process_time()
    found = travel_on_roads(network, places, places, access=ACCESS, max_min=MAX_MIN)
    ours_s = time.process_time() - started
    row = {"points": points.longitude.size, "segments": tails.size, "sources": PLACES}
    row |= {"pairs": found.travel.minutes.size, "network_s": built_s, "search_s": ours_s}
    row |= {"ms_a_source": 1000 * ours_s / PLACES, "scipy_ms_a_source": peer_ms(network, at[:PEER_SOURCES])}
    row |= {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    show("Shortest paths within 20 minutes", [row])
    emit({"roads": row}, as_json=asked.json)


def lattice(rng: np.random.Generator) -> tuple[Points, np.ndarray, np.ndarray, np.ndarray]:
    y, x = np.divmod(np.arange(SIDE * SIDE), SIDE)
    points = Points.at(-2 + 8 * x / SIDE, 43 + 7 * y / SIDE)
    right, up = np.flatnonzero(x < SIDE - 1), np.flatnonzero(y < SIDE - 1)
    ends = np.concatenate((np.column_stack((right, right + 1)), np.column_stack((up, up + SIDE))))
    ends = ends[rng.random(len(ends)) < 0.85]
    minutes = STEP_MIN * rng.lognormal(0, 0.4, len(ends))
    back = rng.random(len(ends)) < 0.9
    return (
        points,
        np.append(ends[:, 0], ends[back, 1]),
        np.append(ends[:, 1], ends[back, 0]),
        np.append(minutes, minutes[back]),
    )


def peer_ms(network: RoadNetwork, sources: np.ndarray) -> float:
    """SciPy's Dijkstra with the same limit, one source at a time so that no dense table of the country is held."""
    n = network.component.size
    roads = csr_array((network.minutes, network.heads, network.indptr), shape=(n, n))
    started = time.process_time()
    for source in sources:
        dijkstra(roads, indices=source, limit=MAX_MIN)
    return 1000 * (time.process_time() - started) / len(sources)


if __name__ == "__main__":
    main()
