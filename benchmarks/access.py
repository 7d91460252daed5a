"""Two steps of a floating catchment on France's communes: Maillage and PySAL `access` on the same job, in one run.

    make peers
    python benchmarks/access.py --peer-python var/bench/bin/python --json

Places are the communes of metropolitan France, each with residents and acts drawn from a seed (speed does not depend on
them). Each measure is CPU time in a process of its own, whose peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from figures import emit, show
from scipy.spatial import cKDTree

from maillage.access import CarTravelModel, Points, travel_from_points
from maillage.access.near import pairs_within
from maillage.settings import load_settings
from maillage.sources.registry import frames, read_carriers

HERE = Path(__file__).parent
CAR = CarTravelModel(2.222, 0.81)
LIMITS, WEIGHTS = (5.0, 10.0, 20.0), (1.0, 0.68, 0.22)
SIZES = (1_000, 5_000, 15_000, 35_000)
SEED = 20240501
AT_HAND, WITH_DECAY, TOTAL = "two steps, weights at hand", "decay and two steps", "from points to scores"
TASKS = {"product": (AT_HAND, WITH_DECAY), "total": (TOTAL,)}
# Around Dijon communes lie as close together as in the whole country: discs of any size have 57 to 60 pairs a commune.
CENTRE = (5.04, 47.32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", type=Path, required=True, help="python of the environment of `make peers`")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    asked = parser.parse_args()
    country = communes()
    with tempfile.TemporaryDirectory() as folder:
        against, bare = versus(country, asked.peer_python, Path(folder))
        growth = [grown(disc, Path(folder)) for disc in discs(country)]
    fits = [straight_line(growth, task) for task in ("step", "total")]
    pairs = pair_search(country)
    show("Maillage and PySAL on the same communes", against)
    show("Product with weights at hand, and two bare CSR products", bare)
    show("Growth: the communes nearest to a centre, as close together at every size", growth)
    show("CPU time as a straight line of pairs, each size weighing the same", fits)
    show("Pairs within 40 km", pairs)
    emit({"against": against, "bare": bare, "growth": growth, "fits": fits, "pairs": pairs}, as_json=asked.json)


def communes() -> np.ndarray:
    """Longitude and latitude of the town halls of metropolitan France, by code of commune."""
    rows = frames(read_carriers(load_settings().carriers))["geo_commune"]
    rows = rows.filter(pl.col("kind").is_in(["COM", "ARM"]) & (pl.col("latitude") > 41)).sort("code_commune")
    return rows.select("longitude", "latitude").drop_nulls().to_numpy()


def write_job(places: np.ndarray, path: Path) -> int:
    rng = np.random.default_rng(SEED)
    points = Points.at(*places.T)
    travel = travel_from_points(points, points, model=CAR, max_min=LIMITS[-1])
    np.savez(
        path,
        longitude=places[:, 0],
        latitude=places[:, 1],
        demand=rng.lognormal(6.2, 1.2, len(places)),
        supply=np.where(rng.random(len(places)) < 0.4, rng.lognormal(8.5, 0.8, len(places)), 0.0),
        origin=travel.rows,
        dest=travel.indices,
        cost=travel.minutes,
        limits=LIMITS,
        weights=WEIGHTS,
        limit_km=CAR.km(LIMITS[-1]),
        car=(CAR.coefficient, CAR.exponent),
    )
    return travel.indices.size


def versus(places: np.ndarray, peer: Path, folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Product and total, ours and theirs, with the ratios and the greatest relative gap between scores."""
    job = folder / "job.npz"
    pairs = write_job(places, job)
    rows, bare = [], []
    for task in ("product", "total"):
        ours, mine = run(Path(sys.executable), "access_ours.py", job, task)
        theirs, others = run(peer, "access_peer.py", job, task)
        gap = np.abs(mine - np.nan_to_num(others)) / np.maximum(mine, 1e-300)
        for name in TASKS[task]:
            row = {"task": name, "communes": len(places), "pairs": pairs, "maillage_ms": 1000 * ours[name]}
            row |= {"pysal_ms": 1000 * theirs["cpu_s"], "ratio": theirs["cpu_s"] / ours[name]}
            row |= {"maillage_peak_mb": ours["peak_mb"], "pysal_peak_mb": theirs["peak_mb"]}
            rows.append(row | {"median_gap": f"{np.median(gap):.0e}", "greatest_gap": f"{gap.max():.0e}"})
        if task == "product":
            row = {"pairs": pairs, "two_steps_ms": 1000 * ours[AT_HAND], "bare_ms": 1000 * ours["bare"]}
            bare = [row | {"ratio": ours[AT_HAND] / ours["bare"]}]
    return rows, bare


