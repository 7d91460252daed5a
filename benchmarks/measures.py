"""The register of measures at the size of France: events, coverage, contracts.

    python benchmarks/measures.py --json

Simulates 1 000 CPTS of 35 communes (perimeters drawn twice) and the events of 100 000 medical assistants' contracts, by
rule, the same at each run, on 35 000 communes; then times each step of ``STEPS`` in one process, the best of
``--repeat`` runs (``first_s`` is the first, ``cpu_s`` the least processor time). Memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from figures import emit, show

from maillage.catalog.tables import MEASURE_EVENT, MEMBERSHIP, POPULATION
from maillage.measures.contracts import contracts, placed, tally
from maillage.measures.coverage import DEFINITIONS, coverage, coverage_gaps
from maillage.measures.events import Moment, state
from maillage.measures.perimeters import Country, country
from maillage.measures.registry import load_measures
from maillage.measures.transitions import history_faults

COMMUNES, CPTS, PER_CPTS, DEPARTEMENTS = 35_000, 1_000, 35, 100
NOW = date(2026, 1, 1)
DATES = tuple(Moment(date(year, 12, 31)) for year in (2020, 2021, 2022, 2023, 2024))
CONTRACT = ("doctor", "place", "zone_at_signature", "specialty", "fte", "commitment_patients_mt", "patients_mt")


@dataclass(frozen=True)
class Data:
    events: pl.DataFrame
    place: Country
    folder: Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path("var/bench/measures"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    events = pl.concat([cpts_events(), contract_events(asked.contracts)])
    events.write_parquet(asked.folder / "measure_event.parquet")
    data = Data(events, geography(), asked.folder)
    rows = [{"step": name, **timed(step, data, asked.repeat)} for name, step in STEPS.items()]
    show(f"{events.height} events, {CPTS} CPTS, {asked.contracts} contracts", rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"events": events.height, "peak_mib": round(peak), "steps": {r["step"]: r for r in rows}}
    emit(figures, as_json=asked.json)


def timed(step: Callable[[Data], Any], data: Data, repeat: int) -> dict[str, float]:
    seconds, cpu = [], []
    for _ in range(repeat):
        start, spent = time.perf_counter(), time.process_time()
        step(data)
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - spent)
    return {"first_s": round(seconds[0], 3), "best_s": round(min(seconds), 3), "cpu_s": round(min(cpu), 3)}


def by_territory(data: Data) -> pl.DataFrame:
    rows = placed(contracts(data.events, DATES[-1]), data.place)
    return tally(rows, ["zone_at_signature", "specialty", "departement"])


STEPS: Mapping[str, Callable[[Data], Any]] = {
    "read the events": lambda d: pl.read_parquet(d.folder / "measure_event.parquet"),
    "check every history": lambda d: history_faults(d.events, load_measures()),
    "state of everything at a date": lambda d: state(d.events, Moment(NOW)),
    "coverage: one definition, one date, all levels": lambda d: coverage(
        d.events, d.place, DATES[-1:], now=NOW, definitions=DEFINITIONS[:1]
    ),
    "coverage: seven definitions, one date, all levels": lambda d: coverage(d.events, d.place, DATES[-1:], now=NOW),
    "coverage: one definition, five dates, all levels": lambda d: coverage(
        d.events, d.place, DATES, now=NOW, definitions=DEFINITIONS[1:2]
    ),
    "coverage: seven definitions, five dates, département and France": lambda d: coverage(
        d.events, d.place, DATES, now=NOW, levels=["departement", "france"]
    ),
    "contracts at a date, by zone, specialty and département": by_territory,
    "holes and overlaps": lambda d: coverage_gaps(d.events, d.place, DEFINITIONS[1], DATES[-1], now=NOW),
}


def geography() -> Country:
    """Invented communes: each in an EPCI of 28, a département of 350, a région and France."""
    codes = commune_codes()
    rank = np.arange(COMMUNES)
    parents = {
        "epci": [f"e{n}" for n in rank // 28],
        "departement": [f"{n:02d}" for n in rank % DEPARTEMENTS],
        "region": [f"r{n}" for n in rank % DEPARTEMENTS // 8],
        "france": ["FRA"] * COMMUNES,
    }
    membership = pl.concat(
        pl.DataFrame({"child_code": codes, "parent_code": codes_above}).with_columns(
            child_level=pl.lit("commune"),
            parent_level=pl.lit(level),
            millesime=pl.lit(2025),
            share=pl.lit(1.0),
            simulated=pl.lit(value=True),
        )
        for level, codes_above in parents.items()
    ).select(pl.col(c).cast(t) for c, t in MEMBERSHIP.schema.items())
    population = pl.DataFrame({"code": codes, "population": 200.0 + (rank * 7919) % 4000}).with_columns(
        level=pl.lit("commune"), year=pl.lit(2021), sex=pl.lit("all"), age_band=pl.lit("all")
    )
    return country(membership, population.select(pl.col(c).cast(t) for c, t in POPULATION.schema.items()))


def commune_codes() -> list[str]:
    return [f"{n % DEPARTEMENTS:02d}{n // DEPARTEMENTS:03d}" for n in range(COMMUNES)]


def cpts_events() -> pl.DataFrame:
    """Four steps a CPTS, and two drawings of its perimeter, the second moved by three communes and partly shared."""
    codes = np.array(commune_codes())
    who = np.arange(CPTS)
    frames = []
    for step, status in enumerate(("letter_of_intent", "project_validated", "aci_signed", "renewed")):
        days = np.datetime64("2019-09-01") + (who * 37) % 1200 + step * 240
        frames.append(said("cpts", named("cpts", who), "status", "", days, status))
    owner = np.repeat(who, PER_CPTS)
    for draw, day in enumerate(("2019-09-01", "2023-01-01")):
        place = (owner * PER_CPTS + np.tile(np.arange(PER_CPTS), CPTS) + 3 * draw) % COMMUNES
        share = np.where(place % 17 == 0, "0.35", "1")
        days = np.datetime64(day) + (owner * 11) % 200
        frames.append(said("cpts", named("cpts", owner), "perimeter", codes[place], days, share))
    return pl.concat(frames)


def contract_events(contracts: int) -> pl.DataFrame:
    """A signature, its attributes, an observed count each year and, for a tenth, an end."""
    codes = np.array(commune_codes())
    who = np.arange(contracts)
    names = named("contract", who)
    signed = np.datetime64("2019-09-01") + (who * 31) % 2200
    zones, specialties = np.array(["ZIP", "ZAC", "HZ", "ZAR"]), np.array(["mg", "mg", "mg", "cardiologie"])
    contents = {
        "doctor": named("doctor", who),
        "place": codes[(who * 101) % COMMUNES],
        "zone_at_signature": zones[who % 4],
        "specialty": specialties[(who // 4) % 4],
        "fte": np.array(["0.5", "1", "0.33"])[who % 3],
        "commitment_patients_mt": (1000 + who % 700).astype(str),
        "patients_mt": (900 + who % 600).astype(str),
    }
    measure = "assistants_medicaux"
    frames = [said(measure, names, "status", "", signed, "signed")]
    frames += [said(measure, names, name, "", signed, contents[name]) for name in CONTRACT]
    for year in (1, 2):
        frames.append(
            said(measure, names, "patients_mt", "", signed + 365 * year, (930 + 40 * year + who % 600).astype(str))
        )
    ended = who % 10 == 0
    frames.append(said(measure, names[ended], "status", "", signed[ended] + 900, "ended"))
    return pl.concat(frames)


def named(kind: str, ranks: np.ndarray) -> np.ndarray:
    return np.char.add(f"{kind}-", ranks.astype(str))


def said(measure: str, who: np.ndarray, attribute: str, item: Any, days: np.ndarray, content: Any) -> pl.DataFrame:
    given = {"beneficiary": who, "event_date": days}
    given |= {name: value for name, value in (("item", item), ("content", content)) if isinstance(value, np.ndarray)}
    fixed = {name: value for name, value in (("item", item), ("content", content)) if isinstance(value, str)}
    frame = pl.DataFrame(given).with_columns(
        measure=pl.lit(measure),
        attribute=pl.lit(attribute),
        known_date=pl.col("event_date"),
        source=pl.lit("benchmark"),
        reliability=pl.lit("observed"),
        simulated=pl.lit(value=True),
        **{name: pl.lit(value) for name, value in fixed.items()},
    )
    return frame.select(pl.col(c).cast(t) for c, t in MEASURE_EVENT.schema.items())


if __name__ == "__main__":
    main()
