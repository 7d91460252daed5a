"""Confidentiality at the scale of the country: one count for 35 000 communes, EPCI, CPTS, départements, régions.

    python benchmarks/disclosure.py --json

The country and its counts are drawn from a seed: communes are points, each EPCI and CPTS takes the nearest, a few EPCI
straddle two départements, an eighth of the CPTS are left out as holes. Figures are processor seconds.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

import numpy as np
import polars as pl
from figures import emit, show
from scipy.spatial import cKDTree

from maillage.catalog.tables import MEMBERSHIP
from maillage.disclosure.attack import audit
from maillage.disclosure.overlaps import with_overlaps
from maillage.disclosure.policy import Policy
from maillage.disclosure.remainders import cover_remainders
from maillage.disclosure.secondary import Clock, suppress
from maillage.disclosure.system import Measure, build_system, layers_of
from maillage.disclosure.zonings import Lattice, build_lattice

SEED = 20240501
LEVELS = ("commune", "epci", "cpts", "departement", "region", "france")
REGIONS, DEPARTEMENTS, EPCI, CPTS = 13, 96, 1250, 800


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--communes", type=int, default=35_000)
    parser.add_argument("--rate", type=float, default=0.02, help="events an inhabitant")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    asked = parser.parse_args()
    rng = np.random.default_rng(SEED)
    membership = country(rng, asked.communes)
    people = np.round(rng.lognormal(6.1, 1.2, asked.communes))
    counts = rng.binomial(people.astype(np.int64), np.clip(rng.normal(asked.rate, asked.rate / 4, people.size), 0, 1))
    figures = measure(membership, counts.astype(float))
    show("One count over the country", [{"figure": k, "value": v} for k, v in figures.items()])
    emit(figures, as_json=asked.json)


def country(rng: np.random.Generator, communes: int) -> pl.DataFrame:
    """The rows of the table ``membership``."""
    places, seats = rng.random((communes, 2)), rng.random((DEPARTEMENTS, 2))
    departement = cKDTree(seats).query(places)[1]
    region = cKDTree(rng.random((REGIONS, 2))).query(seats)[1][departement]
    epci = cKDTree(rng.random((EPCI, 2))).query(places)[1]
    cpts = cKDTree(rng.random((CPTS, 2))).query(places)[1]
    # One EPCI in twenty-five straddles départements; CPTS lie within one.
    of_epci = np.where(epci % 25 == 0, epci, epci * 100 + departement + 10_000)
    columns = {"departement": departement, "region": region, "epci": of_epci, "cpts": cpts * 100 + departement}
    columns["france"] = np.zeros(communes, dtype=np.int64)
    codes = np.array([f"{i:05d}" for i in range(communes)])
    rows = []
    for level, parents in columns.items():
        kept = cpts % 8 != 0 if level == "cpts" else np.ones(communes, dtype=bool)
        rows.append(
            pl.DataFrame({"child_code": codes[kept], "parent_code": parents[kept].astype(str)}).with_columns(
                child_level=pl.lit("commune"), parent_level=pl.lit(level), millesime=2025, share=1.0, simulated=True
            )
        )
    return pl.concat([r.select(pl.col(c).cast(t) for c, t in MEMBERSHIP.schema.items()) for r in rows])


def measure(membership: pl.DataFrame, counts: np.ndarray) -> dict[str, Any]:
    policy, marks = Policy(seconds=3600.0), [time.process_time()]

    def lap() -> float:
        marks.append(time.process_time())
        return round(marks[-1] - marks[-2], 1)

    lattice: Lattice = build_lattice(membership, LEVELS)
    lattice = with_overlaps(lattice, layers_of(lattice, [Measure(counts)]), policy.count_min)
    system = build_system(lattice, {"": Measure(counts)}, policy)
    table, needs = system.table, system.needs
    built = lap()
    clock = Clock.lasting(policy.seconds)
    pattern = suppress(table, needs, float(policy.count_min), clock)
    hidden = cover_remainders(system, lattice, pattern.hidden, float(policy.count_min))
    searched = lap()
    found = audit(table, hidden, needs, clock)
    audited = lap()
    named = lattice.named
    return {
        "cells": table.size,
        "equations": table.matrix.shape[0],
        "withheld A": int((needs.sensitive & named).sum()),
        "withheld D": int((hidden & ~needs.sensitive & named).sum()),
        "independent puzzles": found.components,
        "cells of the largest": found.largest,
        "exposed or unaudited": int(found.exposed.size + found.unaudited.size),
        "system, CPU seconds": built,
        "search, CPU seconds": searched,
        "audit, CPU seconds": audited,
        "peak memory, MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
