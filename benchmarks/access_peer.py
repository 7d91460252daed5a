"""PySAL `access` on a job written by access.py; run by the Python of `make peers`, which has no Maillage.

access_peer.py JOB.npz product|total SCORES.npy
"""

import json
import sys
import time
import warnings
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
from access import Access, weights

TINY_M = 0.5  # between two layers of points PySAL makes every pair of France: outlines, however small, go by an index


def main(path, task, out):
    job = dict(np.load(path))
    warnings.simplefilter("ignore")
    demand, supply = places(job)
    wait = weights.step_fn(dict(zip(job["limits"].tolist(), job["weights"].tolist(), strict=True)))
    pairs = pd.DataFrame({name: job[name] for name in ("origin", "dest", "cost")}).astype({"cost": float})
    started = time.process_time()
    if task == "total":
        pairs = measured_pairs(demand, supply, job)
    columns = {"cost_origin": "origin", "cost_dest": "dest", "cost_name": "cost"}
    scored = Access(demand, "people", supply, "acts", cost_df=pairs, **columns)
    called = time.process_time()
    scored.enhanced_two_stage_fca(name="apl", weight_fn=wait, max_cost=float(job["limits"][-1]))
    ended = time.process_time()
    np.save(out, scored.access_df["apl_acts"].sort_index().to_numpy())
    peak_mb = peak_rss_mb()
    print(
        json.dumps({"cpu_s": ended - (started if task == "total" else called), "peak_mb": peak_mb, "pairs": len(pairs)})
    )


def places(job):
    points = geopandas.GeoSeries.from_xy(job["longitude"], job["latitude"], crs=4326).to_crs(2154)
    demand = geopandas.GeoDataFrame({"people": job["demand"]}, geometry=points.buffer(TINY_M, 1))
    supply = geopandas.GeoDataFrame({"acts": job["supply"]}, geometry=points)
    demand.index.name = supply.index.name = "code"
    return demand, supply


def measured_pairs(demand, supply, job):
    """PySAL's own way to pairs: metres in Lambert 93 within the limit, turned into minutes."""
    empty = pd.DataFrame({"origin": [0], "dest": [0], "cost": [0.0]})
    names = {"cost_origin": "origin", "cost_dest": "dest", "cost_name": "cost"}
    near = Access(demand, "people", supply, "acts", cost_df=empty, **names)
    near.create_euclidean_distance(threshold=1000 * float(job["limit_km"]), name="metres")
    pairs = near.cost_df[["origin", "dest", "metres"]].dropna()
    coefficient, exponent = job["car"]
    pairs["cost"] = coefficient * (pairs.pop("metres") / 1000) ** exponent
    return pairs


def peak_rss_mb():
    """The peak of this process alone: getrusage would count that of the one that started it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
