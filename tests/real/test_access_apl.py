"""The computed GP APL is close to the published one, through the command that docs/performance.md quotes."""

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
    assert found["communes"] > 34_400
    assert found["pearson_weighted"] >= 0.70
    assert found["spearman"] >= 0.60
    assert found["spearman_weighted"] >= 0.60


def test_accessible_supply_adds_up(figures):
    assert figures["summary"]["conservation_error"] <= 1e-9


def test_every_doctor_is_placed_or_reported(figures):
    assert figures["summary"]["professionals_not_placed"] == 0
    assert figures["summary"]["unreached_population"] < 100_000
