"""The ledger of money on drawn payments: consolidation and sums.

    python benchmarks/ledger.py --payments 5000000

Payments of communes from two sources, drawn from a seed; wall-clock seconds and peak memory of one process.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import date

import numpy as np
import polars as pl

from maillage.catalog.tables import PAYMENT
from maillage.measures.ledger import consolidate, totals

SEED, COMMUNES, BENEFICIARIES = 20240501, 35_000, 200_000


def payments(size: int) -> pl.DataFrame:
    """Drawn rows of PAYMENT: one line in a thousand, about, is given by both sources."""
    random = np.random.default_rng(SEED)

    def drawn(values: list[str]) -> pl.Series:
        return pl.Series(values).gather(random.integers(0, len(values), size))

    columns = {
        "payment_id": pl.Series(np.arange(size)).cast(pl.String).str.zfill(9),
        "measure": drawn(["msp", "cpts", "asalee", "caim"]),
        "payer": drawn(["ars", "etat", "assurance_maladie"]),
        "beneficiary": drawn([str(n) for n in range(BENEFICIARIES)]),
        "payment_kind": drawn(["fonctionnement", "missions"]),
        "profession": drawn(["mg", "inf"]),
        "code": drawn([f"{n:05}" for n in range(COMMUNES)]),
        "year": random.integers(2018, 2026, size),
        "amount_eur": random.integers(1, 10**7, size) / 100,
        "reliability": drawn(["observed", "estimated"]),
        "source": drawn(["a", "b"]),
    }
    fixed = {"level": "commune", "known_date": date(2026, 1, 1), "citation": None, "simulated": True}
    return pl.DataFrame(columns | fixed, schema=PAYMENT.schema)


def main() -> None:
    """Draw, consolidate, sum; print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payments", type=int, default=5_000_000)
    rows = payments(parser.parse_args().payments)
    start = time.perf_counter()
    lines = consolidate(rows, members={"exercice_coordonne": frozenset({"msp", "cpts"})}).lines
    consolidated = time.perf_counter()
    totals(lines, ["measure", "payer", "year"])
    summed = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sys.stdout.write(
        f"{rows.height:,} payments: consolidated in {consolidated - start:.1f} s, summed by measure, payer and year in "
        f"{summed - consolidated:.1f} s, peak {peak:.1f} GB\n"
    )


if __name__ == "__main__":
    main()
