"""Simulated beneficiaries, year after year, and the care they have, in the layouts of health insurance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from maillage.demo.events.ground import Ground
from maillage.demo.events.parameters import drawn, years
from maillage.demo.events.shared import ages, block_places, identifiers, inhabitants_by_age, sexes, yes_no
from maillage.demo.places import Floats, Ints

_KINDS = np.array(["MG", "SPE", "INF", "DENT", "PHARMA", "HOSP", "AUTRE"])
_KIND_SHARES = np.array([0.34, 0.14, 0.12, 0.08, 0.24, 0.03, 0.05])
FIFTY = 50


@dataclass(frozen=True, slots=True)
class Panel:
    """The same people from the first year to the last: one entry a person, ``age`` at the end of the first year.

    ``luck`` (0 to 1) decides whether a person has a médecin traitant, the same every year, so that few change.
    """

    id: pl.Series
    place: Ints
    age: Ints
    sex: pl.Series
    c2s: np.ndarray
    ald: np.ndarray
    luck: Floats
    regime: pl.Series


def draw_panel(ground: Ground, people: int, rng: np.random.Generator) -> Panel:
    """``people`` persons drawn among the inhabitants."""
    place, band = block_places(inhabitants_by_age(ground.places), people, rng)
    age = ages(band, rng).to_numpy().astype(np.int64)
    levels = drawn("levels")
    regime = np.where(rng.random(people) < levels["agricultural"], "MSA", "RG")
    return Panel(
        id=identifiers("b", years()[0], 0, people),
        place=place,
        age=age,
        sex=sexes(people, rng),
        c2s=rng.random(people) < drawn("c2s_share"),
        ald=rng.random(people) < levels["ald_share"] * np.clip(age / 45.0, 0.1, 2.2),
        luck=rng.random(people),
        regime=pl.Series(regime),
    )


def beneficiaries(ground: Ground, panel: Panel, year: int, rng: np.random.Generator) -> pl.DataFrame:
    """The people of the panel on 31 December of a year."""
    probability = without_doctor(ground, panel, year)
    without = panel.luck < probability
    levels = drawn("levels")
    kind = rng.random(len(panel.luck))
    said = np.where(kind < levels["mt_fictitious"], "FICTIF", "NON")
    said = np.where((kind > 1 - levels["mt_stopped"]), "CESSE", said)
    return pl.DataFrame(
        {
            "ID_BENEFICIAIRE": panel.id,
            "ANNEE": np.full(len(panel.luck), year, dtype=np.int32),
            "CODE_INSEE": pl.Series(ground.places.code[panel.place].astype(str)),
            "AGE": (panel.age + year - years()[0]).clip(0, 110).astype(np.int32),
            "SEXE": panel.sex,
            "REGIME": panel.regime,
            "MEDECIN_TRAITANT": pl.Series(np.where(without, said, "OUI")),
            "C2S": yes_no(panel.c2s),
            "ALD": yes_no(panel.ald),
        }
    )


def without_doctor(ground: Ground, panel: Panel, year: int) -> Floats:
    """The probability that each person has no médecin traitant: that of the place, the C2S gap, less in ALD."""
    gap, share = float(drawn("psmt_c2s_gap")), float(drawn("c2s_share"))
    shifted = ground.mean_of("psmt", year)[panel.place] + gap * (panel.c2s - share)
    fewer = np.where(panel.ald, float(drawn("levels")["ald_without"]), 1.0)
    usual = 1.0 - float(drawn("levels")["ald_share"]) * (1.0 - float(drawn("levels")["ald_without"]))
    return np.asarray(shifted * fewer / usual, dtype=np.float64)


def care(panel: Panel, year: int, rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """``rows`` acts of care of a year at most; some people of 50 and over have none, for years on end."""
    age = panel.age + year - years()[0]
    away = (panel.luck < 0.6 * drawn("levels")["no_care_50plus"]) | (
        rng.random(len(age)) < 0.5 * drawn("levels")["no_care_50plus"]
    )
    person = rng.permutation(np.flatnonzero(~away))
    person = np.concatenate([person, rng.choice(person, size=max(rows - len(person), 0))])[:rows]
    start = np.datetime64(f"{year}-01-01", "D")
    frame = pl.DataFrame(
        {
            "ID_BENEFICIAIRE": panel.id.gather(pl.Series(person.astype(np.uint32))),
            "DATE_SOIN": start + rng.integers(365, size=len(person)),
            "NATURE": pl.Series(_KINDS[rng.choice(len(_KINDS), size=len(person), p=_KIND_SHARES)]),
        }
    )
    return frame.unique(maintain_order=True)
