"""Registers by the million: files to events and payments in the store, seconds and peak memory of one process.

    python benchmarks/import_register.py --payments 5e6

Draws, with a fixed seed and in the documented layouts, 1 000 CPTS and their perimeters, 100 000 medical-assistant
contracts and 5 million payments, imports them and writes the tables. Nothing in them is real.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

KNOWN_ON = date(2024, 1, 31)
CHUNK = 1_000_000


def main() -> None:
    """Write the files, take them in in a process of their own, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cpts", type=float, default=1e3)
    parser.add_argument("--contracts", type=float, default=1e5)
    parser.add_argument("--payments", type=float, default=5e6)
    parser.add_argument("--take-in", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.take_in:
        print(json.dumps(measure(asked.take_in)))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        communes = _communes()
        write_cpts(files, int(asked.cpts), communes)
        write_contracts(files / "contracts.csv", int(asked.contracts), communes)
        write_payments(files / "payments.csv", int(asked.payments))
        command = [sys.executable, __file__, "--take-in", str(files)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for name in ("import", "tables"):
        print(f"{name}: {said[f'{name}_wall_s']:.1f} s wall, {said[f'{name}_cpu_s']:.1f} s CPU")
    print(f"{said['events']:,} events, {said['payments']:,} payments; peak memory {said['peak_mib']:.0f} MiB")


def _communes() -> list[str]:
    return [f"{departement:02d}{number:03d}" for departement in (8, 10, 51, 52) for number in range(1, 500)]


def write_cpts(folder: Path, count: int, communes: list[str]) -> None:
    """CPTS and their perimeters: each commune is in one."""
    names = [f"C{n:04d}" for n in range(count)]
    pl.DataFrame(
        {
            **{"id_cpts": names, "nom": [f"CPTS {n}" for n in range(count)], "departement": "08"},
            **{"date_lettre_intention": "2019-11-04", "date_signature_aci": "2021-02-15", "taille": "2"},
        }
    ).write_csv(folder / "cpts.csv")
    where = {"id_cpts": [names[n % count] for n in range(len(communes))], "code_commune": communes}
    pl.DataFrame({**where, "date_debut": "2021-02-15"}).write_csv(folder / "perimeters.csv")


def write_contracts(path: Path, count: int, communes: list[str]) -> None:
    """Contracts of as many doctors."""
    draw = np.random.default_rng(1)
    signed = np.datetime64("2019-09-01") + draw.integers(0, 1500, count)
    pl.DataFrame(
        {
            "id_contrat_assistant": [f"A{n:06d}" for n in range(count)],
            "id_medecin": [f"m{n:06d}" for n in range(count)],
            "code_commune": draw.choice(np.array(communes), count),
            "specialite": "mg",
            "zone_signature": draw.choice(np.array(["ZIP", "ZAC", "HZ"]), count),
            "quotite": draw.choice(np.array(["0.5", "1"]), count),
            "date_signature": signed,
            "date_fin": signed + 1825,
            "objectif_patients_mt": draw.integers(900, 1500, count),
            "objectif_file_active": draw.integers(1200, 2200, count),
            "patients_mt_initial": draw.integers(800, 1400, count),
            "file_active_initiale": draw.integers(1100, 2000, count),
        }
    ).write_csv(path)


def write_payments(path: Path, count: int) -> None:
    """Payments by département."""
    with path.open("wb") as stream:
        for first in range(0, count, CHUNK):
            rows = min(CHUNK, count - first)
            draw = np.random.default_rng(first + 7)
            frame = pl.DataFrame(
                {
                    "id_paiement": pl.Series(np.arange(first, first + rows)).cast(pl.String),
                    "dispositif": draw.choice(np.array(["cpts", "assistants_medicaux", "msp"]), rows),
                    "payeur": draw.choice(np.array(["CNAM", "ARS"]), rows),
                    "beneficiaire": pl.Series(draw.integers(0, 100_000, rows)).cast(pl.String),
                    "niveau": "DEPARTEMENT",
                    "code": draw.choice(np.array(["08", "10", "51", "52"]), rows),
                    "annee": draw.integers(2019, 2024, rows),
                    "montant_eur": draw.integers(100, 9_000_000, rows) / 100,
                }
            )
            frame.write_csv(stream, include_header=first == 0)


def measure(files: Path) -> dict[str, float]:
    """Import the files of a folder, then write the tables; seconds, peak memory and rows."""
    from maillage.catalog.store import open_draft
    from maillage.measures.reference import load_reference
    from maillage.pipeline.imports import ImportOptions, import_path, imports_folder
    from maillage.pipeline.register import write_register
    from maillage.pipeline.register_place import Ground
    from maillage.settings import load_settings
    from maillage.sources.registry import frames, read_carriers, read_folder
    from maillage.territory.geography import build_geography
    from maillage.territory.residence import Communes

    geography = build_geography(frames(read_carriers(load_settings().carriers)))
    ground = Ground(Communes(geography.history, geography.postcode, geography.population), geography.territory)
    store = files.parent / "store"
    wall, cpu = time.perf_counter(), time.process_time()
    results = import_path(files, store, ImportOptions(known_on=KNOWN_ON))
    if not all(result.accepted for result in results):
        raise SystemExit("\n".join(result.refused for result in results))
    taken_in = time.perf_counter() - wall, time.process_time() - cpu
    wall, cpu = time.perf_counter(), time.process_time()
    with open_draft(store) as draft:
        write_register(draft, read_folder(imports_folder(store)).records, ground, load_reference())
        rows = {table["name"]: table["rows"] for table in draft.tables}
    written = time.perf_counter() - wall, time.process_time() - cpu
    return {
        **{"import_wall_s": taken_in[0], "import_cpu_s": taken_in[1]},
        **{"tables_wall_s": written[0], "tables_cpu_s": written[1]},
        **{"events": rows["measure_event"], "payments": rows["payment"]},
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
