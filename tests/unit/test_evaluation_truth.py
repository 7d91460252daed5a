"""What was planted is averaged as the estimate is, so that both can be set side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from maillage.errors import NotFoundError
from maillage.evaluation.exposure import Neighbours
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.protocol import parse_protocol
from maillage.evaluation.staggered import estimate
from maillage.evaluation.study import Study
from maillage.pipeline.evaluation_truth import Truth, felt, read_truth, recovered
from maillage.pipeline.protocols import example
from maillage.text import Text

PERIODS, UNITS = np.arange(2019, 2025), 300
CODES = np.asarray([f"{at:05d}" for at in range(UNITS)])
DATES = np.select([np.arange(UNITS) % 4 == 0, np.arange(UNITS) % 4 == 1], [2022, 2023], 0)
# Each treated unit has an untreated neighbour that feels three tenths of the effect.
NEAR = np.arange(2, UNITS, 4)


def _planted() -> np.ndarray:
    after = (DATES[:, None] > 0) & (DATES[:, None] <= PERIODS)
    planted = np.where(after, -2.0, 0.0)
    planted[NEAR] = 0.3 * planted[NEAR - 2]
    return planted


def _study(name: str, planted: np.ndarray) -> Study:
    random = np.random.default_rng(5)
    outcome = random.normal(15, 1, (UNITS, 1)) + random.normal(0, 0.4, (UNITS, PERIODS.size)) + planted
    unit, period = np.meshgrid(CODES, PERIODS, indexing="ij")
    cohort = np.repeat(DATES, PERIODS.size)
    rows = Rows(unit.ravel(), period.ravel(), outcome.ravel(), cohort, weight=np.full(cohort.size, 100.0))
    return Study(
        protocol=parse_protocol(example(name)),
        label=Text("Part", "Share"),
        unit=Text("%", "%"),
        panel=Panel.of(rows),
        groups={"access": np.where(np.arange(UNITS) < UNITS // 2, "low", "high")},
        neighbours=Neighbours.touching(NEAR, NEAR - 2),
    )


def _truth(planted: np.ndarray) -> Truth:
    code, year = np.meshgrid(CODES, PERIODS, indexing="ij")
    effects = {"code_commune": code.ravel(), "year": year.ravel(), "effect": planted.ravel()}
    frame = pl.DataFrame(effects).with_columns(indicator=pl.lit("part_ccmu1"))
    return Truth({"cpts_demo": {"decoy": False}, "temoin_demo": {"decoy": True}}, frame)


LINKS = pl.DataFrame({"commune": CODES, "code": CODES, "people": np.full(UNITS, 100.0)})


def test_effects_of_communes_become_those_of_units() -> None:
    planted = _planted()
    study = _study("demo_cpts_passages", planted)
    assert np.allclose(felt(study, _truth(planted), LINKS), planted)
    halves = LINKS.with_columns(people=pl.lit(50.0))
    twice = pl.concat([halves, halves.with_columns(commune=pl.lit(CODES[3]))])
    assert np.allclose(felt(study, _truth(planted), twice), planted / 2)


def test_the_direct_effect_the_spillover_and_each_delay_are_set_beside_what_was_planted() -> None:
    planted = _planted()
    study = _study("demo_cpts_passages", planted)
    found = recovered(study, estimate(study), planted)
    by_what = {(each.what.en, each.key): each for each in found}
    assert by_what["Mean effect", ""].planted == pytest.approx(-2.0)
    assert by_what["Spillover on neighbours", ""].planted == pytest.approx(-0.6)
    assert by_what["Years since entry", "1"].planted == pytest.approx(-2.0)
    assert by_what["By access", "low"].planted == pytest.approx(-2.0)
    assert all(each.told and each.found == pytest.approx(each.planted, abs=0.3) for each in found)


def test_a_decoy_has_nothing_to_recover() -> None:
    study = _study("demo_temoin_passages", np.zeros((UNITS, PERIODS.size)))
    found = recovered(replace(study, neighbours=None), estimate(study), felt(study, _truth(_planted()), LINKS))
    assert {each.planted for each in found} == {0.0}
    assert all(each.found == pytest.approx(0.0, abs=0.3) for each in found)


def test_a_store_without_its_truth_says_how_to_have_one(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text(json.dumps({"measures": []}), "utf-8")
    with pytest.raises(NotFoundError, match=r"effects\.parquet missing"):
        read_truth(tmp_path)
