"""A thousand conventions for the general practitioners of France, in one batched computation.

    python benchmarks/access_variants.py --data ../shared/data --json

Ten decays × five factors on travel times × four demands × five supplies, on the real headcounts and populations.
Demands differ by the weight of ages, supplies by the share of its doctors that a commune loses or by a cap: these are
assumptions, for the real files know neither the age nor the acts of a doctor.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from access_apl import read_core
from figures import emit, options, show

from maillage.access import (
    Bounds,
    DecayFunction,
    Draws,
    Points,
    TravelMatrix,
    UncertainResult,
    Uncertainty,
    VariantsResult,
    binary,
    catchment,
    epanechnikov,
    exponential,
    gaussian,
    gaussian_to_zero,
    linear,
    logistic,
    raam,
    standardised_demand,
    travel_from_points,
    uncertain_scores,
    variants,
    what_if,
)
from maillage.pipeline.access_conventions import load_apl, load_car, load_decay

DECAYS: list[DecayFunction] = [
    load_decay("drees-2018"),
    load_decay("irdes-2012"),
    linear(20, flat_min=5),
    linear(20, flat_min=10),
    binary(15),
    gaussian(8, max_min=20),
    gaussian_to_zero(20),
    exponential(0.12, max_min=20),
    logistic(10, 3, max_min=20),
    epanechnikov(20),
]
FACTORS = (1.0, 0.85, 0.925, 1.075, 1.15)
AGES = {"irdes": (0.745, 0.841, 1.85), "equal": (1.0, 1.0, 1.0), "flat": (0.9, 0.95, 1.3), "steep": (0.6, 0.8, 2.2)}
LAST_MIN = 20 / min(FACTORS)
THRESHOLD = 2.5


def main() -> None:
    asked = options(__doc__).parse_args()
    travel, bands, heads = country(asked.data)
    acts = heads * load_apl("drees-2018").activity.default_acts
    demands = {name: standardised_demand(bands, weights) for name, weights in AGES.items()}
    supplies = {
        "all": acts,
        "one in ten less": 0.9 * acts,
        "one in five less": 0.8 * acts,
        "one less where two or more": np.where(heads >= 2, acts * (1 - 1 / np.maximum(heads, 1)), acts),
        "capped at fifty": np.minimum(heads, 50) * load_apl("drees-2018").activity.default_acts,
    }
    bounds = Bounds(THRESHOLD, complete_min=LAST_MIN)
    found, many = measured(lambda: variants(travel, demands, supplies, DECAYS, bounds, FACTORS))
    _, drawn = measured(lambda: draw(travel, demands["irdes"], acts, heads))
    catchment(travel, demands["irdes"], acts, DECAYS[0])  # touches every page once
    one, single = measured(lambda: catchment(travel, demands["irdes"], acts, DECAYS[0]))
    one.by_place  # noqa: B018 (found once, outside the measure of a change)
    _, hundred = measured(lambda: [what_if(one, {place: acts[place] + 4000.0}) for place in range(100)])
    change = {name: round(seconds / 100, 5) for name, seconds in hundred.items()}
    raam(travel, demands["irdes"], acts, tolerance=0.9)  # compiles
    crowd, agents = measured(lambda: raam(travel, demands["irdes"], acts, tolerance=1e-4))
    cost = [
        {"computation": f"{len(found.conventions)} conventions"} | many,
        {"computation": "1000 draws of supply, speed and demand"} | drawn,
        {"computation": "one catchment"} | single,
        {"computation": "one place changed, mean of 100"} | change,
        {"computation": f"RAAM, {crowd.sweeps} passes"} | agents,
    ]
    show("Cost", cost)
    rows = stability(found, bands.sum(axis=1))
    show("What holds whatever is assumed", rows)
    size = {"communes": travel.n_demand, "places": travel.n_supply, "pairs": int(travel.indices.size)}
    show("Size", [size])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of the whole process, reading the files included: {peak:.0f} MB")
    emit({"cost": cost, "stability": rows, "size": size, "peak_mb": round(peak)}, as_json=asked.json)


def country(data: Path) -> tuple[TravelMatrix, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Travel between communes and those with doctors, population by age band, doctors by place of supply."""
    core, rules = read_core(data), load_car()
    people = core.population.filter((pl.col("level") == "commune") & (pl.col("sex") == "all"))
    people = people.filter(pl.col("year") == pl.col("year").max())
    bands = people.pivot("age_band", index="code", values="population", aggregate_function="sum")
    doctors = core.professional.filter((pl.col("profession") == "mg") & (pl.col("year") == pl.col("year").max()))
    places = (
        core.territory.filter((pl.col("level") == "commune") & pl.col("longitude").is_not_null())
        .select("code", "longitude", "latitude")
        .join(bands, on="code")
        .join(doctors.group_by("code").agg(pl.col("headcount").sum()), on="code", how="left")
        .sort("code")
    )
    heads = places["headcount"].fill_null(0.0).to_numpy()
    longitude, latitude = places["longitude"].to_numpy(), places["latitude"].to_numpy()
    homes = Points.at(longitude, latitude, np.full(heads.size, rules.inner_default_km))
    practices = Points.at(longitude[heads > 0], latitude[heads > 0])
    travel = travel_from_points(homes, practices, model=rules.model, max_min=LAST_MIN)
    ages = places.select(sorted(set(bands.columns) - {"code"})).fill_null(0.0).to_numpy()
    return travel, ages, heads[heads > 0]


def draw(
    travel: TravelMatrix, demand: np.ndarray[Any, Any], acts: np.ndarray[Any, Any], heads: np.ndarray[Any, Any]
) -> UncertainResult:
    """Intervals under declared coefficients, which are assumptions: acts of a doctor 30 %, speed 10 %, demand 5 %."""
    unsure = Uncertainty(0.3 / np.sqrt(heads), 0.1, 0.05, travel_within=(min(FACTORS), max(FACTORS)))
    draws = Draws(1000, seed=1, thresholds=(THRESHOLD, 4.0), complete_min=LAST_MIN)
    return uncertain_scores(travel, (demand, acts), DECAYS[0], unsure, draws)


def measured(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, {"cpu_s": round(time.process_time() - cpu, 4), "wall_s": round(time.perf_counter() - wall, 4)}


def stability(found: VariantsResult, people: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    share = found.share_under
    groups = {
        "under 2.5 by 95 % of conventions or more": share >= 0.95,
        "by half to 95 %": (share >= 0.5) & (share < 0.95),
        "by 5 % to half": (share > 0.05) & (share < 0.5),
        "by 5 % or less": share <= 0.05,
    }
    return [
        {
            "communes": name,
            "number": int(who.sum()),
            "population_share": round(float(people[who].sum() / people.sum()), 3),
        }
        for name, who in groups.items()
    ]


if __name__ == "__main__":
    main()
