"""What was planted: the effect of each measure, kept apart from the files, for an evaluation to be held against."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from maillage.demo.events.effects import NEVER, Adoption, quarters
from maillage.demo.events.ground import Ground
from maillage.demo.events.parameters import quarter_name, years
from maillage.demo.places import Floats

# What a reader of the indicators sees of each outcome.
INDICATORS = {
    "ccmu1": ("part_ccmu1", "points", 100.0),
    "psmt": ("part_psmt", "points", 100.0),
    "delay_days": ("delai_rdv_median", "days of the mean delay", 1.0),
}


def write_truth(ground: Ground, folder: Path, *, seed: int, events: int) -> None:
    """Write ``truth.json`` (effects, as drawn and as felt), ``adoption.csv`` (who has which measure since when) and
    ``effects.parquet`` (what each commune feels each year).

    Mean effects are differences of expected values with and without the measures, weighted by inhabitants, over the
    places and quarters after the start: nothing in them is due to chance. An indicator that is not a mean (a median)
    moves in the same direction and not by the same amount.
    """
    folder.mkdir(parents=True, exist_ok=True)
    adoption_table(ground).write_csv(folder / "adoption.csv")
    effects_table(ground).write_parquet(folder / "effects.parquet", compression="zstd")
    told = {
        "simulated": True,
        "seed": seed,
        "events": events,
        "measures": [_measure(ground, adoption) for adoption in ground.adoptions],
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="\n")


def adoption_table(ground: Ground) -> pl.DataFrame:
    """``measure, level, territory, code_commune, start`` of each place that has a measure; ``start`` is a quarter."""
    parts = []
    for adoption in ground.adoptions:
        rows = np.flatnonzero(adoption.start != NEVER)
        parts.append(
            pl.DataFrame(
                {
                    "measure": [adoption.measure.id] * len(rows),
                    "level": [adoption.measure.level] * len(rows),
                    "territory": [str(t) for t in adoption.unit[rows]],
                    "code_commune": [str(c) for c in ground.places.code[rows]],
                    "start": [quarter_name(int(start)) for start in adoption.start[rows]],
                },
                schema=dict.fromkeys(("measure", "level", "territory", "code_commune", "start"), pl.String),
            )
        )
    return pl.concat(parts).sort("measure", "code_commune")


def effects_table(ground: Ground) -> pl.DataFrame:
    """``outcome, indicator, code_commune, year, effect``: what all measures add, the mean of the quarters of a year.

    In the units of INDICATORS; what comes from neighbours is in it.
    """
    parts = [
        pl.DataFrame(
            {
                "outcome": outcome,
                "indicator": indicator,
                "code_commune": ground.places.code.astype(str),
                "year": np.full(len(ground.places.code), year, dtype=np.int32),
                "effect": scale * (ground.mean_of(outcome, year) - ground.mean_without(outcome, year)),
            }
        )
        for outcome, (indicator, _, scale) in INDICATORS.items()
        for year in years()
    ]
    return pl.concat(parts).sort("outcome", "code_commune", "year")


def _measure(ground: Ground, adoption: Adoption) -> dict[str, Any]:
    has = adoption.start != NEVER
    after = has[:, None] & (quarters()[None, :] >= adoption.start[:, None])
    weight = ground.places.inhabitants[:, None] * after
    felt = [
        {
            "outcome": outcome,
            "indicator": indicator,
            "unit": unit,
            "mean": _mean(scale * (ground.outcomes[outcome] - ground.without[outcome]), weight),
        }
        for outcome, (indicator, unit, scale) in INDICATORS.items()
        if outcome in adoption.measure.effect
    ]
    return {
        **asdict(adoption.measure),
        "territories": len({str(unit) for unit in adoption.unit[has]}),
        "mean_effect_on_the_treated": felt,
        "decoy": not adoption.measure.effect,
    }


def _mean(table: Floats, weight: Floats) -> float:
    total = float(weight.sum())
    return float((table * weight).sum() / total) if total else 0.0
