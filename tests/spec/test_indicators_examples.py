"""Each definition's worked example, on both engines and by its plain-Python oracle."""

import shutil

import pytest

from maillage.engine import open_engine
from maillage.indicators.base import base_rows
from maillage.indicators.registry import load_indicators

ALL = list(load_indicators().values())


def keyed(row):
    return (row["code"], row.get("period", ""), row.get("slice", ""))


def assert_example_holds(indicator, engine):
    rows = base_rows(indicator, engine).to_dicts()
    found = {keyed(row): row for row in rows}
    assert found
    for wanted in indicator.example.expected:
        row = found[(wanted["code"], wanted["period"], wanted.get("slice", ""))]
        assert {c: row[c] for c in wanted} == {
            c: pytest.approx(v, rel=1e-12) if isinstance(v, float) else v for c, v in wanted.items()
        }
    assert len(found) == len(indicator.example.expected), "the example names every observation that it gives"


@pytest.mark.parametrize("indicator", ALL, ids=lambda i: i.id)
def test_the_worked_example_holds_on_the_embedded_engine(indicator):
    assert_example_holds(indicator, open_engine(frames=indicator.example.frames()))


@pytest.mark.slow
@pytest.mark.parametrize("indicator", ALL, ids=lambda i: i.id)
def test_the_worked_example_holds_on_spark(indicator):
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none here")
    assert_example_holds(indicator, open_engine(frames=indicator.example.frames(), kind="spark"))


@pytest.mark.parametrize("indicator", [i for i in ALL if i.example.oracle], ids=lambda i: i.id)
def test_the_definition_in_plain_python_gives_the_same_values(indicator):
    answers = indicator.example.oracle(indicator.example.tables)
    for wanted in indicator.example.expected:
        answer = answers.get(keyed(wanted), answers.get(wanted["code"]))
        if isinstance(answer, tuple):
            top, bottom = answer
            answer = indicator.scale * (top / bottom if bottom else top)
        if wanted["value"] is not None:
            assert answer == pytest.approx(wanted["value"])
