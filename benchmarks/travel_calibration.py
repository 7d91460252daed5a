"""Fit the car travel model on the measured minutes and state its error by class of distance.

    python benchmarks/travel_calibration.py --data ../shared/data --json

Each set also gets a fit of its own, which tells how far the three measures are from one another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from figures import emit, options, show
from maillage.access import CarTravelModel, calibrate, travel_errors
from maillage.catalog.parameters import load_parameters
from maillage.sources.registry import frames, read_folder


def main() -> None:
    asked = options(__doc__).parse_args()
    parameters = load_parameters("travel_car")
    within = tuple(parameters["fit_within_km"].value)
    measured = frames(read_folder(asked.data / "travel_time").reads)["measured_travel"].drop_nulls("crow_km")
    fitted = fit(measured, within)
    declared = CarTravelModel(parameters["coefficient"].value, parameters["exponent"].value)
    groups = {"all": measured} | {name: measured.filter(set=name) for name in measured["set"].unique().sort()}
    errors = [row for name, pairs in groups.items() for row in error_rows(declared, name, pairs)]
    fits = [fit_row(name, fit(pairs, within)) for name, pairs in groups.items()]
    show("Fits", fits)
    show("Error of the declared model, in minutes", errors)
    emit(
        {
            "fitted": {"coefficient": fitted.coefficient, "exponent": fitted.exponent},
            "declared": {"coefficient": declared.coefficient, "exponent": declared.exponent},
            "errors": errors,
        },
        as_json=asked.json,
    )


def fit(pairs: pl.DataFrame, within: tuple[float, float]) -> CarTravelModel:
    km, travel_min, names = (pairs[c].to_numpy() for c in ("crow_km", "travel_min", "set"))
    return calibrate(km, travel_min, names.astype(str), within_km=within)


def fit_row(name: str, model: CarTravelModel) -> dict[str, Any]:
    times = {f"at {km} km": round(float(model.minutes(np.array(float(km)))), 1) for km in (2, 5, 10, 20)}
    return {"set": name, "coefficient": round(model.coefficient, 3), "exponent": round(model.exponent, 3)} | times


def error_rows(model: CarTravelModel, name: str, pairs: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "set": name,
            "km": f"{error.from_km:g}–{error.to_km:g}".replace("–inf", "+"),
            "n": error.n,
            "measured": round(error.mean_measured_min, 1),
            "bias": round(error.bias_min, 1) + 0.0,
            "MAE": round(error.mae_min, 1),
            "RMSE": round(error.rmse_min, 1),
        }
        for error in travel_errors(model, pairs["crow_km"].to_numpy(), pairs["travel_min"].to_numpy())
    ]


if __name__ == "__main__":
    main()
