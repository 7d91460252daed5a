"""The computed APL is close to the published one, through the command that docs/performance.md quotes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from maillage.settings import load_settings

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def figures(real_data):
    if not load_settings().carriers.is_dir():
        pytest.skip("The packages that carry communes and population are not installed")
    command = [sys.executable, "benchmarks/access_apl.py", "--data", str(real_data), "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": "src"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("rank", [0, 1], ids=["2021", "2022"])
def test_computed_scores_follow_those_of_drees(figures, rank):
    found = figures["compared"][rank]
    assert found["profession"] == "mg"
    assert found["communes"] > 34_400
    assert found["pearson_weighted"] >= (0.718, 0.723)[rank] + 0.01  # the figures of the first release
    assert found["spearman"] >= 0.64
    assert found["spearman_weighted"] >= 0.73


@pytest.mark.parametrize(("profession", "least"), [("inf", 0.76), ("mk", 0.85), ("sf", 0.58), ("cd", 0.78)])
def test_the_other_professions_follow_those_of_drees(figures, profession, least):
    found = [row for row in figures["compared"] if row["profession"] == profession]
    assert [row["year"] for row in found] == [2021, 2022]
    assert all(row["pearson_weighted"] >= least for row in found)


def test_accessible_supply_adds_up(figures):
    kept = figures["summary"]["professions"]
    assert set(kept) == {"mg", "inf", "mk", "sf", "cd"}
    assert all(one["conservation_error"] <= 1e-9 for one in kept.values())


def test_every_doctor_is_placed_or_reported(figures):
    doctors = figures["summary"]["professions"]["mg"]
    assert doctors["professionals_not_placed"] == 0
    assert doctors["unreached_population"] < 100_000
