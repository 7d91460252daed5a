"""Maillage on a panel written by evaluation.py, in a process of its own so that its memory is its own.

evaluation_ours.py JOB.npz DRAWS FOUND.npz
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from evaluation_peer import peak_rss_mb

from maillage.evaluation.aggregate import aggregate, band, largest_t
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison
from maillage.evaluation.panel import Panel, Rows


def main(path: str, draws: str, out: str) -> None:
    job = dict(np.load(path))
    names = tuple(name for name in job if name.startswith("x"))
    rows = Rows(*(job[name] for name in ("unit", "period", "outcome", "cohort")), covariates={n: job[n] for n in names})
    start_mb = peak_rss_mb()
    started, spent = time.perf_counter(), time.process_time()
    panel = Panel.of(rows)
    cells = group_time(panel, Comparison(covariates=names))
    estimated = time.perf_counter()
    critical = np.quantile(largest_t(cells.influence / cells.se, int(draws), 1), 0.95)
    effects = aggregate(cells, "event")
    around = band(effects, draws=int(draws))
    said = {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - spent}
    said |= {"estimate_s": estimated - started, "peak_mb": peak_rss_mb(), "start_mb": start_mb}
    said |= {"critical_cells": float(critical), "critical": around.critical}
    np.savez(
        out, cohort=cells.cohort, period=cells.period, att=cells.att, se=cells.se, at=effects.at, event=effects.att
    )
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
