"""Shortest paths at France's size, on a generated network: CPU time a source, and memory.

    python benchmarks/roads.py --json
    python benchmarks/roads.py --extract Helsinki.osm.pbf

Real communes, invented roads (road_country.py): streets around each town, winding roads between neighbours, motorways,
islands. Travel from every commune to every commune within the limit. With ``--extract``, what leaving out the points
where no choice is made saves on real roads, between 100 places drawn on them.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
from figures import emit, show
from road_country import country_network, draw_towns, real_towns, road_country
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maillage.access import Points, RoadNetwork, join_roads, travel_on_roads
from maillage.access.contraction import contracted
from maillage.access.shortest import shortest_within
from maillage.pipeline.road_travel import load_road_conventions, read_road_network
from maillage.settings import load_settings

MAX_MIN, PEER_SOURCES = 20.0, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    parser.add_argument("--extract", type=Path, help="an .osm.pbf to shorten instead")
    asked = parser.parse_args()
    if asked.extract:
        row = real_roads(read_road_network(asked.extract))
        show("Roads of an extract", [row])
        emit({"extract": row}, as_json=asked.json)
        return
    towns = draw_towns(*real_towns(load_settings().carriers), seed=1, apart=40)
    country, access = road_country(towns, seed=2), load_road_conventions().access
    started = time.process_time()
    network = country_network(country)
    built_s = time.process_time() - started
    places = Points.at(towns.longitude, towns.latitude)
    few = Points.at(places.longitude[:2], places.latitude[:2])
    travel_on_roads(network, few, few, access=access, max_min=1.0)  # compiles, where no earlier process has
    started = time.process_time()
    found = travel_on_roads(network, places, places, access=access, max_min=MAX_MIN)
    ours_s = time.process_time() - started
    at = join_roads(network, places, access)[0]
    row = {"points": network.component.size, "segments": network.heads.size, "sources": at.size}
    row |= shorter(network, at) | {"pairs": found.travel.minutes.size, "network_s": built_s, "search_s": ours_s}
    row |= {"ms_a_source": 1000 * ours_s / at.size, "scipy_ms_a_source": peer_ms(network, at[at >= 0])}
    row |= {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    show("Shortest paths within 20 minutes", [row])
    emit({"roads": row}, as_json=asked.json)


def shorter(network: RoadNetwork, at: np.ndarray) -> dict[str, float]:
    """The network between junctions and places, and what it takes to make it."""
    started = time.process_time()
    roads, _ = contracted(
        (network.indptr, network.heads, network.minutes), np.isin(np.arange(network.component.size), at)
    )
    return {
        "points_left": roads[0].size - 1,
        "segments_left": roads[1].size,
        "contraction_s": time.process_time() - started,
    }


def real_roads(network: RoadNetwork) -> dict[str, float]:
    """The search on the whole network and on the shorter one: sizes, CPU time, and the greatest gap in minutes."""
    at = np.sort(np.random.default_rng(7).choice(np.flatnonzero(network.component == 0), 100, replace=False))
    whole = (network.indptr, network.heads, network.minutes)
    left, number = contracted(whole, np.isin(np.arange(network.component.size), at))
    row = {"points": network.component.size, "segments": network.heads.size} | shorter(network, at)
    found = {}
    for name, roads, places in (("whole", whole, at), ("shorter", left, number[at])):
        ends = (places, np.zeros(places.size))
        shortest_within(roads, ends, ends, max_min=MAX_MIN)
        started = time.process_time()
        for _ in range(50):
            found[name] = shortest_within(roads, ends, ends, max_min=MAX_MIN)
        row[f"{name}_ms"] = 20 * (time.process_time() - started)
    times = [minutes[np.lexsort((to, origin))] for origin, to, minutes in found.values()]
    return row | {"pairs": times[0].size, "gap_min": float(np.abs(times[0] - times[1]).max())}


def peer_ms(network: RoadNetwork, joined: np.ndarray) -> float:
    """SciPy's Dijkstra with the same limit, one source at a time so that no dense table of the country is held."""
    n = network.component.size
    roads = csr_array((network.minutes, network.heads, network.indptr), shape=(n, n))
    sources = np.random.default_rng(7).choice(joined, PEER_SOURCES, replace=False)
    started = time.process_time()
    for source in sources:
        dijkstra(roads, indices=source, limit=MAX_MIN)
    return 1000 * (time.process_time() - started) / len(sources)


if __name__ == "__main__":
    main()
