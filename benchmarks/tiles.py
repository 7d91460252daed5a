"""A catchment streamed on tiles: CPU time and memory as the cells of a populated grid grow.

    python benchmarks/tiles.py --json

No real grid is at hand: cells are drawn around the town halls of metropolitan France (simulated), evenly within a
square of 4.4 km and as many for each; the places are its communes. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np
import polars as pl
from figures import emit, show

from maillage.access import CarTravelModel, Decay, Points
from maillage.access.tiles import catchment_by_tiles
from maillage.settings import load_settings
from maillage.sources.registry import frames, read_carriers

CELLS = (100_000, 500_000, 2_300_000)
CAR, LINE = CarTravelModel(2.222, 0.81), Decay("line", "linear", (0, 20), (1, 0))
SPREAD_DEGREES = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, help="run one size, in this process")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    asked = parser.parse_args()
    if asked.cells:
        print(json.dumps(measured(asked.cells)))
        return
    rows = [json.loads(subprocess.check_output([sys.executable, __file__, "--cells", str(n)])) for n in CELLS]
    show("Catchment on tiles", rows)
    emit({"tiles": rows}, as_json=asked.json)


def measured(n: int) -> dict[str, float]:
    halls = frames(read_carriers(load_settings().carriers))["geo_commune"]
    halls = halls.filter(pl.col("kind").is_in(["COM", "ARM"]) & (pl.col("latitude") > 41)).sort("code_commune")
    longitude, latitude = halls.select("longitude", "latitude").drop_nulls().to_numpy().T
    rng = np.random.default_rng(3)
    at = rng.integers(0, longitude.size, n)
    cells = Points.at(
        longitude[at] + rng.uniform(-1.4, 1.4, n) * SPREAD_DEGREES,
        latitude[at] + rng.uniform(-1, 1, n) * SPREAD_DEGREES,
    )
    people, acts = rng.lognormal(2, 1, n), rng.lognormal(8, 1, longitude.size)
    places = Points.at(longitude, latitude)
    few = Points.at(longitude[:9], latitude[:9])
    catchment_by_tiles((few, np.ones(9)), (few, np.ones(9)), model=CAR, max_min=20, decay=LINE)  # compiles
    started = time.process_time()
    found = catchment_by_tiles((cells, people), (places, acts), model=CAR, max_min=20, decay=LINE)
    cpu_s = time.process_time() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cells": n, "places": longitude.size, "pairs": found.pairs, "cpu_s": cpu_s, "peak_mb": peak_mb} | {
        "ns_a_pair": 1e9 * cpu_s / found.pairs,
        "conservation_error": f"{found.conservation_error:.0e}",
    }


if __name__ == "__main__":
    main()
