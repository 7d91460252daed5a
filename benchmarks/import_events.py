"""Import of emergency visits by the million: rows a second and peak memory of one process, on a simulated file.

    python benchmarks/import_events.py --rows 5e6

``--day`` then goes through what a run does of the records (placing, repeats, quality, CCMU 1 by commune) three times:
with the year, with a day more, and with both from nothing; the tables and sums of the last two are the same bytes.

The file is drawn with a fixed seed in the documented layout of the RPU, with 1 % of bad rows (an age of 212, an exit
before the entry, a CCMU of 9, an identical repeat) spread over it. Nothing in it is real.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

CHUNK = 1_000_000
START = np.datetime64("2024-01-01T00:00", "us")
MINUTES_A_YEAR = 525_600


def main() -> None:
    """Write the file, import it in a process of its own, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=5e6)
    parser.add_argument("--day", action="store_true", help="add a day of records to those, and count again")
    parser.add_argument("--import-file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.import_file:
        print(json.dumps(measure(asked.import_file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rpu.csv"
        write(path, int(asked.rows))
        if asked.day:
            write(path.with_name("day.csv"), int(asked.rows) // 365, first=int(asked.rows))
        command = [sys.executable, __file__, "--import-file", str(path)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rows = said["rows_in"]
    told = ", ".join(f"{name} {said[name]}" for name in ("rows_kept", "rows_quarantined", "rows_repeated"))
    print(f"{rows} rows, {said['megabytes']:.0f} MB: {told}")
    print(f"{said['cpu_s']:.1f} s CPU ({rows / said['cpu_s']:,.0f} rows/s), {said['wall_s']:.1f} s wall")
    for what, seconds in said.get("run", {}).items():
        print(f"{what}: {seconds:.1f} s CPU")
    print(f"peak memory {said['peak_mib']:.0f} MiB (before reading {said['start_mib']:.0f} MiB)")


def write(path: Path, rows: int, *, first: int = 0) -> None:
    """A file of ``rows`` visits and their repeats, numbered from ``first``."""
    with path.open("wb") as stream:
        for start in range(first, first + rows, CHUNK):
            chunk = _chunk(start, min(CHUNK, first + rows - start))
            chunk.write_csv(stream, separator=";", include_header=start == first)


def _chunk(first: int, rows: int) -> pl.DataFrame:
    draw = np.random.default_rng(first)
    entry = START + draw.integers(0, MINUTES_A_YEAR, rows).astype("timedelta64[m]")
    stay = draw.integers(10, 900, rows)
    wrong = draw.integers(0, 400, rows)
    stay[wrong == 0] = -60
    age = draw.integers(0, 100, rows)
    age[wrong == 1] = 212
    ccmu = draw.choice(np.array(["1", "2", "3", "4", "5"]), rows)
    ccmu[wrong == 2] = "9"
    number = np.arange(first, first + rows)
    again = np.flatnonzero(wrong == 3)
    frame = pl.DataFrame(
        {
            "ID_PASSAGE": pl.Series(number).cast(pl.String),
            "FINESS": draw.choice(np.array(["080000615", "510000029"]), rows),
            "CODE_INSEE": pl.Series(draw.integers(1, 400, rows)).cast(pl.String).str.zfill(3),
            "ENTREE": pl.Series(entry).dt.strftime("%d/%m/%Y %H:%M"),
            "SORTIE": pl.Series(entry + stay.astype("timedelta64[m]")).dt.strftime("%d/%m/%Y %H:%M"),
            "AGE": age,
            "SEXE": draw.choice(np.array(["M", "F"]), rows),
            "GRAVITE": ccmu,
            "DP": draw.choice(np.array(["J459", "I10", "S934"]), rows),
        }
    ).with_columns((pl.lit("08") + pl.col("CODE_INSEE")).alias("CODE_INSEE"))
    return pl.concat([frame, frame[again]])


def measure(path: Path) -> dict[str, float]:
    """Import a file; seconds, peak memory and what became of its rows."""
    from maillage.pipeline.imports import import_path
    from maillage.pipeline.record_import import held_batches

    start_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    store = path.parent / "store"
    import_path(path, store)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    (batch,) = held_batches(store / "imports" / "rpu")
    counts = {name: getattr(batch, name) for name in ("rows_in", "rows_kept", "rows_quarantined", "rows_repeated")}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 1e6
    day = path.with_name("day.csv")
    run = update(day, store) if day.exists() else {}
    told = {"wall_s": wall, "cpu_s": cpu, "peak_mib": peak, "start_mib": start_mib, "megabytes": size}
    return {**counts, **told, **({"run": run} if run else {})}


def update(day: Path, store: Path) -> dict[str, float]:
    """CPU seconds of what a run does of the records: of the year, with a day more, and of both from nothing."""
    from maillage.catalog.kept import Kept
    from maillage.catalog.store import open_draft
    from maillage.engine import open_engine
    from maillage.indicators.partials import count_parts
    from maillage.indicators.registry import find_indicator
    from maillage.pipeline.imports import import_path, imports_folder
    from maillage.pipeline.records import write_records
    from maillage.settings import load_settings
    from maillage.sources.registry import frames, read_carriers, read_folder
    from maillage.territory.geography import build_geography
    from maillage.territory.residence import Communes

    made = build_geography(frames(read_carriers(load_settings().carriers)))
    communes, indicator = Communes(made.history, made.postcode, made.population), find_indicator("part_ccmu1")
    open_engine()  # imports what the engine needs

    def run(kept: Kept) -> tuple[float, object]:
        cpu = time.process_time()
        with open_draft(store) as draft:
            write_records(draft, read_folder(imports_folder(store)).records, communes, kept)
            sums = count_parts([indicator], open_engine(draft.folder / "tables"), draft.parts(), kept)
        return time.process_time() - cpu, (draft.tables, sums[indicator.id].sums.write_csv())

    first, _ = run(Kept(store / "kept"))
    import_path(day, store)
    added, updated = run(Kept(store / "kept"))
    whole, anew = run(Kept(store / "other"))
    assert updated == anew, "the same bytes were expected of a day added and of everything counted again"
    return {"the year": first, "a day more": added, "both from nothing": whole}


if __name__ == "__main__":
    main()
