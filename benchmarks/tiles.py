"""A catchment streamed on tiles, then on Spark: CPU time and memory as the cells of a populated grid grow.

    python benchmarks/tiles.py --json
    python benchmarks/tiles.py --spark --sizes 100000 500000 --json

No real grid is at hand: cells are drawn around the town halls of metropolitan France (simulated), evenly within a
square of 4.4 km and as many for each; the places are its communes. Each run is in a process of its own, whose peak
memory is its own; with --spark the same cells go through Parquet, and scores are compared to the bit.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from figures import emit, show

from maillage.access import CarTravelModel, Decay, Points
from maillage.access.tiles import CarReach, catchment_by_tiles
from maillage.engine.spark import close_spark, open_spark
from maillage.pipeline.spark_tiles import GridFiles, catchment_on_spark, plan_on_spark
from maillage.settings import load_settings
from maillage.sources.registry import frames, read_carriers

CELLS = (100_000, 500_000, 2_300_000)
CAR, LINE = CarTravelModel(2.222, 0.81), Decay("line", "linear", (0, 20), (1, 0))
SPREAD_DEGREES = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=CELLS, help="numbers of cells")
    parser.add_argument("--spark", action="store_true", help="run on Spark too")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    parser.add_argument("--stream", type=int, help="stream this many cells, in this process")
    parser.add_argument("--in", type=Path, dest="folder", help="folder of the cells; alone: run Spark on them")
    asked = parser.parse_args()
    if asked.stream:
        print(json.dumps(streamed(asked.stream, asked.folder)))
    elif asked.folder:
        print(json.dumps(on_spark(asked.folder)))
    else:
        found = [compared(n) if asked.spark else {"streamed": alone("--stream", str(n))} for n in asked.sizes]
        for title in found[0]:
            show(title, [row[title] for row in found])
        emit({title: [row[title] for row in found] for title in found[0]}, as_json=asked.json)


def alone(*arguments: str) -> dict[str, Any]:
    """The figures of one run in a process of its own."""
    out = subprocess.check_output([sys.executable, __file__, *arguments], text=True)
    return dict(json.loads(out.splitlines()[-1]))


def compared(n: int) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        return {"streamed": alone("--stream", str(n), "--in", folder)} | alone("--in", folder)


def streamed(n: int, folder: Path | None) -> dict[str, Any]:
    cells, people, places, acts = drawn(n)
    few = Points.at(places.longitude[:9], places.latitude[:9])
    catchment_by_tiles((few, np.ones(9)), (few, np.ones(9)), model=CAR, max_min=20, decay=LINE)  # compiles
    started = time.process_time()
    found = catchment_by_tiles((cells, people), (places, acts), model=CAR, max_min=20, decay=LINE)
    cpu_s = time.process_time() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if folder:
        rows = {"id": np.arange(n), "longitude": cells.longitude, "latitude": cells.latitude, "demand": people}
        # Whole row groups, so that both cores read.
        pl.DataFrame(rows).write_parquet(folder / "cells.parquet", row_group_size=max(1, n // 8))
        rows = {"id": np.arange(acts.size), "longitude": places.longitude, "latitude": places.latitude, "supply": acts}
        pl.DataFrame(rows).write_parquet(folder / "places.parquet")
        np.save(folder / "scores.npy", found.scores)
    return {"cells": n, "places": acts.size, "pairs": found.pairs, "cpu_s": cpu_s, "peak_mb": peak_mb} | {
        "ns_a_pair": 1e9 * cpu_s / found.pairs,
        "conservation_error": f"{found.conservation_error:.0e}",
    }


def drawn(n: int) -> tuple[Points, Any, Points, Any]:
    """Simulated cells and their people, communes and their acts."""
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
    return cells, people, Points.at(longitude, latitude), acts


def on_spark(folder: Path) -> dict[str, dict[str, Any]]:
    files = GridFiles(folder / "cells.parquet", folder / "places.parquet", folder / "out")
    reach = CarReach(CAR, 20, LINE)
    spark, started = open_spark(), time.perf_counter()
    opened, plan = processes(), plan_on_spark(spark, files, reach)
    planned, planned_at = processes(), time.perf_counter()
    found = catchment_on_spark(spark, files, reach)
    ended, ended_at = processes(), time.perf_counter()
    close_spark()
    cells = int(plan.tiling.cells.sum())
    both = {"cells": cells, "tiles": plan.tiling.cells.size, "most cells": int(plan.tiling.cells.max())}
    before = {"halo, km": plan.halo_km, "most places": int(plan.places.max()), "most pairs": int(plan.pairs.max())}
    after = {"planned pairs": int(plan.pairs.sum()), "pairs": found.pairs}
    after |= {"planned CPU, s": plan.cpu_s(), "CPU of workers, s": spent(ended, planned, "worker")}
    after |= {"CPU of the JVM, s": spent(ended, planned, "jvm"), "planned array MB": plan.task_mb}
    costs = {
        f"peak of {who}, MB": max(mb for role, _, mb in ended if role == who) for who in ("worker", "driver", "jvm")
    }
    opening = {"CPU of opening, s": sum(cpu_s for _, cpu_s, _ in opened), "wall of the plan, s": planned_at - started}
    same = np.array_equal(scores_of(files), np.load(folder / "scores.npy"))
    plan_s = sum(spent(planned, opened, who) for who in ("worker", "driver", "jvm"))
    return {
        "plan": both | before | {"CPU of the plan, s": plan_s},
        "on Spark": {"cells": cells} | after | {"wall, s": ended_at - planned_at, "same to the bit": same},
        "processes": {"cells": cells} | costs | opening,
    }


def scores_of(files: GridFiles) -> Any:
    return pl.read_parquet(Path(files.output) / "*.parquet").sort("id")["score"].to_numpy()


def spent(after: list[tuple[str, float, float]], before: list[tuple[str, float, float]], who: str) -> float:
    """CPU seconds of a kind of process between two looks."""
    return sum(cpu_s for role, cpu_s, _ in after if role == who) - sum(
        cpu_s for role, cpu_s, _ in before if role == who
    )


def processes() -> list[tuple[str, float, float]]:
    """Role, CPU seconds (its dead children's too) and peak MB of this process and of those it started."""
    parents, tick = {}, os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = path.read_text().split("(", 1)[1].rsplit(")", 1)
            status = (path.parent / "status").read_text()
        except OSError:  # it has just ended
            continue
        after = rest.split()
        peak = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
        own = sum(map(int, after[11:13])) if int(path.parent.name) == os.getpid() else sum(map(int, after[11:15]))
        parents[int(path.parent.name)] = (int(after[1]), name, own / tick, peak)
    mine, kin = [], {os.getpid()}
    while grown := {pid for pid, (parent, *_) in parents.items() if parent in kin} - kin:
        kin |= grown
    for pid in sorted(kin & set(parents)):
        _, name, cpu_s, peak = parents[pid]
        mine.append(("driver" if pid == os.getpid() else "jvm" if name == "java" else "worker", cpu_s, peak))
    return mine


if __name__ == "__main__":
    main()
