"""Each definition's worked example, on the embedded engine and by its plain-Python oracle."""

import pytest

from maillage.engine import open_engine
from maillage.indicators.base import base_rows
from maillage.indicators.registry import load_indicators

ALL = list(load_indicators().values())


def keyed(row):
    return (row["code"], row.get("period", ""), row.get("slice", ""))


@pytest.mark.parametrize("indicator", ALL, ids=lambda i: i.id)
def test_the_worked_example_holds_on_the_embedded_engine(indicator):
    rows = base_rows(indicator, open_engine(frames=indicator.example.frames())).to_dicts()
    found = {keyed(row): row for row in rows}
    assert found
    for wanted in indicator.example.expected:
        row = found[(wanted["code"], wanted["period"], wanted.get("slice", ""))]
        assert {c: row[c] for c in wanted} == {
            c: pytest.approx(v, rel=1e-12) if isinstance(v, float) else v for c, v in wanted.items()
        }
    assert len(found) == len(indicator.example.expected), "the example names every observation that it gives"


@pytest.mark.parametrize("indicator", [i for i in ALL if i.example.oracle], ids=lambda i: i.id)
def test_the_definition_in_plain_python_gives_the_same_values(indicator):
    by_definition = indicator.example.oracle(indicator.example.tables)
    wanted = {r["code"]: r["value"] for r in indicator.example.expected if r["value"] is not None}
    computed = {c: indicator.scale * (n / d if d else n) for c, (n, d) in by_definition.items()}
    assert computed == pytest.approx(wanted)
