"""What runs is what was registered, or says in what it differs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from maillage.errors import UsageError
from maillage.pipeline.evaluation_ask import ask, may_run
from maillage.pipeline.evaluations import register
from tests.protocol_texts import TEXT

DAY = date(2026, 11, 22)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    register(tmp_path / "store", TEXT, on=DAY)
    return tmp_path / "store"


def _file(folder: Path, text: str) -> str:
    path = folder / "p.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_an_unregistered_protocol_does_not_run(tmp_path: Path) -> None:
    asked = ask(tmp_path / "store", _file(tmp_path, TEXT))
    with pytest.raises(UsageError, match="after its result"):
        may_run(asked, "")


def test_the_registered_protocol_runs_by_its_name_or_its_file(store: Path, tmp_path: Path) -> None:
    for target in ("cpts_unplanned", _file(tmp_path, TEXT)):
        assert may_run(ask(store, target), "").choices == {}


def test_a_changed_protocol_is_refused_with_what_changed(store: Path, tmp_path: Path) -> None:
    asked = ask(store, _file(tmp_path, TEXT.replace("last = 2024", "last = 2023")))
    with pytest.raises(UsageError, match=r"what differs: outcome\.last"):
        may_run(asked, " ")
    told = may_run(asked, "2024 came late")
    assert told.choices == {"outcome.last": (2024, 2023)}
    assert told.why == "2024 came late"


def test_amendments_since_the_first_registration_are_told(store: Path) -> None:
    register(store, TEXT.replace("last = 2024", "last = 2023"), on=DAY, why="2024 came late")
    told = may_run(ask(store, "cpts_unplanned"), "")
    assert told.choices == {}
    assert told.amended == {"outcome.last": (2024, 2023)}