def discs(country: np.ndarray) -> list[np.ndarray]:
    """The communes nearest to one centre, more and more of them: thinning the country would leave fewer pairs each."""
    gaps = Points.at(*country.T).xyz_km - Points.at(*np.atleast_2d(CENTRE).T).xyz_km
    nearest = np.argsort((gaps**2).sum(axis=1), kind="stable")
    return [country[np.sort(nearest[:n])] for n in SIZES]


def grown(places: np.ndarray, folder: Path) -> dict[str, Any]:
    job = folder / f"job{len(places)}.npz"
    pairs = write_job(places, job)
    step, _ = run(Path(sys.executable), "access_ours.py", job, "product")
    total, _ = run(Path(sys.executable), "access_ours.py", job, "total")
    row: dict[str, Any] = {"communes": len(places), "pairs": pairs, "pairs_a_commune": pairs / len(places)}
    for name, cpu_s in (("step", step[WITH_DECAY]), ("total", total[TOTAL])):
        row |= {f"{name}_ms": 1000 * cpu_s, f"{name}_ns_a_pair": 1e9 * cpu_s / pairs}
    return row


def straight_line(growth: list[dict[str, Any]], task: str) -> dict[str, Any]:
    """Fixed time and time a pair, by least squares of relative gaps, and how far from the line the sizes lie."""
    pairs, taken = (np.array([row[name] for row in growth], dtype=float) for name in ("pairs", f"{task}_ms"))
    slope, fixed = np.polyfit(pairs, taken, 1, w=1 / taken)
    left = taken - (fixed + slope * pairs)
    r2 = 1 - (left**2).sum() / ((taken - taken.mean()) ** 2).sum()
    gap = np.abs(left / taken).max()
    return {"task": task, "fixed_ms": fixed, "ns_a_pair": 1e6 * slope, "r2": r2, "greatest_relative_gap": gap}


def pair_search(country: np.ndarray) -> list[dict[str, Any]]:
    """The pairs within 40 km, by the grid hash and by SciPy's k-d tree brought to the same compressed rows."""
    xyz = Points.at(*country.T).xyz_km
    started = time.process_time()
    indptr, indices = pairs_within(xyz, xyz, np.full(len(xyz), 40.0))
    grid_s, started = time.process_time() - started, time.process_time()
    found = cKDTree(xyz).sparse_distance_matrix(cKDTree(xyz), 40.0, output_type="ndarray")
    tree_s = time.process_time() - started
    order = np.lexsort((found["j"], found["i"]))
    rows_s = time.process_time() - started
    assert np.array_equal(found["j"][order], indices)
    row = {"communes": len(xyz), "pairs": int(indptr[-1]), "grid_s": grid_s, "tree_s": tree_s}
    return [row | {"tree_in_rows_s": rows_s}]


def run(python: Path, script: str, job: Path, task: str) -> tuple[dict[str, Any], np.ndarray]:
    scores = job.with_suffix(f".{script}.npy")
    # -P: the folder of the scripts holds an access.py, which is not the package of that name.
    command = [str(python), "-P", str(HERE / script), str(job), task, str(scores)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1]), np.load(scores)


if __name__ == "__main__":
    main()
