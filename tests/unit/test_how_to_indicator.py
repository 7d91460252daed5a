"""The file that the how-to shows is enough for a new indicator: found, computed at every level, documented."""

import re
import sys
from pathlib import Path

import pytest

from maillage.docs import indicator_lines
from maillage.engine import open_engine
from maillage.indicators.base import base_rows
from maillage.indicators.registry import load_indicators
from tests.unit.test_indicators_records import ALL, observe_one, visits

PAGE = Path("docs/how-to/add-an-indicator.md")


@pytest.fixture
def added(tmp_path, monkeypatch):
    """The indicator of the page, dropped as one file in a folder of definitions."""
    package = tmp_path / "more_indicators"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "part_urgences_enfants.py").write_text(re.search(r"```python\n(.*?)```", PAGE.read_text(), re.S)[1])
    monkeypatch.syspath_prepend(str(tmp_path))
    yield load_indicators("more_indicators")["part_urgences_enfants"]
    load_indicators.cache_clear()
    for name in [m for m in sys.modules if m.startswith("more_indicators")]:
        monkeypatch.delitem(sys.modules, name)


def test_its_worked_example_holds(added):
    rows = base_rows(added, open_engine(frames=added.example.frames())).to_dicts()
    assert [{c: row[c] for c in wanted} for row, wanted in zip(rows, added.example.expected, strict=True)] == list(
        added.example.expected
    )
    assert added.example.oracle(added.example.tables) == {"08105": (1, 4)}


def test_it_is_computed_at_every_level(added):
    records = [{**visit, "age_years": 3 if n % 2 else 40} for n, visit in enumerate(visits(ALL))]
    seen = observe_one(added, emergency_visit=records)
    france = seen.observation.filter(seen.observation["level"] == "france").row(0, named=True)
    assert (france["value"], france["denominator"]) == (pytest.approx(50), 1410.0)
    assert france["low"] < 50 < france["high"]


def test_it_is_documented_with_its_example(added):
    words = "\n".join(indicator_lines(added))
    assert "Share of visits by children under five" in words
    assert "| | 08105 | 2024 | 25 | 1 | 4 |" in words
