"""Simulated hospital stays, requests for an appointment and difficulties that users report."""

from __future__ import annotations

import numpy as np
import polars as pl

from maillage.demo.events.ground import Ground
from maillage.demo.events.parameters import QUARTERS, drawn, years
from maillage.demo.events.shared import ages, block_places, days_of, identifiers, inhabitants_by_age, sexes
from maillage.demo.places import Ints

# Avoidable causes (asthma, heart failure, COPD, dehydration, diabetes, angina), then others.
_AVOIDABLE = np.array(["J459", "I500", "J441", "E86", "E101", "I209"])
_AVOIDABLE_SHARES = np.array([0.12, 0.38, 0.20, 0.12, 0.10, 0.08])
_OTHERS = np.array(["K359", "S720", "O800", "C509", "J189", "N201", "M179", "I639"])
_PROFESSIONS = np.array(["mg", "cd", "sf", "mk"])
_ORIGINS = np.array(["ENQUETE", "APPEL_MYSTERE", "PLATEFORME"])
_SUBJECTS = np.array(["médecin traitant", "délai", "refus", "transport", "coût"])


def draw_stays(ground: Ground, year: int, rows: int, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """``rows`` stays of a year; avoidable ones are more frequent where emergency visits are often CCMU 1."""
    place, band = block_places(inhabitants_by_age(ground.places) * np.array([0.3, 0.8, 3.0]), rows, rng)
    local = ground.mean_of("ccmu1", year)[place] / float(drawn("ccmu1_share"))
    avoidable = (band > 0) & (rng.random(rows) < drawn("levels")["stays_avoidable"] * np.clip(local, 0.3, 1.8))
    causes = _AVOIDABLE[rng.choice(len(_AVOIDABLE), size=rows, p=_AVOIDABLE_SHARES)]
    entry = days_of(year, rows, rng)
    return pl.DataFrame(
        {
            "ID_SEJOUR": identifiers("s", year, first, rows),
            "FINESS": pl.Series(ground.site[place].astype(str)),
            "CODE_INSEE": pl.Series(ground.places.code[place].astype(str)),
            "DATE_ENTREE": entry,
            "DATE_SORTIE": np.minimum(entry + rng.geometric(0.2, size=rows), np.datetime64(f"{years()[-1]}-12-31")),
            "AGE": ages(band, rng),
            "SEXE": sexes(rows, rng),
            "DP": pl.Series(np.where(avoidable, causes, _OTHERS[rng.integers(len(_OTHERS), size=rows)])),
            "DAS": pl.Series([None] * rows, dtype=pl.String),
        }
    )


def draw_requests(ground: Ground, year: int, rows: int, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """``rows`` requests of a year: delays and refusals follow the mean delay of the place."""
    place, _ = block_places(inhabitants_by_age(ground.places), rows, rng)
    asked = days_of(year, rows, rng)
    mean = ground.outcomes["delay_days"][place, _column(year, asked)]
    levels = drawn("levels")
    strain = mean / levels["delay_days"]
    luck = rng.random(rows)
    refused, silent = luck < levels["refusal"] * strain, luck > 1 - levels["no_answer"]
    outcome = np.where(refused, "REFUS", np.where(silent, "SANS_REPONSE", "OBTENU"))
    delay = rng.gamma(1.3, mean / 1.3).astype(np.int64)
    offered = pl.Series(asked + delay)
    return pl.DataFrame(
        {
            "ID_DEMANDE": identifiers("d", year, first, rows),
            "CODE_INSEE": pl.Series(ground.places.code[place].astype(str)),
            "PROFESSION": pl.Series(_PROFESSIONS[rng.choice(4, size=rows, p=[0.7, 0.14, 0.08, 0.08])]),
            "ORIGINE": pl.Series(_ORIGINS[rng.choice(3, size=rows, p=[0.3, 0.3, 0.4])]),
            "DATE_DEMANDE": asked,
            "ISSUE": pl.Series(outcome),
        }
    ).with_columns(DATE_RDV=pl.when(pl.col("ISSUE") == "OBTENU").then(offered))


def draw_reports(ground: Ground, year: int, rows: int, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """``rows`` reports of a year, more of them where people lack a médecin traitant."""
    weight = inhabitants_by_age(ground.places) * ground.mean_of("psmt", year)[:, None]
    place, _ = block_places(weight, rows, rng)
    return pl.DataFrame(
        {
            "ID_SIGNALEMENT": identifiers("r", year, first, rows),
            "CODE_INSEE": pl.Series(ground.places.code[place].astype(str)),
            "DATE_SIGNALEMENT": days_of(year, rows, rng),
            "SUJET": pl.Series(_SUBJECTS[rng.integers(len(_SUBJECTS), size=rows)]),
        }
    )


def _column(year: int, days: np.ndarray) -> Ints:
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    return np.asarray((year - years()[0]) * QUARTERS + month // 3, dtype=np.int64)
